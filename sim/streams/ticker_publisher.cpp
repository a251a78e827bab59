#include "sim/streams/ticker_publisher.hpp"

#include <algorithm>

#include "sim/market_data/average_minutes.hpp"
#include "sim/streams/event_text.hpp"

namespace portcullis::sim {

namespace {

bool is_of_all(StreamKind kind) {
  return kind == StreamKind::kAllMiniTickers || kind == StreamKind::kAllWindowTickers;
}

bool is_of_day(StreamKind kind) {
  return kind == StreamKind::kMiniTicker || kind == StreamKind::kTicker ||
         kind == StreamKind::kAllMiniTickers;
}

}  // namespace

void TickerPublisher::on_first_listener(Stream& stream) {
  auto known = std::ranges::find(tickers_, &stream, &Ticker::stream);
  if (known == tickers_.end()) {
    known = tickers_.insert(tickers_.end(), Ticker{.stream = &stream, .told = {}});
  }
  // Told at the next turn, changed or not.
  known->told.assign(is_of_all(stream.topic().kind) ? symbol_members_.size() : 1, std::nullopt);
}

void TickerPublisher::on_second(WallTime now, StreamOutlet& out) {
  for (Ticker& ticker : tickers_) {
    if (!ticker.stream->is_heard()) continue;
    const StreamKind kind = ticker.stream->topic().kind;
    if (is_of_all(kind)) {
      publish_all(ticker, now, out);
    } else if (kind == StreamKind::kAveragePrice) {
      publish_average(ticker, now, out);
    } else if (kind == StreamKind::kReferencePrice) {
      publish_reference(ticker, now, out);
    } else {
      publish(ticker, now, out);
    }
  }
}

WindowStats TickerPublisher::stats_of(const StreamTopic& topic, std::size_t symbol,
                                      WallTime now) const {
  const CandleStore& candles = market_[symbol].candles();
  return is_of_day(topic.kind) ? rolling_day(candles, now)
                               : rolling_window(candles, topic.window, now);
}

TickerPublisher::Told TickerPublisher::told_by(const WindowStats& stats) {
  return {.first_trade_id = stats.candle.first_trade_id,
          .last_trade_id = stats.candle.last_trade_id};
}

void TickerPublisher::publish(Ticker& ticker, WallTime now, StreamOutlet& out) {
  const StreamTopic& topic = ticker.stream->topic();
  const PublicTrade* last = market_[topic.symbol].last_trade();
  if (last == nullptr) return;
  const WindowStats stats = stats_of(topic, topic.symbol, now);
  Told told = told_by(stats);
  TickerNow beside;
  if (topic.kind == StreamKind::kTicker) {
    beside.best = exchange_.best(topic.symbol);
    beside.price_before =
        market_[topic.symbol].candles().close_before(stats.open_time).value_or(Price{});
    beside.last_qty = stats.candle.is_empty() ? Qty{} : last->qty;
    told.bid = beside.best.bid;
    told.ask = beside.best.ask;
  }
  if (ticker.told.front() == told) return;
  ticker.told.front() = told;
  ticker.stream->publish(out, [&](TextOut& text, TimeUnit unit) {
    const EventHead head{symbol_members_[topic.symbol], now, unit};
    if (topic.kind == StreamKind::kTicker) return put_ticker(text, head, stats, beside);
    if (topic.kind == StreamKind::kMiniTicker) return put_mini_ticker(text, head, stats);
    put_window_ticker(text, head, stats, topic.window_text);
  });
}

void TickerPublisher::publish_all(Ticker& ticker, WallTime now, StreamOutlet& out) {
  const StreamTopic& topic = ticker.stream->topic();
  struct Changed {
    std::size_t symbol;
    WindowStats stats;
  };
  std::vector<Changed> changed;
  for (std::size_t symbol = 0; symbol < symbol_members_.size(); ++symbol) {
    if (market_[symbol].last_trade() == nullptr) continue;
    const WindowStats stats = stats_of(topic, symbol, now);
    const Told told = told_by(stats);
    if (ticker.told[symbol] == told) continue;
    ticker.told[symbol] = told;
    changed.push_back({symbol, stats});
  }
  if (changed.empty()) return;
  ticker.stream->publish(out, [&](TextOut& text, TimeUnit unit) {
    char separator = '[';
    for (const Changed& each : changed) {
      text.put(separator);
      separator = ',';
      const EventHead head{symbol_members_[each.symbol], now, unit};
      if (topic.kind == StreamKind::kAllMiniTickers) {
        put_mini_ticker(text, head, each.stats);
      } else {
        put_window_ticker(text, head, each.stats, topic.window_text);
      }
    }
    text.put(']');
  });
}

void TickerPublisher::publish_average(Ticker& ticker, WallTime now, StreamOutlet& out) {
  const std::size_t symbol = ticker.stream->topic().symbol;
  const PublicTrade* last = market_[symbol].last_trade();
  if (last == nullptr) return;
  const int minutes = average_price_minutes(exchange_.symbols()[symbol]);
  const Price average = exchange_.average_price(symbol, minutes, now);
  const Told told{.px = average, .time = last->time};
  if (ticker.told.front() == told) return;
  ticker.told.front() = told;
  ticker.stream->publish(out, [&](TextOut& text, TimeUnit unit) {
    put_average_price(text, {symbol_members_[symbol], now, unit}, minutes, average, last->time);
  });
}

void TickerPublisher::publish_reference(Ticker& ticker, WallTime now, StreamOutlet& out) {
  const std::size_t symbol = ticker.stream->topic().symbol;
  const auto reference = exchange_.reference_price(symbol, now);
  if (!reference) return;
  const Told told{.px = reference->px, .time = reference->time};
  if (ticker.told.front() == told) return;
  ticker.told.front() = told;
  ticker.stream->publish(out, [&](TextOut& text, TimeUnit unit) {
    put_reference_price(text, symbol_members_[symbol], unit, *reference);
  });
}

}  // namespace portcullis::sim
