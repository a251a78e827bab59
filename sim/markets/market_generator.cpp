#include "sim/markets/market_generator.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace portcullis::sim {

namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

struct StartPrice {
  std::string_view symbol;
  std::int64_t units;
};
constexpr std::array kStartPrices{StartPrice{"BTCUSDT", 61'600}, StartPrice{"ETHUSDT", 2'680},
                                  StartPrice{"BNBUSDT", 510}, StartPrice{"SOLUSDT", 155},
                                  StartPrice{"LTCUSDT", 60}};
constexpr std::int64_t kStartPriceOther = 100;
// Neighbouring levels are this part of the price apart: a quarter of a basis point.
constexpr std::int64_t kSpacingDivisor = 40'000;
constexpr std::size_t kOrdersPerLevel = 2;

Price start_price(const MarketGeneratorConfig& config, std::size_t symbol, std::string_view name) {
  if (symbol < config.start_prices.size() && config.start_prices[symbol].is_positive()) {
    return config.start_prices[symbol];
  }
  const auto* known = std::ranges::find(kStartPrices, name, &StartPrice::symbol);
  return Price::from_units(known == kStartPrices.end() ? kStartPriceOther : known->units);
}

Price px_of(const SymbolSpec& spec, std::int64_t ticks) {
  return Price::from_raw(ticks * std::max<std::int64_t>(1, spec.tick_size().raw()));
}

}  // namespace

MarketGenerator::MarketGenerator(Exchange& exchange, const MarketGeneratorConfig& config)
    : exchange_{exchange},
      config_{config} {
  for (std::size_t symbol = 0; symbol < exchange.symbols().size(); ++symbol) {
    const SymbolSpec& spec = exchange.symbols()[symbol];
    const std::int64_t tick = std::max<std::int64_t>(1, spec.tick_size().raw());
    // Numbers of its own, so that without regimes the history is what it always was.
    Flow flow{.regime = MarketRegime{config.regimes, Random{~config.seed + symbol}.next()}};
    flow.start = std::max<std::int64_t>(2, start_price(config, symbol, spec.symbol).raw() / tick);
    flow.reference = flow.start;
    flow.spacing = std::max<std::int64_t>(1, flow.start / kSpacingDivisor);
    // Own numbers for each symbol, so that one more symbol does not change the others' history.
    flow.random = Random{Random{config.seed + symbol * 0x1'0000'0001}.next()};
    flows_.push_back(std::move(flow));
  }
}

void MarketGenerator::step(WallTime now) {
  if (!last_step_) {
    last_step_ = now;
    for (std::size_t symbol = 0; symbol < flows_.size(); ++symbol) fill_book(symbol, now);
    return;
  }
  const std::int64_t elapsed_ns =
      std::clamp<std::int64_t>((now - *last_step_).count(), 0, 10 * kNanosPerSecond);
  last_step_ = std::max(*last_step_, now);
  std::int64_t rounds = 0;
  for (Flow& flow : flows_) {
    owe_events(flow, now, elapsed_ns);
    rounds = std::max(rounds, flow.rounds);
  }
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (std::size_t symbol = 0; symbol < flows_.size(); ++symbol) {
      if (round < flows_[symbol].rounds) one_event(symbol, now);
    }
  }
}

void MarketGenerator::owe_events(Flow& flow, WallTime now, std::int64_t elapsed_ns) {
  flow.regime.advance(now);
  flow.owed_event_ns += elapsed_ns * config_.events_per_second * flow.regime.event_factor();
  flow.rounds = std::min(flow.owed_event_ns / kNanosPerSecond, kMaxEventsPerStep);
  flow.owed_event_ns %= kNanosPerSecond;
}

void MarketGenerator::fill_book(std::size_t symbol, WallTime now) {
  for (std::size_t i = 0; i < config_.levels * kOrdersPerLevel; ++i) {
    place_limit(symbol, Side::kBuy, now);
    place_limit(symbol, Side::kSell, now);
  }
}

void MarketGenerator::one_event(std::size_t symbol, WallTime now) {
  Flow& flow = flows_[symbol];
  ++event_count_;
  if (flow.random.chance(20)) wander(flow);
  const std::int64_t roll = flow.random.below(100);
  const BestPrices best = exchange_.best(symbol);
  const Side side = flow.random.chance(50) ? Side::kBuy : Side::kSell;
  if (best.bid.qty.is_zero()) {
    place_limit(symbol, Side::kBuy, now);
  } else if (best.ask.qty.is_zero()) {
    place_limit(symbol, Side::kSell, now);
  } else if (roll < 8) {
    place_market(symbol, side, now);
  } else if (flow.resting.size() > 2 * kOrdersPerLevel * config_.levels || roll < 40) {
    cancel_one(symbol, now);
  } else {
    place_limit(symbol, side, now);
  }
}

// One level up or down, or back towards the start, never further than a tenth from it; as far and
// in the direction that the regime wants.
void MarketGenerator::wander(Flow& flow) {
  const std::int64_t span = flow.start / 10;
  const std::int64_t drift = flow.reference - flow.start;
  const bool is_free_up = flow.random.below(2 * span + 1) >= span + drift;
  const int trend = flow.regime.trend_of_move();
  const bool is_up = trend == 0 ? is_free_up : trend > 0;
  const std::int64_t move = (1 + flow.random.below(flow.spacing)) * flow.regime.move_factor();
  flow.reference =
      std::clamp(flow.reference + (is_up ? move : -move), flow.start - span, flow.start + span);
}

void MarketGenerator::place_limit(std::size_t symbol, Side side, WallTime now) {
  Flow& flow = flows_[symbol];
  const SymbolSpec& spec = exchange_.symbols()[symbol];
  // The smaller of two draws: more orders near the price than far from it.
  const auto levels = static_cast<std::int64_t>(config_.levels);
  const std::int64_t level = std::min(flow.random.below(levels), flow.random.below(levels));
  const std::int64_t offset = 1 + level * flow.spacing;
  const std::int64_t ticks =
      std::max<std::int64_t>(1, flow.reference + (side == Side::kBuy ? -offset : offset));
  const NewOrder order{.client_order_id = {},
                       .side = side,
                       .px = px_of(spec, ticks),
                       .qty = random_qty(symbol, 20'000)};
  const auto placed = exchange_.place(kCrowd, symbol, order, now);
  if (placed && placed->order.is_open()) flow.resting.push_back({placed->order.order_id, ticks});
}

void MarketGenerator::place_market(std::size_t symbol, Side side, WallTime now) {
  const NewOrder order{.client_order_id = {},
                       .side = side,
                       .type = OrderType::kMarket,
                       .qty = random_qty(symbol, 10'000)};
  (void)exchange_.place(kCrowd, symbol, order, now);  // a closed market refuses; nothing is owed
}

// Of two orders the one further from the price, so that what the price has left behind goes first.
void MarketGenerator::cancel_one(std::size_t symbol, WallTime now) {
  Flow& flow = flows_[symbol];
  if (flow.resting.empty()) return;
  const auto count = static_cast<std::int64_t>(flow.resting.size());
  const auto distance = [&flow](std::int64_t index) {
    return std::abs(flow.resting[static_cast<std::size_t>(index)].px_ticks - flow.reference);
  };
  const std::int64_t first = flow.random.below(count);
  const std::int64_t second = flow.random.below(count);
  const auto chosen = static_cast<std::size_t>(distance(first) < distance(second) ? second : first);
  // It may have been filled since; then the cancel finds nothing and the list is right again.
  (void)exchange_.cancel(
      kCrowd, symbol,
      {.target = {.order_id = flow.resting[chosen].order_id, .client_order_id = {}}}, now);
  flow.resting[chosen] = flow.resting.back();
  flow.resting.pop_back();
}

// Worth between the smallest allowed (doubled) and that plus `units_max`, in whole lots.
Qty MarketGenerator::random_qty(std::size_t symbol, std::int64_t units_max) {
  Flow& flow = flows_[symbol];
  const SymbolSpec& spec = exchange_.symbols()[symbol];
  const std::int64_t lot = std::max<std::int64_t>(1, spec.lot_size().raw());
  const Notional notional_min =
      spec.filters.notional ? spec.filters.notional->notional_min : Notional{};
  const Int128 value =
      Int128{2} * notional_min.raw() + Int128{flow.random.below(units_max)} * kDecimalScale;
  const Int128 px = px_of(spec, flow.reference).raw();
  const auto lots = static_cast<std::int64_t>(value * kDecimalScale / px / lot) + 1;
  const Qty qty = Qty::from_raw(lots * lot);
  if (!spec.filters.lot_size) return qty;
  return std::clamp(qty, spec.filters.lot_size->qty_min, spec.filters.lot_size->qty_max);
}

}  // namespace portcullis::sim
