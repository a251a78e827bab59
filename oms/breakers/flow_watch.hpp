#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/ids.hpp"
#include "core/time.hpp"
#include "risk/breakers/breaker_limits.hpp"
#include "risk/breakers/bucket_window.hpp"
#include "risk/breakers/finding.hpp"
#include "risk/breakers/order_flow.hpp"
#include "risk/breakers/velocity.hpp"

namespace portcullis::oms {

// Messages, refusals, rejects and trades by scope, in windows. Constant cost for each event, all
// memory at construction. Trading thread only.
class FlowWatch {
 public:
  // `limits` outlives it.
  FlowWatch(const risk::BreakerLimits& limits, std::size_t strategy_count, std::size_t symbol_count)
      : limits_{limits},
        symbol_count_{symbol_count},
        strategies_(strategy_count),
        pairs_(strategy_count * symbol_count) {
    set_lengths(account_, limits.account.venue_rejects, {}, limits.account.order_to_trade);
    for (std::size_t i = 0; i < strategy_count; ++i) {
      const risk::StrategyBreakers& own = limits.of(StrategyId{static_cast<std::uint16_t>(i)});
      set_lengths(strategies_[i], own.venue_rejects, own.refusals, own.order_to_trade);
    }
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const SymbolId symbol{static_cast<std::uint16_t>(i % symbol_count)};
      pairs_[i].qty.set_length(length_of(limits.of(symbol).velocity_window));
      pairs_[i].value.set_length(length_of(limits.of(symbol).velocity_window));
    }
  }

  [[nodiscard]] risk::Finding on_refused(StrategyId strategy, MonoTime now) noexcept {
    Flow& flow = strategies_[strategy.raw()];
    flow.refusals.add(1, now);
    return risk::judge_runaway(flow.refusals.sum(now), limits_.of(strategy).refusals);
  }
  [[nodiscard]] risk::Finding on_venue_reject(StrategyId strategy, MonoTime now) noexcept {
    Flow& flow = strategies_[strategy.raw()];
    flow.rejects.add(1, now);
    return risk::judge_reject_storm(flow.rejects.sum(now), limits_.of(strategy).venue_rejects,
                                    RiskScope::kStrategy);
  }
  [[nodiscard]] risk::Finding on_session_reject(MonoTime now) noexcept {
    account_.rejects.add(1, now);
    return risk::judge_reject_storm(account_.rejects.sum(now), limits_.account.venue_rejects,
                                    RiskScope::kAccount);
  }
  void on_message(StrategyId strategy, MonoTime now) noexcept {
    strategies_[strategy.raw()].messages.add(1, now);
    account_.messages.add(1, now);
  }
  [[nodiscard]] risk::Finding on_trade(StrategyId strategy, SymbolId symbol, Qty qty, Price px,
                                       MonoTime now) noexcept {
    strategies_[strategy.raw()].trades.add(1, now);
    account_.trades.add(1, now);
    Pair& pair = pairs_[strategy.raw() * symbol_count_ + symbol.raw()];
    pair.qty.add(Int128{qty.raw()}, now);
    pair.value.add(Int128{qty.raw()} * px.raw(), now);
    return risk::judge_velocity(pair.qty.sum(now), pair.value.sum(now), limits_.of(symbol));
  }
  [[nodiscard]] risk::Finding ratio(StrategyId strategy, MonoTime now) noexcept {
    Flow& flow = strategies_[strategy.raw()];
    return risk::judge_order_to_trade(flow.messages.sum(now), flow.trades.sum(now),
                                      limits_.of(strategy).order_to_trade, RiskScope::kStrategy);
  }
  [[nodiscard]] risk::Finding account_ratio(MonoTime now) noexcept {
    return risk::judge_order_to_trade(account_.messages.sum(now), account_.trades.sum(now),
                                      limits_.account.order_to_trade, RiskScope::kAccount);
  }

  // A human has let it go on.
  void count_anew(StrategyId strategy) noexcept {
    strategies_[strategy.raw()].clear();
    for (std::size_t i = 0; i < symbol_count_; ++i) {
      pairs_[strategy.raw() * symbol_count_ + i].clear();
    }
  }
  void count_account_anew() noexcept { account_.clear(); }
  void forget_trades(StrategyId strategy, SymbolId symbol) noexcept {
    pairs_[strategy.raw() * symbol_count_ + symbol.raw()].clear();
  }

 private:
  using Events = risk::BucketWindow<std::uint64_t>;
  struct Flow {
    Events refusals;
    Events rejects;
    Events messages;
    Events trades;
    void clear() noexcept {
      for (Events* events : {&refusals, &rejects, &messages, &trades}) events->clear();
    }
  };
  struct Pair {
    risk::BucketWindow<Int128> qty;
    risk::BucketWindow<risk::Value> value;
    void clear() noexcept {
      qty.clear();
      value.clear();
    }
  };

  // A window that is off forgets nothing, like one that nobody set.
  [[nodiscard]] static Nanos length_of(Nanos window) noexcept {
    return window == risk::kOffAge ? Nanos{0} : window;
  }
  static void set_lengths(Flow& flow, const risk::EventLimit& rejects,
                          const risk::EventLimit& refusals,
                          const risk::OrderToTradeLimit& ratio) noexcept {
    flow.rejects.set_length(length_of(rejects.window));
    flow.refusals.set_length(length_of(refusals.window));
    flow.messages.set_length(length_of(ratio.window));
    flow.trades.set_length(length_of(ratio.window));
  }

  const risk::BreakerLimits& limits_;
  std::size_t symbol_count_;
  Flow account_;
  std::vector<Flow> strategies_;
  std::vector<Pair> pairs_;  // strategy by strategy, each with every symbol
};

}  // namespace portcullis::oms
