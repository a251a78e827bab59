#pragma once

#include <mutex>
#include <string>
#include <thread>

#include "core/clock.hpp"
#include "core/counters.hpp"
#include "core/heartbeat_page.hpp"
#include "core/journal/journal.hpp"

namespace portcullis::app {

// The journal's disk half on a thread of its own: a sync may take as long as the disk likes, and
// neither the trading thread nor the control loop waits for it.
class JournalThread {
 public:
  // All outlive it. Counters: journal.health (0 sound, 1 no space, 2 failed),
  // journal.durable_bytes, journal.turn_ns_max (the longest sync, near enough).
  JournalThread(journal::Journal& journal, const MonoClock& clock, CounterFile& counters,
                Heartbeat heartbeat);
  ~JournalThread() { stop(); }
  JournalThread(const JournalThread&) = delete;
  JournalThread& operator=(const JournalThread&) = delete;

  void start();
  void stop() noexcept;

  // Any thread: the last error of the disk; empty when there was none.
  [[nodiscard]] std::string last_error() const;

 private:
  void run(const std::stop_token& stop);

  journal::Journal& journal_;
  const MonoClock& clock_;
  Counter health_;
  Counter durable_bytes_;
  Counter turn_ns_max_;
  Heartbeat heartbeat_;
  mutable std::mutex mutex_;
  std::string last_error_;
  std::jthread thread_;
};

}  // namespace portcullis::app
