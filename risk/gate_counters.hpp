#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "core/counters.hpp"
#include "core/reject_reason.hpp"

namespace portcullis::risk {

inline constexpr std::size_t kRejectReasonCount =
    static_cast<std::size_t>(std::to_underlying(RejectReason::kCount));

// What the gate counts: "risk.denied.<reason>", "risk.accepted", "risk.cancels". Default-made ones
// count into nowhere.
struct GateCounters {
  std::array<Counter, kRejectReasonCount> denied{};  // by RejectReason; kNone stays unused
  Counter accepted{};
  Counter cancels{};

  // Start-up only.
  [[nodiscard]] static GateCounters allocate(CounterFile& file);
};

}  // namespace portcullis::risk
