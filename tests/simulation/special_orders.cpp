#include "tests/simulation/special_orders.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace portcullis::simulation {

namespace {

constexpr std::array kStops{OrdType::kStopLoss, OrdType::kStopLossLimit, OrdType::kTakeProfit,
                            OrdType::kTakeProfitLimit};

struct Steps {
  std::int64_t tick;
  std::int64_t spread;
};

Steps steps_of(const TopOfBook& top, const Instrument& instrument) {
  const std::int64_t tick = std::max<std::int64_t>(instrument.tick_size.raw(), 1);
  return {.tick = tick, .spread = std::max(top.ask_px.raw() - top.bid_px.raw(), tick)};
}

Price on_tick(std::int64_t px, std::int64_t tick) {
  return Price::from_raw(px / tick * tick);
}

// From a spread before the market, where the next trades trigger it, to half a spread behind it,
// where it would trigger at once and is refused here or at the venue.
void make_stop(NewOrderSingle& order, const MarketSnapshot& market, const Steps& steps,
               sim::Random& random) {
  order.type = kStops[static_cast<std::size_t>(random.below(4))];
  const bool is_above = is_triggered_above(order.type, order.side);
  const std::int64_t touch = is_above ? market.top.ask_px.raw() : market.top.bid_px.raw();
  const std::int64_t away = steps.spread * (random.below(31) - 10) / 10;
  order.terms.stop_px = on_tick(is_above ? touch + away : touch - away, steps.tick);
  if (!has_limit_px(order.type)) {
    order.px = Price{};
    return;
  }
  const std::int64_t beyond = steps.spread * (random.below(21) - 5) / 10;
  order.px = on_tick(order.side == Side::kBuy ? order.terms.stop_px.raw() + beyond
                                              : order.terms.stop_px.raw() - beyond,
                     steps.tick);
}

}  // namespace

void make_special(NewOrderSingle& order, const MarketSnapshot& market, const Instrument& instrument,
                  sim::Random& random) {
  const std::int64_t dice = random.below(100);
  if (dice < 35) return make_stop(order, market, steps_of(market.top, instrument), random);
  if (dice < 50) {
    order.type = random.chance(50) ? OrdType::kStopLoss : OrdType::kTakeProfit;
    order.px = Price{};
    order.terms.trailing_delta_bips = static_cast<std::uint16_t>(5 + random.below(30));
  } else if (dice < 70) {
    // A part of a tenth to a half.
    order.terms.iceberg_qty =
        Qty::from_raw(order.qty.raw() / (2 + random.below(9)) / 1'000 * 1'000);
  } else if (dice < 90) {
    order.type = OrdType::kMarket;
    order.terms.quote_qty = notional(market.top.bid_px, order.qty);
    order.px = Price{};
    order.qty = Qty{};
  } else {
    order.px = Price{};
    order.terms.peg = PegKind::kPrimary;
    order.terms.peg_offset_levels = static_cast<std::uint8_t>(random.below(4));
  }
}

}  // namespace portcullis::simulation
