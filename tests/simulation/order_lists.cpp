#include "tests/simulation/order_lists.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace portcullis::simulation {

namespace {

// Prices in spreads above (or, negative, below) the bid, on the tick.
class Prices {
 public:
  Prices(const TopOfBook& top, const Instrument& instrument)
      : bid_{top.bid_px.raw()},
        tick_{std::max<std::int64_t>(instrument.tick_size.raw(), 1)},
        spread_{std::max(top.ask_px.raw() - bid_, tick_)} {}
  [[nodiscard]] Price at(std::int64_t tenths) const {
    return Price::from_raw((bid_ + spread_ * tenths / 10) / tick_ * tick_);
  }

 private:
  std::int64_t bid_;
  std::int64_t tick_;
  std::int64_t spread_;
};

// What is reached when the market moves to `px`, with a limit price a little beyond or none.
void make_contingent(NewOrderSingle& leg, OrdType market_type, OrdType limit_type, Price px,
                     sim::Random& random) {
  leg.type = random.chance(50) ? market_type : limit_type;
  leg.terms.stop_px = px;
  leg.px = has_limit_px(leg.type) ? px : Price{};
}

// One on each side of the market, mostly; within two spreads, so that the next trades reach them.
void make_pair(NewOrderSingle& above, NewOrderSingle& below, const Prices& prices,
               sim::Random& random) {
  const bool is_buy = above.side == Side::kBuy;
  NewOrderSingle& stop = is_buy ? above : below;
  NewOrderSingle& profit = is_buy ? below : above;
  const Price upper = prices.at(8 + random.below(20));
  const Price lower = prices.at(2 - random.below(20));
  make_contingent(stop, OrdType::kStopLoss, OrdType::kStopLossLimit, is_buy ? upper : lower,
                  random);
  const Price profit_px = is_buy ? lower : upper;
  if (random.chance(60)) {
    profit.type = OrdType::kLimitMaker;
    profit.px = profit_px;
  } else {
    make_contingent(profit, OrdType::kTakeProfit, OrdType::kTakeProfitLimit, profit_px, random);
  }
}

}  // namespace

NewOrderList make_list(const NewOrderSingle& like, const MarketSnapshot& market,
                       const Instrument& instrument, sim::Random& random) {
  static constexpr std::array kKinds{ListKind::kOco, ListKind::kOto, ListKind::kOtoco,
                                     ListKind::kOpo, ListKind::kOpoco};
  const Prices prices{market.top, instrument};
  NewOrderList list;
  list.kind = kKinds[static_cast<std::size_t>(random.below(5))];
  for (std::size_t i = 0; i < list.size(); ++i) {
    NewOrderSingle& leg = list.orders[i];
    leg.ref = StrategyRef{like.ref.raw() + i};
    leg.symbol = like.symbol;
    leg.side = like.side;
    leg.qty = like.qty;
    leg.type = OrdType::kLimitMaker;
  }
  if (list.kind == ListKind::kOco) {
    make_pair(list.orders[0], list.orders[1], prices, random);
    return list;
  }
  // Near the market, where it is filled soon, or through it at once.
  NewOrderSingle& working = list.orders[0];
  const bool is_paid = is_paid_by_working(list.kind);
  if (is_paid) working.side = Side::kBuy;
  working.type = random.chance(70) ? OrdType::kLimit : OrdType::kLimitMaker;
  working.px = prices.at(working.side == Side::kBuy ? random.below(16) - 5 : 15 - random.below(16));
  for (NewOrderSingle& leg : list.legs().subspan(1)) {
    leg.side = is_paid || random.chance(80) ? opposite(working.side) : working.side;
    if (is_paid) leg.qty = Qty{};
  }
  if (list.size() == 3) {
    list.orders[2].side = list.orders[1].side;
    make_pair(list.orders[1], list.orders[2], prices, random);
  } else if (random.chance(30)) {
    list.orders[1].type = OrdType::kMarket;
  } else {
    list.orders[1].type = OrdType::kLimit;
    list.orders[1].px = prices.at(random.below(41) - 15);
  }
  return list;
}

}  // namespace portcullis::simulation
