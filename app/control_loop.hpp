#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/control_commands.hpp"
#include "app/control_server.hpp"
#include "app/gateway.hpp"
#include "app/limits_keeper.hpp"
#include "app/mode_keeper.hpp"
#include "app/service_feed.hpp"
#include "app/watchdog_guard.hpp"
#include "core/histogram.hpp"
#include "core/histogram_log.hpp"
#include "core/log_writer.hpp"

namespace portcullis::app {

// The cold duties that keep the hot threads free of files and clocks: modes and their latch, the
// control socket, id blocks, clock drift, log lines, histogram intervals, the watchdog, the service
// manager. Turned by the main thread every few milliseconds; may block on a disk, which the trading
// thread never waits for.
class ControlLoop {
 public:
  enum class Verdict : std::uint8_t {
    kGoOn,
    kDrained,        // asked to drain, and nothing is left at the venue
    kDrainTimedOut,  // asked to drain; something may be left
  };

  // `log_out` stays the caller's. Histogram intervals go to `histogram_path`. Without a control
  // socket (its name is too long) it goes on, and says so.
  static std::expected<ControlLoop, StartError> create(Gateway& gateway, std::FILE* log_out,
                                                       const std::string& histogram_path);

  Verdict turn();
  // Until there is something to do, or for so long.
  void wait(std::chrono::milliseconds at_most) const;
  // After the gateway has stopped: the last interval, the last log lines.
  void finish();

  [[nodiscard]] MonoTime started() const noexcept { return started_; }
  // "latching", "verifying nothing is open", "verified: nothing is open", ...; empty while trading.
  [[nodiscard]] std::string state_detail() const;

  // For whoever speaks for a human on this thread: the admin plane.
  [[nodiscard]] ModeKeeper& modes() noexcept { return *modes_; }
  [[nodiscard]] LimitsKeeper& limits() noexcept { return *limits_; }
  // For stages that have words of their own for the control socket.
  [[nodiscard]] ControlCommands& commands() noexcept { return *commands_; }

 private:
  ControlLoop(Gateway& gateway, std::FILE* log_out, HistogramLogWriter histograms);

  void open_socket();
  void keep_ids(MonoTime now);
  void keep_clock(MonoTime now);
  void keep_histograms(MonoTime now);
  void keep_bans(MonoTime now);
  void keep_breaker_marks(MonoTime now);
  void report_connect_errors(MonoTime now);
  void report_journal_errors(MonoTime now);
  void report_audit_errors(MonoTime now);
  void note_stop(MonoTime now);
  void log_in_pieces(LogLevel level, MonoTime now, const char* message, std::string_view text);
  Verdict judge_drain(MonoTime now);

  Gateway* gateway_;
  std::unique_ptr<ModeKeeper> modes_;
  std::unique_ptr<LimitsKeeper> limits_;
  std::unique_ptr<ControlCommands> commands_;
  std::optional<ControlServer> server_;
  LogWriter log_writer_;
  HistogramLogWriter histograms_;
  WatchdogGuard guard_;
  ServiceFeed service_;
  MonoTime started_;
  MonoTime next_second_{};
  MonoTime next_interval_{};
  WallTime interval_begin_{};
  std::vector<HistogramSnapshot> last_snapshots_;  // by hop
  std::optional<MonoTime> drain_seen_;
  bool are_ids_failing_{false};
  bool are_bans_failing_{false};
  bool are_marks_failing_{false};
  bool are_histograms_failing_{false};
  std::string last_connect_error_;
  std::string last_journal_error_;
  std::string last_audit_error_;
  Verdict verdict_{Verdict::kGoOn};  // the latest
  Counter clock_drift_ns_;
  Counter is_clock_tsc_;
};

}  // namespace portcullis::app
