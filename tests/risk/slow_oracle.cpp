#include "tests/risk/slow_oracle.hpp"

#include <algorithm>
#include <cstdlib>

namespace portcullis::risk {

namespace {

constexpr std::int64_t kOne = 100'000'000;
constexpr SlowAnswer kFine{};

bool is_refused(const SlowAnswer& answer) {
  return *answer.reason != 0;
}

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

bool is_above(Wide value, std::int64_t bound) {
  return value > Wide{bound} * kOne;
}

Wide magnitude(Wide value) {
  return value < 0 ? -value : value;
}

bool is_same(const SlowOrder& a, const SlowOrder& b) {
  return a.symbol == b.symbol && a.side == b.side && a.type == b.type && a.tif == b.tif &&
         a.px == b.px && a.qty == b.qty && a.strategy == b.strategy;
}

}  // namespace

SlowAnswer SlowOracle::judge(const SlowOrder& order, std::int64_t now, std::int64_t wall) {
  if (const SlowAnswer no = judge_form(order); is_refused(no)) return no;
  if (*switch_refusal != 0) return {switch_refusal};
  if (const SlowAnswer no = judge_authority(order, now); is_refused(no)) return no;
  const auto index = static_cast<std::size_t>(order.symbol);
  const SlowMarket& market = markets[index];
  std::int64_t price = order.px;
  if (order.type == 1) {
    price = order.side == 0 ? market.ask : market.bid;
    if (!market.published) price = 0;
  }
  if (const SlowAnswer no = judge_filters(order, price); is_refused(no)) return no;
  roll(wall);
  mark(order);
  if (const SlowAnswer no = judge_sizes(order, price); is_refused(no)) return no;
  if (const SlowAnswer no = judge_market(order, price, now); is_refused(no)) return no;
  if (const SlowAnswer no = judge_duplicates(order, now); is_refused(no)) return no;
  if (doubtful[index]) return {"not_ready"};
  if (const SlowAnswer no = judge_positions(order); is_refused(no)) return no;
  if (const SlowAnswer no = judge_open(order, price); is_refused(no)) return no;
  if (const SlowAnswer no = judge_exposures(order); is_refused(no)) return no;
  if (const SlowAnswer no = judge_day(order, price); is_refused(no)) return no;
  if (const SlowAnswer no = judge_rates(order, now); is_refused(no)) return no;
  sent_.push_back({order, now});
  open.push_back({order, price, order.qty});
  return kFine;
}

void SlowOracle::end(std::size_t index, std::int64_t filled, std::int64_t wall) {
  const SlowOpen ended = open[index];
  open.erase(open.begin() + static_cast<std::ptrdiff_t>(index));
  const auto symbol = static_cast<std::size_t>(ended.order.symbol);
  const auto strategy = static_cast<std::size_t>(ended.order.strategy);
  roll(wall);
  trades_.push_back(
      {ended.order.symbol, ended.order.strategy, filled, Wide{ended.held_px} * filled});
  for (const std::size_t row : {strategy, std::size_t{kAccount}}) {
    positions[row][symbol] += ended.order.side == 0 ? filled : -filled;
    valued_at_[row][symbol] = marks_[symbol];
  }
}

void SlowOracle::restate(int symbol) {
  std::erase_if(open, [symbol](const SlowOpen& one) { return one.order.symbol == symbol; });
  for (auto& row : positions) row[static_cast<std::size_t>(symbol)] = 0;
  doubtful[static_cast<std::size_t>(symbol)] = false;
}

// ---- the checks
// --------------------------------------------------------------------------------------

SlowAnswer SlowOracle::judge_form(const SlowOrder& order) const {
  constexpr SlowAnswer kMalformed{"malformed_order"};
  const bool known = (order.side == 0 || order.side == 1) && order.type >= 0 && order.type <= 2 &&
                     order.tif >= 0 && order.tif <= 2;
  if (!known || order.symbol < 0 || order.qty <= 0) return kMalformed;
  switch (order.type) {
    case 0: return order.px > 0 ? kFine : kMalformed;
    case 1: return order.px == 0 && order.tif != 2 ? kFine : kMalformed;
    default: return order.px > 0 && order.tif == 0 ? kFine : kMalformed;
  }
}

SlowAnswer SlowOracle::judge_authority(const SlowOrder& order, std::int64_t now) const {
  if (order.symbol >= kSymbols) return {"unknown_symbol"};
  if (order.strategy >= kStrategies) return {"unknown_strategy", "strategy"};
  const auto symbol = static_cast<std::size_t>(order.symbol);
  const auto strategy = static_cast<std::size_t>(order.strategy);
  if (!limits[symbol].allowed) return {"symbol_not_allowed"};
  if (!instruments[symbol].trading) return {"symbol_not_trading"};
  if (!pairs[strategy][symbol].allowed) return {"strategy_symbol", "strategy_symbol"};
  if (order.type == 1 && !limits[symbol].markets) return {"market_order", "symbol"};
  const SlowStrategyLimits& own = strategies[strategy];
  if (order.signal == 0 || std::abs(now - order.signal) > own.signal_age) {
    return {"stale_signal", "strategy"};
  }
  const bool sure = order.confidence == 0 ? own.untold : order.confidence >= own.confidence_min;
  return sure ? kFine : SlowAnswer{"low_confidence", "strategy"};
}

SlowAnswer SlowOracle::judge_filters(const SlowOrder& order, std::int64_t price) const {
  const SlowInstrument& rules = instruments[static_cast<std::size_t>(order.symbol)];
  const bool is_market = order.type == 1;
  if (!is_market && !fits(order.px, rules.px_min, rules.px_max, rules.tick)) {
    return {"price_filter"};
  }
  if (!fits(order.qty, rules.qty_min, rules.qty_max, rules.step)) return {"lot_size"};
  if (is_market &&
      !fits(order.qty, rules.market_qty_min, rules.market_qty_max, rules.market_step)) {
    return {"lot_size"};
  }
  if (price <= 0) return {"book_missing"};
  const bool has_min = !is_market || rules.min_for_market;
  const bool has_max = (!is_market || rules.max_for_market) && rules.notional_max != 0;
  if (has_min && compare_value(price, order.qty, rules.notional_min) < 0) {
    return {"venue_notional"};
  }
  if (has_max && compare_value(price, order.qty, rules.notional_max) > 0) {
    return {"venue_notional"};
  }
  return kFine;
}

SlowAnswer SlowOracle::judge_sizes(const SlowOrder& order, std::int64_t price) const {
  const auto symbol = static_cast<std::size_t>(order.symbol);
  const auto strategy = static_cast<std::size_t>(order.strategy);
  if (order.qty > limits[symbol].qty) return {"max_order_qty", "symbol"};
  if (order.qty > pairs[strategy][symbol].qty) return {"max_order_qty", "strategy_symbol"};
  const auto beyond = [&](std::int64_t bound) {
    return compare_value(price, order.qty, bound) > 0;
  };
  if (beyond(limits[symbol].notional)) return {"max_order_notional", "symbol"};
  if (beyond(limits[symbol].scope.order_value)) return {"max_order_value", "symbol"};
  if (beyond(strategies[strategy].scope.order_value)) return {"max_order_value", "strategy"};
  if (beyond(account.order_value)) return {"max_order_value", "account"};
  return beyond(global_value) ? SlowAnswer{"max_order_value", "global"} : kFine;
}

SlowAnswer SlowOracle::judge_market(const SlowOrder& order, std::int64_t price,
                                    std::int64_t now) const {
  const SlowMarket& market = markets[static_cast<std::size_t>(order.symbol)];
  const SlowSymbolLimits& own = limits[static_cast<std::size_t>(order.symbol)];
  if (!market.published || market.state < 2 || market.bid <= 0 || market.ask <= 0) {
    return {"book_missing"};
  }
  const std::int64_t age = std::abs(now - market.received);
  if (market.state == 3 || own.age == 0 || age > own.age) return {"book_stale"};
  if (market.bid >= market.ask) return {"book_crossed"};
  // Twice the mid times a million keeps everything whole.
  const Wide two_mids = Wide{market.bid} + market.ask;
  if (Wide{market.ask - market.bid} * 2'000'000 > two_mids * own.spread_ppm) {
    return {"book_wide", "symbol"};
  }
  const Wide scaled = Wide{price} * 2'000'000;
  const bool inside = scaled >= two_mids * (1'000'000 - own.collar_ppm) &&
                      scaled <= two_mids * (1'000'000 + own.collar_ppm);
  if (own.collar_ppm == 0 || !inside) return {"price_collar", "symbol"};
  if (market.last == 0 || std::abs(now - market.last_received) > own.last_age) {
    return {"reference_missing", "symbol"};
  }
  const Wide last = Wide{price} * 1'000'000;
  const bool near_last = last >= Wide{market.last} * (1'000'000 - own.last_ppm) &&
                         last <= Wide{market.last} * (1'000'000 + own.last_ppm);
  return near_last ? kFine : SlowAnswer{"last_trade_collar", "symbol"};
}

SlowAnswer SlowOracle::judge_duplicates(const SlowOrder& order, std::int64_t now) const {
  const SlowStrategyLimits& own = strategies[static_cast<std::size_t>(order.strategy)];
  const auto count = std::ranges::count_if(sent_, [&](const Sent& sent) {
    return is_same(sent.order, order) && now - sent.at < own.duplicates_window;
  });
  return count < own.duplicates ? kFine : SlowAnswer{"duplicate_order", "strategy"};
}

SlowAnswer SlowOracle::judge_positions(const SlowOrder& order) const {
  const auto symbol = static_cast<std::size_t>(order.symbol);
  const auto strategy = static_cast<std::size_t>(order.strategy);
  const SlowSymbolLimits& whole = limits[symbol];
  const SlowPairLimits& pair = pairs[strategy][symbol];
  const auto reduces = [&](int row) {
    const std::int64_t held = positions[static_cast<std::size_t>(row)][symbol];
    const std::int64_t room = order.side == 0 ? -held : held;
    return order.qty <= room - working(row, order.symbol, order.side);
  };
  if (whole.reduce && !reduces(kAccount)) return {"reduce_only", "symbol"};
  if (strategies[strategy].reduce && !reduces(order.strategy)) return {"reduce_only", "strategy"};
  if (pair.reduce && !reduces(order.strategy)) return {"reduce_only", "strategy_symbol"};
  const std::int64_t holding = positions[kAccount][symbol] + whole.baseline;
  const std::int64_t sold = working(kAccount, order.symbol, 1) + order.qty;
  if (order.side == 1 && !whole.uncovered && sold > holding) return {"uncovered_sell", "symbol"};
  const auto fits_in = [&](int row, std::int64_t max_long, std::int64_t max_short) {
    const std::int64_t held = positions[static_cast<std::size_t>(row)][symbol];
    const std::int64_t room = order.side == 0 ? max_long - held : max_short + held;
    return order.qty <= room - working(row, order.symbol, order.side);
  };
  if (!fits_in(kAccount, whole.max_long, whole.max_short)) return {"max_position", "symbol"};
  if (!fits_in(order.strategy, pair.max_long, pair.max_short)) {
    return {"max_position", "strategy_symbol"};
  }
  return kFine;
}

SlowAnswer SlowOracle::judge_open(const SlowOrder& order, std::int64_t price) const {
  const SlowScope& of_symbol = limits[static_cast<std::size_t>(order.symbol)].scope;
  const SlowScope& of_strategy = strategies[static_cast<std::size_t>(order.strategy)].scope;
  if (open_count(kAccount, order.symbol) >= of_symbol.open_orders) {
    return {"max_open_orders", "symbol"};
  }
  if (open_count(order.strategy, -1) >= of_strategy.open_orders) {
    return {"max_open_orders", "strategy"};
  }
  if (open_count(kAccount, -1) >= account.open_orders) return {"max_open_orders", "account"};
  const Wide more = Wide{price} * order.qty;
  if (is_above(open_value(kAccount, order.symbol) + more, of_symbol.open_value)) {
    return {"max_open_value", "symbol"};
  }
  if (is_above(open_value(order.strategy, -1) + more, of_strategy.open_value)) {
    return {"max_open_value", "strategy"};
  }
  if (is_above(open_value(0, -1) + open_value(1, -1) + more, group_open)) {
    return {"max_open_value", "group"};
  }
  if (is_above(open_value(kAccount, -1) + more, account.open_value)) {
    return {"max_open_value", "account"};
  }
  return kFine;
}

SlowAnswer SlowOracle::judge_exposures(const SlowOrder& order) const {
  const auto judge = [&](const Sums& before, const Sums& after, bool grows, std::int64_t gross,
                         std::int64_t net, const char* scope) -> SlowAnswer {
    if (!before.known) return {"reference_missing", scope};
    if (grows && is_above(after.gross, gross)) return {"gross_exposure", scope};
    const Wide worst = order.side == 0 ? after.up : -after.down;
    return is_above(worst, net) ? SlowAnswer{"net_exposure", scope} : kFine;
  };
  const auto add = [](const Sums& a, const Sums& b) {
    return Sums{a.gross + b.gross, a.up + b.up, a.down + b.down, a.known && b.known};
  };
  const int other = 1 - order.strategy;
  const Sums theirs = sums(other, nullptr);
  const auto grows = [&](int row) {
    return part(row, order.symbol, &order).gross > part(row, order.symbol, nullptr).gross;
  };
  const SlowAnswer of_group =
      judge(add(sums(order.strategy, nullptr), theirs), add(sums(order.strategy, &order), theirs),
            grows(order.strategy), group_gross, group_net, "group");
  if (is_refused(of_group)) return of_group;
  const Sums before = sums(kAccount, nullptr);
  const Sums after = sums(kAccount, &order);
  const bool is_growing = grows(kAccount);
  const SlowAnswer of_account =
      judge(before, after, is_growing, account_gross, account_net, "account");
  if (is_refused(of_account)) return of_account;
  return judge(before, after, is_growing, global_gross, global_net, "global");
}

SlowAnswer SlowOracle::judge_day(const SlowOrder& order, std::int64_t price) const {
  Wide qty =
      Wide{order.qty} + working(kAccount, order.symbol, 0) + working(kAccount, order.symbol, 1);
  const Wide more = Wide{price} * order.qty;
  Wide of_symbol = more + open_value(kAccount, order.symbol);
  Wide of_strategy = more + open_value(order.strategy, -1);
  Wide of_account = more + open_value(kAccount, -1);
  for (const Trade& trade : trades_) {
    if (trade.symbol == order.symbol) qty += trade.qty;
    if (trade.symbol == order.symbol) of_symbol += trade.value;
    if (trade.strategy == order.strategy) of_strategy += trade.value;
    of_account += trade.value;
  }
  const SlowSymbolLimits& own = limits[static_cast<std::size_t>(order.symbol)];
  if (qty > own.daily_qty) return {"daily_qty", "symbol"};
  if (is_above(of_symbol, own.scope.daily_value)) return {"daily_value", "symbol"};
  const SlowScope& strategy = strategies[static_cast<std::size_t>(order.strategy)].scope;
  if (is_above(of_strategy, strategy.daily_value)) return {"daily_value", "strategy"};
  if (is_above(of_account, account.daily_value)) return {"daily_value", "account"};
  return kFine;
}

// The textbook bucket: time fills it up to its size, a token costs one interval of it. And of the
// moments of the past those inside the window are counted.
SlowAnswer SlowOracle::judge_rates(const SlowOrder& order, std::int64_t now) {
  const auto symbol = static_cast<std::size_t>(order.symbol);
  const auto strategy = static_cast<std::size_t>(order.strategy);
  struct Scope {
    Bucket& bucket;
    const SlowRate& rate;
    const char* name;
  };
  const std::array<Scope, 3> scopes{
      {{symbol_rates_[symbol], limits[symbol].scope.rate, "symbol"},
       {strategy_rates_[strategy], strategies[strategy].scope.rate, "strategy"},
       {account_rate_, account.rate, "account"}}};
  for (const auto& [bucket, rate, name] : scopes) {
    const std::int64_t interval = (rate.window + rate.rate - 1) / rate.rate;
    const std::int64_t size = interval * rate.burst;
    bucket.credit = bucket.credit < 0 ? size : std::min(size, bucket.credit + (now - bucket.at));
    bucket.at = now;
    std::erase_if(bucket.times, [&](std::int64_t at) { return now - at >= rate.count_window; });
    const bool has_room = bucket.credit >= interval &&
                          static_cast<std::int64_t>(bucket.times.size()) < rate.count_max;
    if (!has_room) return {"order_rate", name};
  }
  for (const auto& [bucket, rate, name] : scopes) {
    bucket.credit -= (rate.window + rate.rate - 1) / rate.rate;
    bucket.times.push_back(now);
  }
  const auto is_old = [&](const Sent& sent) { return now - sent.at > 10'000'000'000; };
  std::erase_if(sent_, is_old);
  return kFine;
}

// ---- sums, from scratch
// ------------------------------------------------------------------------------

std::int64_t SlowOracle::working(int row, int symbol, int side) const {
  std::int64_t sum = 0;
  for (const SlowOpen& one : open) {
    const bool is_row = row == kAccount || one.order.strategy == row;
    if (is_row && one.order.symbol == symbol && one.order.side == side) sum += one.leaves;
  }
  return sum;
}

// symbol -1: all.
Wide SlowOracle::open_value(int row, int symbol) const {
  Wide sum = 0;
  for (const SlowOpen& one : open) {
    const bool is_row = row == kAccount || one.order.strategy == row;
    const bool is_symbol = symbol < 0 || one.order.symbol == symbol;
    if (is_row && is_symbol) sum += Wide{one.held_px} * one.leaves;
  }
  return sum;
}

int SlowOracle::open_count(int row, int symbol) const {
  return static_cast<int>(std::ranges::count_if(open, [&](const SlowOpen& one) {
    const bool is_row = row == kAccount || one.order.strategy == row;
    return is_row && (symbol < 0 || one.order.symbol == symbol);
  }));
}

SlowOracle::Sums SlowOracle::part(int row, int symbol, const SlowOrder* with) const {
  const auto r = static_cast<std::size_t>(row);
  const auto s = static_cast<std::size_t>(symbol);
  const bool is_here = with != nullptr && with->symbol == symbol;
  Wide up = Wide{positions[r][s]} + working(row, symbol, 0);
  Wide down = Wide{positions[r][s]} - working(row, symbol, 1);
  const bool is_flat = up == 0 && down == 0;
  if (is_here) (with->side == 0 ? up : down) += with->side == 0 ? with->qty : -with->qty;
  const std::int64_t price = valued_at_[r][s];
  return {.gross = std::max(magnitude(up * price), magnitude(down * price)),
          .up = up * price,
          .down = down * price,
          .known = price != 0 || is_flat};
}

SlowOracle::Sums SlowOracle::sums(int row, const SlowOrder* with) const {
  Sums all;
  for (int symbol = 0; symbol < kSymbols; ++symbol) {
    const Sums one = part(row, symbol, with);
    all.gross += one.gross;
    all.up += one.up;
    all.down += one.down;
    all.known = all.known && one.known;
  }
  return all;
}

void SlowOracle::mark(const SlowOrder& order) {
  const auto symbol = static_cast<std::size_t>(order.symbol);
  const SlowMarket& market = markets[symbol];
  const bool usable = market.published && market.state == 2 && market.bid > 0 && market.ask > 0 &&
                      market.bid < market.ask;
  marks_[symbol] = usable ? (market.bid + market.ask + 1) / 2 : 0;
  valued_at_[static_cast<std::size_t>(order.strategy)][symbol] = marks_[symbol];
  valued_at_[kAccount][symbol] = marks_[symbol];
}

void SlowOracle::roll(std::int64_t wall) {
  constexpr std::int64_t kDay = 86'400'000'000'000;
  if (wall / kDay == day_) return;
  day_ = wall / kDay;
  trades_.clear();
}

}  // namespace portcullis::risk
