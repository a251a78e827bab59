#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/instrument.hpp"
#include "core/log.hpp"
#include "core/market_view.hpp"
#include "core/mode.hpp"
#include "core/seqlock.hpp"
#include "oms/breakers/breaker_counters.hpp"
#include "oms/breakers/breaker_marks.hpp"
#include "oms/breakers/flow_watch.hpp"
#include "oms/breakers/loss_watch.hpp"
#include "oms/position_keeper.hpp"
#include "risk/breakers/breaker_limits.hpp"
#include "risk/breakers/breaker_stops.hpp"
#include "risk/breakers/finding.hpp"
#include "risk/breakers/venue_health.hpp"
#include "risk/mode_board.hpp"
#include "risk/venue_allowance.hpp"

namespace portcullis::oms {

// What the breakers work with; all outlive them.
struct BreakerContext {
  const risk::BreakerLimits& limits;
  const InstrumentTable& instruments;
  const MarketView& market;
  risk::ModeBoard& modes;
  risk::BreakerStops& stops;
  LogRing& log;
  const risk::VenueAllowance* allowance{nullptr};  // none: no clock is watched
  BreakerCounters counters{};
};

// A unique fill of an order of ours.
struct BreakerFill {
  std::uint64_t order_id{0};
  StrategyId strategy{};
  SymbolId symbol{kNoSymbol};
  Qty qty{};
  Price px{};
  bool is_first{false};    // of its order
  bool is_closing{false};  // makes the strategy's position smaller
  Int128 result{0};        // what it brought, net of its fee; quote units
  risk::FillFacts facts{};
};

// The breakers: they watch what the order accounting sees, judge it (risk/breakers, pure), and make
// a scope stricter through the mode board, or refuse for a while through BreakerStops. Nothing here
// makes anything milder but time, where a limit says so; the rest is a human's, whose word starts
// the counts of that scope anew.
//
// Trading thread only, where nothing else is said; constant cost for each event, a bounded turn, no
// allocation after construction. Strategies and symbols beyond those of the board are not watched:
// the gate refuses them.
class Breakers {
 public:
  explicit Breakers(const BreakerContext& context);

  // Start-up. `marks`: as an earlier run has left them; nothing when they cannot be read or never
  // were. With trades behind them (`has_history`) that is a reason to go reduce-only.
  void restore(const std::optional<BreakerMarks>& marks, bool has_history, const Now& now) noexcept;

  // ---- what has happened
  // Refused by the gate or a stage behind it.
  void on_refused(StrategyId strategy, const Now& now) noexcept;
  // A new order, an amendment or a cancel of a strategy's.
  void on_message(StrategyId strategy, const Now& now) noexcept;
  void on_venue_reject(StrategyId strategy, const Now& now) noexcept;
  void on_fill(const BreakerFill& fill, const Now& now) noexcept;
  // From the send of an order to the venue's first word about it.
  void on_first_word(Nanos latency, const Now& now) noexcept;
  void on_unknown(SymbolId symbol, Nanos age, const Now& now) noexcept;
  void on_position_mismatch(SymbolId symbol, Qty venue, Qty believed, const Now& now) noexcept;

  // Each turn.
  void step(const PositionKeeper& positions, std::uint32_t unknown_count, const Now& now) noexcept;

  // Its orders of the symbol are to be cancelled, and new ones are refused.
  [[nodiscard]] bool is_frozen(StrategyId strategy, SymbolId symbol) const noexcept {
    return frozen_count_ > 0 && is_watched(strategy) &&
           frozen_until_[place_of(strategy, symbol)] != MonoTime{};
  }

  // Any thread: what has to outlive the process. False: try again.
  [[nodiscard]] bool read(BreakerMarks& out) const noexcept { return published_.try_load(out); }

 private:
  [[nodiscard]] bool is_watched(StrategyId strategy) const noexcept {
    return strategy.raw() < strategy_count_;
  }
  [[nodiscard]] std::size_t place_of(StrategyId strategy, SymbolId symbol) const noexcept {
    return strategy.raw() * instruments_.size() + symbol.raw();
  }
  [[nodiscard]] Scope scope_at(std::size_t i) const noexcept;

  void escalate(Scope scope, Mode mode, const Reject& why, const Now& now) noexcept;
  void tell(const char* then, Scope scope, const Reject& why, const Now& now) noexcept;
  void count(RejectReason rule) noexcept { counters_.trips[static_cast<std::size_t>(rule)].add(); }
  void note_trip(Scope scope) noexcept;

  void close_trade(const BreakerFill& fill) noexcept;
  void freeze(const BreakerFill& fill, const risk::Finding& finding, const Now& now) noexcept;
  void thaw(const Now& now) noexcept;
  void look_at_modes() noexcept;
  void count_anew(std::size_t scope) noexcept;
  void judge_scope(std::size_t scope, const Now& now) noexcept;
  void look_at_book(const LossWatch::Looked& looked, const Now& now) noexcept;
  void look_at_unknown(std::uint32_t unknown_count, const Now& now) noexcept;
  void look_at_ratios(const Now& now) noexcept;
  void take_ratio(const risk::Finding& finding, std::optional<StrategyId> strategy, bool& is_told,
                  const Now& now) noexcept;
  void look_at_clock(const Now& now) noexcept;
  void publish() noexcept;

  const risk::BreakerLimits& limits_;
  const InstrumentTable& instruments_;
  risk::ModeBoard& modes_;
  risk::BreakerStops& stops_;
  LogRing& log_;
  const risk::VenueAllowance* allowance_;
  BreakerCounters counters_;
  std::size_t strategy_count_;

  FlowWatch flow_;
  LossWatch losses_;
  struct ScopeState {
    risk::LossesInRow row;
    MonoTime unknown_since{};  // its result
    Mode seen{Mode::kRunning};
    std::uint32_t number{0};  // of its changes, as seen
    bool is_unknown{false};
    bool is_soft_told{false};
    bool is_ratio_told{false};
  };
  std::vector<ScopeState> scopes_;        // by BreakerMarks' places
  std::vector<MonoTime> frozen_until_;    // by strategy and symbol; zero: not frozen
  std::vector<MonoTime> book_bad_since_;  // by symbol; zero: it is in order
  std::vector<std::uint8_t> is_book_told_;
  std::size_t frozen_count_{0};
  std::uint32_t mismatch_count_{0};  // since a human has looked
  std::uint32_t version_seen_{0};
  Nanos latency_{};  // smoothed
  MonoTime clock_lost_since_{};
  MonoTime timer_next_{};
  bool has_latency_{false};
  bool is_latency_told_{false};
  bool is_clock_lost_{false};
  bool has_had_clock_{false};
  bool is_unknown_stopped_{false};

  BreakerMarks published_marks_{};
  Seqlock<BreakerMarks> published_;
};

}  // namespace portcullis::oms
