#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/order_terms.hpp"
#include "core/reject_reason.hpp"
#include "core/time.hpp"

namespace portcullis {

// What travels in rings: fixed size, trivially copyable, sizes asserted at the end of this file.

// Where a chain of hops began and where it stands. `wire_in` is set once, at the socket, and copied
// from then on; `last` is the end of the hop before, so that hops add up without a second clock
// read.
struct Trace {
  MonoTime wire_in{};
  MonoTime last{};
};

// ---- market data: feeds -> strategies --------------------------------------------------------

struct TopOfBook {
  Price bid_px{};
  Qty bid_qty{};
  Price ask_px{};
  Qty ask_qty{};

  // Both sides present; a crossed or locked pair is complete and not usable.
  [[nodiscard]] constexpr bool is_complete() const noexcept {
    return bid_px.is_positive() && ask_px.is_positive();
  }
  [[nodiscard]] constexpr bool is_crossed() const noexcept { return bid_px >= ask_px; }
  friend bool operator==(const TopOfBook&, const TopOfBook&) noexcept = default;
};

struct TradePrint {
  TradeId trade_id{};
  Price px{};
  Qty qty{};
  Side aggressor{Side::kBuy};
};

enum class MarketEventKind : std::uint8_t { kTopOfBook, kTradePrint, kBookState };

struct MarketEvent {
  Trace trace{};
  SymbolId symbol{kNoSymbol};
  MarketEventKind kind{MarketEventKind::kTopOfBook};
  BookState book_state{BookState::kEmpty};  // of the depth book, at the moment of this event
  SeqNum update_id{};                       // the venue's, for top of book
  union {
    TopOfBook top;
    TradePrint trade;
  };
  constexpr MarketEvent() noexcept : top{} {}
};

// ---- orders: strategies -> gate -> oms -------------------------------------------------------

struct NewOrderSingle {
  Trace trace{};  // of the tick that caused it; wire_in zero when none did
  StrategyRef ref{};
  Price px{};  // zero where the type has no limit price, and for a pegged order
  Qty qty{};   // zero for a market order by quote quantity, which the gate gives an upper bound
  SymbolId symbol{kNoSymbol};
  StrategyId strategy{};
  Side side{Side::kBuy};
  OrdType type{OrdType::kLimit};
  TimeInForce tif{TimeInForce::kGtc};
  OrderTerms terms{};
  // When the strategy decided, on this machine's monotonic clock; zero: untold.
  MonoTime signal_time{};
  // By the gate: the price that the order counts at among the open ones, until it ends.
  Price held_px{};
  std::uint32_t confidence_ppm{0};  // how sure the strategy is, parts per million; zero: untold

  // Nothing but a limit, market or post-only order: what the fast paths are made for.
  [[nodiscard]] constexpr bool is_plain() const noexcept {
    return type <= OrdType::kLimitMaker && terms == OrderTerms{};
  }
  [[nodiscard]] constexpr bool is_by_quote() const noexcept { return !terms.quote_qty.is_zero(); }
};

struct OrderCancelRequest {
  Trace trace{};
  OrderId order_id{};
  StrategyId strategy{};
};

// Everything open in a symbol; kNoSymbol: in each symbol. The venue ends what the account has
// there, whoever's it is (Binance: "Cancel open orders").
struct OrderMassCancelRequest {
  Trace trace{};
  SymbolId symbol{kNoSymbol};
  StrategyId strategy{};
};

// Makes an order that works smaller; it keeps its place in the queue (Binance: "Order amend keep
// priority").
struct OrderAmendRequest {
  Trace trace{};
  OrderId order_id{};
  Qty qty{};  // of the whole order: less than now, more than what has been filled of it
  StrategyId strategy{};
};

// What becomes of the new order when the old one could not be cancelled.
enum class ReplaceMode : std::uint8_t { kStopOnFailure, kAllowFailure };

// Cancels one order and places another, in one request (Binance: "Cancel and replace order").
struct OrderReplaceRequest {
  NewOrderSingle order{};
  OrderId old_order_id{};
  ReplaceMode mode{ReplaceMode::kStopOnFailure};
};

// Orders of one symbol that are placed by one request and end one another. The legs in their order:
// OCO {above, below}; OTO and OPO {working, pending}; OTOCO and OPOCO {working, pending above,
// pending below}. A pending leg of OPO and OPOCO has no quantity (the gate gives it an upper
// bound).
struct NewOrderList {
  static constexpr std::size_t kLegsMax = 3;

  ListKind kind{ListKind::kOco};
  std::array<NewOrderSingle, kLegsMax> orders{};

  [[nodiscard]] constexpr std::size_t size() const noexcept { return list_size(kind); }
  [[nodiscard]] constexpr std::span<NewOrderSingle> legs() noexcept {
    return std::span{orders}.first(size());
  }
  [[nodiscard]] constexpr std::span<const NewOrderSingle> legs() const noexcept {
    return std::span{orders}.first(size());
  }
  // Waits for the first one's fill.
  [[nodiscard]] constexpr bool is_pending(std::size_t leg) const noexcept {
    return has_pending_legs(kind) && leg > 0;
  }
};

// A list comes through the ring as its legs, one command after the other, from leg 0 to the last
// and with nothing between them: a command that had room for three orders would make every order's
// way longer. What does not come as a whole list is denied.
struct OrderListLeg {
  NewOrderSingle order{};
  ListKind kind{ListKind::kOco};
  std::uint8_t leg{0};
};

enum class OrderCommandKind : std::uint8_t {
  kNew,
  kCancel,
  kMassCancel,
  kAmend,
  kReplace,
  kGoodbye,  // nothing more comes: its orders are cancelled (oms/strategy_sessions.hpp)
  kListLeg,
  kListCancel,  // `cancel` names any order of the list
};

struct OrderCommand {
  OrderCommandKind kind{OrderCommandKind::kNew};
  union {
    NewOrderSingle order;
    OrderCancelRequest cancel;
    OrderMassCancelRequest mass_cancel;
    OrderAmendRequest amend;
    OrderReplaceRequest replace;
    OrderListLeg list_leg;
  };
  constexpr OrderCommand() noexcept : order{} {}
};

// The command for one leg of a list.
[[nodiscard]] constexpr OrderCommand leg_command(const NewOrderList& list,
                                                 std::size_t leg) noexcept {
  OrderCommand command;
  command.kind = OrderCommandKind::kListLeg;
  command.list_leg = OrderListLeg{
      .order = list.orders[leg], .kind = list.kind, .leg = static_cast<std::uint8_t>(leg)};
  return command;
}

// ---- reports: oms -> strategies --------------------------------------------------------------

struct ExecutionReport {
  Trace trace{};
  OrderId order_id{};  // zero when denied: no order came to be
  StrategyRef ref{};
  VenueOrderId venue_order_id{};
  TradeId trade_id{};  // of this fill, zero otherwise
  Price px{};
  Qty qty{};
  Qty cum_qty{};
  Price last_px{};
  Qty last_qty{};
  Fee fee{};                   // in fee_asset units; negative is a rebate
  Reject reject{};             // kDenied, kAmendRejected: the rule of ours that said no
  std::int32_t venue_code{0};  // kRejected, kCancelRejected, kAmendRejected: the venue's error code
  SymbolId symbol{kNoSymbol};
  AssetId fee_asset{kNoAsset};
  StrategyId strategy{};
  Side side{Side::kBuy};
  ExecType exec_type{ExecType::kPendingNew};
  OrderState state{OrderState::kPendingNew};
  Liquidity liquidity{Liquidity::kNone};
  bool is_inferred{false};  // concluded from a query, to be replaced by the real event
  bool is_waiting{false};   // a list's pending leg whose working order is not filled yet

  [[nodiscard]] constexpr Qty leaves_qty() const noexcept {
    return is_terminal(state) ? Qty{} : qty - cum_qty;
  }
};

static_assert(std::is_trivially_copyable_v<MarketEvent>);
static_assert(std::is_trivially_copyable_v<OrderCommand>);
static_assert(std::is_trivially_copyable_v<ExecutionReport>);
static_assert(sizeof(MarketEvent) == 64, "a market event is one cache line");
static_assert(sizeof(NewOrderSingle) == 104, "what a plain order says lies in the first 48 bytes");
static_assert(sizeof(OrderCommand) == 128, "the largest is a cancelReplace; two cache lines");
static_assert(sizeof(ExecutionReport) == 144);

}  // namespace portcullis
