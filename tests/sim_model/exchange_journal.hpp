#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/exchange/exchange.hpp"
#include "tests/sim_model/reference_exchange.hpp"

namespace portcullis::sim {

inline char state_letter(OrderStatus state) {
  if (state == OrderStatus::kNew) return 'n';
  if (state == OrderStatus::kPartiallyFilled) return 'p';
  if (state == OrderStatus::kFilled) return 'f';
  if (state == OrderStatus::kCanceled) return 'c';
  const bool is_expired = state == OrderStatus::kExpired || state == OrderStatus::kExpiredInMatch;
  return is_expired ? 'e' : '?';
}

// Listens to the exchange and holds what it is told against the model, which has carried out the
// same call already. `error` is the first thing that was wrong.
class ExchangeJournal final : public ExchangeListener {
 public:
  explicit ExchangeJournal(const reference::Exchange& model) : model_{model} {}

  void begin_call() {
    trades_told_ = 0;
    told_.clear();
  }
  void end_call() {
    expect(trades_told_ == model_.trades().size(), "a trade was not told");
    expect(told_.size() == model_.changed().size(), "a change of an order was not told");
    for (const auto& [id, state] : told_) {
      const reference::Order& order = model_.order(id);
      expect(model_.changed().contains(id), "an unchanged order was told of");
      expect(state == order.state, "the last event is not the state");
      expect(filled_[id] == order.done, "the fills are not what was done");
    }
  }

  void on_trade(const PublicTrade& trade) override {
    expect(trade.trade_id == ++last_trade_id_, "trade ids have a gap");
    if (trades_told_ >= model_.trades().size()) return expect(false, "a trade too many");
    const reference::Trade told{.px = trade.px.raw(),
                                .qty = trade.qty.raw(),
                                .quote = trade.quote.raw(),
                                .is_buyer_maker = trade.buyer_is_maker};
    expect(told == model_.trades()[trades_told_++], "another trade was expected");
  }
  void on_best_prices(std::size_t, const BestPrices& best, WallTime) override { best_ = best; }
  void on_account_event(SimAccountId account, const AccountEvent& event) override {
    expect(event.execution_id > last_execution_id_, "execution ids go back");
    last_execution_id_ = event.execution_id;
    const std::uint64_t id = event.order.order_id;
    if (id == 0 || id > model_.last_id()) return expect(false, "an order that does not exist");
    expect(static_cast<int>(account.raw()) == model_.order(id).account, "another one's order");
    if (id >= filled_.size()) filled_.resize(id * 2);
    if (event.fill) filled_[id] += event.fill->qty.raw();
    expect(event.order.cum_qty.raw() == filled_[id], "an event says more than was filled so far");
    told_[id] = state_letter(event.order.status);
    ++events;
  }
  void on_account_position(SimAccountId account, const std::vector<Balance>& balances,
                           WallTime) override {
    for (const Balance& balance : balances) {
      expect_balance(static_cast<int>(account.raw()), balance, "a position told is wrong");
    }
  }
  void on_list_event(SimAccountId, const OrderList&) override {
    expect(false, "there are no lists");
  }

  void expect_balance(int account, const Balance& balance, const char* what) {
    const bool is_base = balance.asset == "BTC";
    const std::int64_t locked = model_.locked(account, is_base);
    expect(balance.locked.raw() == locked &&
               balance.free.raw() == model_.total(account, is_base) - locked,
           what);
  }
  void expect_best(const BestPrices& best) {
    expect(is(best.bid, model_.best(true)) && is(best.ask, model_.best(false)), "the best prices");
    const bool is_told = is(best_.bid, model_.best(true)) && is(best_.ask, model_.best(false));
    expect(is_told, "the best prices told");
  }
  void expect(bool holds, const char* what) {
    if (!holds && error.empty()) error = what;
  }

  std::string error;
  std::uint64_t events{0};

 private:
  static bool is(const Level& level, const std::pair<std::int64_t, std::int64_t>& expected) {
    if (expected.second == 0) return level.qty.is_zero();
    return level.px.raw() == expected.first && level.qty.raw() == expected.second;
  }

  const reference::Exchange& model_;
  std::size_t trades_told_{0};
  std::map<std::uint64_t, char> told_;  // of this call: order id -> state after its last event
  std::vector<std::int64_t> filled_;    // by order id
  BestPrices best_{};
  std::uint64_t last_trade_id_{0};
  std::uint64_t last_execution_id_{0};
};

}  // namespace portcullis::sim
