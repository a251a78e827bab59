#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "app/settings.hpp"
#include "core/counters.hpp"
#include "core/heartbeat_page.hpp"
#include "core/kill_switch.hpp"
#include "core/log.hpp"
#include "core/standing_lines.hpp"
#include "core/time.hpp"

namespace portcullis::app {

// Sees that a watchdog watches this gateway: starts one where it is told to, again when it ends,
// and says so when there is none; where one is required, no new order passes meanwhile. Control
// thread.
class WatchdogGuard {
 public:
  // Of its heartbeat; it may be waiting for a venue that does not answer.
  static constexpr Nanos kPatience = std::chrono::seconds{10};

  struct Context {
    const Settings& settings;
    KillSwitch& kill_switch;
    LogRing& log;
    CounterFile& counters;
  };

  // Counters: watchdog.alive, watchdog.starts. `is_quiet`: stderr is not for its lines.
  WatchdogGuard(const Context& context, bool is_quiet);

  void turn(MonoTime now);
  // After a stop: a child that has nothing left to do gets the time to end.
  void finish();

 private:
  [[nodiscard]] bool sees_one(MonoTime now);
  void tell(bool is_alive, MonoTime now);
  void keep_child(bool is_alive, MonoTime now);
  [[nodiscard]] bool reap(MonoTime now);
  void start_child(MonoTime now);

  const Settings& settings_;
  KillSwitch& kill_switch_;
  LogRing& log_;
  Counter alive_;
  Counter starts_;
  bool is_quiet_;
  StandingLines lines_;
  std::optional<HeartbeatReading> last_;
  std::optional<bool> was_alive_;
  std::optional<pid_t> child_;
  MonoTime look_next_{};
  MonoTime warn_at_{};
  MonoTime start_next_{};
  Nanos start_backoff_;
};

}  // namespace portcullis::app
