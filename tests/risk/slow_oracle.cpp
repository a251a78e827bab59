#include "tests/risk/slow_oracle.hpp"

#include <algorithm>
#include <cstdlib>

namespace portcullis::risk {

namespace {

constexpr std::int64_t kOne = 100'000'000;

bool is_multiple(std::int64_t value, std::int64_t step) {
  return step == 0 || value % step == 0;
}

bool fits(std::int64_t value, std::int64_t min, std::int64_t max, std::int64_t step) {
  return value >= min && (max == 0 || value <= max) && is_multiple(value, step);
}

// -1, 0 or 1 as price * quantity is below, at or above `bound`.
int compare_value(std::int64_t price, std::int64_t quantity, std::int64_t bound) {
  const Wide product = Wide{price} * quantity;
  const Wide whole = product / kOne;
  const Wide rest = product % kOne;
  if (whole < bound) return -1;
  return whole == bound && rest == 0 ? 0 : 1;
}

}  // namespace

const char* SlowOracle::judge(const SlowOrder& order, std::int64_t now) {
  if (const char* no = judge_form(order); *no != 0) return no;
  if (*switch_refusal != 0) return switch_refusal;
  if (order.symbol >= kSymbols) return "unknown_symbol";
  const auto index = static_cast<std::size_t>(order.symbol);
  if (!limits[index].allowed) return "symbol_not_allowed";
  if (!instruments[index].trading) return "symbol_not_trading";

  const SlowMarket& market = markets[index];
  std::int64_t price = order.px;
  if (order.type == 1) {
    price = order.side == 0 ? market.ask : market.bid;
    if (!market.published) price = 0;
  }
  if (const char* no = judge_filters(order, price); *no != 0) return no;
  if (const char* no = judge_market(order, price, now); *no != 0) return no;
  if (exposures[index].doubtful) return "not_ready";
  if (const char* no = judge_position(order); *no != 0) return no;
  if (!take_token(now)) return "order_rate";
  (order.side == 0 ? exposures[index].buys : exposures[index].sells) += order.qty;
  return "";
}

const char* SlowOracle::judge_form(const SlowOrder& order) const {
  const bool known = (order.side == 0 || order.side == 1) && order.type >= 0 && order.type <= 2 &&
                     order.tif >= 0 && order.tif <= 2;
  if (!known || order.symbol < 0 || order.qty <= 0) return "malformed_order";
  switch (order.type) {
    case 0: return order.px > 0 ? "" : "malformed_order";
    case 1: return order.px == 0 && order.tif != 2 ? "" : "malformed_order";
    default: return order.px > 0 && order.tif == 0 ? "" : "malformed_order";
  }
}

const char* SlowOracle::judge_filters(const SlowOrder& order, std::int64_t price) const {
  const SlowInstrument& rules = instruments[static_cast<std::size_t>(order.symbol)];
  const SlowSymbolLimits& own = limits[static_cast<std::size_t>(order.symbol)];
  const bool is_market = order.type == 1;
  if (!is_market && !fits(order.px, rules.px_min, rules.px_max, rules.tick)) return "price_filter";
  if (!fits(order.qty, rules.qty_min, rules.qty_max, rules.step)) return "lot_size";
  if (is_market &&
      !fits(order.qty, rules.market_qty_min, rules.market_qty_max, rules.market_step)) {
    return "lot_size";
  }
  if (price <= 0) return "book_missing";
  const bool has_min = !is_market || rules.min_for_market;
  const bool has_max = (!is_market || rules.max_for_market) && rules.notional_max != 0;
  if (has_min && compare_value(price, order.qty, rules.notional_min) < 0) return "venue_notional";
  if (has_max && compare_value(price, order.qty, rules.notional_max) > 0) return "venue_notional";
  if (order.qty > own.qty) return "max_order_qty";
  if (compare_value(price, order.qty, own.notional) > 0) return "max_order_notional";
  return "";
}

const char* SlowOracle::judge_market(const SlowOrder& order, std::int64_t price,
                                     std::int64_t now) const {
  const SlowMarket& market = markets[static_cast<std::size_t>(order.symbol)];
  const SlowSymbolLimits& own = limits[static_cast<std::size_t>(order.symbol)];
  if (!market.published || market.state < 2 || market.bid <= 0 || market.ask <= 0) {
    return "book_missing";
  }
  const std::int64_t age = std::abs(now - market.received);
  if (market.state == 3 || own.age == 0 || age > own.age) return "book_stale";
  if (market.bid >= market.ask) return "book_crossed";
  // Twice the mid times a million keeps everything whole.
  const Wide two_mids = Wide{market.bid} + market.ask;
  const Wide scaled = Wide{price} * 2'000'000;
  const bool inside = scaled >= two_mids * (1'000'000 - own.collar_ppm) &&
                      scaled <= two_mids * (1'000'000 + own.collar_ppm);
  return own.collar_ppm > 0 && inside ? "" : "price_collar";
}

const char* SlowOracle::judge_position(const SlowOrder& order) const {
  const SlowExposure& held = exposures[static_cast<std::size_t>(order.symbol)];
  const SlowSymbolLimits& own = limits[static_cast<std::size_t>(order.symbol)];
  if (order.side == 0) {
    const std::int64_t room = own.max_long - held.position - held.buys;
    return order.qty <= room ? "" : "max_position";
  }
  const std::int64_t room = own.max_short + held.position - held.sells;
  return order.qty <= room ? "" : "max_position";
}

// The textbook bucket: time fills it up to its size, a token costs one interval of it.
bool SlowOracle::take_token(std::int64_t now) {
  if (rate == 0 || window == 0 || burst == 0) return false;
  const std::int64_t interval = (window + rate - 1) / rate;
  const std::int64_t size = interval * burst;
  credit_ = credit_ < 0 ? size : std::min(size, credit_ + (now - credited_at_));
  credited_at_ = now;
  if (credit_ < interval) return false;
  credit_ -= interval;
  return true;
}

}  // namespace portcullis::risk
