#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "sim/exchange/order.hpp"

namespace portcullis::sim {

// One execution report of an account's user data stream, in the order the venue produced it: NEW,
// TRADE.., EXPIRED. A stop reports kNew twice: accepted, and working once it was triggered.
struct AccountEvent {
  enum class Type : std::uint8_t {
    kNew,
    kTrade,
    kCanceled,
    kExpired,
    kReplaced,  // amended
    kRejected,  // the new order of a cancelReplace whose cancel succeeded
    kTradePrevention,
  } type{Type::kNew};
  Order order{};                         // as it stands after this event
  std::optional<Fill> fill{};            // kTrade
  std::string cancel_client_order_id{};  // kCanceled: the cancel's own id
  std::string orig_client_order_id{};    // kReplaced: the id before
  std::optional<PreventedMatch> prevented{};
  Qty last_prevented_qty{};
  RejectReason reject_reason{RejectReason::kNone};  // kRejected; of an expiry, a refused trigger
  std::uint64_t execution_id{0};                    // monotone for each symbol
};

// Told at the end of every call that changed something, when the exchange's state is whole: trades,
// account events and list events in the order they happened, then for each account that had one its
// position, then the best prices if they moved.
// May query the exchange, may not change it.
class ExchangeListener {
 public:
  virtual ~ExchangeListener() = default;
  virtual void on_trade(const PublicTrade& trade) = 0;
  virtual void on_best_prices(std::size_t symbol, const BestPrices& best, WallTime now) = 0;
  virtual void on_account_event(SimAccountId account, const AccountEvent& event) = 0;
  virtual void on_list_event(SimAccountId account, const OrderList& list) = 0;
  // The assets that the call may have changed, as they are after it.
  virtual void on_account_position(SimAccountId /*account*/,
                                   const std::vector<Balance>& /*balances*/, WallTime /*updated*/) {
  }
  // After the events of a call with trades: what its takers did is told.
  virtual void on_trades_end(std::size_t) {}
};

}  // namespace portcullis::sim
