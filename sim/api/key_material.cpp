#include "sim/api/key_material.hpp"

#include <array>
#include <memory>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

namespace portcullis::sim {

namespace {

struct PkeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using PkeyPtr = std::unique_ptr<EVP_PKEY, PkeyFree>;
using BioPtr = std::unique_ptr<BIO, BioFree>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(length)};
}

}  // namespace

// 64 symbols would be even; of 62 the first four come a little more often, which no one can use
// here.
std::string make_api_key() {
  constexpr std::size_t kKeyLength = 64;
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::array<unsigned char, kKeyLength> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string key;
  for (const unsigned char byte : bytes) key += kAlphabet[byte % kAlphabet.size()];
  return key;
}

std::string make_private_pem(KeyPairKind kind) {
  constexpr std::size_t kRsaBits = 2'048;
  const PkeyPtr key{kind == KeyPairKind::kRsa2048
                        ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", kRsaBits)
                        : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
  const BioPtr bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

std::expected<std::string, std::string> public_pem_of(const std::string& private_pem) {
  const BioPtr in{BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size()))};
  const PkeyPtr key{PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr)};
  if (key == nullptr) return std::unexpected{"not a private key in PEM"};
  const BioPtr out{BIO_new(BIO_s_mem())};
  PEM_write_bio_PUBKEY(out.get(), key.get());
  return text_of(out.get());
}

}  // namespace portcullis::sim
