#include "sim/streams/stream_hub.hpp"

#include "sim/json/json_out.hpp"
#include "sim/streams/event_text.hpp"

namespace portcullis::sim {

namespace {

constexpr std::uint64_t kIntervalsOfSecond = 10;
constexpr std::uint64_t kIntervalsOfKlineUpdate = 20;

std::vector<std::string> make_symbol_members(const std::vector<SymbolSpec>& symbols) {
  std::vector<std::string> members;
  members.reserve(symbols.size());
  for (const SymbolSpec& spec : symbols) members.push_back(symbol_member_of(spec.symbol));
  return members;
}

bool is_heard(const Stream* stream) {
  return stream != nullptr && stream->is_heard();
}

}  // namespace

StreamHub::StreamHub(Exchange& exchange, const MarketData& market, FaultPlan& faults,
                     MessageGate& gate)
    : market_{market},
      symbol_members_{make_symbol_members(exchange.symbols())},
      table_{exchange.symbols()},
      prompt_(exchange.symbols().size()),
      depth_{exchange, symbol_members_},
      klines_{market, symbol_members_},
      tickers_{exchange, market, symbol_members_},
      gate_{gate},
      out_{faults, gate} {
}

StreamTable::Outcome StreamHub::subscribe(TextSink& sink, std::string_view name) {
  const auto [outcome, stream] = table_.subscribe(sink, name);
  if (stream == nullptr) return outcome;
  const StreamTopic& topic = stream->topic();
  switch (topic.kind) {
    case StreamKind::kTrade: prompt_[topic.symbol].trade = stream; break;
    case StreamKind::kBookTicker: prompt_[topic.symbol].book_ticker = stream; break;
    case StreamKind::kAggregateTrade: {
      Prompt& prompt = prompt_[topic.symbol];
      const auto& known = market_[topic.symbol].aggregate_trades();
      prompt.aggregate_trade = stream;
      prompt.next_aggregate_id = known.empty() ? 0 : known.back().id + 1;
      break;
    }
    case StreamKind::kDepth:
    case StreamKind::kTopDepth: depth_.on_first_listener(*stream); break;
    case StreamKind::kKline: klines_.on_first_listener(*stream); break;
    case StreamKind::kMiniTicker:
    case StreamKind::kTicker:
    case StreamKind::kWindowTicker:
    case StreamKind::kAveragePrice:
    case StreamKind::kReferencePrice:
    case StreamKind::kAllMiniTickers:
    case StreamKind::kAllWindowTickers: tickers_.on_first_listener(*stream); break;
    case StreamKind::kBlockTrade: break;  // nobody trades in blocks here
  }
  return outcome;
}

bool StreamHub::wants_trades(std::size_t symbol) const noexcept {
  const auto is_wanted = [](const Stream* stream) {
    return stream != nullptr && stream->has_listener();
  };
  return is_wanted(prompt_[symbol].trade) || is_wanted(prompt_[symbol].aggregate_trade);
}

void StreamHub::on_trade(const PublicTrade& trade, WallTime now) {
  Stream* stream = prompt_[trade.symbol].trade;
  if (!is_heard(stream)) return;
  stream->publish(out_, [&](TextOut& text, TimeUnit unit) {
    put_trade(text, {symbol_members_[trade.symbol], now, unit}, trade);
  });
}

void StreamHub::on_trades_end(std::size_t symbol, WallTime now) {
  Prompt& prompt = prompt_[symbol];
  if (prompt.aggregate_trade == nullptr) return;
  const auto& trades = market_[symbol].aggregate_trades();
  const bool is_told = prompt.aggregate_trade->is_heard();
  for (std::size_t i = trades.lower_bound(prompt.next_aggregate_id, &AggregateTrade::id);
       is_told && i < trades.size(); ++i) {
    prompt.aggregate_trade->publish(out_, [&](TextOut& text, TimeUnit unit) {
      put_aggregate_trade(text, {symbol_members_[symbol], now, unit}, trades[i]);
    });
  }
  prompt.next_aggregate_id = trades.back().id + 1;
}

void StreamHub::on_best_prices(std::size_t symbol, const BestPrices& best) {
  Stream* stream = prompt_[symbol].book_ticker;
  if (!is_heard(stream)) return;
  stream->publish(
      out_, [&](TextOut& text, TimeUnit) { put_book_ticker(text, symbol_members_[symbol], best); });
}

void StreamHub::on_interval(WallTime now) {
  ++interval_count_;
  const bool is_second = interval_count_ % kIntervalsOfSecond == 0;
  depth_.on_interval(now, is_second, out_);
  klines_.on_interval(now, interval_count_ % kIntervalsOfKlineUpdate == 0, out_);
  if (is_second) tickers_.on_second(now, out_);
}

void StreamHub::announce_shutdown(TextSink& sink, WallTime now) {
  const StreamStyle style = table_.style_of(sink);
  JsonOut out{style.unit};
  out.open_object();
  if (style.is_combined) out.field("stream", "!serverShutdown").key("data").open_object();
  out.field("e", "serverShutdown").field("E", now);
  if (style.is_combined) out.close_object();
  gate_.send(sink, std::make_shared<const std::string>(out.close_object().take()));
}

void StreamHub::cut_all() {
  for (TextSink* sink : table_.connections()) sink->cut();
}

void StreamHub::set_silent(std::string_view name, bool is_silent) {
  if (Stream* stream = table_.find_or_make(name)) stream->set_silent(is_silent);
}

}  // namespace portcullis::sim
