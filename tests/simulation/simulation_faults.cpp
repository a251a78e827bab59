// What each fault does.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "tests/simulation/simulation.hpp"

namespace portcullis::simulation {

using std::chrono::milliseconds;

void Simulation::schedule(const Fault& fault, std::size_t number) {
  timeline_.at(began_ + fault.at, [this, fault, number] {
    if (!healed_) apply(fault, number);
  });
}

// What a fault does, and what its end does.
struct Simulation::Deed {
  FaultKind kind;
  void (*begin)(Simulation& world, const Fault& fault);
  void (*end)(Simulation& world, const Fault& fault){nullptr};
};

std::span<const Simulation::Deed> Simulation::one_line_deeds() {
  using K = FaultKind;
  using S = Simulation;
  // The connection that the amount chooses, and the rest of the amount.
  static constexpr auto kOne = [](S& w, const Fault& fault, auto&& act) {
    std::vector<Line*> lines;
    w.network_.for_each_line([&lines](Line& line) {
      if (line.target().starts_with("/ws-api")) lines.push_back(&line);
    });
    if (lines.empty()) return;
    const auto amount = static_cast<std::size_t>(fault.amount);
    act(*lines[amount % lines.size()], amount / 2);
  };
  static constexpr std::array<Deed, 5> kDeeds{{
      {K::kResetOne,
       [](S& w, const Fault& f) { kOne(w, f, [](Line& l, std::size_t) { l.reset(); }); }},
      {K::kCutOneUp,
       [](S& w, const Fault& f) {
         kOne(w, f, [](Line& l, std::size_t bytes) { l.reset_behind_up(bytes); });
       }},
      {K::kCutOneDown,
       [](S& w, const Fault& f) {
         kOne(w, f, [](Line& l, std::size_t bytes) { l.reset_behind_down(bytes); });
       }},
      {K::kBreakOneSend,
       [](S& w, const Fault& f) {
         kOne(w, f, [](Line& l, std::size_t bytes) { l.break_next_send(bytes); });
       }},
      {K::kShutdownOne,
       [](S& w, const Fault& f) {
         kOne(w, f, [&w](Line& line, std::size_t ms) {
           line.announce_shutdown();
           w.timeline_.at(w.timeline_.now().mono + milliseconds{ms},
                          [self = line.shared_from_this()] { self->close(1001, "going away"); });
         });
       }},
  }};
  return kDeeds;
}

std::span<const Simulation::Deed> Simulation::line_deeds() {
  using K = FaultKind;
  using S = Simulation;
  static constexpr auto kBytes = [](const Fault& fault) {
    return static_cast<std::size_t>(fault.amount);
  };
  static constexpr std::array<Deed, 11> kDeeds{{
      {K::kReset, [](S& w, const Fault&) { w.network_.for_each_line([](Line& l) { l.reset(); }); }},
      {K::kEnd, [](S& w, const Fault&) { w.network_.for_each_line([](Line& l) { l.end(); }); }},
      {K::kCutUp,
       [](S& w, const Fault& f) {
         w.network_.for_each_line([&f](Line& l) { l.reset_behind_up(kBytes(f)); });
       }},
      {K::kCutDown,
       [](S& w, const Fault& f) {
         w.network_.for_each_line([&f](Line& l) { l.reset_behind_down(kBytes(f)); });
       }},
      {K::kBreakSend,
       [](S& w, const Fault& f) {
         w.network_.for_each_line([&f](Line& l) { l.break_next_send(kBytes(f)); });
       }},
      {K::kBlock, [](S& w, const Fault&) { w.network_.block(true, true); },
       [](S& w, const Fault&) { w.network_.unblock(); }},
      {K::kBlockUp, [](S& w, const Fault&) { w.network_.block(true, false); },
       [](S& w, const Fault&) { w.network_.unblock(); }},
      {K::kBlockDown, [](S& w, const Fault&) { w.network_.block(false, true); },
       [](S& w, const Fault&) { w.network_.unblock(); }},
      {K::kRefuse,
       [](S& w, const Fault&) {
         w.network_.conditions.refuses = true;
         w.network_.for_each_line([](Line& l) { l.reset(); });
       },
       [](S& w, const Fault&) { w.network_.conditions.refuses = false; }},
      {K::kSlow,
       [](S& w, const Fault& f) { w.network_.conditions.delay_jitter = milliseconds{f.amount}; },
       [](S& w, const Fault&) {
         w.network_.conditions.delay_jitter = NetworkConditions{}.delay_jitter;
       }},
      {K::kShutWindow, [](S& w, const Fault&) { w.network_.conditions.is_window_shut = true; },
       [](S& w, const Fault&) { w.network_.conditions.is_window_shut = false; }},
  }};
  return kDeeds;
}

std::span<const Simulation::Deed> Simulation::venue_deeds() {
  using K = FaultKind;
  using S = Simulation;
  static constexpr auto kSymbol = [](const Fault& fault) {
    return static_cast<std::size_t>(fault.amount);
  };
  static constexpr std::array<Deed, 5> kDeeds{{
      {K::kBan,
       [](S& w, const Fault& f) {
         sim::VenueCore& core = w.venue_.core;
         core.usage.ban_until(core.usage.of(SimulatedVenue::kAddress), core.clock.now() + f.lasts);
       }},
      {K::kEndStream,
       [](S& w, const Fault&) {
         w.venue_.core.users.end_all(w.venue_.account(), w.venue_.core.clock.now());
       }},
      {K::kShutdown,
       [](S& w, const Fault& f) {
         w.network_.for_each_line([&w, &f](Line& line) {
           line.announce_shutdown();
           w.timeline_.at(w.timeline_.now().mono + milliseconds{f.amount},
                          [self = line.shared_from_this()] { self->close(1001, "going away"); });
         });
       }},
      {K::kHalt,
       [](S& w, const Fault& f) {
         w.venue_.core.exchange.set_status(kSymbol(f), sim::SymbolStatus::kHalt);
       },
       [](S& w, const Fault& f) {
         w.venue_.core.exchange.set_status(kSymbol(f), sim::SymbolStatus::kTrading);
       }},
      {K::kVenueClock,
       [](S& w, const Fault& f) { w.venue_.core.clock.set_skew(milliseconds{f.amount}); },
       [](S& w, const Fault&) { w.venue_.core.clock.set_skew(Nanos{0}); }},
  }};
  return kDeeds;
}

std::span<const Simulation::Deed> Simulation::machine_deeds() {
  using K = FaultKind;
  using S = Simulation;
  static constexpr std::array<Deed, 12> kDeeds{{
      {K::kKill, [](S& w, const Fault&) { w.lose_process(); },
       [](S& w, const Fault&) { w.start_gateway(); }},
      {K::kPower, [](S& w, const Fault&) { w.lose_power(); },
       [](S& w, const Fault&) { w.start_gateway(); }},
      {K::kPause, [](S& w, const Fault&) { w.is_paused_ = true; },
       [](S& w, const Fault&) { w.is_paused_ = false; }},
      {K::kHostClock, [](S& w, const Fault& f) { w.host_skew_ = milliseconds{f.amount}; },
       [](S& w, const Fault&) { w.host_skew_ = Nanos{0}; }},
      {K::kDiskFull, [](S& w, const Fault&) { w.fill_disk(true); },
       [](S& w, const Fault&) { w.fill_disk(false); }},
      {K::kSyncFails, [](S& w, const Fault&) { w.machine_.disk.is_sync_failing = true; },
       [](S& w, const Fault&) { w.machine_.disk.is_sync_failing = false; }},
      {K::kSyncStalls, [](S& w, const Fault&) { w.is_disk_stalled_ = true; },
       [](S& w, const Fault&) { w.is_disk_stalled_ = false; }},
      {K::kKillSwitch, [](S& w, const Fault&) { w.throw_kill_switch(); }},
      {K::kStrategyKill,
       [](S& w, const Fault& f) { w.kill_strategy(static_cast<std::size_t>(f.amount)); }},
      {K::kOtherOrder, [](S& w, const Fault& f) { w.venue_.place_other_order(f.amount); }},
      {K::kDeposit, [](S& w, const Fault& f) { w.venue_.deposit(f.amount); }},
      {K::kLock, [](S& w, const Fault& f) { w.venue_.lock(f.amount); },
       [](S& w, const Fault& f) { w.venue_.lock(-f.amount); }},
  }};
  return kDeeds;
}

void Simulation::apply(const Fault& fault, std::size_t number) {
  if (auto step = venue_step(fault, number)) {
    const auto added = venue_.core.faults.add(std::move(*step), plan_.seed, timeline_.now().mono);
    if (!added) complain("plan", added.error());
    return;
  }
  for (const auto deeds : {line_deeds(), one_line_deeds(), venue_deeds(), machine_deeds()}) {
    const auto found = std::ranges::find(deeds, fault.kind, &Deed::kind);
    if (found == deeds.end()) continue;
    ++outcome_.fired[static_cast<std::size_t>(fault.kind)];
    found->begin(*this, fault);
    if (found->end == nullptr) return;
    timeline_.at(timeline_.now().mono + fault.lasts, [this, end = found->end, fault] {
      if (!healed_) end(*this, fault);
    });
  }
}

void Simulation::lose_process() {
  if (gateway_ == nullptr) return;
  // A kill switch that was never latched dies with the process that knew of it.
  if (is_killed_ && !gateway_->kill_switch().is_latched()) is_killed_ = false;
  if (killed_strategy_ && !gateway_->modes().state_of(killed_scope()).is_latched) {
    killed_strategy_.reset();
  }
  stop_gateway();
}

void Simulation::lose_power() {
  lose_process();
  has_lost_power_ = true;
  machine_.disk.lose_power([this] { return random_.chance(50); });
  booted_ = timeline_.now().mono;
}

void Simulation::fill_disk(bool is_full) {
  machine_.disk.is_full = is_full;
  machine_.snapshots.is_full = is_full;
}

void Simulation::throw_kill_switch() {
  if (gateway_ == nullptr) return;
  is_killed_ = true;
  sent_at_kill_ = gateway_->counter("venue.binance.new_orders_sent");
  gateway_->kill_switch().kill();
}

// Whatever it orders from now on is refused. One of them is enough.
void Simulation::kill_strategy(std::size_t port) {
  if (gateway_ == nullptr || killed_strategy_) return;
  killed_strategy_ = port;
  refs_at_strategy_kill_ = strategies_[port].last_ref();
  (void)gateway_->modes().escalate({.scope = killed_scope(), .mode = Mode::kHalted});
}

// Of the simulator's own steps, how often they did something: "NAME#3: fired 3 of 7 matches".
void Simulation::count_fired() {
  const std::string report = venue_.core.faults.report();
  for (std::size_t begin = 0; begin < report.size();) {
    const std::size_t end = std::min(report.find('\n', begin), report.size());
    const std::string line = report.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t fired = line.find("fired ");
    if (fired == std::string::npos) continue;
    const std::string name = line.substr(0, line.find('#'));
    for (std::size_t i = 0; i < kFaultKinds; ++i) {
      if (name_of(static_cast<FaultKind>(i)) == name) {
        outcome_.fired[i] += std::stoull(line.substr(fired + 6));
      }
    }
  }
}

}  // namespace portcullis::simulation
