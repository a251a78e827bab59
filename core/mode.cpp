#include "core/mode.hpp"

#include <algorithm>

namespace portcullis {

const char* to_string(Mode mode) noexcept {
  switch (mode) {
    case Mode::kInitializing: return "INITIALIZING";
    case Mode::kRunning: return "RUNNING";
    case Mode::kSafeMode: return "SAFE_MODE";
    case Mode::kCancelOnly: return "CANCEL_ONLY";
    case Mode::kMaintenance: return "MAINTENANCE";
    case Mode::kHalted: return "HALTED";
    case Mode::kShutdown: return "SHUTDOWN";
    case Mode::kCount: break;
  }
  return "?";
}

std::optional<Mode> parse_mode(std::string_view text) noexcept {
  const auto is_same_letter = [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
  };
  for (std::size_t i = 0; i < kModeCount; ++i) {
    const auto mode = static_cast<Mode>(i);
    if (std::ranges::equal(text, std::string_view{to_string(mode)}, is_same_letter)) return mode;
  }
  return std::nullopt;
}

const char* to_string(ModeMove move) noexcept {
  switch (move) {
    case ModeMove::kNever: return "never";
    case ModeMove::kSession: return "session";
    case ModeMove::kAutomatic: return "anyone";
    case ModeMove::kHuman: return "human";
    case ModeMove::kRestart: return "human, then restart";
  }
  return "?";
}

const char* to_string(ScopeKind kind) noexcept {
  switch (kind) {
    case ScopeKind::kGlobal: return "global";
    case ScopeKind::kAccount: return "account";
    case ScopeKind::kStrategy: return "strategy";
    case ScopeKind::kSymbol: return "symbol";
  }
  return "?";
}

}  // namespace portcullis
