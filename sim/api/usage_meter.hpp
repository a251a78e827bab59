#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "sim/api/limits_config.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

// A counter that starts from zero at every multiple of its length since 1970.
class UsageWindow {
 public:
  explicit UsageWindow(std::int64_t length_ms) noexcept : length_ms_{length_ms} {}
  // Never below zero.
  void add(std::int64_t delta, WallTime now) noexcept;
  [[nodiscard]] std::int64_t count(WallTime now) const noexcept;
  [[nodiscard]] WallTime end(WallTime now) const noexcept;

 private:
  std::int64_t length_ms_;
  std::int64_t index_{0};
  std::int64_t count_{0};
};

// What one IP address has used up, and what came of it.
struct IpUsage {
  std::string address;
  UsageWindow weight{60'000};
  UsageWindow raw_requests{300'000};
  UsageWindow stream_connections{300'000};
  UsageWindow api_connections{300'000};
  UsageWindow floods{300'000};
  int refusals{0};  // in a row
  int bans{0};      // lately
  WallTime banned_until{};
};

// Counts what the venue charges, request weight for each IP address and unfilled orders for each
// account, and refuses what is too much (Binance: limits; unfilled order count). One thread.
class UsageMeter {
 public:
  explicit UsageMeter(LimitsConfig limits = {}) : limits_{limits} {}

  [[nodiscard]] const LimitsConfig& limits() const noexcept { return limits_; }
  void set_limits(const LimitsConfig& limits) noexcept { limits_ = limits; }
  // Told when an address is banned: its WebSocket connections are to be cut.
  void set_ban_listener(std::move_only_function<void(std::string_view address)> listener) {
    on_ban_ = std::move(listener);
  }

  // Stays where it is.
  [[nodiscard]] IpUsage& of(std::string_view address);
  [[nodiscard]] const std::map<std::string, IpUsage, std::less<>>& addresses() const noexcept {
    return ips_;
  }
  // One request: charges its weight and nothing else, or refuses it with 429 or 418 (then it is
  // charged, too). Going on after 429 bans the address.
  std::optional<VenueError> admit(IpUsage& ip, int weight, WallTime now);
  // One attempt to connect a WebSocket: counts it, or refuses it as admit() does.
  std::optional<VenueError> admit_connection(IpUsage& ip, bool is_api, WallTime now);
  // A stream connection of the address was cut for sending too much; repeating it is a ban.
  void on_flood(IpUsage& ip, WallTime now);
  // Gives weight back: what succeeded may be free.
  void refund(IpUsage& ip, int weight, WallTime now) { ip.weight.add(-weight, now); }
  // 418 from now on until then, as if the address had earned it.
  void ban_until(IpUsage& ip, WallTime until);
  void lift_ban(IpUsage& ip) noexcept { ip.banned_until = WallTime{}; }
  // 418 while the address is banned; for what has no weight.
  [[nodiscard]] std::optional<VenueError> refusal_of_banned(const IpUsage& ip, WallTime now) const;

  // New orders on their way to the matching engine: counts them, or -1015.
  std::optional<VenueError> count_orders(SimAccountId account, int orders, WallTime now);
  // The first fill of an order gives back: one for a taker, five for a maker.
  void on_first_fill(SimAccountId account, bool is_maker, WallTime now);

  [[nodiscard]] std::int64_t orders_10s(SimAccountId account, WallTime now) const;
  [[nodiscard]] std::int64_t orders_day(SimAccountId account, WallTime now) const;

  // The array of a WebSocket API reply; ORDERS entries first, and only for an account.
  void write_rate_limits(JsonOut& out, const IpUsage& ip, const SimAccountId* account,
                         WallTime now) const;
  // The ORDERS entries alone (Binance: query unfilled order count).
  void write_order_counts(JsonOut& out, SimAccountId account, WallTime now) const;
  // The array of exchangeInfo: limits without counts. The WebSocket API tells its limit of
  // connections where REST tells that of raw requests.
  void write_limits(JsonOut& out, bool is_ws) const;

 private:
  struct OrderWindows {
    UsageWindow seconds{10'000};
    UsageWindow day{86'400'000};
  };

  VenueError refuse(IpUsage& ip, const UsageWindow& window, WallTime now);
  void ban(IpUsage& ip, WallTime now);
  [[nodiscard]] VenueError banned_error(const IpUsage& ip, WallTime now) const;
  void add_order_counts(JsonOut& out, SimAccountId account, WallTime now) const;

  LimitsConfig limits_;
  std::move_only_function<void(std::string_view)> on_ban_;
  std::map<std::string, IpUsage, std::less<>> ips_;
  std::map<SimAccountId, OrderWindows> orders_;
};

}  // namespace portcullis::sim
