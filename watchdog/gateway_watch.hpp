#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/heartbeat_page.hpp"
#include "core/standing_lines.hpp"
#include "core/time.hpp"
#include "watchdog/watchdog_settings.hpp"

namespace portcullis::watchdog {

// How the gateway is, by its heartbeat page.
enum class Condition : std::uint8_t {
  kAbsent,        // there has never been one in this state_dir
  kUnreadable,    // its page is gone or damaged
  kStarting,      // alive, no agent runs yet
  kRunning,       // alive, and every line moves
  kDisconnected,  // the same, without its session with the venue while orders may be open
  kHung,          // alive, and a line has stood still for too long
  kStopped,       // ended on purpose, with nothing open
  kDead,          // ended otherwise
};
[[nodiscard]] const char* to_string(Condition condition) noexcept;

// What to do about it: the heavier ones later.
enum class Alarm : std::uint8_t { kNone, kDisconnected, kHung, kDead };
[[nodiscard]] const char* to_string(Alarm alarm) noexcept;

struct Finding {
  Condition condition{Condition::kAbsent};
  Alarm alarm{Alarm::kNone};
  std::string cause;          // of the alarm, for people: "thread trading has stood for 2013 ms"
  bool is_a_new_life{false};  // another process than at the look before
};

// The judge: told what the page says and when, says whether the gateway is lost. Decides by its own
// looks alone (StandingLines), so that neither the gateway's clock nor a thread that still runs can
// speak for one that does not. Pure: it reads no file and no clock.
class GatewayWatch {
 public:
  // Found dead at the first look of all: programs that are started together come up in any order.
  static constexpr Nanos kFoundDeadGrace = std::chrono::seconds{5};
  // What passes between two looks counts as this much at most.
  static constexpr Nanos kLookGapMax = std::chrono::milliseconds{200};

  explicit GatewayWatch(const WatchSettings& settings) noexcept
      : settings_{settings},
        lines_{kLookGapMax} {}

  // `page`: nothing when it could not be read; `is_missing`: because it is not there.
  Finding look(const std::optional<HeartbeatReading>& page, bool is_missing, MonoTime now);
  // The alarm has been dealt with. It is not raised again before the gateway was well in between;
  // a heavier one is.
  void settle(Alarm alarm) noexcept { settled_ = alarm; }

 private:
  [[nodiscard]] Finding judge_alive(const HeartbeatReading& page);
  [[nodiscard]] Finding judge_ended(const HeartbeatReading& page);
  [[nodiscard]] Finding judge_unreadable(bool is_missing);
  [[nodiscard]] std::optional<std::string> find_standing(const HeartbeatReading& page) const;
  void follow_life(const HeartbeatReading& page, Finding& finding);
  // Adds what has passed since the last look to `since` while `holds`, else starts it over.
  void count(Nanos& since, bool holds) const noexcept;

  WatchSettings settings_;
  StandingLines lines_;
  std::optional<HeartbeatReading> life_;  // as last seen
  bool has_seen_alive_{false};
  MonoTime last_look_{};
  Nanos passed_{};  // since the look before, as it counts
  Nanos dead_for_{};
  Nanos unreadable_for_{};
  Nanos disconnected_for_{};
  Alarm settled_{Alarm::kNone};
};

}  // namespace portcullis::watchdog
