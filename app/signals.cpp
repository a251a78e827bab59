#include "app/signals.hpp"

#include <atomic>
#include <csignal>

namespace portcullis::app {

namespace {

// A signal handler has no other way to know.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<KillSwitch*> g_kill_switch{nullptr};
static_assert(std::atomic<KillSwitch*>::is_always_lock_free, "read in a signal handler");

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<bool> g_is_reload_asked{false};

extern "C" void on_hangup(int /*signal_number*/) {
  g_is_reload_asked.store(true, std::memory_order_relaxed);
}

extern "C" void on_signal(int signal_number) {
  KillSwitch* kill_switch = g_kill_switch.load(std::memory_order_relaxed);
  if (kill_switch == nullptr) return;
  if (signal_number == SIGUSR1) {
    kill_switch->kill();
  } else if (signal_number == SIGUSR2) {
    kill_switch->cancel_only();
  } else {
    kill_switch->drain();
  }
}

void install(int signal_number, void (*handler)(int)) noexcept {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  sigaction(signal_number, &action, nullptr);
}

}  // namespace

void install_signal_handlers(KillSwitch& kill_switch) noexcept {
  g_kill_switch.store(&kill_switch, std::memory_order_release);
  for (const int signal_number : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT}) {
    install(signal_number, on_signal);
  }
  install(SIGHUP, on_hangup);
  install(SIGPIPE, SIG_IGN);
}

bool take_reload_request() noexcept {
  return g_is_reload_asked.exchange(false, std::memory_order_relaxed);
}

}  // namespace portcullis::app
