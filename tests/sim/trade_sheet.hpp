#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/decimal.hpp"
#include "tests/sim/sim_client.hpp"

namespace portcullis::sim::test {

// A decimal as the venue writes it, in 1e-8.
inline std::int64_t raw8(const Json& text) {
  return Price::parse(text.get<std::string>())->raw();
}

// What a span of trades comes to, added up from the trades alone.
struct SheetSum {
  std::int64_t open{0};
  std::int64_t high{0};
  std::int64_t low{0};
  std::int64_t close{0};
  std::int64_t volume{0};
  std::int64_t quote{0};
  std::int64_t taker_volume{0};
  std::int64_t taker_quote{0};
  std::int64_t first_id{-1};
  std::int64_t last_id{-1};
  std::int64_t count{0};
};

// To the nearest, away from zero at a half: percent with three places.
inline std::string percent_text(std::int64_t change, std::int64_t open) {
  const bool is_negative = change < 0;
  const Int128 size = Int128{is_negative ? -change : change} * 100'000;
  const auto milli = static_cast<std::int64_t>((2 * size + open) / (2 * Int128{open}));
  std::string digits = std::to_string(milli);
  if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
  digits.insert(digits.size() - 3, ".");
  return (is_negative ? "-" : "") + digits;
}

inline std::int64_t average_of(const SheetSum& sum) {
  return static_cast<std::int64_t>((2 * Int128{sum.quote} * kDecimalScale + sum.volume) /
                                   (2 * Int128{sum.volume}));
}

// The trades that the trade stream told, in its order.
class TradeSheet {
 public:
  void add(const Json& trade) {
    rows_.push_back({.id = trade.at("t"),
                     .px = raw8(trade.at("p")),
                     .qty = raw8(trade.at("q")),
                     .time_ms = trade.at("T"),
                     .buyer_is_maker = trade.at("m")});
  }

  // With times from `from_ms` to `to_ms`, both included.
  [[nodiscard]] SheetSum sum(std::int64_t from_ms, std::int64_t to_ms) const {
    SheetSum sum;
    for (const Row& row : rows_) {
      if (row.time_ms < from_ms || row.time_ms > to_ms) continue;
      if (sum.count == 0) {
        sum.open = sum.high = sum.low = row.px;
        sum.first_id = row.id;
      }
      sum.high = std::max(sum.high, row.px);
      sum.low = std::min(sum.low, row.px);
      sum.close = row.px;
      // Prices of two places and quantities of five: the product is exact.
      const std::int64_t quote = row.px / 1'000'000 * (row.qty / 1'000) * 10;
      sum.volume += row.qty;
      sum.quote += quote;
      if (!row.buyer_is_maker) {
        sum.taker_volume += row.qty;
        sum.taker_quote += quote;
      }
      sum.last_id = row.id;
      ++sum.count;
    }
    return sum;
  }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] std::int64_t last_id() const { return rows_.empty() ? -1 : rows_.back().id; }

 private:
  struct Row {
    std::int64_t id;
    std::int64_t px;
    std::int64_t qty;
    std::int64_t time_ms;
    bool buyer_is_maker;
  };
  std::vector<Row> rows_;
};

}  // namespace portcullis::sim::test
