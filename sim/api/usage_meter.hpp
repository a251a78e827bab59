#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

// Counts what the venue would charge: request weight a minute (one IP address: everything here is
// loopback) and unfilled orders by account. Fixed windows aligned to the clock. Nothing is refused
// yet. (Binance: limits; unfilled order count.)
class UsageMeter {
 public:
  static constexpr std::int64_t kWeightLimit = 6'000;
  static constexpr std::int64_t kOrders10sLimit = 100;
  static constexpr std::int64_t kOrdersDayLimit = 200'000;

  void add_weight(std::int64_t weight, WallTime now);
  void add_order(SimAccountId account, WallTime now);
  // The first fill of an order gives back: one for a taker, five for a maker.
  void on_first_fill(SimAccountId account, bool is_maker, WallTime now);

  [[nodiscard]] std::int64_t weight(WallTime now) const;
  [[nodiscard]] std::int64_t orders_10s(SimAccountId account, WallTime now) const;
  [[nodiscard]] std::int64_t orders_day(SimAccountId account, WallTime now) const;

  // The array of a WebSocket API reply; ORDERS entries first, and only for an account.
  [[nodiscard]] std::string rate_limits_json(const SimAccountId* account, WallTime now) const;
  // The array of exchangeInfo: limits without counts.
  [[nodiscard]] static std::string limits_json();

 private:
  class Window {
   public:
    explicit Window(std::int64_t length_ms) noexcept : length_ms_{length_ms} {}
    void add(std::int64_t delta, WallTime now);
    [[nodiscard]] std::int64_t count(WallTime now) const;

   private:
    std::int64_t length_ms_;
    std::int64_t index_{0};
    std::int64_t count_{0};
  };
  struct OrderWindows {
    Window seconds{10'000};
    Window day{86'400'000};
  };

  Window weight_{60'000};
  std::map<SimAccountId, OrderWindows> orders_;
};

}  // namespace portcullis::sim
