#include "sim/api_keys.hpp"

#include <array>
#include <filesystem>
#include <memory>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "sim/net/secret_file.hpp"

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

constexpr std::size_t kKeyLength = 64;

// Letters and digits as the venue's keys have them. 64 symbols would be even; of 62 the first four
// come a little more often, which no one can use here.
std::string random_key() {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::array<unsigned char, kKeyLength> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string key;
  for (const unsigned char byte : bytes) key += kAlphabet[byte % kAlphabet.size()];
  return key;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(length)};
}

std::string new_ed25519_pem() {
  const PkeyPtr key{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
  const BioPtr bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

std::expected<std::string, std::string> public_pem_of(const std::string& path,
                                                      const std::string& private_pem) {
  const BioPtr in{BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size()))};
  const PkeyPtr key{PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr)};
  if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) {
    return std::unexpected{path + " holds no Ed25519 private key; remove it to have one made"};
  }
  const BioPtr out{BIO_new(BIO_s_mem())};
  PEM_write_bio_PUBKEY(out.get(), key.get());
  return text_of(out.get());
}

// The file's text; made with `make` when there is no such file.
template <class Make>
std::expected<std::string, std::string> ensure_file(const std::string& path, Make make) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return read_text_file(path);
  std::string text = make();
  if (const auto written = write_secret_file(path, text); !written) {
    return std::unexpected{written.error()};
  }
  return text;
}

}  // namespace

std::expected<ApiKeys, std::string> ensure_api_keys(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return std::unexpected{"cannot make " + directory + ": " + error.message()};
  ApiKeys keys;
  struct File {
    const char* name;
    std::string* target;
  };
  for (const File& file :
       {File{"api_key_hmac", &keys.hmac_api_key}, File{"secret_hmac", &keys.hmac_secret},
        File{"api_key_ed25519", &keys.ed25519_api_key}}) {
    auto text = ensure_file(directory + "/" + file.name, random_key);
    if (!text) return std::unexpected{text.error()};
    *file.target = std::move(*text);
  }
  const std::string pem_path = directory + "/ed25519_private.pem";
  const auto private_pem = ensure_file(pem_path, new_ed25519_pem);
  if (!private_pem) return std::unexpected{private_pem.error()};
  auto public_pem = public_pem_of(pem_path, *private_pem);
  if (!public_pem) return std::unexpected{public_pem.error()};
  keys.ed25519_public_pem = std::move(*public_pem);
  return keys;
}

}  // namespace portcullis::sim
