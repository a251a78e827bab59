#include "app/sample_strategy.hpp"

#include <algorithm>

namespace portcullis::app {

namespace {

constexpr int kReportsPerCycle = 64;
constexpr int kMarketEventsPerCycle = 64;
// The fair value follows the mid by 1/64 an update: slow enough to disagree with it sometimes.
constexpr int kFairShift = 6;
constexpr Nanos kTakeInterval = std::chrono::milliseconds{250};

Price steps(Price tick, std::int64_t count) noexcept {
  return Price::from_raw(tick.raw() * count);
}

Price round_down(Price px, Price tick) noexcept {
  return Price::from_raw(px.raw() - px.raw() % tick.raw());
}

}  // namespace

SampleStrategy::SampleStrategy(const SampleStrategySettings& settings,
                               const InstrumentTable& instruments, SpscRing<MarketEvent>& market,
                               SpscRing<OrderCommand>& orders, SpscRing<ExecutionReport>& reports,
                               oms::StrategyPulse& pulse, HopTimers& hops, HopClock hop_clock,
                               CounterFile& counters)
    : id_{settings.id},
      market_{market},
      orders_{orders},
      reports_{reports},
      pulse_{pulse},
      hops_{hops},
      hop_clock_{hop_clock},
      next_ref_{settings.first_ref},
      orders_sent_{counters.allocate("strategy.orders_sent")},
      ring_full_{counters.allocate("strategy.order_ring_full")} {
  for (const QuoteSettings& symbol : settings.symbols) {
    Book book;
    book.settings = symbol;
    book.tick = std::max(instruments.at(symbol.symbol).tick_size, Price::from_raw(1));
    books_.push_back(book);
  }
}

int SampleStrategy::do_work(const Now& now) noexcept {
  pulse_.beat();
  const int reports = reports_.drain(
      [this](const ExecutionReport& report) noexcept { on_report(report); }, kReportsPerCycle);
  const int events =
      market_.drain([this, &now](const MarketEvent& event) noexcept { on_market(event, now); },
                    kMarketEventsPerCycle);
  return reports + events;
}

void SampleStrategy::on_market(const MarketEvent& event, const Now& now) noexcept {
  Trace trace = event.trace;
  trace.last = hops_.record(Hop::kRingToStrategy, trace.last, hop_clock_.stamp());
  Book* book = find(event.symbol);
  if (book == nullptr) return;
  book->is_synced = event.book_state == BookState::kSynced;
  if (event.kind != MarketEventKind::kTopOfBook) return;
  book->top = event.top;
  if (!book->is_synced || !book->top.is_complete() || book->top.is_crossed()) return;
  update_fair(*book);
  try_take(*book, trace, now);
  requote(*book, Side::kBuy, trace, now);
  requote(*book, Side::kSell, trace, now);
}

void SampleStrategy::update_fair(Book& book) noexcept {
  const std::int64_t mid = (book.top.bid_px.raw() + book.top.ask_px.raw()) / 2;
  if (book.fair.is_zero()) {
    book.fair = Price::from_raw(mid);
  } else {
    book.fair += Price::from_raw((mid - book.fair.raw()) >> kFairShift);
  }
}

bool SampleStrategy::may_add(const Book& book, Side side) const noexcept {
  const Qty inventory = side == Side::kBuy ? book.inventory : -book.inventory;
  return inventory + book.settings.quote_qty <= book.settings.inventory_max;
}

Price SampleStrategy::target_px(const Book& book, Side side) const noexcept {
  const Price edge = steps(book.tick, book.settings.half_spread_ticks);
  const Price fair = round_down(book.fair, book.tick);
  return side == Side::kBuy ? std::min(book.top.bid_px, fair - edge)
                            : std::max(book.top.ask_px, fair + book.tick + edge);
}

void SampleStrategy::try_take(Book& book, const Trace& trace, const Now& now) noexcept {
  if (book.settings.take_ticks == 0 || book.is_take_pending) return;
  if (now.mono - book.took_at < kTakeInterval) return;
  const Price edge = steps(book.tick, book.settings.take_ticks);
  const bool is_cheap = book.top.ask_px + edge <= book.fair;
  const bool is_dear = book.top.bid_px >= book.fair + edge;
  if (!is_cheap && !is_dear) return;
  const Side side = is_cheap ? Side::kBuy : Side::kSell;
  if (!may_add(book, side)) return;
  const StrategyRef ref = next_ref_;
  const Price px = is_cheap ? book.top.ask_px : book.top.bid_px;
  if (!send_order(book, side, OrdType::kLimit, TimeInForce::kIoc, px, ref, trace)) return;
  book.take_ref = ref;
  book.is_take_pending = true;
  book.took_at = now.mono;
}

void SampleStrategy::requote(Book& book, Side side, const Trace& trace, const Now& now) noexcept {
  Quote& quote = side == Side::kBuy ? book.bid : book.ask;
  if (now.mono - quote.moved_at < book.settings.requote_interval) return;
  const Price target = target_px(book, side);
  if (quote.state == QuoteState::kWorking) {
    const Price off = (quote.px - target).abs();
    if (off >= steps(book.tick, book.settings.requote_ticks) || !may_add(book, side)) {
      send_cancel(quote, trace);
      quote.moved_at = now.mono;
    }
    return;
  }
  if (quote.state != QuoteState::kIdle || !may_add(book, side) || !target.is_positive()) return;
  const StrategyRef ref = next_ref_;
  if (!send_order(book, side, OrdType::kLimitMaker, TimeInForce::kGtc, target, ref, trace)) return;
  quote = Quote{.state = QuoteState::kPending,
                .ref = ref,
                .order_id = {},
                .px = target,
                .moved_at = now.mono};
}

bool SampleStrategy::send_order(const Book& book, Side side, OrdType type, TimeInForce tif,
                                Price px, StrategyRef ref, const Trace& trace) noexcept {
  OrderCommand command;
  command.kind = OrderCommandKind::kNew;
  command.order.trace = trace;
  command.order.trace.last = hops_.record(Hop::kStrategyToGateway, trace.last, hop_clock_.stamp());
  command.order.ref = ref;
  command.order.px = px;
  command.order.qty = book.settings.quote_qty;
  command.order.symbol = book.settings.symbol;
  command.order.strategy = id_;
  // What it decides on is the tick; one of its own timer is decided when it is sent.
  command.order.signal_time =
      trace.wire_in != MonoTime{} ? trace.wire_in : command.order.trace.last;
  command.order.side = side;
  command.order.type = type;
  command.order.tif = tif;
  if (!orders_.try_push(command)) {
    ring_full_.add();
    return false;
  }
  next_ref_ = next_ref_.next();
  orders_sent_.add();
  return true;
}

void SampleStrategy::send_cancel(Quote& quote, const Trace& trace) noexcept {
  if (push_cancel(quote.order_id, trace)) quote.state = QuoteState::kCanceling;
}

bool SampleStrategy::push_cancel(OrderId id, const Trace& trace) noexcept {
  OrderCommand command;
  command.kind = OrderCommandKind::kCancel;
  command.cancel = OrderCancelRequest{.trace = trace, .order_id = id, .strategy = id_};
  if (orders_.try_push(command)) return true;
  ring_full_.add();
  return false;
}

void SampleStrategy::on_report(const ExecutionReport& report) noexcept {
  Book* book = find(report.symbol);
  if (book == nullptr) return;
  if (report.exec_type == ExecType::kTrade) {
    book->inventory += report.side == Side::kBuy ? report.last_qty : -report.last_qty;
  }
  // It has no memory of an earlier run's orders, so none of them may stay.
  if (report.exec_type == ExecType::kRestated) (void)push_cancel(report.order_id, report.trace);
  if (report.ref == book->bid.ref) on_quote_report(book->bid, report);
  if (report.ref == book->ask.ref) on_quote_report(book->ask, report);
  if (report.ref == book->take_ref &&
      (is_terminal(report.state) || report.exec_type == ExecType::kDenied)) {
    book->is_take_pending = false;
  }
}

void SampleStrategy::on_quote_report(Quote& quote, const ExecutionReport& report) noexcept {
  quote.order_id = report.order_id;
  if (is_terminal(report.state) || report.exec_type == ExecType::kDenied) {
    quote.state = QuoteState::kIdle;
    return;
  }
  // An unknown order may still be live: it keeps its place until the gateway has proof.
  if (report.exec_type == ExecType::kUnknown || report.exec_type == ExecType::kPendingNew) return;
  if (report.exec_type == ExecType::kCancelRejected) {
    quote.state = QuoteState::kWorking;
    return;
  }
  if (quote.state == QuoteState::kPending) quote.state = QuoteState::kWorking;
}

SampleStrategy::Book* SampleStrategy::find(SymbolId symbol) noexcept {
  const auto it = std::ranges::find_if(
      books_, [symbol](const Book& book) { return book.settings.symbol == symbol; });
  return it == books_.end() ? nullptr : &*it;
}

}  // namespace portcullis::app
