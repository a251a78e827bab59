#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/counters.hpp"
#include "core/heartbeat_page.hpp"
#include "core/kill_latch.hpp"
#include "core/service_notifier.hpp"
#include "core/time.hpp"
#include "watchdog/emergency.hpp"
#include "watchdog/gateway_watch.hpp"
#include "watchdog/report_log.hpp"
#include "watchdog/rest_venue.hpp"
#include "watchdog/watchdog_settings.hpp"

namespace portcullis::watchdog {

// sysexits.h numbers, as the gateway's.
enum class ExitCode : int {
  kOk = 0,
  kUsage = 64,
  kUnavailable = 69,
  kIoError = 74,
  kInUse = 75,
  kConfig = 78,
};

struct StartError {
  ExitCode code{ExitCode::kConfig};
  std::string text;
};

// Files in the gateway's state_dir.
inline constexpr const char* kGatewayPage = "/heartbeat";
inline constexpr const char* kWatchdogPage = "/watchdog.heartbeat";
inline constexpr const char* kWatchdogLog = "/watchdog.log";
inline constexpr const char* kWatchdogCounters = "/watchdog.counters";

// The program: looks at the gateway's heartbeat page and, when the gateway is lost, latches its
// kill, ends it where it hangs, and clears the venue. Shows itself by a page of its own, in the
// state kRunning once its key has been tried. One thread, blocking.
class Watchdog {
 public:
  struct Options {
    bool is_with_gateway{false};  // ends when the gateway has, cleared up or cleanly
    bool is_on_stderr{true};
    const std::atomic<bool>* stop{nullptr};  // a signal asked for the end
  };

  // Refuses when another one watches the same state_dir.
  static std::expected<std::unique_ptr<Watchdog>, StartError> create(WatchdogSettings settings,
                                                                     const Options& options);
  // Tries the key, then watches until it is stopped.
  std::expected<void, StartError> run();

 private:
  struct Counts {
    Counter looks;
    Counter alarms;
    Counter alarms_hung;
    Counter alarms_dead;
    Counter alarms_disconnected;
    Counter cancels_done;
    Counter orders_found;
    Counter refusals;
    Counter is_key_good;
    Counter is_clearing;
    Counter detection_ms;  // of the last death or hang: from the last turn of the slowest thread
    Counter all_clear_ms;  // of the last emergency: from the alarm
  };

  Watchdog(WatchdogSettings settings, const Options& options, RestVenue venue, ReportLog log,
           CounterFile counters, HeartbeatPage page);

  [[nodiscard]] std::expected<void, StartError> prove_key();
  Finding look();
  void tell_condition(const Finding& finding);
  void act(const Finding& finding);
  void note_detection();
  void latch(const Finding& finding);
  void end_hung();
  void clear_up();
  void tell_event(Emergency::Event event, const Emergency& emergency, MonoTime began);
  // False: the gateway is back at the venue and nothing of ours is to be done any more.
  [[nodiscard]] bool is_still_wanted();
  void keep_venue_warm();
  void note_key(const Answer& answer);
  [[nodiscard]] bool has_ended_with_gateway() const;
  [[nodiscard]] bool is_stopped() const noexcept;
  [[nodiscard]] std::vector<std::string> all_symbols() const;
  [[nodiscard]] std::string any_symbol() const;

  WatchdogSettings settings_;
  Options options_;
  RestVenue venue_;
  ReportLog log_;
  CounterFile counter_file_;
  Counts counts_;
  HeartbeatPage page_;
  Heartbeat heartbeat_;
  ServiceNotifier manager_;
  KillLatch latch_;
  GatewayWatch watch_;
  std::optional<HeartbeatReading> gateway_;  // the last that could be read
  Condition condition_{Condition::kAbsent};
  Alarm alarm_{Alarm::kNone};  // being dealt with
  bool has_told_condition_{false};
  bool has_cleared_{false};
  MonoTime time_next_{};
  MonoTime key_next_{};
};

}  // namespace portcullis::watchdog
