#include "sim/render/market_json.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace portcullis::sim {

namespace {

constexpr std::int64_t kNoTrade = -1;

void wide_field(JsonOut& out, std::string_view name, WideSum sum) {
  write_wide(out.key(name), sum);
}

// Thousandths with three places: "-0.317".
std::string percent_text(std::int64_t milli) {
  const std::int64_t size = std::abs(milli);
  std::string places = std::to_string(size % 1'000);
  places.insert(0, 3 - places.size(), '0');
  return (milli < 0 ? "-" : "") + std::to_string(size / 1'000) + "." + places;
}

void write_changes(JsonOut& out, const WindowStats& stats) {
  out.field("priceChange", stats.change())
      .field("priceChangePercent", percent_text(stats.change_percent_milli()))
      .field("weightedAvgPrice", stats.weighted_average());
}

void write_sums(JsonOut& out, const WindowStats& stats) {
  wide_field(out, "volume", stats.candle.volume);
  wide_field(out, "quoteVolume", stats.candle.quote_volume);
  out.field("openTime", stats.open_time).field("closeTime", stats.close_time);
  if (stats.candle.is_empty()) {
    out.field("firstId", kNoTrade).field("lastId", kNoTrade);
  } else {
    out.field("firstId", stats.candle.first_trade_id).field("lastId", stats.candle.last_trade_id);
  }
  out.field("count", stats.candle.trade_count);
}

void write_ends(JsonOut& out, const WindowStats& stats) {
  out.field("openPrice", stats.candle.open)
      .field("highPrice", stats.candle.high)
      .field("lowPrice", stats.candle.low);
}

}  // namespace

void write_wide(JsonOut& out, WideSum sum) {
  const bool is_negative = sum < 0;
  WideSum rest = is_negative ? -sum : sum;
  std::array<char, 48> digits{};
  std::size_t at = digits.size();
  digits[--at] = '"';
  for (int place = 0; place < kDecimalPlaces || rest > 0 || place == kDecimalPlaces; ++place) {
    if (place == kDecimalPlaces) digits[--at] = '.';
    digits[--at] = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (is_negative) digits[--at] = '-';
  digits[--at] = '"';
  out.raw({digits.data() + at, digits.size() - at});
}

void write_levels(JsonOut& out, std::string_view key, std::span<const Level> levels) {
  out.key(key).open_array();
  for (const Level& level : levels) {
    out.open_array().decimal(level.px).decimal(level.qty).close_array();
  }
  out.close_array();
}

void write_trade(JsonOut& out, const PublicTrade& trade) {
  out.open_object()
      .field("id", trade.trade_id)
      .field("price", trade.px)
      .field("qty", trade.qty)
      .field("quoteQty", trade.quote)
      .field("time", trade.time)
      .field("isBuyerMaker", trade.buyer_is_maker)
      .field("isBestMatch", true)
      .close_object();
}

void write_aggregate_trade(JsonOut& out, const AggregateTrade& trade) {
  out.open_object().field("a", trade.id).field("p", trade.px);
  wide_field(out, "q", trade.qty);
  out.field("f", trade.first_trade_id)
      .field("l", trade.last_trade_id)
      .field("T", trade.time)
      .field("m", trade.buyer_is_maker)
      .field("M", true)
      .close_object();
}

void write_kline(JsonOut& out, const Kline& kline) {
  const Candle& candle = kline.candle;
  const Nanos last_moment = out.time_unit() == TimeUnit::kMilliseconds
                                ? Nanos{std::chrono::milliseconds{1}}
                                : Nanos{std::chrono::microseconds{1}};
  out.open_array()
      .time(candle.open_time)
      .decimal(candle.open)
      .decimal(candle.high)
      .decimal(candle.low)
      .decimal(candle.close);
  write_wide(out, candle.volume);
  out.time(kline.next_open - last_moment);
  write_wide(out, candle.quote_volume);
  out.number(candle.trade_count);
  write_wide(out, candle.taker_buy_volume);
  write_wide(out, candle.taker_buy_quote_volume);
  out.text("0").close_array();
}

void write_window(JsonOut& out, std::string_view symbol, const WindowStats& stats,
                  TickerKind kind) {
  out.open_object().field("symbol", symbol);
  if (kind == TickerKind::kFull) write_changes(out, stats);
  write_ends(out, stats);
  out.field("lastPrice", stats.candle.close);
  write_sums(out, stats);
  out.close_object();
}

void write_day_ticker(JsonOut& out, const DayTicker& ticker, TickerKind kind) {
  if (kind == TickerKind::kMini) return write_window(out, ticker.symbol, ticker.stats, kind);
  const WindowStats& stats = ticker.stats;
  out.open_object().field("symbol", ticker.symbol);
  write_changes(out, stats);
  out.field("prevClosePrice", ticker.previous_close)
      .field("lastPrice", stats.candle.close)
      .field("lastQty", ticker.last_qty)
      .field("bidPrice", ticker.best.bid.px)
      .field("bidQty", ticker.best.bid.qty)
      .field("askPrice", ticker.best.ask.px)
      .field("askQty", ticker.best.ask.qty);
  write_ends(out, stats);
  write_sums(out, stats);
  out.close_object();
}

void write_book_ticker(JsonOut& out, std::string_view symbol, const BestPrices& best) {
  out.open_object()
      .field("symbol", symbol)
      .field("bidPrice", best.bid.px)
      .field("bidQty", best.bid.qty)
      .field("askPrice", best.ask.px)
      .field("askQty", best.ask.qty)
      .close_object();
}

}  // namespace portcullis::sim
