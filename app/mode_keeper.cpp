#include "app/mode_keeper.hpp"

#include <cerrno>
#include <chrono>
#include <utility>

#include <sys/stat.h>

#include "core/durable_file.hpp"
#include "core/log.hpp"

namespace portcullis::app {

namespace {

constexpr Nanos kFlagInterval = std::chrono::milliseconds{4};
// Another process (the watchdog) may have latched a kill of everything.
constexpr Nanos kLatchInterval = std::chrono::milliseconds{20};
constexpr std::size_t kFlagReasonMax = 1024;

// What must not be forgotten by a crash. INITIALIZING and SHUTDOWN are of one life.
bool is_kept(Mode mode) {
  return mode == Mode::kSafeMode || mode == Mode::kCancelOnly || mode == Mode::kMaintenance ||
         mode == Mode::kHalted;
}

// By its name alone: a modification time can be anything, and a folder or a dangling link is there
// too. What cannot be looked at stops trading.
bool is_there(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 || errno != ENOENT;
}

Nanos since(MonoTime begin, MonoTime at) {
  return at == MonoTime{} ? Nanos{-1} : at - begin;
}

}  // namespace

ModeKeeper::ModeKeeper(Gateway& gateway)
    : gateway_{&gateway},
      modes_{&gateway.modes()},
      names_{gateway.settings()},
      flag_file_{gateway.settings().state_dir + "/KILL"},
      slots_(gateway.modes().scope_count()),
      latch_failures_{gateway.counters().allocate("control.latch_failures")} {
  const auto records = gateway.latch().read_all();
  if (!records) return;
  for (const KillLatch::Record& record : *records) {
    const auto scope = names_.parse(record.scope);
    if (!scope) continue;
    slot_of(*scope).reason = record.reason;
    slot_of(*scope).noted = record.mode;  // by the run that latched it
  }
}

void ModeKeeper::turn(MonoTime now) {
  look_for_flag_file(now);
  look_for_latch(now);
  take_signals();
  if (const std::uint32_t version = modes_->version(); version != version_seen_) {
    version_seen_ = version;
    has_unlatched_ = true;
    has_unreported_ = true;
  }
  if (has_unlatched_) latch_what_is_new(now);
  if (has_unreported_) report_kills(now);
}

void ModeKeeper::look_for_flag_file(MonoTime now) {
  if (now < flag_next_) return;
  flag_next_ = now + kFlagInterval;
  if (!is_there(flag_file_)) return;
  if (!modes_->escalate(
          {.scope = Scope::global(), .mode = Mode::kHalted, .cause = risk::ModeCause::kFlagFile})) {
    return;
  }
  const auto content = read_small_file(flag_file_, kFlagReasonMax);
  Slot& slot = slot_of(Scope::global());
  slot.asked = now;
  slot.reason = "flag file";
  if (content && !content->empty()) slot.reason += ": " + *content;
}

// One that this process has not set itself holds all the same, at once and not at the next start.
void ModeKeeper::look_for_latch(MonoTime now) {
  if (now < latch_next_) return;
  latch_next_ = now + kLatchInterval;
  const KillSwitch& kill_switch = gateway_->kill_switch();
  if (kill_switch.is_killed() || !gateway_->latch().is_set()) return;
  if (!modes_->escalate(
          {.scope = Scope::global(), .mode = Mode::kHalted, .cause = risk::ModeCause::kOutside})) {
    return;
  }
  const auto record = gateway_->latch().read();
  Slot& slot = slot_of(Scope::global());
  slot.asked = now;
  slot.reason = record && *record ? (*record)->reason : "a latch that cannot be read";
  gateway_->control_log().post_text(LogLevel::kError, now, "KILLED from outside, by the latch: {s}",
                                    slot.reason);
}

// A handler can do no more than set a bit, and the trading thread no more than see the page.
void ModeKeeper::take_signals() {
  const KillSwitch& kill_switch = gateway_->kill_switch();
  const auto ask = [this](Mode mode, risk::ModeCause cause) {
    (void)modes_->escalate({.scope = Scope::global(), .mode = mode, .cause = cause});
  };
  const bool is_paged = gateway_->kill_page().is_kill_asked();
  // Asked for once more, of what is latched already.
  if (is_paged && kill_switch.is_latched() && gateway_->latch().is_set()) {
    gateway_->kill_page().take_back();
  }
  if (is_paged || kill_switch.is_killed()) {
    ask(Mode::kHalted, is_paged ? risk::ModeCause::kFlagPage : risk::ModeCause::kSignal);
  } else if (kill_switch.is_cancel_only()) {
    ask(Mode::kCancelOnly, risk::ModeCause::kSignal);
  }
}

void ModeKeeper::latch_what_is_new(MonoTime now) {
  has_unlatched_ = false;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Scope scope = modes_->scope_at(i);
    const risk::ModeBoard::State state = modes_->asked_of(scope);
    if (!is_kept(state.mode) || state.is_latched) continue;
    const auto latched = latch(scope, state, now);
    if (latched) continue;
    // Tried again each turn; the trading thread does not wait for it beyond its bound.
    has_unlatched_ = true;
    latch_failures_.add();
    if (!std::exchange(is_latch_failing_, true)) {
      gateway_->control_log().post_text(LogLevel::kError, now, "KILLED, but the latch failed: {s}",
                                        latched.error());
    }
  }
  if (!has_unlatched_) is_latch_failing_ = false;
}

std::expected<void, std::string> ModeKeeper::latch(Scope scope, const risk::ModeBoard::State& state,
                                                   MonoTime now) {
  Slot& slot = slot_of(scope);
  slot.is_reported = false;
  const std::string name = names_.text_of(scope);
  auto latched = gateway_->latch().set({.scope = name,
                                        .mode = state.mode,
                                        .reason = reason_of(scope, state),
                                        .time = gateway_->wall().at(now)});
  if (!latched) return latched;
  modes_->mark_latched(scope, state.mode);
  slot.latched = gateway_->clock().now();
  note_escalation(scope, state, slot.latched);
  if (scope == Scope::global() && state.mode == Mode::kHalted) {
    gateway_->kill_page().take_back();
    gateway_->control_log().post_text(
        LogLevel::kError, slot.latched,
        "KILLED: latched in {s}; no new order leaves until 'portcullis rearm'",
        gateway_->latch().path());
  } else {
    gateway_->control_log().post_text(LogLevel::kError, slot.latched,
                                      "mode: {s}, latched until a human lowers it",
                                      name + " is " + to_string(state.mode));
  }
  return {};
}

// Behind the latch, which is what stops; that it could not be written down stops nothing.
void ModeKeeper::note_escalation(Scope scope, const risk::ModeBoard::State& state, MonoTime now) {
  Slot& slot = slot_of(scope);
  if (slot.noted == state.mode) return;
  const Mode before = std::exchange(slot.noted, state.mode);
  const bool is_human = state.cause == risk::ModeCause::kOperator && !slot.actor.empty();
  std::string by = to_string(state.cause);
  if (state.rule != RejectReason::kNone) by += std::string{":"} + to_string(state.rule);
  (void)gateway_->audit().note(
      {.act = state.mode == Mode::kHalted ? audit::Act::kKilled : audit::Act::kModeChanged,
       .actor = is_human ? slot.actor : by,
       .scope = names_.text_of(scope),
       .reason = reason_of(scope, state),
       .before = to_string(before),
       .after = to_string(state.mode)},
      gateway_->wall().at(now));
}

oms::KillReport ModeKeeper::report_of(Scope scope) const {
  const std::uint32_t number = modes_->asked_of(scope).number;
  const oms::KillReport report = gateway_->oms().kill_report(scope);
  const bool is_of_it = scope == Scope::global() || report.number == number;
  return is_of_it ? report : oms::KillReport{};
}

std::string ModeKeeper::reason_of(Scope scope, const risk::ModeBoard::State& state) const {
  const Slot& slot = slot_of(scope);
  if (!slot.reason.empty()) return slot.reason;
  std::string text = std::string{"by "} + to_string(state.cause);
  if (state.rule != RejectReason::kNone) text += std::string{": "} + to_string(state.rule);
  return text;
}

void ModeKeeper::report_kills(MonoTime now) {
  has_unreported_ = false;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Scope scope = modes_->scope_at(i);
    Slot& slot = slots_[i];
    if (modes_->state_of(scope).mode != Mode::kHalted || slot.is_reported) continue;
    const oms::KillReport report = report_of(scope);
    if (report.verified_zero == MonoTime{}) {
      has_unreported_ = true;
      continue;
    }
    slot.is_reported = true;
    if (scope != Scope::global()) {
      gateway_->control_log().post_text(LogLevel::kError, now,
                                        "halted {s}:", names_.text_of(scope));
    }
    const MonoTime last =
        report.last_cancel_sent == MonoTime{} ? report.seen : report.last_cancel_sent;
    gateway_->control_log().post(
        LogLevel::kError, now,
        "halted: the venue lists no open order; {} us from seen to last cancel, {} us to verified",
        (last - report.seen).count() / 1000, (report.verified_zero - report.seen).count() / 1000);
  }
}

std::expected<bool, std::string> ModeKeeper::ask(Scope scope, Mode mode, std::string_view reason,
                                                 std::string_view actor) {
  if (!is_kept(mode)) {
    return std::unexpected{std::string{to_string(mode)} +
                           " is not a human's to ask for; use SAFE_MODE, CANCEL_ONLY, MAINTENANCE "
                           "or HALTED"};
  }
  if (!modes_->index_of(scope)) return std::unexpected{"there is no such scope"};
  const MonoTime now = gateway_->clock().now();
  const bool is_new =
      modes_->escalate({.scope = scope, .mode = mode, .cause = risk::ModeCause::kOperator});
  Slot& slot = slot_of(scope);
  if (is_new) {
    slot.asked = now;
    slot.latched = MonoTime{};
    slot.reason = reason;
    slot.actor = actor;
  }
  const risk::ModeBoard::State state = modes_->asked_of(scope);
  has_unlatched_ = true;
  has_unreported_ = true;
  if (is_kept(state.mode) && !state.is_latched) {
    if (const auto latched = latch(scope, state, now); !latched) {
      return std::unexpected{"in force, but not latched yet (it is tried again): " +
                             latched.error()};
    }
  }
  return is_new;
}

std::expected<std::string, std::string> ModeKeeper::lower(Scope scope, Mode to,
                                                          const KillLatch::Human& human) {
  if (!modes_->index_of(scope)) return std::unexpected{"there is no such scope"};
  const std::string name = names_.text_of(scope);
  const Mode from = modes_->asked_of(scope).mode;
  const ModeMove move = move_between(from, to);
  if (move != ModeMove::kHuman && move != ModeMove::kRestart) {
    return std::unexpected{name + " is " + to_string(from) + ": a human does not take it to " +
                           to_string(to) + " (docs/kill_switch.md has the table)"};
  }
  const bool is_kill = from == Mode::kHalted;
  if (scope == Scope::global() && is_kill && is_there(flag_file_)) {
    return std::unexpected{"the flag file " + flag_file_ + " is still there: remove it first"};
  }
  if (is_kill && report_of(scope).verified_zero == MonoTime{}) {
    return std::unexpected{name +
                           ": the venue has not yet shown that nothing is open; see 'portcullis "
                           "status', and try again when it has"};
  }
  audit::Entry entry{.act = audit::Act::kRearmed,
                     .actor = human.name,
                     .scope = name,
                     .reason = human.reason,
                     .before = to_string(from),
                     .after = to_string(to)};
  const WallTime time = gateway_->wall().at(gateway_->clock().now());
  if (const auto noted = gateway_->audit().note(entry, time); !noted) {
    return std::unexpected{"not re-armed, for it cannot be written down: " + noted.error()};
  }
  auto lowered = lower_noted(scope, from, to, human);
  if (!lowered) {
    entry.reason = "not done: " + lowered.error();
    entry.after = entry.before;
    (void)gateway_->audit().note(entry, time);
  }
  return lowered;
}

std::expected<std::string, std::string> ModeKeeper::lower_noted(Scope scope, Mode from, Mode to,
                                                                const KillLatch::Human& human) {
  const std::string name = names_.text_of(scope);
  const bool is_whole = scope == Scope::global() || scope == Scope::account();
  const bool is_kill = from == Mode::kHalted;
  const WallTime time = gateway_->wall().at(gateway_->clock().now());
  if (const auto lowered = gateway_->latch().lower(name, to, human, time); !lowered) {
    return std::unexpected{lowered.error()};
  }
  const std::string done = name + ": the latch says " + to_string(to) + " now";
  if (is_kill && is_whole) return done + "; this process stays halted until it is restarted";
  if (!modes_->lower(scope, from, to)) {
    return std::unexpected{name + " has been stopped again meanwhile; see 'portcullis status'"};
  }
  slot_of(scope) = {.reason = to == Mode::kRunning ? "" : human.name + ": " + human.reason,
                    .actor = human.name,
                    .noted = to};
  gateway_->control_log().post_text(LogLevel::kWarning, gateway_->clock().now(),
                                    "mode: lowered: {s}", done);
  return name + " is " + to_string(to);
}

ModeKeeper::Status ModeKeeper::status_of(Scope scope) const {
  Status status;
  status.scope = names_.text_of(scope);
  status.state = modes_->state_of(scope);
  if (!modes_->index_of(scope)) return status;
  const Slot& slot = slot_of(scope);
  const bool has_reason = is_kept(status.state.mode);
  if (has_reason) status.reason = reason_of(scope, status.state);
  if (status.state.mode != Mode::kHalted) return status;
  const oms::KillReport report = report_of(scope);
  const MonoTime begin = slot.asked != MonoTime{} ? slot.asked : report.seen;
  status.kill = {.latched = since(begin, slot.latched),
                 .seen = since(begin, report.seen),
                 .first_cancel = since(begin, report.first_cancel_sent),
                 .last_cancel = since(begin, report.last_cancel_sent),
                 .verified = since(begin, report.verified_zero)};
  return status;
}

std::vector<ModeKeeper::Status> ModeKeeper::status() const {
  std::vector<Status> all{status_of(Scope::global())};
  for (std::size_t i = 1; i < slots_.size(); ++i) {
    Status status = status_of(modes_->scope_at(i));
    if (status.state.mode != Mode::kRunning) all.push_back(std::move(status));
  }
  return all;
}

}  // namespace portcullis::app
