#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/journal/journal.hpp"
#include "tests/simulation/fault.hpp"
#include "tests/simulation/gateway.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/strategy.hpp"
#include "tests/simulation/timeline.hpp"
#include "tests/simulation/venue.hpp"

namespace portcullis::simulation {

struct Plan {
  std::uint64_t seed{1};
  Nanos trading{std::chrono::seconds{10}};
  // What goes wrong; nothing: what the seed has in store.
  std::optional<std::vector<Fault>> faults{};
  // Nothing: as the seed wants it.
  std::optional<journal::Durability> durability{};
  std::string state_dir{};  // for order ids and latch; emptied at the start
};

// What came of it. Every violation names its invariant: "I2: ...".
struct Outcome {
  std::uint64_t seed{0};
  std::vector<Fault> faults;
  std::vector<std::string> violations;
  std::array<std::uint64_t, kFaultKinds> fired{};
  std::vector<std::string> log;              // the gateway's last lines
  std::size_t orders{0};                     // that reached the venue
  std::map<std::string, std::size_t> lists;  // that the venue has taken, by the request's name
  std::size_t fills{0};
  std::size_t halts{0};  // by a breaker, of the account
  std::size_t safe_modes{0};
  std::size_t requests{0};
  std::size_t lives{0};      // of the gateway's process
  std::size_t snapshots{0};  // of the journal
  std::size_t pruned{0};     // segments of it
  std::size_t books{0};      // of the feed, compared with the venue's level by level
  std::uint64_t history{0};  // a hash over everything that happened at the venue
};

// The whole order plane of the gateway and a venue, on simulated time, network, disk and clock. A
// plan gives the same history, to the last byte that is not a mask.
//
// First it trades, with faults. Then all faults end and nobody does anything: within a bounded time
// the gateway must know what works at the venue. Then the strategy cancels what it has, and within
// a bounded time everything must be gone, and equal on both sides.
class Simulation {
 public:
  explicit Simulation(const Plan& plan);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  [[nodiscard]] Outcome run();

 private:
  // Any invariant that can be judged while it runs.
  friend class Judge;

  void start_gateway();
  void stop_gateway();
  void tick(Nanos least, Nanos most);
  void trade_until(MonoTime end);
  void judge_escalation(Mode before, std::int64_t sent_before, const Now& now);
  void heal();
  void come_to_rest();
  void wind_down();
  [[nodiscard]] bool is_same_working();
  [[nodiscard]] bool are_books_whole() const;
  [[nodiscard]] bool is_over();
  // The strategy that was killed, if one was, has nothing working, and that has been proven.
  [[nodiscard]] bool is_strategy_stopped();
  [[nodiscard]] Scope killed_scope() const {
    return Scope::of(StrategyId{static_cast<StrategyId::rep>(*killed_strategy_)});
  }

  // ---- faults (simulation_faults.cpp)
  void schedule(const Fault& fault, std::size_t number);
  void apply(const Fault& fault, std::size_t number);
  struct Deed;
  [[nodiscard]] static std::span<const Deed> line_deeds();
  [[nodiscard]] static std::span<const Deed> one_line_deeds();
  [[nodiscard]] static std::span<const Deed> venue_deeds();
  [[nodiscard]] static std::span<const Deed> machine_deeds();
  void lose_process();
  void lose_power();
  void fill_disk(bool is_full);
  void throw_kill_switch();
  void kill_strategy(std::size_t port);
  void count_fired();

  [[nodiscard]] Now gateway_now() const;
  void complain(const char* invariant, const std::string& what);

  const Plan plan_;
  Outcome outcome_;
  Timeline timeline_;
  sim::Random random_;  // of the moments between two turns, and of the disk
  SimulatedVenue venue_;
  Network network_;
  Machine machine_;
  feeds::binance::ExchangeInfo info_;
  const InstrumentTable& instruments_;
  GatewaySettings settings_;
  std::vector<RandomStrategy> strategies_;  // by port
  std::unique_ptr<Gateway> gateway_;

  MonoTime began_{};
  MonoTime booted_{};  // the gateway's clock is from here on
  Nanos host_skew_{};
  MonoTime control_next_{};
  Mode account_mode_{Mode::kRunning};  // as last seen
  std::uint64_t turns_{0};
  std::int64_t syncs_percent_{50};  // of the turns: how fast the disk is
  std::optional<MonoTime> healed_;
  std::optional<MonoTime> ready_since_;  // after it
  std::optional<std::int64_t> sent_at_kill_;
  std::array<std::uint64_t, 2> judged_books_{};  // update ids, by symbol
  bool is_paused_{false};
  bool is_disk_stalled_{false};
  bool is_killed_{false};  // by the switch
  bool has_lost_power_{false};
  std::optional<std::size_t> killed_strategy_;
  std::uint64_t refs_at_strategy_kill_{0};  // names of its orders before it
};

}  // namespace portcullis::simulation
