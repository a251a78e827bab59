#include "sim/streams/stream_hub.hpp"

#include <algorithm>

#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

constexpr int kFastIntervalsPerSlow = 10;

std::string lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

void add_level(JsonOut& out, Price px, Qty qty) {
  out.open_array().decimal(px).decimal(qty).close_array();
}

void add_levels(JsonOut& out, const char* key, const std::vector<Level>& levels) {
  out.key(key).open_array();
  for (const Level& level : levels) add_level(out, level.px, level.qty);
  out.close_array();
}

std::string depth_json(const std::string& symbol, const DepthDiff& diff, WallTime now) {
  JsonOut out;
  out.open_object()
      .field("e", "depthUpdate")
      .field("E", now)
      .field("s", symbol)
      .field("U", diff.first_update_id)
      .field("u", diff.last_update_id);
  add_levels(out, "b", diff.bids);
  add_levels(out, "a", diff.asks);
  return out.close_object().take();
}

}  // namespace

StreamHub::StreamHub(Exchange& exchange, FaultPlan& faults, MessageGate& gate)
    : exchange_{exchange},
      faults_{faults},
      gate_{gate},
      symbols_(exchange.symbols().size()) {
  constexpr std::array<const char*, kKindCount> kSuffixes{"@bookTicker", "@trade", "@depth@100ms",
                                                          "@depth"};
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    const std::string lower = lower_case(exchange.symbols()[i].symbol);
    for (std::size_t kind = 0; kind < kKindCount; ++kind) {
      symbols_[i].streams[kind].name = lower + kSuffixes[kind];
    }
  }
}

StreamHub::Stream* StreamHub::find(std::string_view name) {
  // "@depth@1000ms" is the long form of "@depth".
  if (name.ends_with("@depth@1000ms")) name.remove_suffix(std::string_view{"@1000ms"}.size());
  for (SymbolStreams& symbol : symbols_) {
    for (Stream& stream : symbol.streams) {
      if (stream.name == name) return &stream;
    }
  }
  return nullptr;
}

void StreamHub::add(TextSink& sink, bool is_combined) {
  clients_[&sink].is_combined = is_combined;
}

void StreamHub::remove(TextSink& sink) {
  for (SymbolStreams& symbol : symbols_) {
    for (Stream& stream : symbol.streams) std::erase(stream.sinks, &sink);
  }
  clients_.erase(&sink);
}

void StreamHub::set_combined(TextSink& sink, bool is_combined) {
  clients_[&sink].is_combined = is_combined;
}

bool StreamHub::is_combined(TextSink& sink) const {
  const auto found = clients_.find(&sink);
  return found != clients_.end() && found->second.is_combined;
}

bool StreamHub::subscribe(TextSink& sink, const std::string& name) {
  Client& client = clients_[&sink];
  if (name.find('@') == std::string::npos) return false;
  if (client.names.size() >= kStreamsPerConnectionMax) return false;
  if (!client.names.insert(name).second) return true;
  if (Stream* stream = find(name)) stream->sinks.push_back(&sink);
  return true;
}

void StreamHub::unsubscribe(TextSink& sink, const std::string& name) {
  clients_[&sink].names.erase(name);
  if (Stream* stream = find(name)) std::erase(stream->sinks, &sink);
}

std::vector<std::string> StreamHub::subscriptions(TextSink& sink) const {
  const auto found = clients_.find(&sink);
  if (found == clients_.end()) return {};
  return {found->second.names.begin(), found->second.names.end()};
}

std::optional<MessageFate> StreamHub::fate_of(std::size_t symbol, const Stream& stream) {
  if (!faults_.has_market_steps()) return std::nullopt;
  return faults_.on_market({.kind = Occurrence::Kind::kMarket,
                            .name = stream.name,
                            .symbol = exchange_.symbols()[symbol].symbol});
}

void StreamHub::publish(std::size_t symbol, Kind kind, std::string json) {
  const Stream& stream = symbols_[symbol].streams[kind];
  if (stream.is_silent || stream.sinks.empty()) return;
  // One message, one fate, however many listen.
  const auto fate = fate_of(symbol, stream);
  const std::uint64_t key = kind == kBookTicker ? symbol + 1 : 0;
  const auto bare = std::make_shared<const std::string>(std::move(json));
  SharedText wrapped;
  // A cut connection leaves the list later, from its own close, never while this loop runs.
  for (TextSink* sink : stream.sinks) {
    SharedText text = bare;
    if (is_combined(*sink)) {
      if (wrapped == nullptr) {
        wrapped = std::make_shared<const std::string>(JsonOut{}
                                                          .open_object()
                                                          .field("stream", stream.name)
                                                          .key("data")
                                                          .raw(*bare)
                                                          .close_object()
                                                          .take());
      }
      text = wrapped;
    }
    if (fate) {
      gate_.send(*sink, std::move(text), *fate);
    } else {
      gate_.send(*sink, std::move(text), key);
    }
  }
}

void StreamHub::on_trade(const PublicTrade& trade, WallTime now) {
  if (symbols_[trade.symbol].streams[kTrade].sinks.empty()) return;
  publish(trade.symbol, kTrade,
          JsonOut{}
              .open_object()
              .field("e", "trade")
              .field("E", now)
              .field("s", exchange_.symbols()[trade.symbol].symbol)
              .field("t", trade.trade_id)
              .field("p", trade.px)
              .field("q", trade.qty)
              .field("T", trade.time)
              .field("m", trade.buyer_is_maker)
              .field("M", true)
              .close_object()
              .take());
}

void StreamHub::on_best_prices(std::size_t symbol, const BestPrices& best) {
  if (symbols_[symbol].streams[kBookTicker].sinks.empty()) return;
  publish(symbol, kBookTicker,
          JsonOut{}
              .open_object()
              .field("u", best.update_id)
              .field("s", exchange_.symbols()[symbol].symbol)
              .field("b", best.bid.px)
              .field("B", best.bid.qty)
              .field("a", best.ask.px)
              .field("A", best.ask.qty)
              .close_object()
              .take());
}

void StreamHub::on_depth_interval(WallTime now) {
  const bool is_slow_due = ++interval_count_ % kFastIntervalsPerSlow == 0;
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    SymbolStreams& symbol = symbols_[i];
    const auto diff = exchange_.take_depth_diff(i);
    if (diff && symbol.lost_depth_count > 0) {
      --symbol.lost_depth_count;
    } else if (diff) {
      publish(i, kDepth100, depth_json(exchange_.symbols()[i].symbol, *diff, now));
      SlowDepth& slow = symbol.slow;
      if (!slow.first_update_id) slow.first_update_id = diff->first_update_id;
      slow.last_update_id = diff->last_update_id;
      for (const Level& level : diff->bids) slow.bids[level.px] = level.qty;
      for (const Level& level : diff->asks) slow.asks[level.px] = level.qty;
    }
    if (is_slow_due) publish_slow_depth(i, now);
  }
}

void StreamHub::publish_slow_depth(std::size_t symbol, WallTime now) {
  SlowDepth& slow = symbols_[symbol].slow;
  if (!slow.first_update_id) return;
  DepthDiff diff{.first_update_id = *slow.first_update_id,
                 .last_update_id = slow.last_update_id,
                 .bids = {},
                 .asks = {}};
  for (auto level = slow.bids.rbegin(); level != slow.bids.rend(); ++level) {
    diff.bids.push_back({level->first, level->second});
  }
  for (const auto& [px, qty] : slow.asks) diff.asks.push_back({px, qty});
  publish(symbol, kDepth1000, depth_json(exchange_.symbols()[symbol].symbol, diff, now));
  slow = SlowDepth{};
}

void StreamHub::lose_next_depth(std::size_t symbol) {
  ++symbols_[symbol].lost_depth_count;
}

void StreamHub::set_silent(const std::string& name, bool is_silent) {
  if (Stream* stream = find(name)) stream->is_silent = is_silent;
}

void StreamHub::announce_shutdown(TextSink& sink, WallTime now) {
  std::string event =
      JsonOut{}.open_object().field("e", "serverShutdown").field("E", now).close_object().take();
  if (is_combined(sink)) {
    event = JsonOut{}
                .open_object()
                .field("stream", "!serverShutdown")
                .key("data")
                .raw(event)
                .close_object()
                .take();
  }
  gate_.send(sink, std::make_shared<const std::string>(std::move(event)));
}

void StreamHub::cut_all() {
  for (const auto& [sink, client] : clients_) sink->cut();
}

}  // namespace portcullis::sim
