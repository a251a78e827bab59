#pragma once

#include <atomic>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/agent.hpp"
#include "core/clock.hpp"
#include "core/counters.hpp"
#include "core/duty_cycle.hpp"
#include "core/heartbeat_page.hpp"
#include "core/idle_strategy.hpp"
#include "core/no_alloc.hpp"
#include "core/time.hpp"

namespace portcullis {

struct RunnerSettings {
  std::string name{};        // the thread's and its counters'; the kernel shows 15 characters
  std::optional<int> cpu{};  // pin here; nothing leaves it to the scheduler
  IdleKind idle{IdleKind::kBackoff};
  bool may_allocate{false};          // true for cold threads only
  Nanos cycle_threshold{1'000'000};  // a longer turn is counted (core/duty_cycle.hpp)
};

// What became of the thread's wishes. A pin that failed is a warning to show at start-up and a
// counter ("thread.<name>.setup_failures"); the thread runs all the same.
struct RunnerReport {
  bool is_pinned{false};
  bool is_named{false};
  std::vector<std::string> warnings;
};

// Owns a thread and turns an agent on it: takes the time once a turn, keeps the duty-cycle
// counters, idles as told, and lets nothing allocate.
//
// An agent may have `void on_start(const Now&) noexcept`: called on the thread before the first
// turn, where allocation is still allowed.
class AgentRunner {
 public:
  // Allocates the counters "thread.<name>.*". Clock and offset must outlive the runner.
  AgentRunner(const MonoClock& clock, const WallOffset& wall, CounterFile& counters,
              RunnerSettings settings);
  ~AgentRunner() { stop(); }
  AgentRunner(const AgentRunner&) = delete;
  AgentRunner& operator=(const AgentRunner&) = delete;

  // Before start(): the line to move at the end of each turn.
  void show_on(Heartbeat heartbeat) noexcept { heartbeat_ = heartbeat; }

  // Once. Returns when the thread is set up (named, pinned) and about to run; the report is final
  // then. The agent must outlive stop().
  template <Agent A>
  void start(A& agent) {
    thread_ = std::thread{[this, &agent] {
      set_up_thread();
      ready_.count_down();
      run(agent);
    }};
    ready_.wait();
  }

  // Any thread but the runner's own; returns when the agent has made its last turn. Twice is once.
  void stop() noexcept;

  // After start().
  [[nodiscard]] const RunnerReport& report() const noexcept { return report_; }
  [[nodiscard]] const RunnerSettings& settings() const noexcept { return settings_; }

 private:
  void set_up_thread();
  void warn(std::string text);

  [[nodiscard]] Now now() const noexcept {
    const MonoTime mono = clock_.now();
    return Now{.mono = mono, .wall = wall_.at(mono)};
  }

  template <Agent A>
  void run(A& agent) noexcept {
    if constexpr (requires { agent.on_start(now()); }) agent.on_start(now());
    std::optional<NoAllocScope> hot;
    if (!settings_.may_allocate) hot.emplace(settings_.name.c_str());
    DutyCycle duty{settings_.cycle_threshold, duty_counters_};
    IdleStrategy idle{settings_.idle};
    Heartbeat heartbeat = heartbeat_;
    while (!stopping_.load(std::memory_order_relaxed)) {
      const Now turn = now();
      duty.on_turn(turn.mono);
      const int work = agent.do_work(turn);
      heartbeat.beat(turn.mono);
      idle.idle(work);
    }
  }

  const MonoClock& clock_;
  const WallOffset& wall_;
  RunnerSettings settings_;
  DutyCycle::Counters duty_counters_;
  Counter setup_failures_;
  Heartbeat heartbeat_;
  RunnerReport report_;  // written by the thread before ready_, read after
  std::latch ready_{1};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace portcullis
