#include "risk/gate_counters.hpp"

#include <string>

namespace portcullis::risk {

GateCounters GateCounters::allocate(CounterFile& file) {
  GateCounters counters;
  for (std::size_t i = 1; i < kRejectReasonCount; ++i) {
    const std::string label = std::string{"risk.denied."} + to_string(static_cast<RejectReason>(i));
    counters.denied[i] = file.allocate(label);
  }
  counters.accepted = file.allocate("risk.accepted");
  counters.cancels = file.allocate("risk.cancels");
  return counters;
}

}  // namespace portcullis::risk
