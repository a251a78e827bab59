#include "risk/mode_board.hpp"

#include <utility>

namespace portcullis::risk {

namespace {

// mode | cause << 8 | rule << 16 | latched << 24 | number << 32
constexpr std::uint64_t kLatchedBit = 1U << 24;

std::uint64_t word_of(const ModeBoard::State& state) noexcept {
  return std::uint64_t{std::to_underlying(state.mode)} |
         std::uint64_t{std::to_underlying(state.cause)} << 8 |
         std::uint64_t{std::to_underlying(state.rule)} << 16 |
         (state.is_latched ? kLatchedBit : 0U) | std::uint64_t{state.number} << 32;
}

ModeBoard::State state_in(std::uint64_t word) noexcept {
  return {.mode = static_cast<Mode>(word & 0xFF),
          .cause = static_cast<ModeCause>(word >> 8 & 0xFF),
          .rule = static_cast<RejectReason>(word >> 16 & 0xFF),
          .is_latched = (word & kLatchedBit) != 0,
          .number = static_cast<std::uint32_t>(word >> 32)};
}

Mode mode_of(TradingState state) noexcept {
  switch (state) {
    case TradingState::kStarting: return Mode::kInitializing;
    case TradingState::kTrading: return Mode::kRunning;
    case TradingState::kDraining: return Mode::kShutdown;
    case TradingState::kCancelOnly: return Mode::kCancelOnly;
    case TradingState::kHalted: return Mode::kHalted;
  }
  return Mode::kHalted;
}

}  // namespace

const char* to_string(ModeCause cause) noexcept {
  switch (cause) {
    case ModeCause::kNone: return "none";
    case ModeCause::kSignal: return "signal";
    case ModeCause::kFlagFile: return "flag file";
    case ModeCause::kFlagPage: return "flag page";
    case ModeCause::kOperator: return "operator";
    case ModeCause::kBreaker: return "breaker";
    case ModeCause::kEarlierRun: return "latched by an earlier run";
    case ModeCause::kOutside: return "latched by another process";
  }
  return "?";
}

ModeBoard::ModeBoard(KillSwitch& kill_switch, std::size_t strategy_count, std::size_t symbol_count)
    : kill_switch_{kill_switch},
      strategy_count_{strategy_count},
      symbol_count_{symbol_count},
      words_{std::make_unique<Word[]>(kFirstStrategy + strategy_count + symbol_count)} {
  for (std::size_t i = 0; i < scope_count(); ++i) {
    words_[i].store(word_of({}), std::memory_order_relaxed);
  }
}

std::optional<std::size_t> ModeBoard::index_of(Scope scope) const noexcept {
  switch (scope.kind) {
    case ScopeKind::kGlobal: return 0;
    case ScopeKind::kAccount: return 1;
    case ScopeKind::kStrategy:
      if (scope.index < strategy_count_) return kFirstStrategy + scope.index;
      break;
    case ScopeKind::kSymbol:
      if (scope.index < symbol_count_) return kFirstStrategy + strategy_count_ + scope.index;
      break;
  }
  return std::nullopt;
}

Scope ModeBoard::scope_at(std::size_t i) const noexcept {
  if (i == 0) return Scope::global();
  if (i == 1) return Scope::account();
  if (i < kFirstStrategy + strategy_count_) {
    return Scope::of(StrategyId{static_cast<StrategyId::rep>(i - kFirstStrategy)});
  }
  return Scope::of(SymbolId{static_cast<SymbolId::rep>(i - kFirstStrategy - strategy_count_)});
}

bool ModeBoard::escalate(const ModeRequest& request) noexcept {
  const std::optional<std::size_t> index = index_of(request.scope);
  if (!index) {
    return escalate({.scope = Scope::global(),
                     .mode = Mode::kHalted,
                     .cause = request.cause,
                     .rule = request.rule});
  }
  if (request.mode == Mode::kRunning || request.mode == Mode::kInitializing) return false;
  State wanted{.mode = request.mode, .cause = request.cause, .rule = request.rule};
  std::uint64_t word = words_[*index].load(std::memory_order_acquire);
  do {  // each round somebody else has made it stricter: as many rounds as there are modes
    const State current = state_in(word);
    if (strictness(current.mode) >= strictness(request.mode)) return false;
    wanted.number = current.number + 1;
  } while (!words_[*index].compare_exchange_weak(word, word_of(wanted), std::memory_order_acq_rel));
  if (*index == 0) hand_on(request.mode);
  version_.fetch_add(1, std::memory_order_acq_rel);
  return true;
}

void ModeBoard::hand_on(Mode mode) noexcept {
  if (mode == Mode::kHalted) kill_switch_.kill();
  if (mode == Mode::kShutdown) kill_switch_.drain();
  if (mode == Mode::kCancelOnly || mode == Mode::kMaintenance) kill_switch_.cancel_only();
}

Mode ModeBoard::mode_at(std::size_t i) const noexcept {
  return state_in(words_[i].load(std::memory_order_acquire)).mode;
}

ModeBoard::Standing ModeBoard::strictest(StrategyId strategy, SymbolId symbol) const noexcept {
  if (strategy.raw() >= strategy_count_) return {Mode::kHalted, Scope::of(strategy)};
  if (symbol.raw() >= symbol_count_) return {Mode::kHalted, Scope::of(symbol)};
  Standing standing{mode_at(0), Scope::global()};
  const auto consider = [&standing](Mode mode, Scope scope) noexcept {
    if (strictness(mode) > strictness(standing.mode)) standing = {mode, scope};
  };
  consider(mode_at(1), Scope::account());
  consider(mode_at(kFirstStrategy + strategy.raw()), Scope::of(strategy));
  consider(mode_at(kFirstStrategy + strategy_count_ + symbol.raw()), Scope::of(symbol));
  return standing;
}

ModeBoard::State ModeBoard::asked_of(Scope scope) const noexcept {
  const std::optional<std::size_t> index = index_of(scope);
  if (!index) return {.mode = Mode::kHalted};
  State state = state_in(words_[*index].load(std::memory_order_acquire));
  if (*index == 0 && state.mode == Mode::kHalted) state.is_latched = kill_switch_.is_latched();
  return state;
}

ModeBoard::State ModeBoard::state_of(Scope scope) const noexcept {
  State state = asked_of(scope);
  if (scope != Scope::global()) return state;
  const Mode mode = mode_of(kill_switch_.state());
  if (strictness(mode) <= strictness(state.mode)) return state;
  state = {.mode = mode, .cause = ModeCause::kSignal};  // a signal's, or start-up's
  if (mode == Mode::kInitializing) state.cause = ModeCause::kNone;
  if (mode == Mode::kHalted) state.is_latched = kill_switch_.is_latched();
  return state;
}

void ModeBoard::mark_latched(Scope scope, Mode mode) noexcept {
  const std::optional<std::size_t> index = index_of(scope);
  if (!index) return;
  std::uint64_t word = words_[*index].load(std::memory_order_acquire);
  do {
    if (state_in(word).mode != mode) return;
  } while (
      !words_[*index].compare_exchange_weak(word, word | kLatchedBit, std::memory_order_acq_rel));
  if (*index == 0 && mode == Mode::kHalted) kill_switch_.mark_latched();
}

void ModeBoard::restore(Scope scope, Mode mode) noexcept {
  (void)escalate({.scope = scope, .mode = mode, .cause = ModeCause::kEarlierRun});
  mark_latched(scope, mode);
}

bool ModeBoard::lower(Scope scope, Mode from, Mode to) noexcept {
  const std::optional<std::size_t> index = index_of(scope);
  if (!index || move_between(from, to) != ModeMove::kHuman) return false;
  const bool is_whole = scope.kind == ScopeKind::kGlobal || scope.kind == ScopeKind::kAccount;
  if (is_whole && from == Mode::kHalted) return false;  // the next start does it
  std::uint64_t word = words_[*index].load(std::memory_order_acquire);
  if (state_in(word).mode != from) return false;
  State state = state_in(word);
  state.mode = to;
  state.is_latched = true;  // the latch was lowered before
  const std::uint32_t number = state.number + 1;
  if (to == Mode::kRunning) state = {};
  state.number = number;
  const bool may_order = to == Mode::kRunning || to == Mode::kSafeMode;
  // Before the word, which holds until then: a signal that comes in between is not lost.
  if (*index == 0 && may_order) kill_switch_.end_cancel_only();
  if (!words_[*index].compare_exchange_strong(word, word_of(state), std::memory_order_acq_rel)) {
    if (*index == 0) hand_on(state_in(word).mode);
    return false;
  }
  version_.fetch_add(1, std::memory_order_acq_rel);
  return true;
}

}  // namespace portcullis::risk
