#include "tests/simulation/timeline.hpp"

#include <algorithm>

namespace portcullis::simulation {

void Timeline::at(MonoTime moment, Task task) {
  entries_.push_back({std::max(moment, now_.mono), ++count_, std::move(task)});
  std::ranges::push_heap(entries_, is_later);
}

void Timeline::run_until(MonoTime moment) {
  while (!entries_.empty() && entries_.front().due <= moment) {
    std::ranges::pop_heap(entries_, is_later);
    Entry entry = std::move(entries_.back());
    entries_.pop_back();
    move_to(entry.due);
    entry.task();
  }
  move_to(moment);
}

void Timeline::move_to(MonoTime moment) {
  if (moment <= now_.mono) return;
  now_.wall += moment - now_.mono;
  now_.mono = moment;
  for (auto& watcher : watchers_) watcher(now_);
}

}  // namespace portcullis::simulation
