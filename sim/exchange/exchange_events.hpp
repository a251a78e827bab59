#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "sim/exchange/order.hpp"

namespace portcullis::sim {

// Why an order was rejected, the "r" of an execution report (Binance: order reject reason).
enum class RejectReason : std::uint8_t {
  kNone,
  kInsufficientBalances,
  kStopWouldTriggerImmediately,
  kWouldMatchImmediately,
  kOcoBadPrices,
};

// One entry of an account's user data stream, in the order the venue produced it: NEW, TRADE..,
// EXPIRED. The venue reports the account's position once, after the reports of one request, so the
// balances come with the last event of a call and are empty in the others.
struct AccountEvent {
  enum class Type : std::uint8_t {
    kNew,
    kTrade,
    kCanceled,
    kExpired,
    kReplaced,  // amended
    kRejected,  // a stop that could not be carried out when it was triggered
    kTradePrevention,
  } type{Type::kNew};
  Order order{};                         // as it stands after this event
  std::optional<Fill> fill{};            // kTrade
  std::string cancel_client_order_id{};  // kCanceled: the cancel's own id, may be empty
  std::string orig_client_order_id{};    // kReplaced: the id before
  std::optional<PreventedMatch> prevented{};
  Qty last_prevented_qty{};
  RejectReason reject_reason{RejectReason::kNone};  // kRejected
  std::uint64_t execution_id{0};                    // monotone for each symbol
  std::vector<Balance> balances{};  // last event of a call: the order's assets, after the call
};

// Told at the end of every call that changed something, when the exchange's state is whole: trades,
// account events and list events in the order they happened, then the best prices if they moved.
// May query the exchange, may not change it.
class ExchangeListener {
 public:
  virtual ~ExchangeListener() = default;
  virtual void on_trade(const PublicTrade& trade) = 0;
  virtual void on_best_prices(std::size_t symbol, const BestPrices& best, WallTime now) = 0;
  virtual void on_account_event(SimAccountId account, const AccountEvent& event) = 0;
  virtual void on_list_event(SimAccountId account, const OrderList& list) = 0;
  // After the events of a call with trades: what its takers did is told.
  virtual void on_trades_end(std::size_t) {}
};

}  // namespace portcullis::sim
