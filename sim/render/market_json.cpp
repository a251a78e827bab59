#include "sim/render/market_json.hpp"

namespace portcullis::sim {

namespace {

void put_prices(TextOut& out, const Candle& candle) {
  out.put(R"(,"openPrice":)").decimal(candle.open).put(R"(,"highPrice":)").decimal(candle.high);
  out.put(R"(,"lowPrice":)").decimal(candle.low);
}

void put_changes(TextOut& out, const WindowStats& stats) {
  out.put(R"(,"priceChange":)").decimal(stats.change()).put(R"(,"priceChangePercent":")");
  put_percent(out, stats.change_percent_milli());
  out.put(R"(","weightedAvgPrice":)").decimal(stats.weighted_average());
}

}  // namespace

void put_levels(TextOut& out, std::span<const Level> levels) {
  out.put('[');
  bool is_first = true;
  for (const Level& level : levels) {
    out.put(is_first ? std::string_view{"["} : std::string_view{",["}).decimal(level.px);
    out.put(',').decimal(level.qty).put(']');
    is_first = false;
  }
  out.put(']');
}

void put_percent(TextOut& out, std::int64_t milli) {
  if (milli < 0) out.put('-');
  const std::uint64_t size =
      milli < 0 ? 0U - static_cast<std::uint64_t>(milli) : static_cast<std::uint64_t>(milli);
  out.whole(size / 1'000).put('.');
  const std::uint64_t places = size % 1'000;
  out.put(static_cast<char>('0' + places / 100));
  out.put(static_cast<char>('0' + places / 10 % 10));
  out.put(static_cast<char>('0' + places % 10));
}

void put_moment_before(TextOut& out, WallTime time, TimeUnit unit) {
  const std::int64_t ns = count_ns(time);
  out.signed_whole((unit == TimeUnit::kMilliseconds ? ns / 1'000'000 : ns / 1'000) - 1);
}

void put_trade_id(TextOut& out, const Candle& candle, std::uint64_t id) {
  if (candle.is_empty()) {
    out.put("-1");
  } else {
    out.whole(id);
  }
}

void put_book(TextOut& out, const DepthSnapshot& book) {
  out.put(R"({"lastUpdateId":)").whole(book.last_update_id).put(R"(,"bids":)");
  put_levels(out, book.bids);
  out.put(R"(,"asks":)");
  put_levels(out, book.asks);
  out.put('}');
}

void put_trade_row(TextOut& out, const PublicTrade& trade, TimeUnit unit) {
  out.put(R"({"id":)").whole(trade.trade_id).put(R"(,"price":)").decimal(trade.px);
  out.put(R"(,"qty":)").decimal(trade.qty).put(R"(,"quoteQty":)").decimal(trade.quote);
  out.put(R"(,"time":)").time(trade.time, unit);
  out.put(R"(,"isBuyerMaker":)").boolean(trade.buyer_is_maker).put(R"(,"isBestMatch":true})");
}

void put_aggregate_row(TextOut& out, const AggregateTrade& trade, TimeUnit unit) {
  out.put(R"({"a":)").whole(trade.id).put(R"(,"p":)").decimal(trade.px);
  out.put(R"(,"q":)").decimal(trade.qty).put(R"(,"f":)").whole(trade.first_trade_id);
  out.put(R"(,"l":)").whole(trade.last_trade_id).put(R"(,"T":)").time(trade.time, unit);
  out.put(R"(,"m":)").boolean(trade.buyer_is_maker).put(R"(,"M":true})");
}

void put_kline_row(TextOut& out, const Kline& kline, TimeUnit unit) {
  const Candle& candle = kline.candle;
  out.put('[').time(candle.open_time, unit);
  for (const Price px : {candle.open, candle.high, candle.low, candle.close}) {
    out.put(',').decimal(px);
  }
  out.put(',').decimal(candle.volume).put(',');
  put_moment_before(out, kline.next_open, unit);
  out.put(',').decimal(candle.quote_volume).put(',').whole(candle.trade_count);
  out.put(',').decimal(candle.taker_buy_volume);
  out.put(',').decimal(candle.taker_buy_quote_volume).put(R"(,"0"])");
}

void put_ticker_row(TextOut& out, std::string_view symbol, const WindowStats& stats,
                    TickerType type, const TickerNow* now, TimeUnit unit) {
  const Candle& candle = stats.candle;
  out.put(R"({"symbol":)").put(symbol);
  const bool is_full_day = now != nullptr && type == TickerType::kFull;
  if (type == TickerType::kFull) put_changes(out, stats);
  if (is_full_day) {
    out.put(R"(,"prevClosePrice":)").decimal(now->price_before);
    out.put(R"(,"lastPrice":)").decimal(candle.close);
    out.put(R"(,"lastQty":)").decimal(now->last_qty);
    out.put(R"(,"bidPrice":)").decimal(now->best.bid.px);
    out.put(R"(,"bidQty":)").decimal(now->best.bid.qty);
    out.put(R"(,"askPrice":)").decimal(now->best.ask.px);
    out.put(R"(,"askQty":)").decimal(now->best.ask.qty);
  }
  put_prices(out, candle);
  if (!is_full_day) out.put(R"(,"lastPrice":)").decimal(candle.close);
  out.put(R"(,"volume":)").decimal(candle.volume);
  out.put(R"(,"quoteVolume":)").decimal(candle.quote_volume);
  out.put(R"(,"openTime":)").time(stats.open_time, unit);
  out.put(R"(,"closeTime":)").time(stats.close_time, unit).put(R"(,"firstId":)");
  put_trade_id(out, candle, candle.first_trade_id);
  out.put(R"(,"lastId":)");
  put_trade_id(out, candle, candle.last_trade_id);
  out.put(R"(,"count":)").whole(candle.trade_count).put('}');
}

}  // namespace portcullis::sim
