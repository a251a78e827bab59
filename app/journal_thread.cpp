#include "app/journal_thread.hpp"

#include <chrono>
#include <utility>

#include <pthread.h>

#include "core/idle_strategy.hpp"

namespace portcullis::app {

namespace {

using std::chrono::microseconds;

// Between two syncs. Asynchronous: what a power failure can take, beside the sync under way. Group:
// what an order waits at most, beside its sync.
microseconds interval_of(journal::Durability durability) noexcept {
  return durability == journal::Durability::kAsync ? microseconds{1'000} : microseconds{200};
}

}  // namespace

JournalThread::JournalThread(journal::Journal& journal, const MonoClock& clock,
                             CounterFile& counters, Heartbeat heartbeat)
    : journal_{journal},
      clock_{clock},
      health_{counters.allocate("journal.health")},
      durable_bytes_{counters.allocate("journal.durable_bytes")},
      turn_ns_max_{counters.allocate("journal.turn_ns_max")},
      heartbeat_{heartbeat} {
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
  const bool is_sync = journal_.durability() == journal::Durability::kSync;
  const microseconds interval = interval_of(journal_.durability());
  IdleStrategy idle{IdleKind::kYield};  // an order waits for each record
  while (!stop.stop_requested()) {
    const MonoTime begin = clock_.now();
    const bool has_worked = journal_.turn(begin);
    turn_ns_max_.set_max((clock_.now() - begin).count());
    heartbeat_.beat(begin);
    health_.set(static_cast<std::int64_t>(journal_.health()));
    durable_bytes_.set(static_cast<std::int64_t>(journal_.durable()));
    if (const std::string& error = journal_.keeper().error(); error != last_error_) {
      const std::scoped_lock lock{mutex_};
      last_error_ = error;
    }
    if (is_sync) {
      idle.idle(has_worked ? 1 : 0);
    } else {
      std::this_thread::sleep_for(interval);
    }
  }
}

std::string JournalThread::last_error() const {
  const std::scoped_lock lock{mutex_};
  return last_error_;
}

}  // namespace portcullis::app
