#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/agent_chain.hpp"
#include "app/audit_trail.hpp"
#include "app/ban_record.hpp"
#include "app/breaker_marks_file.hpp"
#include "app/journal_thread.hpp"
#include "app/limit_overrides.hpp"
#include "app/limits_agent.hpp"
#include "app/sample_strategy.hpp"
#include "app/settings.hpp"
#include "app/snapshot_thread.hpp"
#include "app/start_error.hpp"
#include "app/venue_agent.hpp"
#include "core/agent_runner.hpp"
#include "core/cl_ord_id.hpp"
#include "core/clock.hpp"
#include "core/counters.hpp"
#include "core/heartbeat_page.hpp"
#include "core/hop_clock.hpp"
#include "core/hop_timer.hpp"
#include "core/id_block.hpp"
#include "core/instrument.hpp"
#include "core/journal/file_segments.hpp"
#include "core/journal/file_snapshots.hpp"
#include "core/journal/journal.hpp"
#include "core/kill_latch.hpp"
#include "core/kill_page.hpp"
#include "core/kill_switch.hpp"
#include "core/log.hpp"
#include "core/market_view.hpp"
#include "core/messages.hpp"
#include "core/spsc_ring.hpp"
#include "feeds/binance/exchange_info.hpp"
#include "feeds/feed_agent.hpp"
#include "feeds/replay/capture.hpp"
#include "feeds/replay/replay_feed.hpp"
#include "oms/binance/binance_venue.hpp"
#include "oms/breakers/breakers.hpp"
#include "oms/fee_rates.hpp"
#include "oms/oms_agent.hpp"
#include "oms/order_journal.hpp"
#include "oms/order_recovery.hpp"
#include "oms/strategy_pulse.hpp"
#include "risk/breakers/breaker_stops.hpp"
#include "risk/exposure.hpp"
#include "risk/limits_mailbox.hpp"
#include "risk/mode_board.hpp"
#include "risk/pre_trade_gate.hpp"
#include "risk/usage_view.hpp"

namespace portcullis::app {

// The whole path wired: clocks, rings, feed, gate, order accounting, venue session, threads. Built
// and torn down on the main thread; in between each part belongs to the thread that the
// configuration gave it.
class Gateway {
 public:
  using Oms = oms::OmsAgent<oms::binance::BinanceVenue, IdBlock>;

  // Opens the files, asks the venue for its reference data (until it answers, or the switch says
  // drain or kill), builds every part. Nothing is sent and no thread of an agent runs yet. A kill
  // latched before leaves the switch killed. The switch outlives the gateway.
  static std::expected<std::unique_ptr<Gateway>, StartError> create(Settings settings,
                                                                    KillSwitch& kill_switch);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Start-up: the sample strategy that the configuration asks for, or one of the caller's.
  void add_sample_strategy();
  template <Agent A>
  void add_strategy(A& agent) {
    chain_of("strategy").add(agent, "strategy");
  }

  // Starts the threads. A thread that could not be pinned is a warning, not an error.
  void start();
  // The agents make their last turn, and the journal is on the disk; twice is once.
  void stop() noexcept;

  // One strategy's way in; its thread is the other end of the rings.
  [[nodiscard]] SpscRing<MarketEvent>& market_ring() noexcept { return market_ring_; }
  [[nodiscard]] SpscRing<OrderCommand>& order_ring() noexcept { return order_ring_; }
  [[nodiscard]] SpscRing<ExecutionReport>& report_ring() noexcept { return report_ring_; }
  // Its heartbeat: what its orders live by, once it has moved (oms/strategy_sessions.hpp).
  [[nodiscard]] oms::StrategyPulse& strategy_pulse() noexcept { return strategy_pulse_; }

  // Any thread: a human lets a strategy trade again whose session was lost.
  void readmit_strategy(StrategyId strategy) noexcept { oms_->readmit(strategy); }

  // For the control loop and the panel (cold readers).
  [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
  [[nodiscard]] MonoClock& clock() noexcept { return clock_; }
  [[nodiscard]] WallOffset& wall() noexcept { return wall_; }
  [[nodiscard]] KillSwitch& kill_switch() noexcept { return kill_switch_; }
  [[nodiscard]] const KillLatch& latch() const noexcept { return latch_; }
  [[nodiscard]] KillPage& kill_page() noexcept { return kill_page_; }
  // Control thread: the way of a new set of limits, what an earlier run has left of overrides, and
  // how much of the limits is used.
  [[nodiscard]] risk::LimitsMailbox& limits_mailbox() noexcept { return limits_; }
  [[nodiscard]] const std::vector<LimitOverride>& overrides_at_start() const noexcept {
    return overrides_;
  }
  [[nodiscard]] const risk::UsageView& usage() const noexcept { return usage_; }
  // Control thread.
  [[nodiscard]] AuditTrail& audit() noexcept { return audit_; }
  // Any thread may escalate; the control loop does the rest.
  [[nodiscard]] risk::ModeBoard& modes() noexcept { return modes_; }
  [[nodiscard]] oms::KillDrill& drill() noexcept { return oms_->drill(); }
  [[nodiscard]] IdBlock& ids() noexcept { return *ids_; }
  [[nodiscard]] CounterFile& counters() noexcept { return counters_; }
  [[nodiscard]] const HopTimers& hops() const noexcept { return hops_; }
  [[nodiscard]] const InstrumentTable& instruments() const noexcept { return instruments_; }
  [[nodiscard]] const MarketView& market() const noexcept { return market_; }
  [[nodiscard]] const Oms& oms() const noexcept { return *oms_; }
  [[nodiscard]] const risk::PreTradeGate& gate() const noexcept { return *gate_; }
  [[nodiscard]] LogRing& control_log() noexcept { return control_log_; }
  // The control loop's own line.
  [[nodiscard]] Heartbeat& control_heartbeat() noexcept { return control_heartbeat_; }
  // Role and ring of every log source.
  [[nodiscard]] std::vector<std::pair<std::string, LogRing*>> log_rings();
  // What start-up had to say: pins that failed, memory not locked, the clock's source.
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }
  // Why the connections were last refused; empty when they were not.
  [[nodiscard]] std::string last_connect_error() const;
  // Cold: puts a ban that the venue has laid on this address where the next start finds it.
  [[nodiscard]] std::expected<void, std::string> keep_bans();
  // Cold: what the loss limits are counted from.
  [[nodiscard]] std::expected<void, std::string> keep_breaker_marks();
  // What the journal's disk last complained of; empty when it did not.
  [[nodiscard]] std::string last_journal_error() const;

 private:
  struct Thread {
    ThreadSettings settings;
    std::unique_ptr<AgentChain> chain;
    std::unique_ptr<AgentRunner> runner;
  };
  // What needs files or the venue, gathered before anything else is built.
  struct Foundation {
    KillPage kill_page;
    CounterFile counters;
    HeartbeatPage heartbeat;
    std::unique_ptr<IdBlock> ids;
    std::unique_ptr<journal::FileSegments> segments;
    std::unique_ptr<journal::FileSnapshots> snapshots;
    AuditTrail audit;
    std::vector<LimitOverride> overrides;
    std::unique_ptr<oms::RecoveredOrders> recovered;
    feeds::binance::ExchangeInfo reference;
    std::optional<feeds::replay::Capture> capture;
  };

  static std::expected<Foundation, StartError> lay_foundation(const Settings& settings,
                                                              const KillLatch& latch,
                                                              KillSwitch& kill_switch);
  void adopt_limits(const std::vector<feeds::binance::RateLimit>& limits);
  Gateway(Settings settings, KillSwitch& kill_switch, KillLatch latch, Foundation foundation);
  std::expected<void, StartError> build(oms::RecoveredOrders& recovered);
  std::expected<void, StartError> review_limits();
  std::expected<void, StartError> note_start();
  std::expected<void, StartError> begin_journal(oms::RecoveredOrders& recovered);
  void restore_modes();
  void build_oms();
  void build_breakers();
  void restore_breakers();
  std::expected<void, StartError> build_feed();
  void make_threads();
  void lock_memory_if_asked();
  [[nodiscard]] AgentChain& chain_of(const std::string& role);
  [[nodiscard]] Now now_on_both_clocks() const;

  // Constant after construction, or with a thread discipline of their own.
  Settings settings_;
  KillSwitch& kill_switch_;
  KillLatch latch_;
  KillPage kill_page_;
  MonoClock clock_;
  WallOffset wall_;
  HopClock hop_clock_;
  CounterFile counters_;
  HeartbeatPage heartbeat_page_;  // what the watchdog sees of this process
  Heartbeat control_heartbeat_;
  std::unique_ptr<IdBlock> ids_;
  std::unique_ptr<journal::FileSegments> segments_;
  std::unique_ptr<journal::FileSnapshots> snapshots_;
  InstrumentTable instruments_;
  std::optional<feeds::replay::Capture> capture_;
  ClOrdIdCodec cl_ord_ids_;
  std::vector<LimitOverride> overrides_;
  risk::LimitsMailbox limits_;  // between the control and the trading thread
  std::shared_ptr<net::AddressBudget> address_;
  BanRecord bans_;                  // control thread
  AuditTrail audit_;                // control thread
  BreakerMarksFile breaker_marks_;  // control thread
  HopTimers hops_;
  MarketView market_;
  std::vector<std::string> warnings_;

  // Between threads.
  SpscRing<MarketEvent> market_ring_;
  SpscRing<OrderCommand> order_ring_;
  SpscRing<ExecutionReport> report_ring_;
  oms::StrategyPulse strategy_pulse_;
  risk::ModeBoard modes_;
  LogRing feed_log_;
  LogRing trading_log_;
  LogRing control_log_;

  // Feed thread.
  std::unique_ptr<feeds::FeedAgent> feed_;
  std::unique_ptr<feeds::replay::ReplayFeed> replay_;
  // Strategy thread.
  std::unique_ptr<SampleStrategy> sample_strategy_;
  // Trading thread.
  risk::Exposure exposure_;
  risk::UsageView usage_;
  std::unique_ptr<LimitsAgent> limits_agent_;
  std::unique_ptr<risk::PreTradeGate> gate_;
  std::unique_ptr<oms::binance::BinanceVenue> venue_;
  oms::OmsCounters oms_counters_;
  risk::BreakerStops breaker_stops_;
  std::unique_ptr<oms::Breakers> breakers_;
  std::unique_ptr<oms::FeeRates> fee_rates_;
  std::unique_ptr<Oms> oms_;
  std::unique_ptr<VenueAgent> venue_agent_;
  oms::OrderJournal order_journal_;

  // Between the trading thread and the journal's own.
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<JournalThread> journal_thread_;
  std::unique_ptr<SnapshotThread> snapshot_thread_;

  std::vector<Thread> threads_;  // last: stopped before what they turn goes away
};

}  // namespace portcullis::app
