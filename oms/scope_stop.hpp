#pragma once

#include <cstddef>
#include <cstdint>

#include "core/mode.hpp"
#include "core/time.hpp"
#include "oms/cancel_sweep.hpp"
#include "oms/kill_report.hpp"

namespace portcullis::oms {

// The kill of one part of the gateway (the account, a strategy, a symbol): how far it has come.
// Trading thread only, the report apart. oms/stop_keeper.hpp moves it.
struct ScopeStop {
  ScopeStop(Scope whose, const OmsSettings& settings, std::size_t symbol_count)
      : scope{whose},
        sweep{settings, sweep_length(whose, symbol_count),
              whose.kind == ScopeKind::kSymbol ? whose.index : std::size_t{0}} {}

  // A strategy's orders are cancelled one by one: others may have some in the same symbols.
  [[nodiscard]] static constexpr std::size_t sweep_length(Scope scope,
                                                          std::size_t symbol_count) noexcept {
    switch (scope.kind) {
      case ScopeKind::kGlobal:
      case ScopeKind::kAccount: return symbol_count;
      case ScopeKind::kStrategy: return 0;
      case ScopeKind::kSymbol: return 1;
    }
    return symbol_count;
  }

  Scope scope;
  CancelSweep sweep;
  KillReportCell report;
  std::uint32_t number{0};  // ModeBoard::State::number of this kill
  MonoTime seen_at{};
  MonoTime look_next{};    // at its orders
  bool is_active{false};   // halted, until a human re-arms it
  bool is_started{false};  // latched, or waited for long enough: cancels leave
  bool is_fresh{false};    // the next look is the first: each cancel is due at once
  bool has_due{false};     // a cancel of its orders may be due now
};

}  // namespace portcullis::oms
