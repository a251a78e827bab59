#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/ids.hpp"

namespace portcullis {

// What may be done, of the whole gateway or of a part of it. Which mode follows which is data
// (kModeMoves): escalation is anyone's, de-escalation a named human's (docs/kill_switch.md).
enum class Mode : std::uint8_t {
  kInitializing,  // not reconciled with the venue: no new orders, cancels pass
  kRunning,
  kSafeMode,     // reduce-only: an order passes that moves the position toward flat and not beyond
  kCancelOnly,   // no new orders, cancels pass
  kMaintenance,  // the same, planned: the venue's or ours
  kHalted,       // killed: no new orders, everything is cancelled and seen to be gone
  kShutdown,     // draining: the same, and then the process ends
  kCount,
};
inline constexpr auto kModeCount = static_cast<std::size_t>(Mode::kCount);

// Later is stricter. Of an order's scopes the strictest mode holds.
[[nodiscard]] constexpr int strictness(Mode mode) noexcept {
  constexpr std::array<int, kModeCount> kOf{2, 0, 1, 3, 4, 6, 5};
  return kOf[static_cast<std::size_t>(mode)];
}

// "RUNNING", "SAFE_MODE", ...; parse takes either case.
[[nodiscard]] const char* to_string(Mode mode) noexcept;
[[nodiscard]] std::optional<Mode> parse_mode(std::string_view text) noexcept;

// Who may take a scope from one mode to another.
enum class ModeMove : std::uint8_t {
  kNever,
  kSession,    // the order accounting: reconciled with the venue, or not any more
  kAutomatic,  // any stage, thread or human: it becomes stricter
  kHuman,      // a named human with a reason, while the gateway runs
  kRestart,    // the same, and it takes effect at the next start
};
[[nodiscard]] const char* to_string(ModeMove move) noexcept;

// [from][to], in the order of Mode. A kill of the whole gateway or account ends with a restart,
// which reconciles from the beginning; one of a strategy or a symbol while the rest goes on
// (ModeBoard::lower).
inline constexpr std::array<std::array<ModeMove, kModeCount>, kModeCount> kModeMoves = [] {
  using enum ModeMove;
  return std::array<std::array<ModeMove, kModeCount>, kModeCount>{{
      // INITIALIZING RUNNING SAFE_MODE CANCEL_ONLY MAINTENANCE HALTED SHUTDOWN
      {kNever, kSession, kAutomatic, kAutomatic, kAutomatic, kAutomatic, kAutomatic},
      {kSession, kNever, kAutomatic, kAutomatic, kAutomatic, kAutomatic, kAutomatic},
      {kSession, kHuman, kNever, kAutomatic, kAutomatic, kAutomatic, kAutomatic},
      {kNever, kHuman, kHuman, kNever, kAutomatic, kAutomatic, kAutomatic},
      {kNever, kHuman, kHuman, kHuman, kNever, kAutomatic, kAutomatic},
      {kRestart, kHuman, kHuman, kHuman, kHuman, kNever, kNever},
      {kNever, kNever, kNever, kNever, kNever, kAutomatic, kNever},
  }};
}();

[[nodiscard]] constexpr ModeMove move_between(Mode from, Mode to) noexcept {
  return kModeMoves[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
}

// What a mode holds for.
enum class ScopeKind : std::uint8_t { kGlobal, kAccount, kStrategy, kSymbol };

struct Scope {
  ScopeKind kind{ScopeKind::kGlobal};
  std::uint16_t index{0};  // a StrategyId or a SymbolId; zero of the other two

  [[nodiscard]] static constexpr Scope global() noexcept { return {}; }
  [[nodiscard]] static constexpr Scope account() noexcept { return {ScopeKind::kAccount, 0}; }
  [[nodiscard]] static constexpr Scope of(StrategyId id) noexcept {
    return {ScopeKind::kStrategy, id.raw()};
  }
  [[nodiscard]] static constexpr Scope of(SymbolId id) noexcept {
    return {ScopeKind::kSymbol, id.raw()};
  }
  // Whether an order of this strategy and symbol is in it.
  [[nodiscard]] constexpr bool covers(StrategyId strategy, SymbolId symbol) const noexcept {
    switch (kind) {
      case ScopeKind::kGlobal:
      case ScopeKind::kAccount: return true;
      case ScopeKind::kStrategy: return index == strategy.raw();
      case ScopeKind::kSymbol: return index == symbol.raw();
    }
    return true;
  }
  friend bool operator==(const Scope&, const Scope&) noexcept = default;
};

[[nodiscard]] const char* to_string(ScopeKind kind) noexcept;  // "global", "strategy", ...

}  // namespace portcullis
