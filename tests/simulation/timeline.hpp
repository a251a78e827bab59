#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "sim/net/text_sink.hpp"

namespace portcullis::simulation {

using Task = std::move_only_function<void()>;

// Simulated time, and what is to happen in it. Nothing happens between two moments, and what is due
// at the same moment happens in the order in which it was asked for.
class Timeline final : public sim::Scheduler {
 public:
  explicit Timeline(const Now& start) : now_{start} {}

  [[nodiscard]] const Now& now() const noexcept { return now_; }
  // Told of every new moment, before anything happens in it.
  void watch(std::move_only_function<void(const Now&)> watcher) {
    watchers_.push_back(std::move(watcher));
  }

  void at(MonoTime moment, Task task);
  void after(std::chrono::microseconds delay, Task task) override {
    at(now_.mono + delay, std::move(task));
  }
  // Does what is due until then, and stands there.
  void run_until(MonoTime moment);
  // Forgets what has not happened yet.
  void clear() { entries_.clear(); }

 private:
  struct Entry {
    MonoTime due;
    std::uint64_t number;
    Task task;
  };
  static bool is_later(const Entry& a, const Entry& b) noexcept {
    return std::pair{a.due, a.number} > std::pair{b.due, b.number};
  }
  void move_to(MonoTime moment);

  Now now_;
  std::vector<std::move_only_function<void(const Now&)>> watchers_;
  std::vector<Entry> entries_;  // a heap, the earliest in front
  std::uint64_t count_{0};
};

}  // namespace portcullis::simulation
