#include "app/watchdog_guard.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <spawn.h>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "core/errno_text.hpp"
#include "watchdog/watchdog.hpp"

namespace portcullis::app {

namespace {

constexpr Nanos kLookInterval = std::chrono::milliseconds{100};
constexpr Nanos kSecond = std::chrono::seconds{1};
constexpr Nanos kBackoffMin = kSecond;
constexpr Nanos kBackoffMax = std::chrono::seconds{30};
// For one that was just started to try its key.
constexpr Nanos kStartGrace = std::chrono::seconds{5};
constexpr auto kEndPatience = std::chrono::seconds{2};
constexpr const char* kProgram = "portcullis-watchdog";

// Beside our own program.
std::string program_path() {
  std::error_code error;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? kProgram : (own.parent_path() / kProgram).string();
}

// Ours, without what lets a process speak to the service manager: that is for us alone.
std::vector<char*> environment_of_child() {
  std::vector<char*> variables;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view variable{*entry};
    const bool is_managers =
        variable.starts_with("NOTIFY_SOCKET=") || variable.starts_with("WATCHDOG_");
    if (!is_managers) variables.push_back(*entry);
  }
  variables.push_back(nullptr);
  return variables;
}

// A session and a signal mask of its own, so that neither a Ctrl-C nor what else is for us is for
// it too; and no file of ours stays open, and locked, by it. The error number; zero: started.
int spawn(std::vector<std::string> arguments, pid_t& child) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> environment = environment_of_child();
  const int error =
      ::posix_spawn(&child, argv[0], &files, &attributes, argv.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

}  // namespace

WatchdogGuard::WatchdogGuard(const Context& context, bool is_quiet)
    : settings_{context.settings},
      kill_switch_{context.kill_switch},
      log_{context.log},
      alive_{context.counters.allocate("watchdog.alive")},
      starts_{context.counters.allocate("watchdog.starts")},
      is_quiet_{is_quiet},
      lines_{kSecond},
      start_backoff_{kBackoffMin} {
}

void WatchdogGuard::turn(MonoTime now) {
  if (!settings_.guard.is_configured || now < look_next_) return;
  if (warn_at_ == MonoTime{}) warn_at_ = now + kStartGrace;
  look_next_ = now + kLookInterval;
  const bool is_alive = sees_one(now);
  alive_.set(is_alive ? 1 : 0);
  tell(is_alive, now);
  if (settings_.guard.is_required) kill_switch_.set_unguarded(!is_alive);
  if (settings_.guard.is_started) keep_child(is_alive, now);
}

// It runs, its key is good, and it moves.
bool WatchdogGuard::sees_one(MonoTime now) {
  const auto page = read_heartbeat_page(settings_.state_dir + watchdog::kWatchdogPage);
  if (!page || !page->is_alive || page->state != LifeState::kRunning) return false;
  if (!last_ || !last_->is_same_life(*page)) lines_.forget();
  last_ = *page;
  lines_.look(*page, now);
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_.standing(i) >= kPatience) return false;
  }
  return true;
}

void WatchdogGuard::tell(bool is_alive, MonoTime now) {
  const bool is_news = is_alive != was_alive_.value_or(!is_alive);
  // At the start there is none yet, and nothing to say about that.
  if (!is_news || (!was_alive_ && !is_alive && now < warn_at_)) return;
  was_alive_ = is_alive;
  if (is_alive) {
    log_.post(LogLevel::kInfo, now, "guarded: watchdog process {} is watching", last_->pid);
  } else if (settings_.guard.is_required) {
    log_.post(LogLevel::kError, now,
              "NOT GUARDED: no watchdog is watching, or its key is refused (watchdog.log): no new "
              "orders until one does");
  } else {
    log_.post(LogLevel::kError, now,
              "NOT GUARDED: no watchdog is watching, or its key is refused (watchdog.log): nobody "
              "cancels when this process hangs or dies");
  }
}

void WatchdogGuard::keep_child(bool is_alive, MonoTime now) {
  if (child_ && !reap(now)) return;
  if (is_alive) {
    start_backoff_ = kBackoffMin;
  } else if (now >= start_next_) {
    start_child(now);
  }
}

// True when there is no child any more.
bool WatchdogGuard::reap(MonoTime now) {
  int status = 0;
  if (::waitpid(*child_, &status, WNOHANG) == 0) return false;
  log_.post(LogLevel::kError, now, "the watchdog (process {}) has ended with code {}; watchdog.log",
            *child_, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  child_.reset();
  return true;
}

void WatchdogGuard::start_child(MonoTime now) {
  start_next_ = now + start_backoff_;
  start_backoff_ = std::min(start_backoff_ * 2, kBackoffMax);
  std::vector<std::string> arguments{program_path(), "--config", settings_.file, "--with-gateway"};
  if (is_quiet_) arguments.emplace_back("--quiet");
  pid_t child = 0;
  if (const int error = spawn(arguments, child); error != 0) {
    log_.post_text(LogLevel::kError, now,
                   "cannot start portcullis-watchdog beside this program: {s}", errno_text(error));
    return;
  }
  child_ = child;
  starts_.add();
}

void WatchdogGuard::finish() {
  if (!child_) return;
  const auto deadline = std::chrono::steady_clock::now() + kEndPatience;
  while (::waitpid(*child_, nullptr, WNOHANG) == 0) {
    // It has orders to look after that we leave behind.
    if (std::chrono::steady_clock::now() >= deadline) return;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  child_.reset();
}

}  // namespace portcullis::app
