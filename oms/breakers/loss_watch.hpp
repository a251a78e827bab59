#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/instrument.hpp"
#include "core/market_view.hpp"
#include "core/time.hpp"
#include "oms/breakers/breaker_marks.hpp"
#include "oms/position_keeper.hpp"
#include "risk/breakers/breaker_limits.hpp"
#include "risk/breakers/bucket_window.hpp"
#include "risk/breakers/loss.hpp"
#include "risk/reference_value.hpp"

namespace portcullis::oms {

// What each scope has won or lost, in the reference currency, and what of it the loss limits are
// held against. A walk values one symbol a step, at the price of closing what is open; a round of
// all of them gives the figures. A result of which one part is not known (an open position without
// a young book, a fee without a price, a quote asset without a rate) is not known. Trading thread
// only.
//
// The account's and the ceiling's results are of the positions netted over the strategies.
class LossWatch {
 public:
  // All symbols are valued within this time while it is stepped often enough.
  static constexpr Nanos kRound{20'000'000};
  static constexpr std::size_t kScopeMax = BreakerMarks::kFirstStrategy + risk::kStrategyMax;

  // All outlive it.
  LossWatch(const risk::BreakerLimits& limits, const InstrumentTable& instruments,
            const MarketView& market, std::size_t strategy_count);

  // Start-up: what the limits are counted from; kept for the scopes that are in it.
  void restore(const BreakerMarks& marks) noexcept { marks_ = marks; }
  [[nodiscard]] BreakerMarks& marks() noexcept { return marks_; }

  // One symbol, when it is time: which, with its book as it was looked at.
  struct Looked {
    SymbolId symbol{kNoSymbol};  // kNoSymbol: none
    bool is_book_usable{false};
    bool is_round_complete{false};
  };
  [[nodiscard]] Looked step(const PositionKeeper& positions, const Now& now) noexcept;

  // Of the last complete round; nothing when the result is not known. Moves the day and the marks
  // on, so once a round.
  [[nodiscard]] std::optional<risk::LossFigures> figures(std::size_t scope,
                                                         const Now& now) noexcept;
  [[nodiscard]] const risk::LossLimits& limits_of(std::size_t scope) const noexcept;
  // A human has let the scope go on: falls count from here. The day's losses stay the day's.
  void count_anew(std::size_t scope) noexcept;

  [[nodiscard]] std::size_t scope_count() const noexcept { return scope_count_; }

 private:
  struct Sum {
    risk::Value realized{};
    risk::Value unrealized{};
    bool is_known{true};
  };

  void add(Sum& sum, const PositionAccount& account, const MarketSnapshot& market, risk::Rate rate,
           MonoTime now) const noexcept;
  void value(SymbolId symbol, const PositionKeeper& positions, const MarketSnapshot& market,
             MonoTime now) noexcept;
  [[nodiscard]] risk::Rate rate_of(SymbolId symbol, MonoTime now) const noexcept;

  const risk::BreakerLimits& limits_;
  const InstrumentTable& instruments_;
  const MarketView& market_;
  std::size_t scope_count_;
  Nanos step_interval_;
  MonoTime step_next_{};
  std::size_t next_{0};
  std::array<Sum, kScopeMax> adding_{};  // of the round under way
  std::array<Sum, kScopeMax> sums_{};    // of the last one
  std::array<risk::BucketWindow<risk::Value, true>, kScopeMax> rolling_{};
  std::array<bool, kScopeMax> counts_anew_{};  // from the next result that is known
  BreakerMarks marks_{};
};

}  // namespace portcullis::oms
