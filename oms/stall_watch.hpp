#pragma once

#include <utility>

#include "core/log.hpp"
#include "core/time.hpp"
#include "oms/oms_counters.hpp"
#include "oms/oms_settings.hpp"

namespace portcullis::oms {

// Notices that its thread stood still (SIGSTOP, a machine that slept, a CPU that others took): the
// world has gone on meanwhile, and what was decided before the stop is old. Trading thread only.
class StallWatch {
 public:
  StallWatch(const OmsSettings& settings, LogRing& log, OmsCounters& counters) noexcept
      : stall_max_{settings.stall_max},
        log_{log},
        counters_{counters} {}

  // First in each turn. True: the turn before was too long ago.
  [[nodiscard]] bool look(MonoTime now) noexcept {
    const MonoTime before = std::exchange(last_turn_, now);
    const bool is_off = stall_max_ == Nanos{0} || before == MonoTime{};
    if (is_off || now - before <= stall_max_) [[likely]]
      return false;
    counters_.stalls.add();
    log_.post(LogLevel::kError, now,
              "oms: this thread stood still for {} ms: no new orders until the account has been "
              "compared with the venue's",
              (now - before).count() / 1'000'000);
    return true;
  }

 private:
  Nanos stall_max_;
  LogRing& log_;
  OmsCounters& counters_;
  MonoTime last_turn_{};
};

}  // namespace portcullis::oms
