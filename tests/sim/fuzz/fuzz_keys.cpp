#include "tests/sim/fuzz/fuzz_keys.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"
#include "tests/sim/signing.hpp"

namespace portcullis::sim::fuzz {

namespace {

const std::string kHmacKey(64, 'H');
const std::string kEd25519Key(64, 'E');
const std::string kSecret(64, 's');

const test::SigningKey& ed25519_pair() {
  static const test::SigningKey pair = test::SigningKey::ed25519();
  return pair;
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
  static const std::string pem = ed25519_pair().public_pem();
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
  return test::logon_text(kEd25519Key, ed25519_pair(), std::to_string(time_ms));
}

}  // namespace portcullis::sim::fuzz
