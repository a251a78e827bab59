#include "watchdog/watchdog.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "core/clock.hpp"
#include "watchdog/cold_clock.hpp"
#include "watchdog/end_process.hpp"

namespace portcullis::watchdog {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kLookInterval{20};
constexpr seconds kWarmInterval{5};  // the venue's time is asked: below what servers keep idle
constexpr seconds kKeyInterval{60};  // the key is tried again: it may be revoked meanwhile
constexpr milliseconds kStartRetry{500};
constexpr seconds kStartPatience{30};  // for a venue that does not answer yet

std::int64_t ms_between(MonoTime from, MonoTime to) {
  return std::chrono::duration_cast<milliseconds>(to - from).count();
}

}  // namespace

std::expected<std::unique_ptr<Watchdog>, StartError> Watchdog::create(WatchdogSettings settings,
                                                                      const Options& options) {
  const std::string page_file = settings.state_dir + kWatchdogPage;
  if (const auto other = read_heartbeat_page(page_file); other && other->is_alive) {
    return std::unexpected{
        StartError{ExitCode::kInUse, "process " + std::to_string(other->pid) +
                                         " watches this state_dir already; one is enough"}};
  }
  auto venue = RestVenue::create(settings);
  if (!venue) return std::unexpected{StartError{ExitCode::kConfig, venue.error()}};
  const auto io_error = [](std::string text) {
    return std::unexpected{StartError{ExitCode::kIoError, std::move(text)}};
  };
  auto log = ReportLog::open(settings.state_dir + kWatchdogLog, options.is_on_stderr);
  if (!log) return io_error(log.error());
  auto counters = CounterFile::create(settings.state_dir + kWatchdogCounters, 32);
  if (!counters) return io_error(counters.error());
  auto page = HeartbeatPage::create(page_file, settings.symbols, false);
  if (!page) return io_error(page.error());
  return std::unique_ptr<Watchdog>{new Watchdog{std::move(settings), options, std::move(*venue),
                                                std::move(*log), std::move(*counters),
                                                std::move(*page)}};
}

Watchdog::Watchdog(WatchdogSettings settings, const Options& options, RestVenue venue,
                   ReportLog log, CounterFile counters, HeartbeatPage page)
    : settings_{std::move(settings)},
      options_{options},
      venue_{std::move(venue)},
      log_{std::move(log)},
      counter_file_{std::move(counters)},
      counts_{.looks = counter_file_.allocate("watchdog.looks"),
              .alarms = counter_file_.allocate("watchdog.alarms"),
              .alarms_hung = counter_file_.allocate("watchdog.alarms_hung"),
              .alarms_dead = counter_file_.allocate("watchdog.alarms_dead"),
              .alarms_disconnected = counter_file_.allocate("watchdog.alarms_disconnected"),
              .cancels_done = counter_file_.allocate("watchdog.cancels_done"),
              .orders_found = counter_file_.allocate("watchdog.orders_found"),
              .refusals = counter_file_.allocate("watchdog.refusals"),
              .is_key_good = counter_file_.allocate("watchdog.is_key_good"),
              .is_clearing = counter_file_.allocate("watchdog.is_clearing"),
              .detection_ms = counter_file_.allocate("watchdog.detection_ms"),
              .all_clear_ms = counter_file_.allocate("watchdog.all_clear_ms")},
      page_{std::move(page)},
      heartbeat_{page_.add_line("watchdog", LineKind::kHot)},
      manager_{ServiceNotifier::from_environment()},
      latch_{settings_.state_dir},
      watch_{settings_.watch} {
}

std::expected<void, StartError> Watchdog::run() {
  if (auto proven = prove_key(); !proven) {
    log_.error("not watching: " + proven.error().text);
    return proven;
  }
  manager_.ready("watching");
  log_.info("watching the gateway in " + settings_.state_dir + " for " + settings_.rest_url);
  while (!is_stopped() && !has_ended_with_gateway()) {
    const Finding finding = look();
    tell_condition(finding);
    if (finding.alarm != Alarm::kNone) {
      act(finding);
      continue;
    }
    keep_venue_warm();
    manager_.watchdog();
    std::this_thread::sleep_for(kLookInterval);
  }
  log_.info("no longer watching; the gateway is " + std::string{to_string(condition_)});
  manager_.stopping();
  page_.set_state(LifeState::kStopped);
  return {};
}

// At the start, and not when it is needed. A venue that does not answer may only not be up yet.
std::expected<void, StartError> Watchdog::prove_key() {
  const MonoTime began = cold_now();
  for (;;) {
    const Answer answer = venue_.try_key(any_symbol());
    note_key(answer);
    if (answer.kind == AnswerKind::kDone) return {};
    if (answer.kind == AnswerKind::kKeyRefused) {
      return std::unexpected{StartError{
          ExitCode::kConfig, "the venue refuses this key (" + answer.text +
                                 "); put one that may trade into watchdog.api_key_file and "
                                 "watchdog.secret_file, with watchdog.key_type as it is"}};
    }
    (void)look();
    if (is_stopped() || has_ended_with_gateway()) return {};
    if (cold_now() - began >= kStartPatience) {
      return std::unexpected{StartError{ExitCode::kUnavailable,
                                        "no answer that proves the key in 30 s: " + answer.text +
                                            "; is watchdog.rest_url right, the venue up?"}};
    }
    std::this_thread::sleep_for(std::max<Nanos>(kStartRetry, answer.retry_after));
  }
}

Finding Watchdog::look() {
  const auto page = read_heartbeat_page(settings_.state_dir + kGatewayPage);
  const MonoTime now = cold_now();
  heartbeat_.beat(now);
  counts_.looks.add();
  if (page) gateway_ = *page;
  const Finding finding = watch_.look(page ? std::optional{*page} : std::nullopt,
                                      !page && page.error().is_missing, now);
  if (finding.is_a_new_life) {
    has_cleared_ = false;
    log_.info("another gateway runs now: process " + std::to_string(gateway_->pid) +
              "; what the one before left open is its business");
  }
  return finding;
}

void Watchdog::tell_condition(const Finding& finding) {
  const Condition before = std::exchange(condition_, finding.condition);
  if (has_told_condition_ && before == condition_) return;
  has_told_condition_ = true;
  std::string text = "the gateway is " + std::string{to_string(condition_)};
  if (condition_ == Condition::kStopped) text += ": it has stopped cleanly, nothing is to be done";
  if (condition_ == Condition::kAbsent) text += ": none has ever run here, nothing is to be done";
  if (!finding.cause.empty()) text += ": " + finding.cause;
  manager_.status(text);
  log_.info(text);
}

void Watchdog::act(const Finding& finding) {
  alarm_ = finding.alarm;
  counts_.alarms.add();
  if (alarm_ == Alarm::kHung) counts_.alarms_hung.add();
  if (alarm_ == Alarm::kDead) counts_.alarms_dead.add();
  if (alarm_ == Alarm::kDisconnected) counts_.alarms_disconnected.add();
  log_.error("ALARM (" + std::string{to_string(alarm_)} + "): " + finding.cause);
  note_detection();
  const bool is_kill = alarm_ != Alarm::kDisconnected || settings_.is_disconnect_a_kill;
  if (is_kill) latch(finding);
  if (alarm_ == Alarm::kHung && settings_.is_hung_killed) end_hung();
  clear_up();
  watch_.settle(alarm_);
  alarm_ = Alarm::kNone;
}

// From the last turn of the hot thread that is behind most.
void Watchdog::note_detection() {
  if (!gateway_ || alarm_ == Alarm::kDisconnected) return;
  const MonoTime now = cold_now();
  MonoTime oldest = now;
  for (const HeartbeatReading::Line& line : gateway_->lines) {
    const bool is_judged = line.is_watched && line.kind == LineKind::kHot;
    if (is_judged && line.last != MonoTime{}) oldest = std::min(oldest, line.last);
  }
  counts_.detection_ms.set(ms_between(oldest, now));
  log_.info("the thread that is behind most turned " + std::to_string(counts_.detection_ms.get()) +
            " ms ago");
}

// Before anything is cancelled: what comes back must not come back trading.
void Watchdog::latch(const Finding& finding) {
  const auto latched = latch_.set("watchdog: " + finding.cause, wall_now());
  if (latched) {
    log_.error("the kill is latched in " + latch_.path() +
               "; no gateway trades here until 'portcullis rearm'");
  } else {
    log_.error("the kill could not be latched, orders are cancelled all the same: " +
               latched.error());
  }
}

void Watchdog::end_hung() {
  if (const auto ended = end_process(*gateway_); !ended) {
    log_.error("the gateway that hangs could not be ended: " + ended.error());
    return;
  }
  log_.error("process " + std::to_string(gateway_->pid) + ", which hangs, was sent a SIGKILL");
  alarm_ = Alarm::kDead;  // seen to, with the rest
}

void Watchdog::clear_up() {
  const MonoTime began = cold_now();
  Emergency emergency{all_symbols(), settings_.emergency, began};
  counts_.is_clearing.set(1);
  manager_.status("cancelling everything");
  Emergency::Event event = Emergency::Event::kNone;
  while (event != Emergency::Event::kSettled && !is_stopped() && is_still_wanted()) {
    event = emergency.turn(venue_, cold_now());
    tell_event(event, emergency, began);
    heartbeat_.beat(cold_now());
    manager_.watchdog();
    if (event == Emergency::Event::kWaiting) std::this_thread::sleep_for(kLookInterval);
  }
  counts_.is_clearing.set(0);
  has_cleared_ = event == Emergency::Event::kSettled;
}

bool Watchdog::is_still_wanted() {
  if (alarm_ != Alarm::kDisconnected) return true;
  const auto page = read_heartbeat_page(settings_.state_dir + kGatewayPage);
  const bool is_back = page && page->is_alive && page->is_venue_up;
  if (!is_back || settings_.is_disconnect_a_kill) return true;
  log_.info("the gateway has its session with the venue again, and looks after its orders itself");
  return false;
}

void Watchdog::tell_event(Emergency::Event event, const Emergency& emergency, MonoTime began) {
  using Event = Emergency::Event;
  const std::string where =
      emergency.last_symbol().empty() ? "the account" : emergency.last_symbol();
  switch (event) {
    case Event::kNone:
    case Event::kWaiting: return;
    case Event::kCancelled:
      counts_.cancels_done.add();
      log_.info("cancelled everything in " + where + " after " +
                std::to_string(ms_between(began, cold_now())) + " ms (" +
                to_string(emergency.last_answer().kind) + ")");
      return;
    case Event::kFoundOpen:
      counts_.orders_found.add(static_cast<std::int64_t>(emergency.last_answer().open_in.size()));
      log_.warning("orders are still open in " + where + ": cancelling again");
      return;
    case Event::kAllClear:
      counts_.all_clear_ms.set(ms_between(began, cold_now()));
      log_.error(
          "all clear after " + std::to_string(counts_.all_clear_ms.get()) +
          " ms: the venue lists no open order; looking on, for those that were on their way");
      return;
    case Event::kSettled:
      log_.error("over: nothing has come back; " + std::to_string(emergency.cancels_done()) +
                 " cancels, " + std::to_string(emergency.orders_found()) +
                 " orders found open by listings");
      return;
    case Event::kRefused: {
      counts_.refusals.add();
      const std::int64_t wait_ms = ms_between(cold_now(), emergency.next());
      log_.warning(where + ": " + to_string(emergency.last_answer().kind) + ", next request in " +
                   std::to_string(std::max<std::int64_t>(wait_ms, 0)) +
                   " ms: " + emergency.last_answer().text);
      return;
    }
  }
}

void Watchdog::keep_venue_warm() {
  const MonoTime now = cold_now();
  if (now >= key_next_) {
    note_key(venue_.try_key(any_symbol()));
  } else if (now >= time_next_) {
    const Answer answer = venue_.keep_warm();
    time_next_ = cold_now() + std::max<Nanos>(kWarmInterval, answer.retry_after);
  }
}

// Without a key that may cancel nobody is guarded, and the page says so to the gateway.
void Watchdog::note_key(const Answer& answer) {
  const MonoTime now = cold_now();
  time_next_ = now + kWarmInterval;
  if (answer.kind == AnswerKind::kDone) {
    key_next_ = now + kKeyInterval;
    if (counts_.is_key_good.get() == 0) page_.set_state(LifeState::kRunning);
    counts_.is_key_good.set(1);
    return;
  }
  key_next_ = now + std::max<Nanos>(kWarmInterval, answer.retry_after);
  if (answer.kind != AnswerKind::kKeyRefused) {
    log_.warning("the key could not be tried: " + answer.text);
    return;
  }
  counts_.is_key_good.set(0);
  page_.set_state(LifeState::kStarting);
  log_.error("the venue refuses this key: NOT GUARDING until it takes it again: " + answer.text);
}

bool Watchdog::has_ended_with_gateway() const {
  if (!options_.is_with_gateway || !gateway_) return false;
  return gateway_->state == LifeState::kStopped || (!gateway_->is_alive && has_cleared_);
}

bool Watchdog::is_stopped() const noexcept {
  return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
}

std::vector<std::string> Watchdog::all_symbols() const {
  std::vector<std::string> symbols = settings_.symbols;
  if (gateway_) symbols.insert(symbols.end(), gateway_->symbols.begin(), gateway_->symbols.end());
  std::ranges::sort(symbols);
  const auto doubled = std::ranges::unique(symbols);
  symbols.erase(doubled.begin(), doubled.end());
  return symbols;
}

std::string Watchdog::any_symbol() const {
  const std::vector<std::string> symbols = all_symbols();
  return symbols.empty() ? "" : symbols.front();
}

}  // namespace portcullis::watchdog
