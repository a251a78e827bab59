#include "app/control_loop.hpp"

#include <thread>
#include <utility>

#include "app/limits_commands.hpp"
#include "app/log_pieces.hpp"
#include "app/signals.hpp"
#include "core/hops.hpp"
#include "watchdog/watchdog.hpp"

namespace portcullis::app {

namespace {

constexpr Nanos kSecond = std::chrono::seconds{1};
// Beyond this, what the clock said a second ago was wrong enough to tell a person.
constexpr Nanos kDriftWorthALine = std::chrono::microseconds{50};

}  // namespace

std::expected<ControlLoop, StartError> ControlLoop::create(Gateway& gateway, std::FILE* log_out,
                                                           const std::string& histogram_path) {
  auto histograms =
      HistogramLogWriter::create(histogram_path, gateway.wall().at(gateway.clock().now()));
  if (!histograms) return std::unexpected{StartError{ExitCode::kIoError, histograms.error()}};
  return ControlLoop{gateway, log_out, std::move(*histograms)};
}

ControlLoop::ControlLoop(Gateway& gateway, std::FILE* log_out, HistogramLogWriter histograms)
    : gateway_{&gateway},
      modes_{std::make_unique<ModeKeeper>(gateway)},
      limits_{
          std::make_unique<LimitsKeeper>(LimitsContext{.file = gateway.settings().file,
                                                       .state_dir = gateway.settings().state_dir,
                                                       .instruments = gateway.instruments(),
                                                       .operators = gateway.settings().operators,
                                                       .mailbox = gateway.limits_mailbox(),
                                                       .audit = gateway.audit(),
                                                       .log = gateway.control_log(),
                                                       .counters = gateway.counters()},
                                         gateway.settings().limits, gateway.overrides_at_start())},
      commands_{std::make_unique<ControlCommands>(gateway, *modes_)},
      log_writer_{log_out, gateway.wall()},
      histograms_{std::move(histograms)},
      guard_{{.settings = gateway.settings(),
              .kill_switch = gateway.kill_switch(),
              .log = gateway.control_log(),
              .counters = gateway.counters()},
             log_out != stderr},
      service_{ServiceNotifier::from_environment(),
               gateway.settings().state_dir + watchdog::kGatewayPage, gateway.counters()},
      started_{gateway.clock().now()},
      next_second_{started_ + kSecond},
      next_interval_{started_ + gateway.settings().histogram_interval},
      interval_begin_{gateway.wall().at(started_)},
      last_snapshots_(kHopCount),
      clock_drift_ns_{gateway.counters().allocate("control.clock_drift_ns")},
      is_clock_tsc_{gateway.counters().allocate("control.clock_is_tsc")} {
  for (const auto& [role, ring] : gateway.log_rings()) log_writer_.add(role, *ring);
  gateway.control_log().post_text(LogLevel::kInfo, started_, "clock: {s}",
                                  gateway.clock().description());
  for (const std::string& warning : gateway.warnings()) {
    log_in_pieces(LogLevel::kWarning, started_, "{s}", warning);
  }
  add_limits_commands(*commands_, *limits_, gateway);
  open_socket();
}

ControlLoop::Verdict ControlLoop::turn() {
  const MonoTime now = gateway_->clock().now();
  if (server_) {
    server_->turn([this](std::string_view line, uid_t user) { return commands_->run(line, user); },
                  now);
  }
  modes_->turn(now);
  const Now both{.mono = now, .wall = gateway_->wall().at(now)};
  if (take_reload_request()) (void)limits_->reload("signal SIGHUP", both);
  limits_->turn(both);
  guard_.turn(now);
  service_.turn(gateway_->kill_switch(), now);
  keep_ids(now);
  if (now >= next_second_) {
    next_second_ = now + kSecond;
    keep_clock(now);
    keep_bans(now);
    keep_breaker_marks(now);
    report_connect_errors(now);
    report_journal_errors(now);
    report_audit_errors(now);
  }
  gateway_->audit().keep_anchor(now);
  if (now >= next_interval_) keep_histograms(now);
  verdict_ = judge_drain(now);
  log_writer_.do_work(Now{.mono = now, .wall = gateway_->wall().at(now)});
  gateway_->control_heartbeat().beat(now);
  return verdict_;
}

void ControlLoop::open_socket() {
  const Settings& settings = gateway_->settings();
  std::vector<uid_t> users = settings.control_users;
  for (const Operator& person : settings.operators.all()) users.push_back(person.user);
  auto server = ControlServer::listen(settings.state_dir + "/control.sock", std::move(users));
  if (server) {
    server_.emplace(std::move(*server));
  } else {
    log_in_pieces(LogLevel::kWarning, started_, "no control socket: {s}", server.error());
  }
}

void ControlLoop::wait(std::chrono::milliseconds at_most) const {
  if (server_) return server_->wait(at_most);
  std::this_thread::sleep_for(at_most);
}

void ControlLoop::keep_ids(MonoTime now) {
  const auto refilled = gateway_->ids().refill();
  if (!refilled && !are_ids_failing_) {
    gateway_->control_log().post_text(
        LogLevel::kError, now, "cannot reserve order ids, orders stop when these are used: {s}",
        refilled.error());
  }
  are_ids_failing_ = !refilled;
}

void ControlLoop::keep_clock(MonoTime now) {
  const MonoClock::Source before = gateway_->clock().source();
  const Nanos drift = gateway_->clock().check_drift();
  gateway_->wall().refresh(gateway_->clock());
  clock_drift_ns_.set(drift.count());
  const bool is_tsc = gateway_->clock().source() == MonoClock::Source::kTsc;
  is_clock_tsc_.set(is_tsc ? 1 : 0);
  if (before == MonoClock::Source::kTsc && !is_tsc) {
    gateway_->control_log().post(LogLevel::kWarning, now,
                                 "clock: the TSC was off by {} ns; from now on the kernel's clock",
                                 drift.count());
  } else if (drift > kDriftWorthALine || drift < -kDriftWorthALine) {
    gateway_->control_log().post(LogLevel::kWarning, now, "clock: steered by {} ns", drift.count());
  }
}

void ControlLoop::keep_bans(MonoTime now) {
  const auto kept = gateway_->keep_bans();
  if (!kept && !are_bans_failing_) {
    log_in_pieces(LogLevel::kError, now, "a ban is not written down: {s}", kept.error());
  }
  are_bans_failing_ = !kept;
}

void ControlLoop::keep_breaker_marks(MonoTime now) {
  const auto kept = gateway_->keep_breaker_marks();
  if (!kept && !are_marks_failing_) {
    log_in_pieces(LogLevel::kError, now, "the marks of the loss limits are not kept: {s}",
                  kept.error());
  }
  are_marks_failing_ = !kept;
}

void ControlLoop::report_connect_errors(MonoTime now) {
  std::string error = gateway_->last_connect_error();
  if (error == last_connect_error_) return;
  last_connect_error_ = std::move(error);
  log_in_pieces(LogLevel::kWarning, now, "not connected: {s}", last_connect_error_);
}

void ControlLoop::report_journal_errors(MonoTime now) {
  std::string error = gateway_->last_journal_error();
  if (error == last_journal_error_) return;
  last_journal_error_ = std::move(error);
  log_in_pieces(LogLevel::kError, now, "journal: {s}", last_journal_error_);
}

void ControlLoop::report_audit_errors(MonoTime now) {
  if (gateway_->audit().last_error() == last_audit_error_) return;
  last_audit_error_ = gateway_->audit().last_error();
  log_in_pieces(LogLevel::kError, now, "audit: {s}", last_audit_error_);
}

void ControlLoop::note_stop(MonoTime now) {
  const char* how = "stopped without a drain";
  switch (verdict_) {
    case Verdict::kGoOn: break;
    case Verdict::kDrained: how = "drained: the venue lists no open order"; break;
    case Verdict::kDrainTimedOut: how = "drain timed out: orders may be open"; break;
  }
  (void)gateway_->audit().note({.act = audit::Act::kStopped,
                                .actor = "gateway",
                                .scope = "gateway",
                                .reason = how,
                                .before = "configuration sha256 " + gateway_->settings().digest,
                                .after = {}},
                               gateway_->wall().at(now));
  gateway_->audit().keep_anchor(now, true);
  report_audit_errors(now);
}

void ControlLoop::log_in_pieces(LogLevel level, MonoTime now, const char* message,
                                std::string_view text) {
  app::log_in_pieces(gateway_->control_log(), level, now, message, text);
}

void ControlLoop::keep_histograms(MonoTime now) {
  const WallTime end = gateway_->wall().at(now);
  bool is_written = true;
  for (std::size_t i = 0; i < kHopCount; ++i) {
    const auto hop = static_cast<Hop>(i);
    HistogramSnapshot snapshot;
    gateway_->hops().of(hop).snapshot(snapshot);
    const HistogramSnapshot interval = snapshot.since(last_snapshots_[i]);
    if (interval.total() > 0) {
      is_written =
          histograms_.write_interval(to_string(hop), interval_begin_, end, interval).has_value() &&
          is_written;
    }
    last_snapshots_[i] = std::move(snapshot);
  }
  is_written = histograms_.flush().has_value() && is_written;
  if (!is_written && !are_histograms_failing_) {
    gateway_->control_log().post(LogLevel::kError, now, "the histogram log cannot be written");
  }
  are_histograms_failing_ = !is_written;
  interval_begin_ = end;
  next_interval_ = now + gateway_->settings().histogram_interval;
}

ControlLoop::Verdict ControlLoop::judge_drain(MonoTime now) {
  if (!gateway_->kill_switch().is_draining()) return Verdict::kGoOn;
  if (!drain_seen_) drain_seen_ = now;
  if (gateway_->oms().is_drained()) return Verdict::kDrained;
  return now - *drain_seen_ < gateway_->settings().drain_timeout ? Verdict::kGoOn
                                                                 : Verdict::kDrainTimedOut;
}

std::string ControlLoop::state_detail() const {
  const KillSwitch& kill_switch = gateway_->kill_switch();
  const bool is_verified = gateway_->oms().kill_report().verified_zero != MonoTime{};
  if (kill_switch.is_killed()) {
    if (!kill_switch.is_latched()) return "latching";
    return is_verified ? "the venue lists no open order" : "cancelling and asking the venue";
  }
  if (kill_switch.is_draining()) {
    return gateway_->oms().is_drained() ? "the venue lists no open order"
                                        : "cancelling, waiting for the reports";
  }
  if (!kill_switch.is_ready()) return "connecting and reconciling with the venue";
  if (kill_switch.is_unguarded()) return "waiting for a watchdog to watch (watchdog.required)";
  std::string stopped;
  for (const ModeKeeper::Status& status : modes_->status()) {
    if (status.state.mode == Mode::kRunning) continue;
    stopped += (stopped.empty() ? "" : ", ") + status.scope + " is " + to_string(status.state.mode);
  }
  return stopped;
}

void ControlLoop::finish() {
  service_.on_stopping();
  guard_.finish();
  const MonoTime now = gateway_->clock().now();
  modes_->turn(now);
  note_stop(now);
  keep_histograms(now);
  const Now last{.mono = now, .wall = gateway_->wall().at(now)};
  while (log_writer_.do_work(last) > 0) {
  }
}

}  // namespace portcullis::app
