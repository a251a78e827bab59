#include "tests/simulation/gateway.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "oms/strategy_port.hpp"
#include "tests/simulation/snapshots.hpp"

namespace portcullis::simulation {

namespace {

// Far below what it is in life: memory is taken anew for each seed.
constexpr std::size_t kMessageBytesMax = 256u << 10;
constexpr std::size_t kLogLinesKept = 60;

}  // namespace

Gateway::Gateway(Machine& machine, const InstrumentTable& instruments,
                 const GatewaySettings& settings)
    : market{instruments.size()},
      instruments_{instruments},
      settings_{settings},
      machine_{machine},
      modes_{kill_switch_, kStrategies, instruments.size()},
      latch_{machine.state_dir},
      counters_{*CounterFile::create("")},
      exposure_{instruments.size(), counters_.allocate("risk.exposure_faults")},
      stops_{kStrategies, instruments.size()} {
}

std::expected<std::unique_ptr<Gateway>, std::string> Gateway::start(
    Machine& machine, Network& network, SimulatedVenue& venue, const InstrumentTable& instruments,
    const GatewaySettings& settings, const Now& now) {
  std::unique_ptr<Gateway> gateway{new Gateway{machine, instruments, settings}};
  if (auto built = gateway->build(machine, network, venue, now); !built) {
    return std::unexpected{built.error()};
  }
  return gateway;
}

std::expected<void, std::string> Gateway::build(Machine& machine, Network& network,
                                                SimulatedVenue& venue, const Now& now) {
  hop_clock_.set_frozen(now.mono);
  if (latch_.is_set()) {
    kill_switch_.kill();
    kill_switch_.mark_latched();
  }
  if (auto settled = machine.disk.settle(); !settled) return settled;
  auto ids = IdBlock::open(machine.state_dir + "/ids", now.wall);
  if (!ids) return std::unexpected{ids.error()};
  ids_ = std::move(*ids);
  auto recovered =
      oms::RecoveredOrders::read_newest(machine.disk, machine.snapshots, settings_.orders);
  if (!recovered) return std::unexpected{recovered.error()};
  if (ids_->epoch() <= (*recovered)->epoch_max()) {
    return std::unexpected{"the id file is older than the journal"};
  }
  gate_ = std::make_unique<risk::PreTradeGate>(kill_switch_, instruments_, market, settings_.limits,
                                               exposure_);
  gate_->obey(modes_);
  gate_->obey(stops_);
  restore_modes();
  SimulatedConnectionMaker connections{network, network.timeline.now().mono - now.mono};
  if (auto built = build_session(connections); !built) return built;
  if (auto built = build_feed(network, venue, connections); !built) return built;
  auto journal =
      journal::Journal::resume(machine.disk, (*recovered)->reader(), settings_.journal, now);
  if (!journal) return std::unexpected{journal.error()};
  journal_ = std::move(*journal);
  order_journal_ = oms::OrderJournal{*journal_};
  if (settings_.snapshots) {
    // However long: after each segment.
    snapshot_maker_ = std::make_unique<oms::SnapshotMaker>(
        machine.disk, machine.snapshots, settings_.orders,
        oms::SnapshotMaker::Settings{.keep = *settings_.snapshots,
                                     .segment_bytes = std::size_t{1} << 30});
  }
  auto begun = order_journal_.begin_run(ids_->epoch(), "sim", instruments_, now);
  if (!begun) return begun;
  build_oms();
  auto handed = (*recovered)->hand_over(instruments_, oms_->accounting(), oms_->holdings(), now);
  if (handed) restore_breakers(now);
  return handed;
}

std::expected<void, std::string> Gateway::build_session(net::ConnectionMaker& connections) {
  const bool has_hmac = settings_.key_kind == oms::binance::KeyKind::kHmacSha256;
  oms::binance::BinanceVenueSettings venue;
  venue.api_key = has_hmac ? kHmacApiKey : kEd25519ApiKey;
  venue.key_kind = settings_.key_kind;
  venue.secret = oms::binance::Secret{has_hmac ? kHmacSecret : kEd25519PrivatePem};
  venue.message_bytes_max = kMessageBytesMax;
  venue.jitter_seed = settings_.seed;
  venue.connections = settings_.connections;
  venue.spread = settings_.spread;
  venue.replace_after = settings_.replace_after;
  venue.manners.limits = settings_.venue_limits;
  venue.address = address_;
  auto session = oms::binance::BinanceVenue::create_on(connections, std::move(venue), instruments_,
                                                       cl_ord_ids_, counters_, log_, hop_clock_);
  if (!session) return std::unexpected{session.error()};
  venue_ = std::move(*session);
  gate_->obey(venue_->allowance());
  return {};
}

std::expected<void, std::string> Gateway::build_feed(Network& network, SimulatedVenue& venue,
                                                     net::ConnectionMaker& connections) {
  feeds::FeedSettings feed;
  feed.seed = settings_.seed;
  feed.address = address_;
  feed.ws_limits = {.message_bytes_max = kMessageBytesMax,
                    .receive_buffer_bytes = 2 * kMessageBytesMax};
  feed.liveness_timeout = std::chrono::seconds{5};
  auto made = feeds::FeedAgent::create_on(
      connections, std::make_unique<SimulatedSnapshots>(network, venue, instruments_), feed,
      instruments_,
      {.view = market, .ring = events, .hops = hops_, .hop_clock = hop_clock_, .log = feed_log_},
      counters_);
  if (!made) return std::unexpected{made.error()};
  feed_ = std::move(*made);
  return {};
}

void Gateway::restore_breakers(const Now& now) {
  if (breakers_ == nullptr) return;
  const oms::PositionKeeper& positions = oms_->accounting().positions();
  bool has_history = false;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const oms::Position& position = positions.at(SymbolId{static_cast<SymbolId::rep>(i)});
    has_history = has_history || position.bought().is_positive() || position.sold().is_positive();
  }
  breakers_->restore(machine_.marks, has_history, now);
}

void Gateway::build_oms() {
  if (settings_.breakers) {
    breakers_ = std::make_unique<oms::Breakers>(
        oms::BreakerContext{.limits = *settings_.breakers,
                            .instruments = instruments_,
                            .market = market,
                            .modes = modes_,
                            .stops = stops_,
                            .log = log_,
                            .allowance = &venue_->allowance(),
                            .counters = oms::BreakerCounters::allocate(counters_)});
  }
  const std::vector<oms::FixedFeeRate> fixed{
      {.asset = "BNB", .quote_asset = "USDT", .px = SimulatedVenue::kBnbPx}};
  fee_rates_ =
      std::make_unique<oms::FeeRates>(instruments_, market, fixed, settings_.orders.mark_age_max);
  oms_counters_ = oms::OmsCounters::allocate(counters_);
  std::vector<oms::StrategyPort> strategies;
  for (Port& port : ports) {
    strategies.push_back({.commands = &port.commands, .reports = &port.reports});
  }
  oms_ = std::make_unique<Oms>(oms::OmsContext{.settings = settings_.orders,
                                               .instruments = instruments_,
                                               .ports = strategies,
                                               .exposure = exposure_,
                                               .kill_switch = kill_switch_,
                                               .log = log_,
                                               .hops = hops_,
                                               .clock = hop_clock_,
                                               .counters = oms_counters_,
                                               .journal = order_journal_,
                                               .fee_rates = fee_rates_.get(),
                                               .modes = &modes_,
                                               .breakers = breakers_.get()},
                               *gate_, *venue_, *ids_);
}

void Gateway::feed(const Now& now) {
  hop_clock_.set_frozen(now.mono);
  (void)feed_->do_work(now);
}

void Gateway::trade(const Now& now) {
  hop_clock_.set_frozen(now.mono);
  (void)venue_->poll(*oms_, now);
  (void)oms_->do_work(now);
}

// The two threads of the disk, one after the other.
void Gateway::keep_journal(const Now& now) {
  (void)journal_->turn(now.mono);
  if (snapshot_maker_ == nullptr) return;
  (void)snapshot_maker_->turn(journal_->finished_segment(), now.wall);
}

void Gateway::control(const Now& now) {
  (void)ids_->refill();
  if (kill_switch_.is_killed() && !kill_switch_.is_latched() &&
      latch_.set("killed in the simulation", now.wall)) {
    kill_switch_.mark_latched();
  }
  latch_modes(now);
  oms::BreakerMarks marks;
  if (breakers_ != nullptr && breakers_->read(marks)) machine_.marks = marks;
  take_log();
}

// A strategy's name is its number here.
void Gateway::restore_modes() {
  const auto records = latch_.read_all();
  for (std::size_t i = 0; records && i < kStrategies; ++i) {
    const std::string name = "strategy:" + std::to_string(i);
    const auto found = std::ranges::find(*records, name, &KillLatch::Record::scope);
    if (found == records->end()) continue;
    modes_.restore(Scope::of(StrategyId{static_cast<StrategyId::rep>(i)}), found->mode);
  }
}

void Gateway::latch_modes(const Now& now) {
  for (std::size_t i = 0; i < kStrategies; ++i) {
    const Scope scope = Scope::of(StrategyId{static_cast<StrategyId::rep>(i)});
    const risk::ModeBoard::State state = modes_.state_of(scope);
    if (state.mode != Mode::kHalted || state.is_latched) continue;
    if (latch_.set({.scope = "strategy:" + std::to_string(i),
                    .mode = state.mode,
                    .reason = "killed in the simulation",
                    .time = now.wall})) {
      modes_.mark_latched(scope, state.mode);
    }
  }
}

void Gateway::take_log() {
  log_.drain(
      [this](const LogRecord& record) {
        log_lines_.push_back(std::to_string(count_ns(record.time) / 1'000) +
                             " us: " + format_log_message(record));
        if (log_lines_.size() > kLogLinesKept) log_lines_.erase(log_lines_.begin());
      },
      64);
}

}  // namespace portcullis::simulation
