#include "app/snapshot_thread.hpp"

#include <chrono>

#include <pthread.h>

#include "core/clock.hpp"

namespace portcullis::app {

SnapshotThread::SnapshotThread(const journal::Journal& journal, journal::SegmentStore& segments,
                               journal::SnapshotStore& snapshots, const oms::OmsSettings& orders,
                               const oms::SnapshotMaker::Settings& settings, CounterFile& counters)
    : journal_{journal},
      orders_{orders},
      maker_{segments, snapshots, orders_, settings},
      made_{counters.allocate("journal.snapshots_made")},
      failed_{counters.allocate("journal.snapshots_failed")},
      pruned_{counters.allocate("journal.segments_pruned")} {
}

void SnapshotThread::start() {
  thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
  pthread_setname_np(thread_.native_handle(), "snapshots");
}

void SnapshotThread::stop() noexcept {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void SnapshotThread::run(const std::stop_token& stop) {
  // Between two pieces, so that the disk is the journal's most of the time; and to look.
  constexpr std::chrono::milliseconds kPause{5};
  constexpr std::chrono::milliseconds kLook{100};
  while (!stop.stop_requested()) {
    const bool has_worked = maker_.turn(journal_.finished_segment(), wall_now());
    if (has_worked) show();
    std::this_thread::sleep_for(has_worked ? kPause : kLook);
  }
}

void SnapshotThread::show() {
  made_.set(static_cast<std::int64_t>(maker_.made_count()));
  failed_.set(static_cast<std::int64_t>(maker_.failed_count()));
  pruned_.set(static_cast<std::int64_t>(maker_.pruned_count()));
  const std::scoped_lock lock{mutex_};
  last_error_ = maker_.error();
}

std::string SnapshotThread::last_error() const {
  const std::scoped_lock lock{mutex_};
  return last_error_;
}

}  // namespace portcullis::app
