// The door for several orders at once: a list leaves whole or not at all.
#include "risk/checks/order_list.hpp"
#include "risk/pre_trade_gate.hpp"

namespace portcullis::risk {

// Each order counts in the limits by itself, a pair's two orders as two although the venue lets
// only one of them fill: what became of each is learned by itself, in any order and from words that
// may be lost, and at any moment in between the sum is not less than what may still fill.
std::expected<Approved<NewOrderList>, Reject> PreTradeGate::approve_list(
    const NewOrderList& request, const Now& now) noexcept {
  if (const Verdict no = check_list_form(request)) return deny(*no);
  NewOrderList list = request;
  for (std::size_t i = 0; i < list.size(); ++i) {
    NewOrderSingle& leg = list.orders[i];
    const bool is_pending = list.is_pending(i);
    // It will sell what the first one brings in, which is never more than that one's quantity.
    if (is_pending && is_paid_by_working(list.kind)) leg.qty = list.orders[0].qty;
    auto approved = approve(leg, now, is_pending ? Placement::kLater : Placement::kNow);
    if (!approved) {
      give_back(list.legs().first(i));
      return std::unexpected{approved.error()};
    }
    leg = approved->get();
  }
  MarketSnapshot market;  // read a moment ago, for each of its orders
  if (!market_.read(list.orders[0].symbol, market)) market = MarketSnapshot{};
  if (const Verdict no = check_pair_side(list, market)) {
    give_back(list.legs());
    return deny(*no);
  }
  return Approved<NewOrderList>{list};
}

void PreTradeGate::give_back(std::span<const NewOrderSingle> orders) noexcept {
  for (const NewOrderSingle& order : orders) {
    exposure_.release(held_of(order), order.qty);
    order_rate_.give_back(order.symbol, order.strategy);
    duplicates_.forget(DuplicateFilter::name_of(order));
  }
}

}  // namespace portcullis::risk
