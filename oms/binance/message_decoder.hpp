#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "core/cl_ord_id.hpp"
#include "core/instrument.hpp"
#include "core/time.hpp"
#include "oms/binance/decoded_message.hpp"

namespace portcullis::oms::binance {

// Reads what the venue sends over the WebSocket API: answers to requests
// ({"id","status","result"|"error","rateLimits"}) and user-data events
// ({"subscriptionId","event"}). Sources: Binance spot "WebSocket API" and "User data streams".
//
// What becomes of what:
//  - order.place answer: a kNew report, then one kTrade report a fill with the running cumulative
//    quantity, then a kExpired, kCanceled or kRejected report when the order is already over. An
//    answer that states an executed quantity and no fills gives one report that says so.
//  - order.status and openOrders.status: a report whose state and cum_qty are the venue's; its
//    exec_type is kNew unless the order is over without being filled.
//  - order.cancel and openOrders.cancelAll: a kCanceled report each.
//  - orderList.place.*: for each order what order.place says of it, by its own client id;
//    orderList.cancel, and the cancel of one order of a list: a kCanceled report for each order.
//  - myTrades: a kTrade report each with this fill only; px, qty, cum_qty and cum_quote are zero
//    and the state, which the venue does not state here, is kPartiallyFilled.
//  - executionReport: a report; on a cancel the order's id is taken from `C`, since `c` names the
//    cancel request.
//  - listStatus: the list and whether it is over; nothing about its orders.
//  - balanceUpdate, externalLockUpdate: a balance change. An event of a symbol or an asset that is
//    not configured is parked with its whole text; what of it could be read elsewhere is not.
// One thread. No exception leaves it, and nothing is allocated after construction.
class MessageDecoder {
 public:
  // `message_bytes_max` bounds what decode() accepts and sizes the parser's memory.
  MessageDecoder(const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids,
                 std::size_t message_bytes_max);
  ~MessageDecoder();
  MessageDecoder(const MessageDecoder&) = delete;
  MessageDecoder& operator=(const MessageDecoder&) = delete;

  // `payload` is followed by at least 64 readable bytes (WsMessage gives them).
  void decode(std::string_view payload, MonoTime received, DecodedMessage& out) noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::oms::binance
