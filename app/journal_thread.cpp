#include "app/journal_thread.hpp"

#include <chrono>
#include <utility>

#include <pthread.h>

namespace portcullis::app {

namespace {

// What an asynchronous journal can lose to a power failure, beside the sync that was under way.
constexpr auto kSyncInterval = std::chrono::milliseconds{1};

}  // namespace

JournalThread::JournalThread(journal::Journal& journal, const MonoClock& clock,
                             CounterFile& counters)
    : journal_{journal},
      clock_{clock},
      health_{counters.allocate("journal.health")},
      durable_bytes_{counters.allocate("journal.durable_bytes")},
      turn_ns_max_{counters.allocate("journal.turn_ns_max")} {
}

void JournalThread::start() {
  thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
  pthread_setname_np(thread_.native_handle(), "journal");
}

void JournalThread::stop() noexcept {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void JournalThread::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const MonoTime begin = clock_.now();
    (void)journal_.turn(begin);
    turn_ns_max_.set_max((clock_.now() - begin).count());
    health_.set(static_cast<std::int64_t>(journal_.health()));
    durable_bytes_.set(static_cast<std::int64_t>(journal_.durable()));
    if (const std::string& error = journal_.keeper().error(); error != last_error_) {
      const std::scoped_lock lock{mutex_};
      last_error_ = error;
    }
    std::this_thread::sleep_for(kSyncInterval);
  }
}

std::string JournalThread::last_error() const {
  const std::scoped_lock lock{mutex_};
  return last_error_;
}

}  // namespace portcullis::app
