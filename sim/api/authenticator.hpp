#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/time.hpp"
#include "sim/api/method.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {

enum class KeyType : std::uint8_t { kHmac, kRsa, kEd25519 };

// What a key may be used for, and from where.
struct KeyRights {
  bool may_trade{true};
  bool may_read{true};                   // USER_DATA
  bool may_stream{true};                 // USER_STREAM
  std::vector<std::string> addresses{};  // none: any

  [[nodiscard]] bool allow(Security security, std::string_view address) const;
};

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

  void add_hmac_key(std::string api_key, const std::string& secret, SimAccountId account);
  // RSA or Ed25519, by what the PEM holds; says what is wrong when it is neither.
  std::expected<void, std::string> add_public_key(std::string api_key,
                                                  const std::string& public_key_pem,
                                                  SimAccountId account);
  // False when nobody has the key.
  bool set_rights(std::string_view api_key, KeyRights rights);
  // From now on nobody has it. False when nobody had.
  bool revoke(std::string_view api_key);
  // Null when nobody has the key.
  [[nodiscard]] const KeyRights* rights_of(std::string_view api_key) const;
  [[nodiscard]] std::optional<KeyType> type_of(std::string_view api_key) const;
  // The keys of an account that are valid now.
  [[nodiscard]] std::vector<std::string> keys_of(SimAccountId account) const;

  // -2014 for a key that is none by its form; -2015 for one that nobody has, that may not do it, or
  // not from there.
  [[nodiscard]] std::expected<Identity, VenueError> identify(std::string_view api_key,
                                                             Security security,
                                                             std::string_view address) const;
  // -1022 unless `signature` (hex of any case, or base64) is the key's over `payload`; the key is
  // one that was identified.
  [[nodiscard]] std::optional<VenueError> verify(std::string_view api_key, std::string_view payload,
                                                 std::string_view signature) const;

  // The rule on timestamp and recvWindow (Binance: timing security): -1102, -1100, -1021. Until
  // when the request is in time.
  [[nodiscard]] static std::expected<WallTime, VenueError> check_timing(const Params& params,
                                                                        WallTime now);

 private:
  struct Key;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  [[nodiscard]] const Key* find(std::string_view api_key) const;

  std::unordered_map<std::string, std::unique_ptr<Key>, Hash, std::equal_to<>> keys_;
};

[[nodiscard]] VenueError invalid_key();
[[nodiscard]] VenueError outside_of_window();

}  // namespace portcullis::sim
