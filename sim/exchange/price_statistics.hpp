#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "sim/exchange/symbol_spec.hpp"

namespace portcullis::sim {

// What a symbol's trades say about its price: the last one, the volume-weighted average of the last
// minutes, and the reference price of the execution rules.
class PriceStatistics {
 public:
  static constexpr int kMinutesMax = 60;  // how far back an average can look

  void on_trade(Price px, Qty qty, Notional quote, WallTime now);
  // A print that is nobody's trade here, with no quantity to weigh it by.
  void set_last(Price px) noexcept { last_ = px; }
  // The rule's buckets; nothing: no reference price is counted. Starts anew when it differs.
  void set_reference_rule(const std::optional<ReferencePriceRule>& rule);

  [[nodiscard]] Price last() const noexcept { return last_; }  // zero: never traded
  // Zero minutes, or none traded in them: the last price.
  [[nodiscard]] Price average(int minutes, WallTime now) const;
  // Arithmetic mean over the rule's window, the oldest bucket in part (Binance: price range
  // execution rule FAQ). Nothing where nothing traded in it.
  [[nodiscard]] std::optional<Price> reference(WallTime now) const;

 private:
  struct Second {
    std::int64_t second;
    Int128 qty;  // raw
    Int128 quote;
  };
  // Both with four more places than they need, as the venue counts.
  struct Bucket {
    std::int64_t open_ms;
    std::int64_t count_e4;
    Int128 sum_e4;
  };
  void count_reference(Price px, WallTime now);

  Price last_{};
  std::deque<Second> seconds_;
  std::int64_t width_ms_{0};  // zero: no rule
  std::int64_t window_ms_{0};
  std::deque<Bucket> buckets_;
};

}  // namespace portcullis::sim
