#include "core/agent_runner.hpp"

#include <cerrno>
#include <utility>

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#include "core/errno_text.hpp"
#include "core/memory_lock.hpp"

namespace portcullis {

AgentRunner::AgentRunner(const MonoClock& clock, const WallOffset& wall, CounterFile& counters,
                         RunnerSettings settings)
    : clock_{clock},
      wall_{wall},
      settings_{std::move(settings)},
      duty_counters_{
          .cycles = counters.allocate("thread." + settings_.name + ".cycles"),
          .max_ns = counters.allocate("thread." + settings_.name + ".cycle_max_ns"),
          .over_threshold = counters.allocate("thread." + settings_.name + ".cycles_over")},
      setup_failures_{counters.allocate("thread." + settings_.name + ".setup_failures")} {
}

void AgentRunner::stop() noexcept {
  stopping_.store(true, std::memory_order_relaxed);
  if (thread_.joinable()) thread_.join();
}

void AgentRunner::set_up_thread() {
  constexpr std::size_t kKernelNameMax = 15;
  const std::string kernel_name = settings_.name.substr(0, kKernelNameMax);
  const int name_error = ::pthread_setname_np(::pthread_self(), kernel_name.c_str());
  report_.is_named = name_error == 0;
  if (!report_.is_named) {
    warn("not named: " + errno_text(name_error) + "; it shows its parent's name");
  }
  if (settings_.cpu) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    const bool is_possible = *settings_.cpu >= 0 && *settings_.cpu < CPU_SETSIZE;
    if (is_possible) CPU_SET(static_cast<std::size_t>(*settings_.cpu), &cpus);
    const int pin_error =
        is_possible ? ::pthread_setaffinity_np(::pthread_self(), sizeof cpus, &cpus) : EINVAL;
    report_.is_pinned = pin_error == 0;
    if (!report_.is_pinned) {
      warn("not pinned to CPU " + std::to_string(*settings_.cpu) + ": " + errno_text(pin_error) +
           "; choose a CPU that this process may use (`taskset -p`), or leave `cpu` out");
    }
  }
  // The default 50 us of slack would double the shortest sleep of the back-off.
  if (::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL) != 0) {
    warn(R"(sleeps stay coarse: PR_SET_TIMERSLACK was refused; use idle = "busy_spin" or "yield")");
  }
  prefault_stack();
}

void AgentRunner::warn(std::string text) {
  setup_failures_.add();
  report_.warnings.push_back("thread " + settings_.name + ": " + std::move(text));
}

}  // namespace portcullis
