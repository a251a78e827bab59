#include "watchdog/gateway_watch.hpp"

#include <algorithm>

namespace portcullis::watchdog {

namespace {

std::string ms_text(Nanos duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) +
         " ms";
}

}  // namespace

const char* to_string(Condition condition) noexcept {
  switch (condition) {
    case Condition::kAbsent: return "absent";
    case Condition::kUnreadable: return "unreadable";
    case Condition::kStarting: return "starting";
    case Condition::kRunning: return "running";
    case Condition::kDisconnected: return "disconnected";
    case Condition::kHung: return "hung";
    case Condition::kStopped: return "stopped";
    case Condition::kDead: return "dead";
  }
  return "?";
}

const char* to_string(Alarm alarm) noexcept {
  switch (alarm) {
    case Alarm::kNone: return "none";
    case Alarm::kDisconnected: return "disconnected";
    case Alarm::kHung: return "hung";
    case Alarm::kDead: return "dead";
  }
  return "?";
}

Finding GatewayWatch::look(const std::optional<HeartbeatReading>& page, bool is_missing,
                           MonoTime now) {
  passed_ = last_look_ == MonoTime{} ? Nanos{} : std::min(now - last_look_, kLookGapMax);
  last_look_ = now;
  count(unreadable_for_, !page.has_value());
  Finding finding;
  if (!page) {
    finding = judge_unreadable(is_missing);
  } else {
    Finding life;
    follow_life(*page, life);
    count(dead_for_, !page->is_alive && page->state != LifeState::kStopped);
    if (page->is_alive) lines_.look(*page, now);
    finding = page->is_alive ? judge_alive(*page) : judge_ended(*page);
    finding.is_a_new_life = life.is_a_new_life;
    has_seen_alive_ = has_seen_alive_ || page->is_alive;
  }
  const bool is_well =
      finding.condition == Condition::kRunning || finding.condition == Condition::kStopped;
  if (is_well) settled_ = Alarm::kNone;
  if (finding.alarm <= settled_) finding.alarm = Alarm::kNone;
  return finding;
}

void GatewayWatch::count(Nanos& since, bool holds) const noexcept {
  since = holds ? since + passed_ : Nanos{};
}

void GatewayWatch::follow_life(const HeartbeatReading& page, Finding& finding) {
  const bool is_same = life_ && life_->is_same_life(page);
  finding.is_a_new_life = life_.has_value() && !is_same;
  // A start may be long, and its lines have stood all the time.
  if (!is_same || life_->state != page.state) lines_.forget();
  if (!is_same) {
    dead_for_ = disconnected_for_ = Nanos{};
    settled_ = Alarm::kNone;
  }
  life_ = page;
}

Finding GatewayWatch::judge_alive(const HeartbeatReading& page) {
  const bool is_cut_off =
      page.state == LifeState::kRunning && !page.is_venue_up && page.may_have_orders;
  count(disconnected_for_, is_cut_off);
  if (page.state == LifeState::kStopped) return {.condition = Condition::kStopped, .cause = {}};
  if (const auto standing = find_standing(page)) {
    return {.condition = Condition::kHung, .alarm = Alarm::kHung, .cause = *standing};
  }
  if (page.state == LifeState::kStarting) return {.condition = Condition::kStarting, .cause = {}};
  if (!is_cut_off) return {.condition = Condition::kRunning, .cause = {}};
  const bool is_over = disconnected_for_ >= settings_.disconnected_after;
  return {.condition = Condition::kDisconnected,
          .alarm = is_over ? Alarm::kDisconnected : Alarm::kNone,
          .cause = "no session with the venue for " + ms_text(disconnected_for_) +
                   " while orders may be open"};
}

std::optional<std::string> GatewayWatch::find_standing(const HeartbeatReading& page) const {
  for (std::size_t i = 0; i < page.lines.size() && i < lines_.size(); ++i) {
    const HeartbeatReading::Line& line = page.lines[i];
    const Nanos patience = page.state == LifeState::kStarting ? settings_.start_timeout
                           : line.kind == LineKind::kHot      ? settings_.hang_after
                                                              : settings_.cold_hang_after;
    if (line.is_watched && lines_.standing(i) >= patience) {
      return "thread " + line.name + " has stood still for " + ms_text(lines_.standing(i));
    }
  }
  return std::nullopt;
}

Finding GatewayWatch::judge_ended(const HeartbeatReading& page) {
  if (page.state == LifeState::kStopped) return {.condition = Condition::kStopped, .cause = {}};
  // It never traded, and what came before it left nothing.
  const bool is_harmless = page.state == LifeState::kStarting && !page.may_have_orders;
  const Nanos grace =
      has_seen_alive_ ? settings_.dead_after : std::max(settings_.dead_after, kFoundDeadGrace);
  const bool is_over = dead_for_ >= grace;
  return {.condition = Condition::kDead,
          .alarm = is_over && !is_harmless ? Alarm::kDead : Alarm::kNone,
          .cause = "process " + std::to_string(page.pid) + " has ended without a clean stop"};
}

Finding GatewayWatch::judge_unreadable(bool is_missing) {
  if (!life_ && is_missing) return {.condition = Condition::kAbsent, .cause = {}};
  // Its end may have been seen before.
  const bool is_known_ended = life_ && life_->state == LifeState::kStopped;
  const bool is_over = unreadable_for_ >= settings_.hang_after && life_ && !is_known_ended;
  return {
      .condition = Condition::kUnreadable,
      .alarm = is_over ? Alarm::kDead : Alarm::kNone,
      .cause = "its heartbeat page has been missing or damaged for " + ms_text(unreadable_for_)};
}

}  // namespace portcullis::watchdog
