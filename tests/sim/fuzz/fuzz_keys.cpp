#include "tests/sim/fuzz/fuzz_keys.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "core/check.hpp"
#include "tests/sim/signing.hpp"

namespace portcullis::sim::fuzz {

namespace {

const std::string kHmacKey(64, 'H');
const std::string kEd25519Key(64, 'E');
const std::string kSecret(64, 's');

EVP_PKEY* ed25519_pair() {
  static const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair{
      EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free};
  return pair.get();
}

std::string public_pem() {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory{BIO_new(BIO_s_mem()), &BIO_free};
  PORTCULLIS_CHECK(PEM_write_bio_PUBKEY(memory.get(), ed25519_pair()) == 1, "no key");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

// Takes the signatures out; the other parameters stay in their places.
bool take_signatures(std::string& encoded) {
  std::string rest;
  bool is_first = true;
  bool has_any = false;
  for (std::size_t at = 0; at < encoded.size();) {
    const std::size_t end = std::min(encoded.find('&', at), encoded.size());
    const std::string pair = encoded.substr(at, end - at);
    at = end + 1;
    if (pair.starts_with("signature=")) {
      has_any = true;
      continue;
    }
    if (!std::exchange(is_first, false)) rest += '&';
    rest += pair;
  }
  encoded = std::move(rest);
  return has_any;
}

}  // namespace

void add_keys(Authenticator& authenticator, SimAccountId account) {
  static const std::string pem = public_pem();
  authenticator.add_hmac_key(kHmacKey, kSecret, account);
  const auto added = authenticator.add_public_key(kEd25519Key, pem, account);
  PORTCULLIS_CHECK(added.has_value(), "the venue does not take the key");
}

void sign(std::string& query, std::string& body) {
  std::string bare_query{query};
  std::string bare_body{body};
  const bool is_in_query = take_signatures(bare_query);
  const bool is_in_body = take_signatures(bare_body);
  if (!is_in_query && !is_in_body) return;
  std::string& place = is_in_query ? bare_query : bare_body;
  const std::string signature = "signature=" + test::hmac_hex(kSecret, bare_query + bare_body);
  place += place.empty() ? signature : '&' + signature;
  query = std::move(bare_query);
  body = std::move(bare_body);
}

std::string signed_logon(std::int64_t time_ms) {
  const std::string time = std::to_string(time_ms);
  const std::string payload = "apiKey=" + kEd25519Key + "&timestamp=" + time;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free};
  std::array<unsigned char, 64> signature;
  std::size_t size = signature.size();
  const auto* bytes = reinterpret_cast<const unsigned char*>(payload.data());
  const bool is_signed =
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, ed25519_pair()) == 1 &&
      EVP_DigestSign(context.get(), signature.data(), &size, bytes, payload.size()) == 1;
  PORTCULLIS_CHECK(is_signed, "no signature");
  std::array<unsigned char, 96> base64;
  const int length =
      EVP_EncodeBlock(base64.data(), signature.data(), static_cast<int>(signature.size()));
  return R"({"id":0,"method":"session.logon","params":{"apiKey":")" + kEd25519Key +
         R"(","signature":")" +
         std::string(reinterpret_cast<const char*>(base64.data()),
                     static_cast<std::size_t>(length)) +
         R"(","timestamp":)" + time + "}}";
}

}  // namespace portcullis::sim::fuzz
