#pragma once

#include <mutex>
#include <string>
#include <thread>

#include "core/counters.hpp"
#include "core/journal/journal.hpp"
#include "oms/oms_settings.hpp"
#include "oms/snapshot_maker.hpp"

namespace portcullis::app {

// The journal's snapshots, and its pruning, on a thread of their own: reading a segment takes
// longer than an order may wait for the thread that syncs.
class SnapshotThread {
 public:
  // All outlive it; `orders` is copied, as it is now. Counters: journal.snapshots_made,
  // journal.snapshots_failed, journal.segments_pruned.
  SnapshotThread(const journal::Journal& journal, journal::SegmentStore& segments,
                 journal::SnapshotStore& snapshots, const oms::OmsSettings& orders,
                 const oms::SnapshotMaker::Settings& settings, CounterFile& counters);
  ~SnapshotThread() { stop(); }
  SnapshotThread(const SnapshotThread&) = delete;
  SnapshotThread& operator=(const SnapshotThread&) = delete;

  void start();
  // A snapshot that is not whole is given up.
  void stop() noexcept;

  // Any thread: the last error; empty when there was none.
  [[nodiscard]] std::string last_error() const;

 private:
  void run(const std::stop_token& stop);
  void show();

  const journal::Journal& journal_;
  const oms::OmsSettings orders_;
  oms::SnapshotMaker maker_;
  Counter made_;
  Counter failed_;
  Counter pruned_;
  mutable std::mutex mutex_;
  std::string last_error_;
  std::jthread thread_;
};

}  // namespace portcullis::app
