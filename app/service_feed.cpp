#include "app/service_feed.hpp"

#include <utility>

#include "core/heartbeat_page.hpp"

namespace portcullis::app {

ServiceFeed::ServiceFeed(ServiceNotifier manager, std::string heartbeat_file, CounterFile& counters)
    : manager_{std::move(manager)},
      heartbeat_file_{std::move(heartbeat_file)},
      pings_{counters.allocate("control.service_pings")} {
}

void ServiceFeed::turn(const KillSwitch& kill_switch, MonoTime now) {
  if (!manager_.has_manager()) return;
  tell_state(kill_switch);
  if (manager_.watchdog_interval() && now >= ping_next_) ping(now);
}

// Halted and stopped ones are up as well: what they refuse, they refuse on purpose.
void ServiceFeed::tell_state(const KillSwitch& kill_switch) {
  const TradingState state = kill_switch.state();
  if (!is_ready_ && state != TradingState::kStarting) {
    is_ready_ = manager_.ready(to_string(state));
  } else if (state != state_) {
    manager_.status(to_string(state));
  }
  state_ = state;
}

void ServiceFeed::ping(MonoTime now) {
  constexpr int kLooksInInterval = 8;
  const Nanos interval = *manager_.watchdog_interval();
  ping_next_ = now + interval / kLooksInInterval;
  const auto page = read_heartbeat_page(heartbeat_file_);
  if (!page) return;
  beats_.resize(page->lines.size());
  for (std::size_t i = 0; i < page->lines.size(); ++i) {
    const HeartbeatReading::Line& line = page->lines[i];
    if (line.is_watched && line.kind == LineKind::kHot && line.beats == beats_[i]) return;
  }
  for (std::size_t i = 0; i < page->lines.size(); ++i) beats_[i] = page->lines[i].beats;
  if (!manager_.watchdog()) return;
  pings_.add();
  ping_next_ = now + interval / 2;
}

}  // namespace portcullis::app
