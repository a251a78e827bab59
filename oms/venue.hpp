#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/messages.hpp"
#include "core/time.hpp"
#include "risk/approved.hpp"

namespace portcullis::oms {

// The seam between the order accounting and a venue. A venue session turns approved requests into
// the venue's protocol and the venue's words into the plain events below; it decides nothing about
// an order. All calls and callbacks happen on the trading thread.

// Why a send did not happen. In each case nothing has left, or the session says otherwise itself.
enum class SendError : std::uint8_t {
  kNone,
  kNotConnected,    // nothing was handed to the kernel
  kSendBufferFull,  // nothing was handed to the kernel
  kHeld,            // nothing was: the venue's limits, a pause it asked for, or its clock
  kPartialWrite,    // bytes may have left: the outcome is unknown, and the session goes down
};

// Which path an event came by. The same fact arrives on several; it moves the order once.
enum class ReportSource : std::uint8_t { kReply, kStream, kQuery };

// A fact about one order as the venue states it.
struct VenueReport {
  OrderId order_id{};  // zero: not one of ours (foreign client id)
  VenueOrderId venue_order_id{};
  ExecId exec_id{};    // zero where the path does not carry one
  TradeId trade_id{};  // zero unless exec_type is kTrade
  Price px{};
  Qty qty{};
  Qty cum_qty{};
  Notional cum_quote{};
  Price last_px{};
  Qty last_qty{};
  Fee fee{};
  WallTime venue_time{};
  MonoTime received{};
  SymbolId symbol{kNoSymbol};
  AssetId fee_asset{kNoAsset};
  Side side{Side::kBuy};
  ExecType exec_type{ExecType::kNew};
  OrderState state{OrderState::kNew};  // the venue's own word for where the order is
  Liquidity liquidity{Liquidity::kNone};
  ReportSource source{ReportSource::kStream};
  bool is_adopted{false};  // of another program's order whose trades are to count as ours
  bool is_waiting{false};  // PENDING_NEW: waits for another order of its list to be filled
};

enum class RequestKind : std::uint8_t {
  kNewOrder,
  kCancel,
  kQuery,       // order.status
  kMassCancel,  // openOrders.cancelAll of one symbol
  kOpenOrders,
  kAccount,
  kTrades,       // myTrades of one order: the fills behind a queried cum_qty
  kTradesSince,  // a page of a symbol's own trades, whoever's order they were of
  kOrderLookup,  // order.status by the venue's id: whose order is it?
  kAmend,
  // The cancel in a cancelReplace, where the venue speaks of it apart: `order_id` is the new
  // order's. What concerns the new order, or all of the request, is a kNewOrder.
  kReplaceCancel,
  kNewList,     // `order_id`: of its first order
  kListCancel,  // the same
};

// The order that a cancelReplace ends.
struct OldOrder {
  OrderId id{};
  VenueOrderId venue_id{};  // zero: not known
  ReplaceMode mode{ReplaceMode::kStopOnFailure};
};

// What an error answer means for the request (facts section 12, handling classes), or that there
// will be none: the connection by which it left is gone (kUnknown, no code, nothing received).
enum class FailureClass : std::uint8_t {
  kRejected,       // definite: it did not happen
  kUnknown,        // -1006, -1007, 5xx, -1000, -1001: it may have happened
  kNoSuchOrder,    // -2013 to a query, -2011 "Unknown order sent." to a cancel
  kRateLimited,    // 429, 418, -1003, -1015: it did not happen, and asking more makes it worse
  kAuthentication  // -2014, -2015, -1022, -1021: it did not happen, nor will the next
};

struct RequestFailure {
  RequestKind kind{RequestKind::kNewOrder};
  FailureClass failure{FailureClass::kUnknown};
  OrderId order_id{};          // of the order concerned, where there is one
  SymbolId symbol{kNoSymbol};  // of a mass cancel
  std::int32_t venue_code{0};
  std::int32_t http_status{0};
  MonoTime received{};            // zero: there is no answer
  VenueOrderId venue_order_id{};  // of an order lookup
};

// The end of a page of own trades; its trades came before it, with no order id: an own-trades
// answer names the venue's id only.
struct TradesPage {
  // The most one page holds (Binance: myTrades, "limit").
  static constexpr std::size_t kTradesMax = 1'000;

  SymbolId symbol{kNoSymbol};
  TradeId from{};       // as asked for; zero: the newest trade alone
  bool is_full{false};  // there may be more
};

struct VenueBalance {
  AssetId asset{kNoAsset};
  Qty free{};
  Qty locked{};
  WallTime
      updated{};  // the account's last change that is in it, by the venue's clock; zero: unsaid
};

// A deposit, withdrawal or transfer; or a lock from outside of any order, which moves what is free
// to what is locked and back, and so leaves the holding as it is.
struct VenueBalanceChange {
  AssetId asset{kNoAsset};
  Qty delta{};
  WallTime venue_time{};
  bool is_lock{false};
};

// The venue's word about a list as a whole. What it says of the orders is not taken from it: their
// own reports say that.
struct VenueListStatus {
  OrderId list_id{};    // zero: none of ours
  bool is_done{false};  // nothing of it works any more
};

// An event about a symbol or an asset that the instrument table does not have. The views are valid
// during the call.
struct ParkedEvent {
  std::string_view name;  // of the symbol or asset
  std::string_view text;  // the venue's message as it came
  bool is_state{false};   // says what is and not what has changed: the next one says it again
};

enum class VenueSessionState : std::uint8_t {
  kDown,
  kConnecting,
  kLoggingOn,  // connected, not yet logged on, or the user stream not yet subscribed
  kUp,         // orders may be sent and reports arrive
};

// What the order accounting offers to a venue session.
template <class L>
concept VenueListener = requires(
    L listener, const VenueReport& report, const RequestFailure& failure,
    const VenueBalance& balance, const VenueBalanceChange& change, const ParkedEvent& parked,
    const TradesPage& page, const VenueListStatus& list, const Now& now, RequestKind kind,
    SymbolId symbol, OrderId order_id, VenueSessionState state) {
  { listener.on_venue_report(report, now) } noexcept;
  { listener.on_request_failure(failure, now) } noexcept;
  // One balance of an account snapshot or of an outboundAccountPosition event.
  { listener.on_balance(balance, now) } noexcept;
  { listener.on_balance_change(change, now) } noexcept;
  { listener.on_parked(parked, now) } noexcept;
  // A listing (kOpenOrders, kAccount, kTrades, kMassCancel) has been delivered completely, as
  // reports or balances before this call; for kTrades `order_id` is the order asked about.
  { listener.on_listing_complete(kind, symbol, order_id, now) } noexcept;
  { listener.on_trades_page(page, now) } noexcept;
  // After the reports of its orders.
  { listener.on_list_status(list, now) } noexcept;
  // kDown: whatever was in flight has an unknown outcome from here on.
  { listener.on_session_state(state, now) } noexcept;
};

// What a venue session offers to the order accounting.
template <class V>
concept Venue = requires(V venue, const risk::Approved<NewOrderSingle>& order,
                         const risk::Approved<NewOrderList>& list, OrderId id, SymbolId symbol,
                         VenueOrderId venue_order_id, TradeId trade_id, const OldOrder& old,
                         Qty qty, const Now& now) {
  { venue.is_up() } noexcept -> std::same_as<bool>;
  // Cancels can be sent: also while the user data stream is not there.
  { venue.may_cancel() } noexcept -> std::same_as<bool>;
  // Questions about orders can be sent: with the user data stream, or by the second way while no
  // session is there.
  { venue.may_ask() } noexcept -> std::same_as<bool>;
  // Encodes and hands to the kernel. `trace.last` of the stamps below is the moment it did.
  { venue.send_new(order, id, now) } noexcept -> std::same_as<SendError>;
  { venue.send_cancel(id, symbol, venue_order_id, now) } noexcept -> std::same_as<SendError>;
  // Both halves in one request; its stamps are send_new's.
  { venue.send_replace(order, id, old, now) } noexcept -> std::same_as<SendError>;
  // `id` is its first order's, the others have the ids that follow; its stamps are send_new's.
  { venue.send_list(list, id, now) } noexcept -> std::same_as<SendError>;
  { venue.send_list_cancel(id, symbol, now) } noexcept -> std::same_as<SendError>;
  { venue.send_amend(id, symbol, venue_order_id, qty, now) } noexcept -> std::same_as<SendError>;
  { venue.send_query(id, symbol, now) } noexcept -> std::same_as<SendError>;
  { venue.send_trades_query(id, symbol, venue_order_id, now) } noexcept -> std::same_as<SendError>;
  // Own trades of a symbol from this id on, at most TradesPage::kTradesMax; zero: the newest
  // one.
  { venue.send_trades_since(symbol, trade_id, now) } noexcept -> std::same_as<SendError>;
  // The order's state by the venue's id; the answer names its client id.
  { venue.send_order_lookup(symbol, venue_order_id, now) } noexcept -> std::same_as<SendError>;
  // A symbol's open orders: of a kill or a drain, and of a strategy, which may not use up what
  // the kill needs.
  { venue.send_mass_cancel(symbol, now) } noexcept -> std::same_as<SendError>;
  { venue.send_symbol_cancel(symbol, now) } noexcept -> std::same_as<SendError>;
  { venue.send_open_orders_query(now) } noexcept -> std::same_as<SendError>;
  { venue.send_account_query(now) } noexcept -> std::same_as<SendError>;
  // When the last successful send_new was encoded and when the kernel had it.
  { venue.last_encoded() } noexcept -> std::same_as<MonoTime>;
  { venue.last_sent() } noexcept -> std::same_as<MonoTime>;
};

}  // namespace portcullis::oms
