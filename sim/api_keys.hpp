#pragma once

#include <expected>
#include <string>

namespace portcullis::sim {

// The two key pairs of one simulated account, and where a client finds its halves.
struct ApiKeys {
  std::string hmac_api_key;
  std::string hmac_secret;
  std::string ed25519_api_key;
  std::string ed25519_public_pem;
};

// In `directory`, made on the first use and reused afterwards, all mode 0600: api_key_hmac,
// secret_hmac, api_key_ed25519, ed25519_private.pem. The error names the file and the cause.
[[nodiscard]] std::expected<ApiKeys, std::string> ensure_api_keys(const std::string& directory);

}  // namespace portcullis::sim
