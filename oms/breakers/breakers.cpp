#include "oms/breakers/breakers.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace portcullis::oms {

namespace {

constexpr Nanos kTimer = std::chrono::milliseconds{10};

// "drawdown of strategy 3: HALTED", cut to what a log record holds.
class Subject {
 public:
  Subject(const Reject& why, Scope scope, const char* then) noexcept {
    put(to_string(why.reason));
    put(" of ");
    put(to_string(scope.kind));
    if (scope.kind == ScopeKind::kStrategy || scope.kind == ScopeKind::kSymbol) {
      put(" ");
      put_number(scope.index);
    }
    put(": ");
    put(then);
  }
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), length_}; }

 private:
  void put(std::string_view part) noexcept {
    length_ += part.copy(text_.data() + length_, text_.size() - length_);
  }
  void put_number(std::uint16_t number) noexcept {
    std::array<char, 8> digits{};
    std::size_t at = digits.size();
    do {
      digits[--at] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number > 0);
    put({digits.data() + at, digits.size() - at});
  }

  std::array<char, 64> text_{};
  std::size_t length_{0};
};

}  // namespace

Breakers::Breakers(const BreakerContext& context)
    : limits_{context.limits},
      instruments_{context.instruments},
      modes_{context.modes},
      stops_{context.stops},
      log_{context.log},
      allowance_{context.allowance},
      counters_{context.counters},
      strategy_count_{std::min(context.modes.strategy_count(), risk::kStrategyMax)},
      flow_{context.limits, strategy_count_, context.instruments.size()},
      losses_{context.limits, context.instruments, context.market, strategy_count_},
      scopes_(losses_.scope_count()),
      frozen_until_(strategy_count_ * context.instruments.size()),
      book_bad_since_(context.instruments.size()),
      is_book_told_(context.instruments.size()) {
  published_.store(published_marks_);
}

Scope Breakers::scope_at(std::size_t i) const noexcept {
  if (i == BreakerMarks::kGlobal) return Scope::global();
  if (i == BreakerMarks::kAccount) return Scope::account();
  return Scope::of(StrategyId{static_cast<StrategyId::rep>(i - BreakerMarks::kFirstStrategy)});
}

void Breakers::restore(const std::optional<BreakerMarks>& marks, bool has_history,
                       const Now& now) noexcept {
  if (marks) losses_.restore(*marks);
  if (!marks && has_history) {
    escalate(Scope::account(), Mode::kSafeMode,
             {.reason = RejectReason::kResultUnknown, .scope = RiskScope::kAccount}, now);
  }
  version_seen_ = modes_.version();
  for (std::size_t i = 0; i < scopes_.size(); ++i) {
    const ScopeMarks& own = losses_.marks().scopes[i];
    scopes_[i].row.set(own.losses_in_row);
    const risk::ModeBoard::State state = modes_.asked_of(scope_at(i));
    scopes_[i].seen = state.mode;
    scopes_[i].number = state.number;
    // A human has lowered it while nobody ran.
    if (own.is_tripped && scopes_[i].seen == Mode::kRunning) count_anew(i);
  }
  publish();
}

// ---- what follows
// --------------------------------------------------------------------------------

void Breakers::tell(const char* then, Scope scope, const Reject& why, const Now& now) noexcept {
  count(why.reason);
  const Subject subject{why, scope, then};
  constexpr LogLevel kLevel = LogLevel::kError;
  constexpr std::int64_t kMs = 1'000'000;
  switch (why.unit) {
    case RejectUnit::kNone:
      return log_.post_text(kLevel, now.mono,
                            "breaker: {s}; docs/risk.md, \"Breakers\", says what to look at and "
                            "how a human lets it go on",
                            subject.text());
    case RejectUnit::kCount:
      return log_.post_text(kLevel, now.mono,
                            "breaker: {s}; {} where {} are let pass; docs/risk.md, \"Breakers\", "
                            "says what to look at and how a human lets it go on",
                            subject.text(), why.projected, why.limit);
    case RejectUnit::kNanos:
      return log_.post_text(kLevel, now.mono,
                            "breaker: {s}; {} ms where {} ms are let pass; docs/risk.md, "
                            "\"Breakers\", says what to look at and how a human lets it go on",
                            subject.text(), why.projected / kMs, why.limit / kMs);
    case RejectUnit::kPrice:
    case RejectUnit::kQty:
    case RejectUnit::kNotional: break;
  }
  log_.post_text(kLevel, now.mono,
                 "breaker: {s}; {d} where {d} is let pass; docs/risk.md, \"Breakers\", says what "
                 "to look at and how a human lets it go on",
                 subject.text(), why.projected, why.limit);
}

void Breakers::escalate(Scope scope, Mode mode, const Reject& why, const Now& now) noexcept {
  const bool is_stricter = modes_.escalate(
      {.scope = scope, .mode = mode, .cause = risk::ModeCause::kBreaker, .rule = why.reason});
  if (!is_stricter) return;
  note_trip(scope);
  tell(to_string(mode), scope, why, now);
}

void Breakers::note_trip(Scope scope) noexcept {
  for (std::size_t i = 0; i < scopes_.size(); ++i) {
    if (scope_at(i) == scope) losses_.marks().scopes[i].is_tripped = true;
  }
}

// ---- what has happened
// ---------------------------------------------------------------------------

void Breakers::on_refused(StrategyId strategy, const Now& now) noexcept {
  if (!is_watched(strategy)) return;
  const risk::Finding finding = flow_.on_refused(strategy, now.mono);
  if (finding.severity == risk::Severity::kHard) [[unlikely]]
    escalate(Scope::of(strategy), Mode::kHalted, finding.what, now);
}

void Breakers::on_message(StrategyId strategy, const Now& now) noexcept {
  if (is_watched(strategy)) flow_.on_message(strategy, now.mono);
}

void Breakers::on_venue_reject(StrategyId strategy, const Now& now) noexcept {
  const risk::Finding session = flow_.on_session_reject(now.mono);
  if (session.severity == risk::Severity::kHard) {
    escalate(Scope::account(), Mode::kHalted, session.what, now);
  }
  if (!is_watched(strategy)) return;
  const risk::Finding finding = flow_.on_venue_reject(strategy, now.mono);
  if (finding.severity == risk::Severity::kHard) {
    escalate(Scope::of(strategy), Mode::kHalted, finding.what, now);
  }
}

void Breakers::on_fill(const BreakerFill& fill, const Now& now) noexcept {
  if (const risk::Finding misfit = risk::judge_fill(fill.facts);
      misfit.severity == risk::Severity::kHard) {
    escalate(Scope::account(), Mode::kHalted, misfit.what, now);
  }
  if (fill.is_closing) close_trade(fill);
  if (!is_watched(fill.strategy) || !instruments_.contains(fill.symbol)) return;
  if (fill.is_first) {
    std::uint64_t& executions =
        losses_.marks().scopes[BreakerMarks::kFirstStrategy + fill.strategy.raw()].executions;
    ++executions;
    const risk::Finding repeated =
        risk::judge_repeated_execution(executions, limits_.of(fill.strategy).executions_max);
    if (repeated.severity == risk::Severity::kHard) {
      escalate(Scope::of(fill.strategy), Mode::kHalted, repeated.what, now);
    }
  }
  const risk::Finding velocity =
      flow_.on_trade(fill.strategy, fill.symbol, fill.qty, fill.px, now.mono);
  if (velocity.severity == risk::Severity::kHard) freeze(fill, velocity, now);
}

void Breakers::close_trade(const BreakerFill& fill) noexcept {
  const auto close = [&](std::size_t i) noexcept {
    scopes_[i].row.on_closed(fill.order_id, fill.result);
    losses_.marks().scopes[i].losses_in_row = scopes_[i].row.count();
  };
  close(BreakerMarks::kGlobal);
  close(BreakerMarks::kAccount);
  if (is_watched(fill.strategy)) close(BreakerMarks::kFirstStrategy + fill.strategy.raw());
}

void Breakers::freeze(const BreakerFill& fill, const risk::Finding& finding,
                      const Now& now) noexcept {
  const Nanos freeze_for = limits_.of(fill.symbol).velocity_freeze;
  if (freeze_for <= Nanos{0} || freeze_for == risk::kOffAge) {
    return escalate(Scope::of(fill.strategy), Mode::kHalted, finding.what, now);
  }
  MonoTime& until = frozen_until_[place_of(fill.strategy, fill.symbol)];
  const bool is_new = until == MonoTime{};
  until = now.mono + freeze_for;
  stops_.set_frozen(fill.strategy, fill.symbol, finding.what);
  if (!is_new) return;
  ++frozen_count_;
  counters_.frozen.add();
  tell("frozen", Scope::of(fill.strategy), finding.what, now);
}

void Breakers::on_first_word(Nanos latency, const Now& now) noexcept {
  constexpr Nanos::rep kWeight = 16;
  if (latency < Nanos{0}) return;
  latency_ = has_latency_ ? latency_ + (latency - latency_) / kWeight : latency;
  has_latency_ = true;
  counters_.venue_latency_ns.set(latency_.count());
  const risk::Finding finding = risk::judge_latency(latency_, limits_.account);
  if (finding.severity == risk::Severity::kHard) {
    escalate(Scope::account(), Mode::kSafeMode, finding.what, now);
  }
  const bool is_soft = finding.severity == risk::Severity::kSoft;
  if (is_soft && !is_latency_told_) tell("near its limit", Scope::account(), finding.what, now);
  is_latency_told_ = finding.severity != risk::Severity::kNone;
}

void Breakers::on_unknown(SymbolId symbol, Nanos age, const Now& now) noexcept {
  const risk::Finding finding = risk::judge_unknown_age(age, limits_.account);
  if (finding.severity == risk::Severity::kHard) [[unlikely]]
    escalate(Scope::of(symbol), Mode::kSafeMode, finding.what, now);
}

void Breakers::on_position_mismatch(SymbolId symbol, Qty venue, Qty believed,
                                    const Now& now) noexcept {
  const risk::Finding finding =
      risk::judge_position_mismatch(venue, believed, limits_.of(symbol).position_tolerance);
  if (finding.severity != risk::Severity::kHard) return;
  const Mode mode = mismatch_count_++ == 0 ? Mode::kSafeMode : Mode::kHalted;
  escalate(Scope::account(), mode, finding.what, now);
}

// ---- each turn
// -----------------------------------------------------------------------------------

void Breakers::step(const PositionKeeper& positions, std::uint32_t unknown_count,
                    const Now& now) noexcept {
  if (modes_.version() != version_seen_) look_at_modes();
  look_at_unknown(unknown_count, now);
  const LossWatch::Looked looked = losses_.step(positions, now);
  if (looked.symbol != kNoSymbol) look_at_book(looked, now);
  if (looked.is_round_complete) {
    for (std::size_t i = 0; i < scopes_.size(); ++i) judge_scope(i, now);
    publish();
  }
  if (now.mono < timer_next_) return;
  timer_next_ = now.mono + kTimer;
  thaw(now);
  look_at_ratios(now);
  look_at_clock(now);
}

void Breakers::look_at_modes() noexcept {
  version_seen_ = modes_.version();
  for (std::size_t i = 0; i < scopes_.size(); ++i) {
    const risk::ModeBoard::State state = modes_.asked_of(scope_at(i));
    // Raised and lowered again between two looks is lowered, too.
    const bool is_back = state.mode == scopes_[i].seen && state.number != scopes_[i].number;
    const bool is_lowered = is_back || strictness(state.mode) < strictness(scopes_[i].seen);
    scopes_[i].seen = state.mode;
    scopes_[i].number = state.number;
    if (is_lowered) count_anew(i);
  }
}

void Breakers::count_anew(std::size_t scope) noexcept {
  losses_.count_anew(scope);
  scopes_[scope].row.set(0);
  scopes_[scope].is_unknown = false;
  if (scope == BreakerMarks::kAccount) {
    flow_.count_account_anew();
    mismatch_count_ = 0;
    has_latency_ = false;
    is_clock_lost_ = false;
  }
  if (scope >= BreakerMarks::kFirstStrategy) {
    flow_.count_anew(
        StrategyId{static_cast<StrategyId::rep>(scope - BreakerMarks::kFirstStrategy)});
  }
}

void Breakers::judge_scope(std::size_t i, const Now& now) noexcept {
  const risk::LossLimits& limits = losses_.limits_of(i);
  if (limits.is_off()) return;
  ScopeState& state = scopes_[i];
  const Scope scope = scope_at(i);
  const RiskScope rule_scope = i == BreakerMarks::kGlobal    ? RiskScope::kGlobal
                               : i == BreakerMarks::kAccount ? RiskScope::kAccount
                                                             : RiskScope::kStrategy;
  const std::optional<risk::LossFigures> figures = losses_.figures(i, now);
  if (!figures) {
    if (!state.is_unknown) {
      state.unknown_since = now.mono;
      counters_.results_unknown.add();
    }
    state.is_unknown = true;
    const risk::Finding finding = risk::judge_unknown_result(now.mono - state.unknown_since,
                                                             limits_.result_grace, rule_scope);
    if (finding.severity == risk::Severity::kHard) {
      escalate(scope, Mode::kSafeMode, finding.what, now);
    }
    return;
  }
  if (state.is_unknown) counters_.results_unknown.add(-1);
  state.is_unknown = false;
  const risk::Finding finding = risk::judge_losses(*figures, limits, rule_scope);
  if (finding.severity == risk::Severity::kHard) escalate(scope, Mode::kHalted, finding.what, now);
  // Once: a human who lets it go on below the limit has seen it.
  const bool is_soft = finding.severity == risk::Severity::kSoft;
  if (is_soft && !state.is_soft_told) escalate(scope, Mode::kSafeMode, finding.what, now);
  state.is_soft_told = finding.severity != risk::Severity::kNone;
}

void Breakers::look_at_book(const LossWatch::Looked& looked, const Now& now) noexcept {
  const std::size_t i = looked.symbol.raw();
  if (looked.is_book_usable) {
    book_bad_since_[i] = MonoTime{};
    if (is_book_told_[i] != 0) counters_.books_unhealthy.add(-1);
    is_book_told_[i] = 0;
    return;
  }
  if (book_bad_since_[i] == MonoTime{}) book_bad_since_[i] = now.mono;
  if (is_book_told_[i] != 0) return;
  const risk::Finding finding =
      risk::judge_book(now.mono - book_bad_since_[i], limits_.of(looked.symbol));
  if (finding.severity == risk::Severity::kNone) return;
  is_book_told_[i] = 1;
  counters_.books_unhealthy.add();
  tell("its book is out of order", Scope::of(looked.symbol), finding.what, now);
}

void Breakers::look_at_unknown(std::uint32_t unknown_count, const Now& now) noexcept {
  const risk::Finding finding = risk::judge_unknown_count(unknown_count, limits_.account);
  if (finding.severity == risk::Severity::kNone) [[likely]] {
    if (is_unknown_stopped_) stops_.set_unknown({});
    is_unknown_stopped_ = false;
    return;
  }
  stops_.set_unknown(finding.what);
  is_unknown_stopped_ = true;
  escalate(Scope::account(), Mode::kSafeMode, finding.what, now);
}

void Breakers::look_at_ratios(const Now& now) noexcept {
  take_ratio(flow_.account_ratio(now.mono), std::nullopt,
             scopes_[BreakerMarks::kAccount].is_ratio_told, now);
  for (std::size_t i = 0; i < strategy_count_; ++i) {
    const StrategyId strategy{static_cast<StrategyId::rep>(i)};
    take_ratio(flow_.ratio(strategy, now.mono), strategy,
               scopes_[BreakerMarks::kFirstStrategy + i].is_ratio_told, now);
  }
}

void Breakers::take_ratio(const risk::Finding& finding, std::optional<StrategyId> strategy,
                          bool& is_told, const Now& now) noexcept {
  const bool is_hard = finding.severity == risk::Severity::kHard;
  const Reject stop = is_hard ? finding.what : Reject{};
  if (strategy) {
    stops_.set_ratio(*strategy, stop);
  } else {
    stops_.set_ratio(stop);
  }
  const bool is_found = finding.severity != risk::Severity::kNone;
  if (is_found && !is_told) {
    tell("near its limit, then refused", strategy ? Scope::of(*strategy) : Scope::account(),
         finding.what, now);
  }
  is_told = is_found;
}

void Breakers::look_at_clock(const Now& now) noexcept {
  if (allowance_ == nullptr) return;
  const bool is_lost = allowance_->refusal.reason == RejectReason::kClock;
  if (!is_lost) {
    has_had_clock_ = has_had_clock_ || allowance_->refusal.reason == RejectReason::kNone;
    is_clock_lost_ = false;
    return;
  }
  // Before it was known for the first time, nothing has left.
  if (!has_had_clock_) return;
  if (!is_clock_lost_) clock_lost_since_ = now.mono;
  is_clock_lost_ = true;
  const risk::Finding finding = risk::judge_clock(now.mono - clock_lost_since_, limits_.account);
  if (finding.severity == risk::Severity::kHard) {
    escalate(Scope::account(), Mode::kSafeMode, finding.what, now);
  }
}

void Breakers::thaw(const Now& now) noexcept {
  if (frozen_count_ == 0) [[likely]]
    return;
  for (std::size_t i = 0; i < frozen_until_.size(); ++i) {
    if (frozen_until_[i] == MonoTime{} || now.mono < frozen_until_[i]) continue;
    const StrategyId strategy{static_cast<StrategyId::rep>(i / instruments_.size())};
    const SymbolId symbol{static_cast<SymbolId::rep>(i % instruments_.size())};
    frozen_until_[i] = MonoTime{};
    --frozen_count_;
    counters_.frozen.add(-1);
    flow_.forget_trades(strategy, symbol);
    stops_.set_frozen(strategy, symbol, {});
    log_.post(LogLevel::kInfo, now.mono, "breaker: strategy {} may trade symbol {} again",
              strategy.raw(), symbol.raw());
  }
}

void Breakers::publish() noexcept {
  if (losses_.marks() == published_marks_) return;
  published_marks_ = losses_.marks();
  published_.store(published_marks_);
}

}  // namespace portcullis::oms
