#include "tests/sim/signing.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

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

struct SigningKey::Impl {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key;
};

SigningKey SigningKey::rsa() {
  EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2'048});
  return SigningKey{std::make_shared<const Impl>(Impl{{key, EVP_PKEY_free}})};
}

SigningKey SigningKey::ed25519() {
  EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  return SigningKey{std::make_shared<const Impl>(Impl{{key, EVP_PKEY_free}})};
}

SigningKey SigningKey::read(const std::string& private_pem_file) {
  const std::string pem = file_text(private_pem_file);
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio{
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr);
  if (key == nullptr) throw std::runtime_error{"no private key in " + private_pem_file};
  return SigningKey{std::make_shared<const Impl>(Impl{{key, EVP_PKEY_free}})};
}

std::string SigningKey::public_pem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new(BIO_s_mem()), BIO_free};
  PEM_write_bio_PUBKEY(bio.get(), impl_->key.get());
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

std::string SigningKey::sign(const std::string& payload) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free};
  const bool has_digest_built_in = EVP_PKEY_is_a(impl_->key.get(), "ED25519") == 1;
  std::array<unsigned char, 512> signature{};
  std::size_t length = signature.size();
  const bool is_signed =
      EVP_DigestSignInit(context.get(), nullptr, has_digest_built_in ? nullptr : EVP_sha256(),
                         nullptr, impl_->key.get()) == 1 &&
      EVP_DigestSign(context.get(), signature.data(), &length,
                     reinterpret_cast<const unsigned char*>(payload.data()), payload.size()) == 1;
  if (!is_signed) throw std::runtime_error{"no signature"};
  std::array<unsigned char, 2 * signature.size()> text{};
  const int count = EVP_EncodeBlock(text.data(), signature.data(), static_cast<int>(length));
  return {text.begin(), text.begin() + count};
}

std::string logon_text(const std::string& api_key, const SigningKey& key,
                       const std::string& time_ms) {
  return R"({"id":0,"method":"session.logon","params":{"apiKey":")" + api_key +
         R"(","signature":")" + key.sign("apiKey=" + api_key + "&timestamp=" + time_ms) +
         R"(","timestamp":)" + time_ms + "}}";
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
