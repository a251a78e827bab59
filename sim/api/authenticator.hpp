#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {

enum class KeyType : std::uint8_t { kHmac, kEd25519 };

// The venue's API keys: who signed what, and whether in time. (Binance: request security.)
class Authenticator {
 public:
  struct Identity {
    SimAccountId account{};
    KeyType type{KeyType::kHmac};
  };

  Authenticator();
  ~Authenticator();
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  void add_hmac_key(std::string api_key, std::string secret, SimAccountId account);
  // Says what is wrong when the text is no Ed25519 public key in PEM.
  std::expected<void, std::string> add_ed25519_key(std::string api_key,
                                                   const std::string& public_key_pem,
                                                   SimAccountId account);

  // -2014 for a key that is none by its form, -2015 for one nobody has.
  [[nodiscard]] std::expected<Identity, VenueError> identify(std::string_view api_key) const;
  // -1022 unless `signature` (hex of any case, or base64) is the key's over `payload`.
  [[nodiscard]] std::expected<Identity, VenueError> verify(std::string_view api_key,
                                                           std::string_view payload,
                                                           std::string_view signature) const;

  // The rule on timestamp and recvWindow (Binance: timing security): -1102, -1100, -1021.
  [[nodiscard]] static std::expected<void, VenueError> check_timing(const Params& params,
                                                                    WallTime now);

 private:
  struct Key;
  std::unordered_map<std::string, std::unique_ptr<Key>> keys_;
};

}  // namespace portcullis::sim
