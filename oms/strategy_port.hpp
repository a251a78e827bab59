#pragma once

#include "core/messages.hpp"
#include "core/spsc_ring.hpp"
#include "oms/strategy_pulse.hpp"

namespace portcullis::oms {

// The two rings between one strategy and the order accounting, and its heartbeat. A strategy's
// StrategyId is its port's place in the list; what a message claims about it is overwritten.
struct StrategyPort {
  SpscRing<OrderCommand>* commands{nullptr};    // strategy thread -> trading thread
  SpscRing<ExecutionReport>* reports{nullptr};  // trading thread -> strategy thread
  const StrategyPulse* pulse{nullptr};          // strategy thread -> trading thread; null: none
};

}  // namespace portcullis::oms
