#pragma once

#include <algorithm>
#include <cstdint>

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "sim/exchange/order.hpp"

namespace portcullis::sim {

// Sums of decimals, counted in 1e-8 like them; a day's volume of a cheap coin leaves int64.
using WideSum = Int128;

// What the trades of a span of time come to. Without trades it has no prices.
struct Candle {
  WallTime open_time{};  // of the span
  Price open{};
  Price high{};
  Price low{};
  Price close{};
  WideSum volume{0};        // base
  WideSum quote_volume{0};  // quote
  WideSum taker_buy_volume{0};
  WideSum taker_buy_quote_volume{0};
  std::uint64_t first_trade_id{0};
  std::uint64_t last_trade_id{0};
  std::uint64_t trade_count{0};

  [[nodiscard]] bool is_empty() const noexcept { return trade_count == 0; }

  void add(const PublicTrade& trade) {
    if (is_empty()) {
      open = high = low = trade.px;
      first_trade_id = trade.trade_id;
    }
    high = std::max(high, trade.px);
    low = std::min(low, trade.px);
    close = trade.px;
    volume += trade.qty.raw();
    quote_volume += trade.quote.raw();
    if (!trade.buyer_is_maker) {
      taker_buy_volume += trade.qty.raw();
      taker_buy_quote_volume += trade.quote.raw();
    }
    last_trade_id = trade.trade_id;
    ++trade_count;
  }

  // Joins the span that follows this one.
  void append(const Candle& later) {
    if (later.is_empty()) return;
    if (is_empty()) {
      open = later.open;
      high = later.high;
      low = later.low;
      first_trade_id = later.first_trade_id;
    }
    high = std::max(high, later.high);
    low = std::min(low, later.low);
    close = later.close;
    volume += later.volume;
    quote_volume += later.quote_volume;
    taker_buy_volume += later.taker_buy_volume;
    taker_buy_quote_volume += later.taker_buy_quote_volume;
    last_trade_id = later.last_trade_id;
    trade_count += later.trade_count;
  }
};

}  // namespace portcullis::sim
