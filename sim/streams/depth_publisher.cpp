#include "sim/streams/depth_publisher.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/streams/event_text.hpp"

namespace portcullis::sim {

namespace {

bool has_listener(const std::vector<Stream*>& streams) {
  return std::ranges::any_of(streams, &Stream::has_listener);
}

// Both best first; the later one's quantities count.
template <class IsBetter>
std::vector<Level> merged(const std::vector<Level>& earlier, const std::vector<Level>& later,
                          IsBetter is_better) {
  std::vector<Level> out;
  out.reserve(earlier.size() + later.size());
  const auto by_px = [is_better](const Level& a, const Level& b) { return is_better(a.px, b.px); };
  std::ranges::set_union(later, earlier, std::back_inserter(out), by_px);
  return out;
}

}  // namespace

void DepthSum::add(const DepthDiff& diff) {
  if (!sum_) {
    sum_ = diff;
    return;
  }
  sum_->last_update_id = diff.last_update_id;
  sum_->bids = merged(sum_->bids, diff.bids, std::greater{});
  sum_->asks = merged(sum_->asks, diff.asks, std::less{});
}

std::optional<DepthDiff> DepthSum::take() {
  return std::exchange(sum_, std::nullopt);
}

DepthPublisher::DepthPublisher(Exchange& exchange, const std::vector<std::string>& symbol_members)
    : exchange_{exchange},
      symbol_members_{symbol_members},
      books_(symbol_members.size()) {
}

void DepthPublisher::on_first_listener(Stream& stream) {
  const StreamTopic& topic = stream.topic();
  Book& book = books_[topic.symbol];
  if (topic.kind == StreamKind::kTopDepth) {
    const auto known = std::ranges::find(book.tops, &stream, &Top::stream);
    // Told at the next turn, changed or not.
    if (known == book.tops.end()) {
      book.tops.push_back({&stream, std::nullopt});
    } else {
      known->told_update_id.reset();
    }
    return;
  }
  auto& streams = topic.is_fast ? book.fast : book.slow;
  if (std::ranges::find(streams, &stream) == streams.end()) streams.push_back(&stream);
  if (book.is_followed) return;
  // What changed while nobody listened belongs to no event.
  (void)exchange_.take_depth_diff(topic.symbol);
  book.is_followed = true;
}

void DepthPublisher::on_interval(WallTime now, bool is_second, StreamOutlet& out) {
  for (std::size_t symbol = 0; symbol < books_.size(); ++symbol) {
    if (books_[symbol].is_followed) publish_differences(symbol, now, is_second, out);
    if (!books_[symbol].tops.empty()) publish_tops(symbol, is_second, out);
  }
}

void DepthPublisher::publish_differences(std::size_t symbol, WallTime now, bool is_second,
                                         StreamOutlet& out) {
  Book& book = books_[symbol];
  const bool has_slow = has_listener(book.slow);
  if (!has_slow) book.sum.take();
  book.is_followed = has_slow || has_listener(book.fast);
  if (!book.is_followed) return;
  const auto diff = exchange_.take_depth_diff(symbol);
  if (diff && book.lost_count > 0) {
    --book.lost_count;
  } else if (diff) {
    publish(book.fast, symbol, *diff, now, out);
    if (has_slow) book.sum.add(*diff);
  }
  if (!is_second) return;
  if (const auto sum = book.sum.take()) publish(book.slow, symbol, *sum, now, out);
}

void DepthPublisher::publish(const std::vector<Stream*>& streams, std::size_t symbol,
                             const DepthDiff& diff, WallTime now, StreamOutlet& out) {
  for (Stream* stream : streams) {
    if (!stream->is_heard()) continue;
    stream->publish(out, [&](TextOut& text, TimeUnit unit) {
      put_depth(text, {symbol_members_[symbol], now, unit}, diff);
    });
  }
}

void DepthPublisher::publish_tops(std::size_t symbol, bool is_second, StreamOutlet& out) {
  for (Top& top : books_[symbol].tops) {
    const StreamTopic& topic = top.stream->topic();
    if (!top.stream->is_heard() || !(topic.is_fast || is_second)) continue;
    if (top.told_update_id == exchange_.best(symbol).update_id) continue;
    const DepthSnapshot book = exchange_.depth(symbol, topic.levels);
    top.told_update_id = book.last_update_id;
    top.stream->publish(out, [&book](TextOut& text, TimeUnit) { put_book(text, book); });
  }
}

}  // namespace portcullis::sim
