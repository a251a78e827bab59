#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cl_ord_id.hpp"
#include "core/counters.hpp"
#include "core/hop_clock.hpp"
#include "core/hop_timer.hpp"
#include "core/id_block.hpp"
#include "core/instrument.hpp"
#include "core/journal/journal.hpp"
#include "core/kill_latch.hpp"
#include "core/kill_switch.hpp"
#include "core/log.hpp"
#include "core/market_view.hpp"
#include "core/spsc_ring.hpp"
#include "feeds/feed_agent.hpp"
#include "oms/binance/binance_venue.hpp"
#include "oms/breakers/breakers.hpp"
#include "oms/fee_rates.hpp"
#include "oms/oms_agent.hpp"
#include "oms/order_recovery.hpp"
#include "oms/snapshot_maker.hpp"
#include "risk/breakers/breaker_limits.hpp"
#include "risk/breakers/breaker_stops.hpp"
#include "risk/exposure.hpp"
#include "risk/limits.hpp"
#include "risk/mode_board.hpp"
#include "risk/pre_trade_gate.hpp"
#include "tests/journal/memory_segments.hpp"
#include "tests/journal/memory_snapshots.hpp"
#include "tests/simulation/connections.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/venue.hpp"

namespace portcullis::simulation {

// What outlives a process: the journal's disk, and a folder for order ids and kill latch, which are
// real files.
struct Machine {
  journal::test::MemorySegments disk;
  journal::test::MemorySnapshots snapshots;
  std::optional<oms::BreakerMarks> marks;  // as the control thread has last written them
  std::string state_dir;
};

struct GatewaySettings {
  oms::OmsSettings orders;
  journal::JournalSettings journal;
  std::optional<oms::KeepSegments> snapshots;  // none: none are made
  risk::Limits limits;
  std::optional<risk::BreakerLimits> breakers;  // none: nothing is watched
  oms::binance::RateBudget venue_limits;
  oms::binance::KeyKind key_kind{oms::binance::KeyKind::kEd25519};
  std::size_t connections{1};
  oms::binance::Spread spread{oms::binance::Spread::kBest};
  std::chrono::milliseconds replace_after{std::chrono::hours{23}};
  std::uint64_t seed{1};
};

// One life of the gateway's process: the real agents, wired as app/gateway.cpp wires them, and
// stepped. What its destructor does is kill -9: nothing is flushed, nobody is told.
class Gateway {
 public:
  // As a start does it: latch, ids, journal, venue. The error is what the process would have said.
  static std::expected<std::unique_ptr<Gateway>, std::string> start(
      Machine& machine, Network& network, SimulatedVenue& venue, const InstrumentTable& instruments,
      const GatewaySettings& settings, const Now& now);

  // The feed thread's turn, the trading thread's, the control thread's, and the journal's.
  void feed(const Now& now);
  void trade(const Now& now);
  void control(const Now& now);
  void keep_journal(const Now& now);

  [[nodiscard]] oms::OrderAccounting& accounting() noexcept { return oms_->accounting(); }
  [[nodiscard]] const risk::Exposure& exposure() const noexcept { return exposure_; }
  [[nodiscard]] KillSwitch& kill_switch() noexcept { return kill_switch_; }
  [[nodiscard]] risk::ModeBoard& modes() noexcept { return modes_; }
  [[nodiscard]] oms::KillReport kill_report(Scope scope = {}) const noexcept {
    return oms_->kill_report(scope);
  }
  [[nodiscard]] const oms::binance::BinanceVenue& session() const noexcept { return *venue_; }
  [[nodiscard]] const oms::OmsCounters& counters() const noexcept { return oms_counters_; }
  [[nodiscard]] std::int64_t counter(const std::string& name) { return counters_.read(name); }
  [[nodiscard]] const journal::Journal& journal() const noexcept { return *journal_; }
  // The last lines of its log, for people.
  [[nodiscard]] const std::vector<std::string>& log_lines() const noexcept { return log_lines_; }

  [[nodiscard]] const feeds::FeedAgent& feed_agent() const noexcept { return *feed_; }

  // One strategy's way in and out.
  struct Port {
    SpscRing<OrderCommand> commands{1024};
    SpscRing<ExecutionReport> reports{4096};
  };
  static constexpr std::size_t kStrategies = 3;

  MarketView market;
  SpscRing<MarketEvent> events{1024};
  std::array<Port, kStrategies> ports;

 private:
  using Oms = oms::OmsAgent<oms::binance::BinanceVenue, IdBlock>;

  Gateway(Machine& machine, const InstrumentTable& instruments, const GatewaySettings& settings);
  std::expected<void, std::string> build(Machine& machine, Network& network, SimulatedVenue& venue,
                                         const Now& now);
  std::expected<void, std::string> build_feed(Network& network, SimulatedVenue& venue,
                                              net::ConnectionMaker& connections);
  std::expected<void, std::string> build_session(net::ConnectionMaker& connections);
  void build_oms();
  void restore_modes();
  void restore_breakers(const Now& now);
  void latch_modes(const Now& now);
  void take_log();

  const InstrumentTable& instruments_;
  const GatewaySettings settings_;
  Machine& machine_;
  KillSwitch kill_switch_;
  risk::ModeBoard modes_;
  KillLatch latch_;
  CounterFile counters_;
  HopTimers hops_;
  HopClock hop_clock_;
  LogRing feed_log_{512};
  LogRing log_{512};
  std::vector<std::string> log_lines_;
  ClOrdIdCodec cl_ord_ids_{"sim"};
  std::shared_ptr<net::AddressBudget> address_{std::make_shared<net::AddressBudget>()};
  risk::Exposure exposure_;
  oms::OmsCounters oms_counters_;
  std::unique_ptr<IdBlock> ids_;
  std::unique_ptr<risk::PreTradeGate> gate_;
  std::unique_ptr<oms::FeeRates> fee_rates_;
  risk::BreakerStops stops_;
  std::unique_ptr<oms::Breakers> breakers_;
  std::unique_ptr<feeds::FeedAgent> feed_;
  std::unique_ptr<oms::binance::BinanceVenue> venue_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<oms::SnapshotMaker> snapshot_maker_;
  oms::OrderJournal order_journal_;
  std::unique_ptr<Oms> oms_;
};

}  // namespace portcullis::simulation
