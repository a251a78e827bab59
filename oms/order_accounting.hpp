#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/hop_clock.hpp"
#include "core/hop_timer.hpp"
#include "core/instrument.hpp"
#include "core/kill_page.hpp"
#include "core/kill_switch.hpp"
#include "core/log.hpp"
#include "core/messages.hpp"
#include "oms/external_orders.hpp"
#include "oms/fee_rates.hpp"
#include "oms/fill_ledger.hpp"
#include "oms/oms_counters.hpp"
#include "oms/oms_settings.hpp"
#include "oms/oms_view.hpp"
#include "oms/order.hpp"
#include "oms/order_journal.hpp"
#include "oms/order_state.hpp"
#include "oms/order_store.hpp"
#include "oms/position_keeper.hpp"
#include "oms/report_publisher.hpp"
#include "oms/venue.hpp"
#include "risk/exposure.hpp"
#include "risk/mode_board.hpp"

namespace portcullis::oms {

class Breakers;
class StateReader;
class StateWriter;

// What the order accounting works with; all outlive it.
struct OmsContext {
  const OmsSettings& settings;
  const InstrumentTable& instruments;
  std::span<const StrategyPort> ports;  // copied
  risk::Exposure& exposure;
  KillSwitch& kill_switch;
  LogRing& log;
  HopTimers& hops;
  const HopClock& clock;
  OmsCounters& counters;
  OrderJournal& journal;
  const FeeRates* fee_rates{nullptr};  // none: what fees cost is told by on_fee_rate, or not known
  risk::ModeBoard* modes{nullptr};     // none: only the whole gateway can be stopped
  const KillPage* kill_page{nullptr};  // none: only the switch kills
  Breakers* breakers{nullptr};         // none: nothing is watched
};

// Facts about orders in, states, positions, exposure and reports out. It sends nothing: what has to
// be asked or cancelled it writes on the order, and OmsAgent does it. Trading thread only, no
// allocation after construction.
//
// A fact moves an order once, whichever path tells it and in whichever order: states follow the
// table, fills the ledger, and the exposure of an order is given back when it has ended and every
// fill the venue claims has been seen.
//
// Each fact is in the journal before it is applied, and applying the journal's facts again to a
// fresh accounting gives the same orders, fills and positions (order_recovery.hpp).
class OrderAccounting {
 public:
  explicit OrderAccounting(const OmsContext& context);

  // ---- orders out
  // A record for an order that the gate has let through; nothing when the store or the journal is
  // full.
  [[nodiscard]] Order* open(const NewOrderSingle& request, OrderId id, const Now& now) noexcept;
  // Why so many cannot be opened now; RejectReason::kNone: they can.
  [[nodiscard]] Reject refusal_to_open(std::size_t count, MonoTime now) const noexcept;
  // It waits to be sent, and may be cancelled by its id meanwhile.
  void on_held(Order& order, const Now& now) noexcept;
  void on_sent(Order& order, MonoTime sent_at, const Now& now) noexcept;
  // The order never left: forgets it and gives its reserve back.
  void undo(Order& order, const Now& now) noexcept;
  // The same, asked for by its strategy.
  void withdraw(Order& order, const Now& now) noexcept;
  void report_denied(const NewOrderSingle& order, const Reject& reject, const Now& now) noexcept;
  void report_cancel_rejected(const OrderCancelRequest& request, const Now& now) noexcept;
  void report_cancel_rejected(const Order& order, std::int32_t venue_code, const Now& now) noexcept;

  // ---- changes of an order (order_quantity.cpp). False: the journal is full, and nothing may
  // leave. `order` is about to be made smaller; it holds its old quantity until the venue has said
  // so.
  [[nodiscard]] bool begin_amend(Order& order, Qty qty, const Now& now) noexcept;
  // `order` is about to leave in one request with the cancel of `old`, which goes on holding what
  // it holds until its own end is known.
  [[nodiscard]] bool begin_replace(Order& order, const OldOrder& old, const Now& now) noexcept;
  void on_amend_not_sent(Order& order, const Now& now) noexcept;
  void on_amend_failure(Order& order, const RequestFailure& failure, const Now& now) noexcept;
  void report_amend_refused(const OrderAmendRequest& request, const Now& now) noexcept;
  void report_amend_refused(const Order& order, const Reject& reject, const Now& now) noexcept;

  // ---- order lists (order_legs.cpp). The orders from `list_id` on, opened before this, are about
  // to leave as a list. False: the journal is full, and nothing may leave.
  [[nodiscard]] bool begin_list(OrderId list_id, ListKind kind, const Now& now) noexcept;

  // ---- the venue's words
  // True when the report shows an order of ours working that we do not know: cancel it.
  [[nodiscard]] bool on_report(const VenueReport& report, const Now& now) noexcept;
  void on_new_failure(Order& order, const RequestFailure& failure, const Now& now) noexcept;
  void on_cancel_failure(Order& order, const RequestFailure& failure, const Now& now) noexcept;
  // "No such order" in answer to a status query.
  void on_absent(Order& order, const Now& now) noexcept;
  // And the conclusion, once it has been said often and late enough.
  void on_proven_absent(Order& order, const Now& now) noexcept;

  // Every own trade of the symbol up to this one has been told.
  void on_trades_known(SymbolId symbol, TradeId trade_id, const Now& now) noexcept;
  void on_trades_listed() noexcept { ledger_.clear_unlisted(); }

  // ---- the price of fees in third assets
  // One unit of the asset costs `px` in the quote asset from now on; zero: not known. It holds for
  // the fills that follow, and for fees that wait for it.
  void on_fee_rate(AssetId asset, AssetId quote_asset, Price px, const Now& now) noexcept;
  // Asks for the prices that are missing; looks at each symbol when one is.
  void settle_waiting_fees(const Now& now) noexcept;

  // ---- doubt
  // What has become of the order is not known; its exposure stays and it is asked about.
  void on_doubt(Order& order, const Now& now) noexcept;
  void ask_soon(Order& order, MonoTime now) noexcept;
  // No answer to an order or a cancel for too long; unknown for too long.
  void check_deadlines(Order& order, const Now& now) noexcept;
  void settle(Order& order) noexcept;

  [[nodiscard]] OrderStore& store() noexcept { return store_; }
  // Those that the store does not know.
  [[nodiscard]] ExternalOrders& external_orders() noexcept { return external_orders_; }
  [[nodiscard]] const PositionKeeper& positions() const noexcept { return positions_; }
  [[nodiscard]] const OmsView& view() const noexcept { return view_; }
  [[nodiscard]] std::uint32_t count_in(OrderState state) const noexcept {
    return count_by_state_[static_cast<std::size_t>(state)];
  }
  // Orders that may be working at the venue: in flight, on the book, or unknown.
  [[nodiscard]] std::uint32_t working_count() const noexcept;
  // Open records of a symbol, and its unique fills so far: whether anything can be moving.
  [[nodiscard]] std::uint32_t open_count(SymbolId symbol) const noexcept {
    return activity_[symbol.raw()].open_count;
  }
  [[nodiscard]] std::uint64_t fill_count(SymbolId symbol) const noexcept {
    return activity_[symbol.raw()].fill_count;
  }

  // ---- start-up: what an earlier run has left, in the order in which it happened
  // An order as it was; open ones take their place in the exposure, and one that was on its way is
  // in doubt.
  void adopt_order(const Order& order, const Now& now) noexcept;
  void adopt_fill(SymbolId symbol, TradeId trade_id, Side side) noexcept {
    (void)ledger_.record(symbol, trade_id, side);
  }
  // As the journal's record has it, and as another accounting's ledger had it.
  void adopt_trades_known(SymbolId symbol, TradeId trade_id) noexcept {
    ledger_.raise_floor(symbol, trade_id);
  }
  void adopt_floor(SymbolId symbol, const FillLedger::Floor& floor) noexcept {
    ledger_.adopt_floor(symbol, floor);
  }
  void adopt_position(SymbolId symbol, const PositionAccount& account) noexcept;
  // kNoStrategy, or one of strategy_count().
  void adopt_position(StrategyId strategy, SymbolId symbol,
                      const PositionAccount& account) noexcept;
  void adopt_fee(AssetId asset, Fee fee) noexcept;
  // What was known of the price of fees is forgotten; a run begins so.
  void forget_fee_rates() noexcept { positions_.forget_fee_rates(); }
  // Everything that the journal's facts have made of it, for a snapshot (order_snapshot.cpp), and
  // back into a fresh one whose tables are as large at least; false when it does not fit. The
  // exposure is not in it.
  void save(StateWriter& writer);
  [[nodiscard]] bool load(StateReader& reader);
  // Tells the strategy of an adopted order, once.
  void restate(Order& order, const Now& now) noexcept;
  [[nodiscard]] const FillLedger& ledger() const noexcept { return ledger_; }

  void publish_summary(bool is_ready, MonoTime now) noexcept;
  int flush_reports() noexcept { return publisher_.flush(); }

 private:
  struct Activity {
    std::uint32_t open_count{0};
    std::uint64_t fill_count{0};
  };

  void save_orders(StateWriter& writer);
  void save_money(StateWriter& writer) const;
  [[nodiscard]] bool load_order(StateReader& reader, bool is_open);
  void load_money(StateReader& reader);
  void start_timers(Order& order, MonoTime now) noexcept;
  // order_quantity.cpp: an order's quantity becomes what the venue has stated.
  void note_stated_qty(Order& order, const VenueReport& report, const Now& now) noexcept;
  void conclude_by_qty(Order& order, const VenueReport& report, const Now& now) noexcept;
  void conclude_amend(Order& order, const Now& now) noexcept;
  [[nodiscard]] bool is_filled_by(Order& order, const VenueReport& report, MonoTime now) noexcept;
  void lower_qty(Order& order, Qty qty) noexcept;
  // order_legs.cpp: a pending leg that is not waiting any more; the others of an order's list.
  void note_live(Order& order, const VenueReport& report, const Now& now) noexcept;
  void free_siblings(const Order& order) noexcept;
  void tell_pending(Order& order, const Now& now) noexcept;
  void apply_statement(Order& order, const VenueReport& report, const Now& now) noexcept;
  void apply_claims(Order& order, const VenueReport& report, const Now& now) noexcept;
  void apply_fill(Order& order, const VenueReport& report, const Now& now) noexcept;
  void book_fill(const VenueReport& report, SymbolId symbol, Side side,
                 StrategyId strategy) noexcept;
  void note_fee_rate(const VenueReport& report, SymbolId symbol, const Now& now) noexcept;
  void book_fill_exposure(Order& order, Qty qty, Price px) noexcept;
  void infer(Order& order, ExecutionReport& report, ReportSource source) noexcept;
  void confirm(Order& order) noexcept;
  void book_order_fill(const Order& order, const VenueReport& report, const Now& now) noexcept;
  void move_on_fill(Order& order, const VenueReport& report, const Now& now) noexcept;
  void log_stray(const VenueReport& report, const Now& now) noexcept;
  [[nodiscard]] bool on_stray(const VenueReport& report, const Now& now) noexcept;
  void book_stray_trade(const VenueReport& report, bool is_counted) noexcept;
  void on_undead(Order& order, const Now& now) noexcept;

  [[nodiscard]] bool transition(Order& order, OrderEvent event, const Now& now) noexcept;
  void enter(Order& order, OrderState state) noexcept;
  void contradict(Order& order, OrderEvent event, const Now& now) noexcept;
  void reopen(Order& order) noexcept;
  void want_cancel(Order& order, MonoTime at) noexcept;
  void free_reserve(Order& order) noexcept;
  void record_first_word(Order& order, MonoTime received, const Now& now) noexcept;

  [[nodiscard]] ExecutionReport report_of(const Order& order, ExecType type) const noexcept;
  void publish(ExecutionReport& report, MonoTime received, const Now& now) noexcept;
  void publish_position(SymbolId symbol, StrategyId strategy) noexcept;
  void publish_positions(SymbolId symbol) noexcept;

  const OmsSettings& settings_;
  const InstrumentTable& instruments_;
  risk::Exposure& exposure_;
  LogRing& log_;
  HopTimers& hops_;
  const HopClock& clock_;
  OmsCounters& counters_;
  OrderJournal& journal_;
  const FeeRates* fee_rates_;
  Breakers* breakers_;
  OrderStore store_;
  FillLedger ledger_;
  ExternalOrders external_orders_;
  PositionKeeper positions_;
  ReportPublisher publisher_;
  OmsView view_;
  std::vector<Activity> activity_;  // by SymbolId
  VenueOrderId stray_logged_{};     // one line for an order, not for each of its events
  std::array<std::uint32_t, static_cast<std::size_t>(OrderState::kCount)> count_by_state_{};
};

}  // namespace portcullis::oms
