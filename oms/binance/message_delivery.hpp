#pragma once

#include <optional>

#include "core/time.hpp"
#include "oms/binance/decoded_message.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms::binance {

// Of a cancelReplace that was carried out in part each half that was not is a failure of its own.
template <VenueListener L>
void deliver_failure(const DecodedMessage& message, L& listener, const Now& now) noexcept {
  const ReplaceAnswer& halves = message.replace;
  if (!halves.is_told()) return listener.on_request_failure(message.failure, now);
  RequestFailure failure = message.failure;
  if (halves.cancel.has_failed()) {
    failure.kind = RequestKind::kReplaceCancel;
    failure.failure = halves.cancel.failure;
    failure.venue_code = halves.cancel.venue_code;
    listener.on_request_failure(failure, now);
  }
  if (halves.placement.word == ReplaceWord::kSuccess) return;
  failure.kind = RequestKind::kNewOrder;
  failure.failure = FailureClass::kRejected;  // not attempted
  failure.venue_code = message.failure.venue_code;
  if (halves.placement.has_failed()) {
    failure.failure = halves.placement.failure;
    failure.venue_code = halves.placement.venue_code;
  }
  listener.on_request_failure(failure, now);
}

template <VenueListener L>
void deliver_end_of_listing(const DecodedMessage& message, L& listener, const Now& now) noexcept {
  const RequestId& request = message.request;
  switch (request.tag) {
    case RequestTag::kTrades:
      return listener.on_listing_complete(RequestKind::kTrades, kNoSymbol, request.order_id(), now);
    case RequestTag::kTradesSince:
      return listener.on_trades_page({.symbol = request.symbol(),
                                      .from = request.from_trade(),
                                      .is_full = message.reports.size() >= TradesPage::kTradesMax},
                                     now);
    case RequestTag::kMassCancel:
    case RequestTag::kSymbolCancel:
      return listener.on_listing_complete(RequestKind::kMassCancel, request.symbol(), OrderId{},
                                          now);
    case RequestTag::kOpenOrders:
      return listener.on_listing_complete(RequestKind::kOpenOrders, kNoSymbol, OrderId{}, now);
    case RequestTag::kAccount:
      return listener.on_listing_complete(RequestKind::kAccount, kNoSymbol, OrderId{}, now);
    case RequestTag::kNewOrder:
    case RequestTag::kCancel:
    case RequestTag::kAmend:
    case RequestTag::kReplace:
    case RequestTag::kListOfTwo:
    case RequestTag::kListOfThree:
    case RequestTag::kListCancel:
    case RequestTag::kQuery:
    case RequestTag::kOrderLookup:
    case RequestTag::kLogon:
    case RequestTag::kSubscribe:
    case RequestTag::kTime: return;
  }
}

// Tells the listener what a message said.
template <VenueListener L>
void deliver_message(const DecodedMessage& message, L& listener, const Now& now) noexcept {
  for (const VenueReport& report : message.reports) listener.on_venue_report(report, now);
  for (const VenueBalance& balance : message.balances) listener.on_balance(balance, now);
  if (message.kind == MessageKind::kBalanceChange) {
    listener.on_balance_change(message.balance_change, now);
  }
  if (message.kind == MessageKind::kListEvent) listener.on_list_status(message.list_status, now);
  if (!message.parked.name.empty()) listener.on_parked(message.parked, now);
  if (message.kind == MessageKind::kFailure) deliver_failure(message, listener, now);
  if (message.kind == MessageKind::kResult) deliver_end_of_listing(message, listener, now);
}

// What a request is to its listener whose connection has gone before its answer came; nothing where
// it was the session's own.
[[nodiscard]] inline std::optional<RequestFailure> lost_request(RequestId request) noexcept {
  const auto kind = request_kind(request.tag);
  if (!kind) return std::nullopt;
  return RequestFailure{.kind = *kind,
                        .failure = FailureClass::kUnknown,
                        .order_id = request.order_id(),
                        .symbol = request.symbol(),
                        .venue_order_id = request.venue_order_id()};
}

}  // namespace portcullis::oms::binance
