#pragma once

#include "core/counters.hpp"
#include "core/time.hpp"

namespace portcullis {

// From the start of one turn to the start of the next, idle time included. A latency histogram
// records work that happened; a thread taken off its CPU for 4 ms with an empty ring records
// nothing there, and shows here.
class DutyCycle {
 public:
  struct Counters {
    Counter cycles;          // turns so far: a thread whose count stands still is stuck
    Counter max_ns;          // longest turn since the start
    Counter over_threshold;  // turns longer than the threshold
  };

  DutyCycle(Nanos threshold, Counters counters) noexcept
      : threshold_{threshold},
        counters_{counters} {}

  // The runner's thread, once a turn, with the turn's time.
  void on_turn(MonoTime now) noexcept {
    counters_.cycles.add();
    if (has_last_) {
      const Nanos elapsed = now - last_;
      counters_.max_ns.set_max(elapsed.count());
      if (elapsed > threshold_) counters_.over_threshold.add();
    }
    has_last_ = true;
    last_ = now;
  }

 private:
  Nanos threshold_;
  Counters counters_;
  MonoTime last_{};
  bool has_last_{false};
};

}  // namespace portcullis
