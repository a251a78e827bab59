#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

#include "core/time.hpp"
#include "sim/net/text_sink.hpp"

namespace portcullis::sim {

// A way that takes time and keeps its order, as a connection does: what goes in later never comes
// out earlier, however short its own delay. No clock is read: the scheduler's order decides. One
// thread.
class LatencyLane {
 public:
  using Task = std::move_only_function<void()>;

  explicit LatencyLane(Scheduler& scheduler) : scheduler_{scheduler} {}

  // Runs `task` after `delay` (rounded up to microseconds), or when what is ahead has been run, if
  // that is later; at once when there is neither. What is under way goes on without the lane.
  void pass(Nanos delay, Task task);

 private:
  struct Entry {
    Task task;
    bool is_due;
  };
  struct Way {
    std::deque<Entry> entries;
    std::uint64_t first_number{0};  // of the entry in front
  };

  static void arrive(Way& way, std::uint64_t number);

  Scheduler& scheduler_;
  std::shared_ptr<Way> way_;  // null until something is delayed
};

}  // namespace portcullis::sim
