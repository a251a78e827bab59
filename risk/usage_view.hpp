#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/ids.hpp"
#include "core/seqlock.hpp"
#include "core/time.hpp"
#include "risk/exposure.hpp"
#include "risk/limits.hpp"

namespace portcullis::risk {

// How much of its limits a scope uses, as the gate counts it. Values are in the reference currency.
struct Usage {
  MonoTime time{};  // when it was so; zero: never looked at yet
  Qty position{};   // of a symbol, and of a strategy on one
  Qty working_buy{};
  Qty working_sell{};
  Qty traded_qty{};  // today, of a symbol
  std::uint32_t open_count{0};
  bool is_valued{false};  // otherwise the values lack something
  Value open{0};
  Value gross{0};
  Value net{0};  // the worst net, either way
  Value traded{0};
};

// Usages for readers on any thread: the trading thread publishes one scope after the other, a few
// thousand a second, so that a reader finds each a moment old and the trading thread never waits.
class UsageView {
 public:
  // `strategy_count` and `group_count`: those that have limits.
  UsageView(std::size_t symbol_count, std::size_t strategy_count, std::size_t group_count)
      : symbol_count_{symbol_count},
        strategy_count_{strategy_count},
        group_count_{group_count},
        cells_(1 + symbol_count + strategy_count + group_count + symbol_count * strategy_count) {}

  // ---- the trading thread
  // At each turn; one scope in kInterval. Returns what was done.
  int step(const Exposure& exposure, const Now& now) noexcept {
    if (now.mono < next_time_) [[likely]]
      return 0;
    next_time_ = now.mono + kInterval;
    cells_[next_].store(usage_of(exposure, next_, now));
    next_ = next_ + 1 < cells_.size() ? next_ + 1 : 0;
    return 1;
  }

  // ---- any thread
  [[nodiscard]] Usage account() const noexcept { return load(0); }
  [[nodiscard]] Usage of(SymbolId symbol) const noexcept { return load(1 + symbol.raw()); }
  [[nodiscard]] Usage of(StrategyId strategy) const noexcept {
    return load(strategies() + strategy.raw());
  }
  [[nodiscard]] Usage group(std::size_t group) const noexcept { return load(groups() + group); }
  [[nodiscard]] Usage of(StrategyId strategy, SymbolId symbol) const noexcept {
    return load(pairs() + strategy.raw() * symbol_count_ + symbol.raw());
  }

 private:
  static constexpr Nanos kInterval = std::chrono::microseconds{250};

  [[nodiscard]] std::size_t strategies() const noexcept { return 1 + symbol_count_; }
  [[nodiscard]] std::size_t groups() const noexcept { return strategies() + strategy_count_; }
  [[nodiscard]] std::size_t pairs() const noexcept { return groups() + group_count_; }

  [[nodiscard]] Usage load(std::size_t index) const noexcept {
    Usage usage;
    if (index >= cells_.size() || !cells_[index].try_load(usage)) return {};
    return usage;
  }

  [[nodiscard]] static Usage of_scope(const ScopeExposure& sums) noexcept {
    Usage usage;
    usage.open_count = sums.open_count;
    usage.is_valued = sums.is_valued();
    usage.open = sums.open;
    usage.gross = sums.gross;
    usage.net = sums.net();
    usage.traded = sums.traded;
    return usage;
  }
  [[nodiscard]] static Usage of_cell(const ExposureCell& cell) noexcept {
    Usage usage;
    usage.position = cell.held.position;
    usage.working_buy = cell.held.working_buy;
    usage.working_sell = cell.held.working_sell;
    usage.open_count = cell.held.buy_order_count + cell.held.sell_order_count;
    usage.is_valued = !cell.is_unvalued;
    usage.open = cell.open;
    usage.gross = cell.gross;
    return usage;
  }
  [[nodiscard]] Usage usage_of(const Exposure& exposure, std::size_t index,
                               const Now& now) const noexcept {
    Usage usage;
    if (index == 0) {
      usage = of_scope(exposure.account());
    } else if (index < strategies()) {
      const SymbolId symbol{static_cast<SymbolId::rep>(index - 1)};
      usage = of_cell(exposure.cell(symbol));
      usage.traded_qty = exposure.traded(symbol).qty;
      usage.traded = exposure.traded(symbol).value;
    } else if (index < groups()) {
      const StrategyId strategy{static_cast<StrategyId::rep>(index - strategies())};
      usage = of_scope(exposure.of(strategy));
    } else if (index < pairs()) {
      usage = of_scope(exposure.group(static_cast<std::uint16_t>(index - groups())));
    } else {
      const std::size_t pair = index - pairs();
      const StrategyId strategy{static_cast<StrategyId::rep>(pair / symbol_count_)};
      usage = of_cell(
          exposure.cell(strategy, SymbolId{static_cast<SymbolId::rep>(pair % symbol_count_)}));
    }
    usage.time = now.mono;
    return usage;
  }

  std::size_t symbol_count_;
  std::size_t strategy_count_;
  std::size_t group_count_;
  std::vector<Seqlock<Usage>> cells_;  // size constant after construction
  std::size_t next_{0};
  MonoTime next_time_{};
};

}  // namespace portcullis::risk
