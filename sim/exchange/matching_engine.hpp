#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange/exchange.hpp"
#include "sim/exchange/liquidity.hpp"
#include "sim/exchange/mirror_ledger.hpp"
#include "sim/exchange/order_filters.hpp"
#include "sim/exchange/order_lists.hpp"
#include "sim/exchange/order_store.hpp"
#include "sim/exchange/price_statistics.hpp"
#include "sim/exchange/settlement.hpp"
#include "sim/exchange/stop_book.hpp"
#include "sim/exchange/venue_state.hpp"
#include "sim/matching/order_book.hpp"

namespace portcullis::sim {

// One symbol: its book, its orders, its ids. Price-time matching at the resting order's price. The
// parts that know one thing each (filters, funds, stops, statistics) are members; this class is the
// life of an order through them:
//
//   order_entry.cpp    checks, acceptance, from a request to an order that works
//   matching.cpp       the taker phase, self-trade prevention, what is left of an order after it
//   order_lifecycle.cpp  working, ending, reporting; stops that were triggered
//   list_flow.cpp      order lists: how one leg's fate becomes the others'
//   order_changes.cpp  cancel, cancel and replace, amend
//   crowd_flow.cpp     the crowd's orders
//   mirror.cpp         another venue's levels and prints
//
// Everything told goes to the outbox; the owner flushes it when the call is done.
class MatchingEngine {
 public:
  MatchingEngine(std::size_t symbol, const SymbolSpec& spec, VenueState& venue);

  std::expected<PlaceResult, VenueError> place(SimAccountId account, const NewOrder& order,
                                               WallTime now);
  [[nodiscard]] std::expected<void, VenueError> test(SimAccountId account, const NewOrder& order,
                                                     WallTime now) const;
  std::expected<PlaceListResult, VenueError> place_list(SimAccountId account,
                                                        const NewOrderList& request, WallTime now);
  std::expected<CancelResult, VenueError> cancel(SimAccountId account, const CancelRequest& request,
                                                 WallTime now);
  std::expected<std::vector<CancelResult>, VenueError> cancel_all(SimAccountId account,
                                                                  WallTime now);
  std::expected<CancelResult, VenueError> cancel_list(SimAccountId account,
                                                      const CancelListRequest& request,
                                                      WallTime now);
  std::expected<CancelReplaceResult, VenueError> cancel_replace(SimAccountId account,
                                                                const CancelReplaceRequest& request,
                                                                WallTime now);
  std::expected<AmendResult, VenueError> amend(SimAccountId account, const AmendRequest& request,
                                               WallTime now);

  std::optional<Exchange::CrowdPlaced> place_crowd(const Exchange::CrowdOrder& order, WallTime now);
  bool cancel_crowd(std::uint64_t order_id);
  void mirror(const MirrorUpdate& update, WallTime now);
  void mirror_image(const MirrorUpdate& update, WallTime now);
  void mirror(const MirrorPrint& print, WallTime now);

  // Every account's open orders, by the venue's own doing (Binance: EXCHANGE_CANCELED); how many.
  std::size_t expire_all(WallTime now);

  // After the spec was replaced.
  void on_spec_changed() { prices_.set_reference_rule(spec_.reference_price); }
  void set_external_reference(std::optional<Price> px) { external_reference_ = px; }
  // By the symbol's rule; nothing: it has none, or none now.
  [[nodiscard]] std::optional<Price> reference_price(WallTime now) const;
  [[nodiscard]] const PriceStatistics& prices() const noexcept { return prices_; }
  [[nodiscard]] const OrderStore& orders() const noexcept { return orders_; }
  [[nodiscard]] const OrderBook& book() const noexcept { return book_; }
  OrderBook& book() noexcept { return book_; }

 private:
  using Entry = OrderHistory::Entry;
  using EventType = AccountEvent::Type;
  using ListEntry = OrderLists::Entry;

  // A refusal by the engine itself; the reason goes into reports.
  struct Refusal {
    VenueError error;
    RejectReason reason{RejectReason::kNone};
  };
  // An order that was found right: with the quantity of a quote order and the price of a peg.
  struct Terms {
    NewOrder order;
    Price pegged_px{};
  };
  // How an order's life ends, other than by being filled.
  struct Ending {
    EventType event{EventType::kExpired};
    OrderStatus status{OrderStatus::kExpired};
    ExpiryReason reason{ExpiryReason::kNone};
    RejectReason reject{RejectReason::kNone};
    std::string_view cancel_client_order_id{};
    const PreventedMatch* prevented{nullptr};
    Qty last_prevented_qty{};
  };
  // What the core's matching loop asks of a taker: see sim/matching/matcher.hpp.
  class AccountTaker;
  struct CrowdTaker;

  // ---- order_entry.cpp
  [[nodiscard]] std::optional<VenueError> request_refusal(SimAccountId account,
                                                          const NewOrder& order,
                                                          WallTime now) const;
  [[nodiscard]] std::optional<VenueError> count_refusal(SimAccountId account,
                                                        const OpenCounts& added,
                                                        WallTime now) const;
  [[nodiscard]] Qty position_with_buys(SimAccountId account) const;
  [[nodiscard]] OrderFilters filters(Side side, WallTime now) const;
  [[nodiscard]] std::expected<Terms, Refusal> engine_terms(SimAccountId account,
                                                           const NewOrder& order,
                                                           WallTime now) const;
  [[nodiscard]] std::optional<Refusal> resolve_quote(Terms& terms, WallTime now) const;
  [[nodiscard]] std::optional<Refusal> resolve_peg(Terms& terms, WallTime now) const;
  // Would trigger, would match: what the present prices forbid.
  [[nodiscard]] std::optional<Refusal> price_refusal(const Terms& terms) const;
  [[nodiscard]] bool is_duplicate(SimAccountId account, std::string_view client_order_id) const;
  [[nodiscard]] bool can_pay(const Order& order, Qty locked_already, WallTime now) const;
  std::expected<PlaceResult, Refusal> enter(SimAccountId account, const NewOrder& order,
                                            WallTime now);
  [[nodiscard]] Order make_order(SimAccountId account, const Terms& terms, WallTime now) const;
  Entry& accept(Order order);

  // ---- matching.cpp
  [[nodiscard]] TakerTerms taker_terms(const Order& order, WallTime now) const;
  [[nodiscard]] PriceBand price_band(Side side, WallTime now) const;
  // The taker phase of an order that works from now on, and what follows from it.
  void work(Entry& entry, WallTime now, std::vector<PreventedMatch>* prevented = nullptr);
  [[nodiscard]] Settlement::Trade make_trade(const OrderBook::Resting& resting, Qty qty,
                                             WallTime now);
  void settle_maker(OrderBook::Handle handle, const OrderBook::Resting& resting,
                    const Settlement::Trade& trade, bool is_taker_crowd);
  void fill(Entry& entry, const Settlement::Trade& trade, bool is_maker);
  PreventedMatch prevent(Entry& entry, OrderBook::Handle handle, WallTime now);
  void take_prevented(Entry& entry, const PreventedMatch& match, Qty qty, WallTime now);
  void publish(const Settlement::Trade& trade, bool buyer_is_maker);
  void finish(Entry& entry, bool is_out_of_band, WallTime now);
  void rest(Entry& entry);

  // ---- order_lifecycle.cpp
  void end(Entry& entry, const Ending& ending, WallTime now);
  void close_filled(Entry& entry, WallTime now);
  void release(Entry& entry);  // out of the book and of the stops
  void close(Entry& entry);
  void tell(const Entry& entry, EventType type);
  void tell(const Entry& entry, AccountEvent event);
  // Stops that were triggered and lists whose working order was filled, until there are none.
  void settle_deferred(WallTime now);
  void trigger(Entry& entry, WallTime now);
  [[nodiscard]] std::optional<RejectReason> prepare_triggered(Entry& entry, WallTime now);
  void reject_waiting(Entry& entry, RejectReason reason, WallTime now);
  [[nodiscard]] std::string make_id(std::uint64_t number) const;

  // ---- list_flow.cpp
  [[nodiscard]] std::optional<VenueError> list_request_refusal(SimAccountId account,
                                                               const NewOrderList& list,
                                                               WallTime now) const;
  [[nodiscard]] std::optional<Refusal> list_refusal(SimAccountId account, const NewOrderList& list,
                                                    std::vector<Terms>& terms, WallTime now) const;
  [[nodiscard]] bool can_pay_list(SimAccountId account, const NewOrderList& list,
                                  const std::vector<Terms>& terms, WallTime now) const;
  ListEntry& open_list(SimAccountId account, const NewOrderList& list,
                       const std::vector<Terms>& terms, WallTime now);
  [[nodiscard]] ListEntry* list_of(const Entry& entry) const;
  [[nodiscard]] std::vector<Entry*> legs_of(const ListEntry& list) const;
  // The other leg of a pair of which none has started; null: there is none.
  [[nodiscard]] Entry* sibling_of(const Entry& entry, const ListEntry& list) const;
  // The same also while the pair waits for its working order.
  [[nodiscard]] Entry* pair_leg_of(const Entry& entry, const ListEntry& list) const;
  void leg_starts(Entry& entry, WallTime now);  // before it trades or works
  void leg_ended(Entry& entry, const Ending& ending, WallTime now);
  void leg_filled(Entry& entry, WallTime now);
  void end_others(const ListEntry& list, const Ending& ending, WallTime now);
  void close_list_if_done(ListEntry& list, WallTime now);
  void tell_list(ListEntry& list, ListStatusType type, WallTime now);
  void activate(ListEntry& list, WallTime now);
  [[nodiscard]] std::optional<RejectReason> activation_refusal(ListEntry& list,
                                                               const std::vector<Entry*>& pending,
                                                               WallTime now);
  [[nodiscard]] std::optional<RejectReason> prepare_pending(Entry& entry, WallTime now);
  void give_quantity(ListEntry& list, const std::vector<Entry*>& pending);
  void release_received(ListEntry& list);
  // Of a live pair: both are covered by the dearer one's lock.
  bool lock_pair(Entry& first, Entry& second);

  // ---- order_changes.cpp
  [[nodiscard]] std::optional<VenueError> change_refusal(SimAccountId account) const;
  [[nodiscard]] std::expected<Entry*, VenueError> find_open(SimAccountId account,
                                                            const OrderName& name) const;
  CancelResult cancel_entry(Entry& entry, const std::string& cancel_client_order_id, WallTime now);
  std::expected<CancelResult, VenueError> try_cancel(SimAccountId account,
                                                     const CancelRequest& request, WallTime now);
  void report_rejected(SimAccountId account, const NewOrder& order, const Refusal& refusal,
                       WallTime now);
  [[nodiscard]] std::optional<VenueError> amend_refusal(const Entry& entry,
                                                        const AmendRequest& request,
                                                        WallTime now) const;
  std::uint64_t amend_entry(Entry& entry, const std::string& client_order_id, Qty qty,
                            WallTime now);

  // ---- crowd_flow.cpp
  std::expected<PlaceResult, VenueError> place_as_crowd(const NewOrder& order, WallTime now);
  Exchange::CrowdPlaced work_crowd(const Exchange::CrowdOrder& order, bool may_rest, WallTime now);
  void crowd_trade(OrderBook::Handle handle, const OrderBook::Resting& resting, Qty qty,
                   WallTime now);

  // ---- mirror.cpp
  // The crowd takes what accounts have on `side` at the limit's price or better, up to its
  // quantity; returns how much it took.
  Qty take_from_accounts(Side side, Level limit, WallTime now);
  void set_mirrored(Side side, const Level& level, bool may_wait, WallTime now);
  void lose_mirrored(Side side, const Level& level, Qty present, bool may_wait);
  OrderBook::Handle undo_loss(MirrorLedger::Loss& loss);
  void settle_loss(MirrorLedger::Loss loss);
  struct PrintTaker {  // what is left of a print
    Side side;
    Price px;
    Qty left;
  };
  Qty fill_passed(PrintTaker& print, std::uint64_t order_id_end, WallTime now);
  Qty advance_queue(PrintTaker& print, std::uint64_t order_id_end, WallTime now);
  Qty advance_late(PrintTaker& print, std::uint64_t order_id_end, WallTime print_time,
                   WallTime now);
  [[nodiscard]] OrderBook::Handle next_after(const OrderBook::Resting& filled, Qty qty,
                                             OrderBook::Handle next);

  const std::size_t symbol_;
  const SymbolSpec& spec_;
  VenueState& venue_;
  Settlement settlement_;

  OrderBook book_;
  OrderStore orders_;
  Liquidity liquidity_;
  StopBook stops_;
  MirrorLedger mirror_;
  PriceStatistics prices_;
  std::optional<Price> external_reference_{};
  std::vector<Entry*> triggered_;
  std::vector<std::int64_t> activated_;  // lists
  std::uint64_t next_order_id_{1};
  std::uint64_t next_trade_id_{1};
  std::uint64_t next_execution_id_{1};
  std::uint64_t next_prevented_id_{0};
  std::uint64_t taker_sequence_{0};
};

}  // namespace portcullis::sim
