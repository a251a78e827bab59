#include "core/kill_switch.hpp"

namespace portcullis {

const char* to_string(TradingState state) noexcept {
  switch (state) {
    case TradingState::kStarting: return "starting";
    case TradingState::kTrading: return "trading";
    case TradingState::kDraining: return "draining";
    case TradingState::kCancelOnly: return "cancel-only";
    case TradingState::kHalted: return "halted";
  }
  return "?";
}

}  // namespace portcullis
