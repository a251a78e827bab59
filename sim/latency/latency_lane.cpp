#include "sim/latency/latency_lane.hpp"

#include <chrono>
#include <utility>

namespace portcullis::sim {

void LatencyLane::pass(Nanos delay, Task task) {
  const bool is_delayed = delay > Nanos{0};
  if (!is_delayed && (way_ == nullptr || way_->entries.empty())) return task();
  if (way_ == nullptr) way_ = std::make_shared<Way>();
  const std::uint64_t number = way_->first_number + way_->entries.size();
  way_->entries.push_back({std::move(task), !is_delayed});
  if (!is_delayed) return;
  scheduler_.after(std::chrono::ceil<std::chrono::microseconds>(delay),
                   [way = way_, number] { arrive(*way, number); });
}

void LatencyLane::arrive(Way& way, std::uint64_t number) {
  way.entries[number - way.first_number].is_due = true;
  while (!way.entries.empty() && way.entries.front().is_due) {
    Task task = std::move(way.entries.front().task);
    way.entries.pop_front();
    ++way.first_number;
    task();
  }
}

}  // namespace portcullis::sim
