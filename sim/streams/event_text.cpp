#include "sim/streams/event_text.hpp"

#include "sim/json/json_out.hpp"
#include "sim/render/market_json.hpp"

namespace portcullis::sim {

namespace {

void put_head(TextOut& out, const EventHead& head, std::string_view event) {
  out.put(R"({"e":")").put(event).put(R"(","E":)").time(head.event_time, head.unit);
  out.put(',').put(head.symbol_member);
}

void put_window_end(TextOut& out, TimeUnit unit, const WindowStats& stats) {
  const Candle& candle = stats.candle;
  out.put(R"(,"v":)").decimal(candle.volume).put(R"(,"q":)").decimal(candle.quote_volume);
  out.put(R"(,"O":)").time(stats.open_time, unit).put(R"(,"C":)").time(stats.close_time, unit);
  out.put(R"(,"F":)");
  put_trade_id(out, candle, candle.first_trade_id);
  out.put(R"(,"L":)");
  put_trade_id(out, candle, candle.last_trade_id);
  out.put(R"(,"n":)").whole(candle.trade_count).put('}');
}

}  // namespace

std::string symbol_member_of(std::string_view symbol) {
  return R"("s":)" + JsonOut{}.text(symbol).take() + ",";
}

void put_trade(TextOut& out, const EventHead& head, const PublicTrade& trade) {
  put_head(out, head, "trade");
  out.put(R"("t":)").whole(trade.trade_id);
  out.put(R"(,"p":)").decimal(trade.px).put(R"(,"q":)").decimal(trade.qty);
  out.put(R"(,"T":)").time(trade.time, head.unit);
  out.put(R"(,"m":)").boolean(trade.buyer_is_maker).put(R"(,"M":true})");
}

void put_aggregate_trade(TextOut& out, const EventHead& head, const AggregateTrade& trade) {
  put_head(out, head, "aggTrade");
  out.put(R"("a":)").whole(trade.id);
  out.put(R"(,"p":)").decimal(trade.px).put(R"(,"q":)").decimal(trade.qty);
  out.put(R"(,"f":)").whole(trade.first_trade_id).put(R"(,"l":)").whole(trade.last_trade_id);
  out.put(R"(,"T":)").time(trade.time, head.unit);
  out.put(R"(,"m":)").boolean(trade.buyer_is_maker).put(R"(,"M":true})");
}

void put_book_ticker(TextOut& out, std::string_view symbol_member, const BestPrices& best) {
  out.put(R"({"u":)").whole(best.update_id).put(',').put(symbol_member);
  out.put(R"("b":)").decimal(best.bid.px).put(R"(,"B":)").decimal(best.bid.qty);
  out.put(R"(,"a":)").decimal(best.ask.px).put(R"(,"A":)").decimal(best.ask.qty).put('}');
}

void put_depth(TextOut& out, const EventHead& head, const DepthDiff& diff) {
  put_head(out, head, "depthUpdate");
  out.put(R"("U":)").whole(diff.first_update_id).put(R"(,"u":)").whole(diff.last_update_id);
  out.put(R"(,"b":)");
  put_levels(out, diff.bids);
  out.put(R"(,"a":)");
  put_levels(out, diff.asks);
  out.put('}');
}

void put_kline(TextOut& out, const EventHead& head, const Kline& kline, KlineInterval interval,
               bool is_closed) {
  const Candle& candle = kline.candle;
  put_head(out, head, "kline");
  out.put(R"("k":{"t":)").time(candle.open_time, head.unit).put(R"(,"T":)");
  put_moment_before(out, kline.next_open, head.unit);
  out.put(',').put(head.symbol_member).put(R"("i":")").put(text_of(interval)).put(R"(","f":)");
  put_trade_id(out, candle, candle.first_trade_id);
  out.put(R"(,"L":)");
  put_trade_id(out, candle, candle.last_trade_id);
  out.put(R"(,"o":)").decimal(candle.open).put(R"(,"c":)").decimal(candle.close);
  out.put(R"(,"h":)").decimal(candle.high).put(R"(,"l":)").decimal(candle.low);
  out.put(R"(,"v":)").decimal(candle.volume).put(R"(,"n":)").whole(candle.trade_count);
  out.put(R"(,"x":)").boolean(is_closed).put(R"(,"q":)").decimal(candle.quote_volume);
  out.put(R"(,"V":)").decimal(candle.taker_buy_volume);
  out.put(R"(,"Q":)").decimal(candle.taker_buy_quote_volume).put(R"(,"B":"0"}})");
}

void put_mini_ticker(TextOut& out, const EventHead& head, const WindowStats& stats) {
  const Candle& candle = stats.candle;
  put_head(out, head, "24hrMiniTicker");
  out.put(R"("c":)").decimal(candle.close).put(R"(,"o":)").decimal(candle.open);
  out.put(R"(,"h":)").decimal(candle.high).put(R"(,"l":)").decimal(candle.low);
  out.put(R"(,"v":)").decimal(candle.volume).put(R"(,"q":)").decimal(candle.quote_volume);
  out.put('}');
}

void put_ticker(TextOut& out, const EventHead& head, const WindowStats& stats,
                const TickerNow& now) {
  const Candle& candle = stats.candle;
  put_head(out, head, "24hrTicker");
  out.put(R"("p":)").decimal(stats.change()).put(R"(,"P":")");
  put_percent(out, stats.change_percent_milli());
  out.put(R"(","w":)").decimal(stats.weighted_average());
  out.put(R"(,"x":)").decimal(now.price_before).put(R"(,"c":)").decimal(candle.close);
  out.put(R"(,"Q":)").decimal(now.last_qty);
  out.put(R"(,"b":)").decimal(now.best.bid.px).put(R"(,"B":)").decimal(now.best.bid.qty);
  out.put(R"(,"a":)").decimal(now.best.ask.px).put(R"(,"A":)").decimal(now.best.ask.qty);
  out.put(R"(,"o":)").decimal(candle.open).put(R"(,"h":)").decimal(candle.high);
  out.put(R"(,"l":)").decimal(candle.low);
  put_window_end(out, head.unit, stats);
}

void put_window_ticker(TextOut& out, const EventHead& head, const WindowStats& stats,
                       std::string_view window) {
  const Candle& candle = stats.candle;
  out.put(R"({"e":")").put(window).put(R"(Ticker","E":)").time(head.event_time, head.unit);
  out.put(',').put(head.symbol_member);
  out.put(R"("p":)").decimal(stats.change()).put(R"(,"P":")");
  put_percent(out, stats.change_percent_milli());
  out.put(R"(","o":)").decimal(candle.open).put(R"(,"h":)").decimal(candle.high);
  out.put(R"(,"l":)").decimal(candle.low).put(R"(,"c":)").decimal(candle.close);
  out.put(R"(,"w":)").decimal(stats.weighted_average());
  put_window_end(out, head.unit, stats);
}

void put_average_price(TextOut& out, const EventHead& head, int minutes, Price average,
                       WallTime last_trade_time) {
  put_head(out, head, "avgPrice");
  out.put(R"("i":")").signed_whole(minutes).put(R"(m","w":)").decimal(average);
  out.put(R"(,"T":)").time(last_trade_time, head.unit).put('}');
}

void put_reference_price(TextOut& out, std::string_view symbol_member, TimeUnit unit,
                         const Exchange::ReferencePrice& reference) {
  out.put(R"({"e":"referencePrice",)").put(symbol_member).put(R"("r":)");
  if (reference.px) {
    out.decimal(*reference.px);
  } else {
    out.put("null");
  }
  out.put(R"(,"t":)").time(reference.time, unit).put('}');
}

}  // namespace portcullis::sim
