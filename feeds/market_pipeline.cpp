#include "feeds/market_pipeline.hpp"

#include <utility>

#include "core/mutant.hpp"

namespace portcullis::feeds {

MarketPipeline::MarketPipeline(std::size_t symbol_count, const BookBuilderLimits& limits,
                               const Outlets& outlets, FeedCounters& counters)
    : out_{outlets},
      counters_{counters} {
  markets_.reserve(symbol_count);
  for (std::size_t i = 0; i < symbol_count; ++i) markets_.emplace_back(limits);
  held_back_.reserve(symbol_count);
}

void MarketPipeline::on_event(MonoTime received, const Now& now) noexcept {
  const bool has_event_time = count_ns(event_.event_time) != 0 && count_ns(now.wall) != 0;
  if (has_event_time) {
    // Two wall clocks, so the difference may be negative; the timer counts that as a clock fault.
    out_.hops.record(Hop::kVenueToUs, mono_time(count_ns(event_.event_time)),
                     mono_time(count_ns(now.wall)));
  }
  if (event_.symbol == kNoSymbol) return;  // a control reply, serverShutdown
  SymbolMarket& market = markets_[event_.symbol.raw()];
  const Changes changes = move_market(market, received, now);
  last_stamp_ = out_.hops.record(Hop::kDecodedToBook, last_stamp_, out_.hop_clock.stamp());
  if (!changes.top && !changes.state && !changes.trade) return;
  last_stamp_ = out_.hops.record(Hop::kBookToRing, last_stamp_, out_.hop_clock.stamp());
  tell(market, event_.symbol, changes, received, last_stamp_);
}

MarketPipeline::Changes MarketPipeline::move_market(SymbolMarket& market, MonoTime received,
                                                    const Now& now) noexcept {
  switch (event_.kind) {
    case EventKind::kBookTicker: return on_book_ticker(market, received);
    case EventKind::kDepth: return on_depth(market, received, now);
    case EventKind::kTrade: return on_trade(market, received);
    case EventKind::kSnapshot:
    case EventKind::kControlReply:
    case EventKind::kServerShutdown: break;
  }
  return {};
}

MarketPipeline::Changes MarketPipeline::on_book_ticker(SymbolMarket& market,
                                                       MonoTime received) noexcept {
  MarketSnapshot& snapshot = market.snapshot;
  if (event_.last_seq < snapshot.update_id) {
    counters_.older_tops.add();
    return {};
  }
  if (event_.top.is_complete() && event_.top.is_crossed()) {
    counters_.crossed.add();
    return {};
  }
  const bool is_new = !(snapshot.top == event_.top);
  snapshot.top = event_.top;
  snapshot.update_id = event_.last_seq;
  snapshot.received = received;
  return {.top = is_new, .state = publish(market, event_.symbol)};
}

MarketPipeline::Changes MarketPipeline::on_depth(SymbolMarket& market, MonoTime received,
                                                 const Now& now) noexcept {
  bool is_top_new = false;
  switch (market.builder.on_depth(event_.first_seq, event_.last_seq, event_.bids, event_.asks)) {
    case DepthOutcome::kApplied:
      counters_.depth_applied.add();
      if (market.builder.book().is_crossed()) {
        void_crossed_book(market, now);
      } else {
        is_top_new = adopt_book_top(market, received);
      }
      break;
    case DepthOutcome::kGap:
      counters_.gaps.add();
      out_.log.post(LogLevel::kWarning, now.mono,
                    "feed: gap in the depth stream of symbol {} before update {}; book rebuilt",
                    event_.symbol.raw(), static_cast<std::int64_t>(event_.first_seq.raw()));
      break;
    case DepthOutcome::kBufferOverflow: counters_.buffer_overflows.add(); break;
    case DepthOutcome::kIgnored: counters_.depth_ignored.add(); break;
    case DepthOutcome::kBuffered: break;
  }
  return {.top = is_top_new, .state = publish(market, event_.symbol)};
}

MarketPipeline::Changes MarketPipeline::on_trade(SymbolMarket& market, MonoTime received) noexcept {
  counters_.trades.add();
  market.snapshot.last_trade_px = event_.trade.px;
  market.snapshot.last_trade_received = received;
  return {.state = publish(market, event_.symbol), .trade = true};
}

bool MarketPipeline::join_snapshot(const Now& now) noexcept {
  SymbolMarket& market = markets_[event_.symbol.raw()];
  const std::uint64_t applied = market.builder.applied_count();
  const std::uint64_t dropped = market.builder.dropped_count();
  const SnapshotOutcome outcome =
      market.builder.on_snapshot(event_.last_seq, event_.bids, event_.asks);
  counters_.depth_applied.add(static_cast<std::int64_t>(market.builder.applied_count() - applied));
  counters_.depth_dropped.add(static_cast<std::int64_t>(market.builder.dropped_count() - dropped));
  switch (outcome) {
    case SnapshotOutcome::kNotWanted: return false;
    case SnapshotOutcome::kTooOld: counters_.snapshots_old.add(); return false;
    case SnapshotOutcome::kGap: counters_.gaps.add(); return false;
    case SnapshotOutcome::kSynced: break;
  }
  if (market.builder.book().is_crossed()) {
    void_crossed_book(market, now);
    return false;
  }
  counters_.resyncs.add();
  out_.log.post(LogLevel::kInfo, now.mono, "feed: book of symbol {} synced at update {}",
                event_.symbol.raw(), static_cast<std::int64_t>(market.builder.update_id().raw()));
  const bool is_top_new = adopt_book_top(market, now.mono);
  const bool is_state_new = publish(market, event_.symbol);
  tell(market, event_.symbol, {.top = is_top_new, .state = is_state_new}, now.mono, now.mono);
  return true;
}

bool MarketPipeline::adopt_book_top(SymbolMarket& market, MonoTime received) noexcept {
  MarketSnapshot& snapshot = market.snapshot;
  const SeqNum update_id = market.builder.update_id();
  if (update_id < snapshot.update_id) return false;
  const BookLevel bid = market.builder.book().best(Side::kBuy);
  const BookLevel ask = market.builder.book().best(Side::kSell);
  const TopOfBook top{.bid_px = bid.px, .bid_qty = bid.qty, .ask_px = ask.px, .ask_qty = ask.qty};
  const bool is_new = !(snapshot.top == top);
  snapshot.top = top;
  snapshot.update_id = update_id;
  snapshot.received = received;
  return is_new;
}

void MarketPipeline::void_crossed_book(SymbolMarket& market, const Now& now) noexcept {
  counters_.crossed.add();
  out_.log.post(LogLevel::kError, now.mono, "feed: book of symbol {} crossed at update {}; rebuilt",
                event_.symbol.raw(), static_cast<std::int64_t>(market.builder.update_id().raw()));
  market.builder.invalidate();
  publish(market, event_.symbol);
  market.is_state_due = true;
  hold_back(market, event_.symbol);  // flush() tells it; this path is too rare for its own push
}

void MarketPipeline::on_disconnect(const Now&) noexcept {
  if (is_planted(Mutant::kLostStreamNotSeen)) return;
  for (std::size_t i = 0; i < markets_.size(); ++i) {
    SymbolMarket& market = markets_[i];
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    // Another of the venue's servers may be behind: the next top counts, whatever its id.
    market.snapshot.update_id = SeqNum{};
    if (market.builder.state() == BookState::kEmpty) continue;
    market.builder.invalidate();
    if (publish(market, symbol)) {
      market.is_state_due = true;
      hold_back(market, symbol);
    }
  }
  flush();
}

bool MarketPipeline::publish(SymbolMarket& market, SymbolId symbol) noexcept {
  const BookState state = market.builder.state();
  const bool is_state_new = state != market.snapshot.book_state;
  if (is_state_new) {
    const bool was_synced = market.snapshot.book_state == BookState::kSynced;
    if (was_synced) counters_.stale.add();
    if (was_synced) counters_.synced_symbols.add(-1);
    if (state == BookState::kSynced) counters_.synced_symbols.add(1);
    market.snapshot.book_state = state;
  }
  out_.view.publish(symbol, market.snapshot);
  return is_state_new;
}

void MarketPipeline::tell(SymbolMarket& market, SymbolId symbol, const Changes& changes,
                          MonoTime wire_in, MonoTime stamp) noexcept {
  const Trace trace{.wire_in = wire_in, .last = stamp};
  if (changes.state) {
    market.is_state_due = !push(market, symbol, MarketEventKind::kBookState, trace);
  }
  if (changes.top) market.is_top_due = !push(market, symbol, MarketEventKind::kTopOfBook, trace);
  if (changes.trade && !push(market, symbol, MarketEventKind::kTradePrint, trace)) {
    counters_.ring_full_trades.add();
  }
  const bool is_held_now =
      (changes.state && market.is_state_due) || (changes.top && market.is_top_due);
  if (is_held_now) {
    counters_.conflated.add();
    hold_back(market, symbol);
  }
}

bool MarketPipeline::push(const SymbolMarket& market, SymbolId symbol, MarketEventKind kind,
                          const Trace& trace) noexcept {
  MarketEvent event;
  event.trace = trace;
  event.symbol = symbol;
  event.kind = kind;
  event.book_state = market.snapshot.book_state;
  event.update_id = market.snapshot.update_id;
  if (kind == MarketEventKind::kTradePrint) {
    event.trade = event_.trade;
  } else {
    event.top = market.snapshot.top;
  }
  return out_.ring.try_push(event);
}

void MarketPipeline::hold_back(SymbolMarket& market, SymbolId symbol) noexcept {
  if (market.is_listed) return;
  market.is_listed = true;
  held_back_.push_back(symbol);
}

int MarketPipeline::flush() noexcept {
  int pushed = 0;
  while (!held_back_.empty()) {
    const SymbolId symbol = held_back_.back();
    SymbolMarket& market = markets_[symbol.raw()];
    const Trace trace{.wire_in = market.snapshot.received, .last = out_.hop_clock.stamp()};
    for (auto [is_due, kind] : {std::pair{&market.is_state_due, MarketEventKind::kBookState},
                                std::pair{&market.is_top_due, MarketEventKind::kTopOfBook}}) {
      if (!*is_due) continue;
      if (!push(market, symbol, kind, trace)) return pushed;
      *is_due = false;
      ++pushed;
    }
    market.is_listed = false;
    held_back_.pop_back();
  }
  return pushed;
}

void MarketPipeline::on_decode_error(DecodeError error, std::string_view payload,
                                     const Now& now) noexcept {
  counters_.decode_errors.add();
  counters_.decode_errors_by_kind[static_cast<std::size_t>(error)].add();
  // The first and then each power of two: a stream gone bad must not flood the log.
  const std::int64_t count = counters_.decode_errors_by_kind[static_cast<std::size_t>(error)].get();
  if (count > 0 && (count & (count - 1)) == 0) {
    out_.log.post_text(LogLevel::kWarning, now.mono,
                       "feed: frame not decoded (error kind {}, {} so far): {s}", payload,
                       static_cast<std::int64_t>(error), count);
  }
}

}  // namespace portcullis::feeds
