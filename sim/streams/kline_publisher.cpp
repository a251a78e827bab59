#include "sim/streams/kline_publisher.hpp"

#include <algorithm>

#include "sim/streams/event_text.hpp"

namespace portcullis::sim {

void KlinePublisher::begin(Bar& bar, WallTime time) const {
  const StreamTopic& topic = bar.stream->topic();
  bar.open = open_time(topic.interval, time, topic.zone);
  bar.next_open = next_open_time(topic.interval, bar.open, topic.zone);
  bar.told_trade_count = 0;
  bar.has_begun = true;
}

void KlinePublisher::on_first_listener(Stream& stream) {
  const auto known = std::ranges::find(bars_, &stream, &Bar::stream);
  if (known == bars_.end()) {
    bars_.push_back({.stream = &stream});
  } else {
    known->has_begun = false;
  }
}

void KlinePublisher::on_interval(WallTime now, bool is_update, StreamOutlet& out) {
  for (Bar& bar : bars_) {
    if (!bar.stream->has_listener()) continue;
    if (!bar.has_begun) {
      begin(bar, now);
    } else if (now >= bar.next_open) {
      publish(bar, now, true, out);
      begin(bar, now);
    }
    if (is_update && bar.stream->topic().interval != KlineInterval::k1s) {
      publish(bar, now, false, out);
    }
  }
}

void KlinePublisher::publish(Bar& bar, WallTime now, bool is_closed, StreamOutlet& out) {
  if (!bar.stream->is_heard()) return;
  const StreamTopic& topic = bar.stream->topic();
  const auto kline =
      kline_at(market_[topic.symbol].candles(), topic.interval, topic.zone, bar.open);
  if (!kline) return;
  const std::uint64_t trade_count = kline->candle.trade_count;
  if (!is_closed && trade_count == bar.told_trade_count) return;
  bar.told_trade_count = trade_count;
  bar.stream->publish(out, [&](TextOut& text, TimeUnit unit) {
    put_kline(text, {symbol_members_[topic.symbol], now, unit}, *kline, topic.interval, is_closed);
  });
}

}  // namespace portcullis::sim
