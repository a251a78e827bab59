#include "tests/sim/signing.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <vector>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

namespace portcullis::sim::test {

std::string hmac_hex(const std::string& secret, const std::string& payload) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(payload.data()), payload.size(), digest.data(),
       &length);
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    std::array<char, 3> two{};
    std::snprintf(two.data(), two.size(), "%02x", static_cast<unsigned>(digest[i]));
    hex += two.data();
  }
  return hex;
}

std::string ed25519_base64(const std::string& private_pem_file, const std::string& payload) {
  const std::string pem = file_text(private_pem_file);
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio{
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
  if (key == nullptr) throw std::runtime_error{"no private key in " + private_pem_file};
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free};
  std::array<unsigned char, 64> signature{};
  std::size_t length = signature.size();
  EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get());
  EVP_DigestSign(context.get(), signature.data(), &length,
                 reinterpret_cast<const unsigned char*>(payload.data()), payload.size());
  std::array<unsigned char, 96> text{};
  const int count = EVP_EncodeBlock(text.data(), signature.data(), static_cast<int>(length));
  return {text.begin(), text.begin() + count};
}

struct TestRsaKey::Impl {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2'048}), EVP_PKEY_free};
};

TestRsaKey::TestRsaKey() : impl_{std::make_unique<Impl>()} {
}
TestRsaKey::~TestRsaKey() = default;

std::string TestRsaKey::public_pem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new(BIO_s_mem()), BIO_free};
  PEM_write_bio_PUBKEY(bio.get(), impl_->key.get());
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

std::string TestRsaKey::sign(const std::string& payload) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free};
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, impl_->key.get());
  std::vector<unsigned char> signature(512);
  std::size_t length = signature.size();
  EVP_DigestSign(context.get(), signature.data(), &length,
                 reinterpret_cast<const unsigned char*>(payload.data()), payload.size());
  std::vector<unsigned char> text(length * 2);
  const int count = EVP_EncodeBlock(text.data(), signature.data(), static_cast<int>(length));
  return {text.begin(), text.begin() + count};
}

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      out += c;
      continue;
    }
    std::array<char, 4> escape{};
    std::snprintf(escape.data(), escape.size(), "%%%02X",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += escape.data();
  }
  return out;
}

std::string now_ms_text(long offset_ms) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count() +
                        offset_ms);
}

std::string file_text(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

}  // namespace portcullis::sim::test
