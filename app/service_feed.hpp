#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/counters.hpp"
#include "core/kill_switch.hpp"
#include "core/service_notifier.hpp"
#include "core/time.hpp"

namespace portcullis::app {

// Tells the service manager that the gateway is ready, in which state it is, and that it is alive:
// the last only when each watched hot thread has made a turn since it was said before. So a thread
// that hangs is not covered by those that run, and the manager ends and restarts the process.
// Control thread.
class ServiceFeed {
 public:
  // Counter: control.service_pings.
  ServiceFeed(ServiceNotifier manager, std::string heartbeat_file, CounterFile& counters);

  void turn(const KillSwitch& kill_switch, MonoTime now);
  void on_stopping() { manager_.stopping(); }

 private:
  void tell_state(const KillSwitch& kill_switch);
  void ping(MonoTime now);

  ServiceNotifier manager_;
  std::string heartbeat_file_;
  Counter pings_;
  std::vector<std::uint64_t> beats_;  // at the last ping, by line of the page
  MonoTime ping_next_{};
  TradingState state_{TradingState::kStarting};
  bool is_ready_{false};
};

}  // namespace portcullis::app
