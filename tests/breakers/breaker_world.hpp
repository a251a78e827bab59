#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/kill_switch.hpp"
#include "core/log.hpp"
#include "oms/breakers/breakers.hpp"

namespace portcullis::oms::test {

using namespace std::chrono_literals;

inline constexpr SymbolId kBtc{0};
inline constexpr SymbolId kEth{1};
inline constexpr StrategyId kOne{0};
inline constexpr StrategyId kTwo{1};

inline Qty qty(const char* text) {
  return *Qty::parse(text);
}
inline Price px(const char* text) {
  return *Price::parse(text);
}
inline Notional money(const char* text) {
  return *Notional::parse(text);
}

// All off: a test sets what it is about.
inline risk::LossLimits loss_off() {
  return {.realized_max = risk::kOffNotional,
          .unrealized_max = risk::kOffNotional,
          .daily_max = risk::kOffNotional,
          .rolling_max = risk::kOffNotional,
          .drawdown_max = risk::kOffNotional,
          .losses_in_row_max = risk::kOffCount};
}
inline risk::BreakerLimits all_off() {
  const risk::EventLimit events{.max = risk::kOffCount};
  const risk::OrderToTradeLimit ratio{.ratio_max = risk::kOffCount};
  risk::BreakerLimits limits;
  limits.strategies.assign(2, {.loss = loss_off(),
                               .venue_rejects = events,
                               .refusals = events,
                               .executions_max = risk::kOffCount,
                               .order_to_trade = ratio});
  limits.symbols.assign(2, {.velocity_qty_max = risk::kOffQty,
                            .velocity_notional_max = risk::kOffNotional,
                            .position_tolerance = risk::kOffQty,
                            .book_alert_after = risk::kOffAge});
  limits.account = {.loss = loss_off(),
                    .venue_rejects = events,
                    .unknown_max = risk::kOffCount,
                    .unknown_age_max = risk::kOffAge,
                    .latency_max = risk::kOffAge,
                    .clock_grace = risk::kOffAge,
                    .order_to_trade = ratio};
  limits.global = loss_off();
  limits.result_grace = 1s;
  limits.conversions.assign(2, {.is_reference = true});
  limits.mark_age_max = 5s;
  return limits;
}

// Breakers over a real mode board, on a clock the test moves. Two strategies, two symbols.
struct BreakerWorld {
  BreakerWorld() {
    for (const char* base : {"BTC", "ETH"}) {
      Instrument instrument;
      instrument.symbol = std::string{base} + "USDT";
      instrument.base_asset_name = base;
      instrument.quote_asset_name = "USDT";
      (void)instruments.add(instrument);
    }
    market = std::make_unique<MarketView>(2);
    modes = std::make_unique<risk::ModeBoard>(kill_switch, 2, 2);
    positions = std::make_unique<PositionKeeper>(instruments, 2);
    quote(kBtc, "100", "100");
    quote(kEth, "10", "10");
  }

  Breakers& breakers() {
    if (made == nullptr) {
      made = std::make_unique<Breakers>(BreakerContext{.limits = limits,
                                                       .instruments = instruments,
                                                       .market = *market,
                                                       .modes = *modes,
                                                       .stops = stops,
                                                       .log = log,
                                                       .allowance = &allowance});
    }
    return *made;
  }
  // A process that dies and starts again with the same positions.
  void restart(const std::optional<BreakerMarks>& marks, bool has_history = true) {
    made.reset();
    breakers().restore(marks, has_history, now());
  }
  [[nodiscard]] BreakerMarks marks() {
    BreakerMarks out;
    EXPECT_TRUE(breakers().read(out));
    return out;
  }

  [[nodiscard]] Now now() const { return {.mono = mono, .wall = wall}; }
  void pass(Nanos time) {
    mono += time;
    wall += time;
  }
  // Long enough for a round over all symbols.
  void run(Nanos time = 60ms) {
    for (Nanos passed{0}; passed < time; passed += 5ms) {
      pass(5ms);
      if (is_market_alive) requote();
      breakers().step(*positions, unknown_count, now());
    }
  }

  void quote(SymbolId symbol, const char* bid, const char* ask) {
    quotes[symbol.raw()] = {
        .bid_px = px(bid), .bid_qty = qty("1"), .ask_px = px(ask), .ask_qty = qty("1")};
    // Crossed quotes are none: one tick apart.
    quotes[symbol.raw()].ask_px = Price::from_raw(px(ask).raw() + 1);
    requote();
  }
  void requote() {
    for (std::size_t i = 0; i < 2; ++i) {
      MarketSnapshot snapshot;
      snapshot.top = quotes[i];
      snapshot.book_state = BookState::kSynced;
      snapshot.received = mono;
      market->publish(SymbolId{static_cast<std::uint16_t>(i)}, snapshot);
    }
  }

  // A trade of a strategy's, as the order accounting would tell it.
  void trade(StrategyId strategy, SymbolId symbol, Side side, const char* amount,
             const char* price) {
    const Position& position = positions->account(strategy, symbol).position();
    const Qty held = position.qty();
    const Int128 before = position.realized().raw;
    positions->on_fill({.symbol = symbol,
                        .strategy = strategy,
                        .side = side,
                        .px = px(price),
                        .qty = qty(amount),
                        .fee = {},
                        .fee_asset = kNoAsset});
    BreakerFill fill{.order_id = ++order_id,
                     .strategy = strategy,
                     .symbol = symbol,
                     .qty = qty(amount),
                     .px = px(price),
                     .is_first = true};
    fill.is_closing = side == Side::kBuy ? held < Qty{} : held.is_positive();
    fill.result = position.realized().raw - before;
    fill.facts = {.order_qty = qty(amount),
                  .cum_qty = qty(amount),
                  .order_px = px(price),
                  .fill_px = px(price),
                  .order_side = side,
                  .fill_side = side};
    breakers().on_fill(fill, now());
  }
  void lose(StrategyId strategy, const char* amount) {
    trade(strategy, kBtc, Side::kBuy, "1", "100");
    const Price sold = Price::from_raw(px("100").raw() - px(amount).raw());
    trade(strategy, kBtc, Side::kSell, "1", sold.str().c_str());
  }

  [[nodiscard]] Mode mode(Scope scope) const { return modes->asked_of(scope).mode; }
  [[nodiscard]] RejectReason rule(Scope scope) const { return modes->asked_of(scope).rule; }
  [[nodiscard]] std::string stop(StrategyId strategy, SymbolId symbol) const {
    const auto verdict = stops.check(strategy, symbol);
    return verdict ? to_string(verdict->reason) : "";
  }
  void human(Scope scope, Mode from, Mode to = Mode::kRunning) {
    EXPECT_TRUE(modes->lower(scope, from, to));
  }

  InstrumentTable instruments;
  std::unique_ptr<MarketView> market;
  KillSwitch kill_switch;
  std::unique_ptr<risk::ModeBoard> modes;
  risk::BreakerStops stops{2, 2};
  LogRing log;
  risk::VenueAllowance allowance;
  risk::BreakerLimits limits{all_off()};
  std::unique_ptr<PositionKeeper> positions;
  std::unique_ptr<Breakers> made;
  std::array<TopOfBook, 2> quotes{};
  MonoTime mono{mono_time(1'000'000'000)};
  WallTime wall{wall_time(1'790'000'000'000'000'000)};
  std::uint64_t order_id{0};
  std::uint32_t unknown_count{0};
  bool is_market_alive{true};
};

}  // namespace portcullis::oms::test
