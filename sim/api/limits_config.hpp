#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

namespace portcullis::sim {

// How much the venue takes before it refuses (Binance: limits). Fixed windows aligned to the clock.
struct LimitsConfig {
  bool is_enforced{true};                     // otherwise counted and told, never refused
  std::int64_t weight_per_minute{6'000};      // for each IP address
  std::int64_t raw_requests_per_5m{300'000};  // for each IP address
  // WebSocket connections that an IP address tries to make: streams and API, each.
  std::int64_t connections_per_5m{300};
  // Stream connections of an address cut in five minutes for too many messages, before it is
  // banned; how many messages is the transport's to know (ConnectionLimits).
  int floods_before_ban{10};
  std::int64_t orders_per_10s{100};  // unfilled orders of an account
  std::int64_t orders_per_day{200'000};
  // Requests answered with 429 in a row before the address is banned, and for how long: each ban is
  // twice as long as the one before it, unless that is long ago.
  int refusals_before_ban{10};
  std::chrono::seconds ban_first{120};
  std::chrono::seconds ban_max{3 * 24 * 3'600};
};

// "off", or NAME=NUMBER each: weight, raw, connections, floods, orders10s, ordersday, banafter,
// banfirst, banmax (the last two in seconds). Says what is wrong with the one that is.
[[nodiscard]] std::expected<void, std::string> apply_limits(std::span<const std::string> texts,
                                                            LimitsConfig& limits);

}  // namespace portcullis::sim
