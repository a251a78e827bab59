#include "app/gateway.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <unistd.h>

#include "app/breaker_settings.hpp"
#include "app/reference_data.hpp"
#include "app/scope_names.hpp"
#include "core/memory_lock.hpp"
#include "oms/oms_counters.hpp"
#include "oms/strategy_port.hpp"
#include "risk/gate_counters.hpp"
#include "watchdog/watchdog.hpp"

namespace portcullis::app {

namespace {

constexpr std::size_t kMarketRingCapacity = 16'384;
constexpr std::size_t kOrderRingCapacity = 4'096;
constexpr std::size_t kReportRingCapacity = 32'768;
// Ways in: the one pair of rings below.
constexpr std::size_t kStrategyCount = 1;

// Fees are named in the journal whatever they are taken in. The venue takes them in BNB where that
// is switched on, whether or not a symbol trades it.
void intern_fee_assets(const Settings& settings, InstrumentTable& instruments) {
  (void)instruments.intern_asset("BNB");
  for (const oms::FixedFeeRate& rate : settings.orders.fixed_fee_rates) {
    (void)instruments.intern_asset(rate.asset);
  }
}

std::expected<void, StartError> make_state_dir(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return {};
  return std::unexpected{StartError{
      ExitCode::kIoError, "cannot make gateway.state_dir " + path + ": " + error.message()}};
}

std::vector<std::string> strategy_names(const Settings& settings) {
  std::vector<std::string> names;
  for (const StrategyLimitSettings& strategy : settings.limits.strategies) {
    names.push_back(strategy.name);
  }
  return names;
}

// What the life before has left open at the venue, nobody looks after until this one trades. One
// that stopped cleanly has left nothing, and of one that never was nothing is known.
std::expected<HeartbeatPage, StartError> show_heartbeat(const Settings& settings) {
  std::vector<std::string> symbols;
  symbols.reserve(settings.limits.symbols.size());
  for (const auto& [name, symbol] : settings.limits.symbols) symbols.push_back(name);
  const std::string path = settings.state_dir + watchdog::kGatewayPage;
  const auto before = read_heartbeat_page(path);
  const bool has_left_orders = before
                                   ? before->state != LifeState::kStopped && before->may_have_orders
                                   : !before.error().is_missing;
  auto page = HeartbeatPage::create(path, symbols, has_left_orders);
  if (!page) return std::unexpected{StartError{ExitCode::kIoError, page.error()}};
  return std::move(*page);
}

std::expected<std::unique_ptr<journal::FileSegments>, StartError> open_journal(
    const Settings& settings) {
  auto segments = journal::FileSegments::open_to_write(settings.state_dir + "/journal",
                                                       settings.journal_memory_dir);
  if (segments) return std::move(*segments);
  const bool is_in_use = segments.error().failure == journal::FileSegments::Failure::kInUse;
  return std::unexpected{
      StartError{is_in_use ? ExitCode::kInUse : ExitCode::kIoError, segments.error().text}};
}

}  // namespace

std::expected<Gateway::Foundation, StartError> Gateway::lay_foundation(const Settings& settings,
                                                                       const KillLatch& latch,
                                                                       KillSwitch& kill_switch) {
  std::error_code ignored;
  if (latch.is_set()) {
    kill_switch.kill();
    kill_switch.mark_latched();
  }
  if (const std::string flag = settings.state_dir + "/KILL";
      std::filesystem::symlink_status(flag, ignored).type() !=
      std::filesystem::file_type::not_found) {
    kill_switch.kill();
  }
  auto kill_page = KillPage::open(settings.state_dir);
  if (!kill_page) return std::unexpected{StartError{ExitCode::kIoError, kill_page.error()}};
  auto segments = open_journal(settings);
  if (!segments) return std::unexpected{segments.error()};
  auto audit = AuditTrail::open(settings.state_dir, settings.audit, wall_now());
  if (!audit) return std::unexpected{audit.error()};
  auto overrides = load_overrides(overrides_file(settings.state_dir), settings.limits, wall_now());
  if (!overrides) return std::unexpected{StartError{ExitCode::kDataError, overrides.error()}};
  auto heartbeat = show_heartbeat(settings);
  if (!heartbeat) return std::unexpected{heartbeat.error()};
  auto ids = IdBlock::open(settings.state_dir + "/ids", wall_now());
  if (!ids) return std::unexpected{StartError{ExitCode::kOsError, ids.error()}};
  auto snapshots = std::make_unique<journal::FileSnapshots>(settings.state_dir + "/journal");
  auto recovered = oms::RecoveredOrders::read_newest(**segments, *snapshots, settings.orders);
  if (!recovered) return std::unexpected{StartError{ExitCode::kIoError, recovered.error()}};
  if ((*ids)->epoch() <= (*recovered)->epoch_max()) {
    return std::unexpected{StartError{
        ExitCode::kIoError, settings.state_dir +
                                "/ids: it is older than the journal, and would give ids again that "
                                "were used; move it away (ids then start at a new epoch)"}};
  }
  auto counters = CounterFile::create(settings.state_dir + "/counters");
  if (!counters) return std::unexpected{StartError{ExitCode::kIoError, counters.error()}};
  std::optional<feeds::replay::Capture> capture;
  if (settings.feed_source.kind == FeedSourceSettings::Kind::kReplay) {
    auto loaded = feeds::replay::Capture::load(settings.feed_source.captures);
    if (!loaded) return std::unexpected{StartError{ExitCode::kIoError, loaded.error()}};
    capture = std::move(*loaded);
  }
  auto reference = fetch_reference_data(settings, latch, kill_switch);
  if (!reference) return std::unexpected{reference.error()};
  intern_fee_assets(settings, reference->instruments);
  return Foundation{.kill_page = std::move(*kill_page),
                    .counters = std::move(*counters),
                    .heartbeat = std::move(*heartbeat),
                    .ids = std::move(*ids),
                    .segments = std::move(*segments),
                    .snapshots = std::move(snapshots),
                    .audit = std::move(*audit),
                    .overrides = std::move(*overrides),
                    .recovered = std::move(*recovered),
                    .reference = std::move(*reference),
                    .capture = std::move(capture)};
}

std::expected<std::unique_ptr<Gateway>, StartError> Gateway::create(Settings settings,
                                                                    KillSwitch& kill_switch) {
  if (auto made = make_state_dir(settings.state_dir); !made) return std::unexpected{made.error()};
  KillLatch latch{settings.state_dir};
  // One address, whichever thread talks from it.
  settings.venue.address = std::make_shared<net::AddressBudget>();
  settings.feed.address = settings.venue.address;
  BanRecord bans{settings.state_dir};
  const std::string ban_warning =
      bans.restore(*settings.venue.address, net::AddressBudget::cold_now(), wall_now());
  auto foundation = lay_foundation(settings, latch, kill_switch);
  if (!foundation) return std::unexpected{foundation.error()};
  const std::unique_ptr<oms::RecoveredOrders> recovered = std::move(foundation->recovered);
  std::unique_ptr<Gateway> gateway{
      new Gateway{std::move(settings), kill_switch, std::move(latch), std::move(*foundation)}};
  if (!ban_warning.empty()) gateway->warnings_.push_back(ban_warning);
  if (auto built = gateway->build(*recovered); !built) return std::unexpected{built.error()};
  if (auto noted = gateway->note_start(); !noted) return std::unexpected{noted.error()};
  return gateway;
}

Gateway::Gateway(Settings settings, KillSwitch& kill_switch, KillLatch latch, Foundation foundation)
    : settings_{std::move(settings)},
      kill_switch_{kill_switch},
      latch_{std::move(latch)},
      kill_page_{std::move(foundation.kill_page)},
      clock_{settings_.use_tsc},
      wall_{clock_},
      hop_clock_{clock_},
      counters_{std::move(foundation.counters)},
      heartbeat_page_{std::move(foundation.heartbeat)},
      control_heartbeat_{heartbeat_page_.add_line("control", LineKind::kCold)},
      ids_{std::move(foundation.ids)},
      segments_{std::move(foundation.segments)},
      snapshots_{std::move(foundation.snapshots)},
      instruments_{std::move(foundation.reference.instruments)},
      capture_{std::move(foundation.capture)},
      cl_ord_ids_{settings_.gateway_id},
      overrides_{std::move(foundation.overrides)},
      limits_{std::make_unique<risk::Limits>(
          make_limits(with_overrides(settings_.limits, overrides_), instruments_))},
      address_{settings_.venue.address},
      bans_{settings_.state_dir},
      audit_{std::move(foundation.audit)},
      breaker_marks_{settings_.state_dir, strategy_names(settings_)},
      market_{instruments_.size()},
      market_ring_{kMarketRingCapacity},
      order_ring_{kOrderRingCapacity},
      report_ring_{kReportRingCapacity},
      modes_{kill_switch_, std::max(kStrategyCount, settings_.limits.strategies.size()),
             instruments_.size()},
      exposure_{instruments_.size(), counters_.allocate("risk.exposure_faults")},
      usage_{instruments_.size(), settings_.limits.strategies.size(),
             settings_.limits.groups.size()},
      breaker_stops_{modes_.strategy_count(), instruments_.size()} {
  for (const auto& [name, symbol] : settings_.limits.symbols) {
    settings_.orders.position_baseline.push_back(symbol.position_baseline);
  }
  adopt_limits(foundation.reference.rate_limits);
}

// What the session and the snapshots may use. A limit that is not stated stays unknown.
void Gateway::adopt_limits(const std::vector<feeds::binance::RateLimit>& limits) {
  using Kind = feeds::binance::RateLimitKind;
  constexpr std::chrono::seconds kDay = std::chrono::hours{24};
  constexpr std::int64_t kPercent = 100;
  oms::binance::RateBudget& known = settings_.venue.manners.limits;
  for (const feeds::binance::RateLimit& limit : limits) {
    const oms::binance::RateWindow window{
        .limit = limit.limit, .interval_s = static_cast<std::int32_t>(limit.interval.count())};
    switch (limit.kind) {
      case Kind::kRequestWeight: known.request_weight = window; break;
      case Kind::kRawRequests: known.raw_requests = window; break;
      case Kind::kOrders:
        (limit.interval == kDay ? known.orders_day : known.orders_short) = window;
        break;
      case Kind::kConnections:
        settings_.venue.address->set_connection_limit(limit.limit, limit.interval);
        break;
    }
  }
  const std::int64_t weight = known.request_weight.limit * settings_.snapshot_share / kPercent;
  settings_.feed.snapshot_weight_per_minute =
      static_cast<int>(std::min<std::int64_t>(weight, settings_.feed.snapshot_weight_per_minute));
}

Gateway::~Gateway() {
  stop();
}

// What the file says has to make sense as a whole; what people have lowered since may refuse all.
std::expected<void, StartError> Gateway::review_limits() {
  std::string problems;
  for (const std::string& complaint :
       risk::validate(make_limits(settings_.limits, instruments_), instruments_)) {
    problems += (problems.empty() ? "" : "\n") + complaint;
  }
  if (!problems.empty()) return std::unexpected{StartError{ExitCode::kConfig, problems}};
  for (const std::string& complaint : risk::validate(limits_.in_force(), instruments_)) {
    warnings_.push_back(complaint);
  }
  return {};
}

std::expected<void, StartError> Gateway::build(oms::RecoveredOrders& recovered) {
  if (auto reviewed = review_limits(); !reviewed) return reviewed;
  gate_ =
      std::make_unique<risk::PreTradeGate>(kill_switch_, instruments_, market_, limits_.in_force(),
                                           exposure_, risk::GateCounters::allocate(counters_));
  limits_agent_ = std::make_unique<LimitsAgent>(*gate_, exposure_, limits_, usage_);
  auto venue = oms::binance::BinanceVenue::create(std::move(settings_.venue), instruments_,
                                                  cl_ord_ids_, counters_, trading_log_, hop_clock_);
  if (!venue) return std::unexpected{StartError{ExitCode::kConfig, venue.error()}};
  venue_ = std::move(*venue);
  gate_->obey(venue_->allowance());
  gate_->obey(modes_);
  gate_->obey(breaker_stops_);
  restore_modes();
  if (auto begun = begin_journal(recovered); !begun) return begun;
  settings_.orders.strategies_min = recovered.strategy_count();
  build_oms();
  auto handed =
      recovered.hand_over(instruments_, oms_->accounting(), oms_->holdings(), now_on_both_clocks());
  if (!handed) return std::unexpected{StartError{ExitCode::kConfig, handed.error()}};
  restore_breakers();
  make_threads();
  return build_feed();
}

// Nothing is traded by a gateway of whose start nobody can know.
std::expected<void, StartError> Gateway::note_start() {
  audit_.count_in(counters_);
  const auto noted = audit_.note({.act = audit::Act::kStarted,
                                  .actor = user_text(::getuid()),
                                  .scope = "gateway",
                                  .reason = settings_.file.empty() ? "no file" : settings_.file,
                                  .before = {},
                                  .after = "configuration sha256 " + settings_.digest},
                                 wall_now());
  if (!noted) return std::unexpected{StartError{ExitCode::kIoError, noted.error()}};
  return {};
}

// What earlier runs have latched. A part that is not configured any more cannot be kept from
// trading under another name, so that everything is.
void Gateway::restore_modes() {
  const ScopeNames names{settings_};
  const auto records = latch_.read_all();
  if (!records) {  // damaged: killed already
    warnings_.push_back(records.error());
    return;
  }
  for (const KillLatch::Record& record : *records) {
    if (const auto scope = names.parse(record.scope)) {
      modes_.restore(*scope, record.mode);
    } else if (!kill_switch_.is_killed()) {
      warnings_.push_back("latched, not configured: " + record.scope + " (" + latch_.path() +
                          "); nothing is traded until it is re-armed by that name");
      kill_switch_.kill();
      kill_switch_.mark_latched();
    }
  }
}

Now Gateway::now_on_both_clocks() const {
  const MonoTime now = clock_.now();
  return {.mono = now, .wall = wall_.at(now)};
}

std::expected<void, StartError> Gateway::begin_journal(oms::RecoveredOrders& recovered) {
  const Now now = now_on_both_clocks();
  for (const std::string& warning : recovered.warnings())
    warnings_.push_back("journal: " + warning);
  if (const auto& damage = recovered.reader().damage()) {
    warnings_.push_back("journal: " + damage->text +
                        "; it is cut there, and what was behind it kept");
  }
  auto journal = journal::Journal::resume(*segments_, recovered.reader(), settings_.journal, now);
  if (!journal) return std::unexpected{StartError{ExitCode::kIoError, journal.error()}};
  journal_ = std::move(*journal);
  order_journal_ = oms::OrderJournal{*journal_};
  auto begun = order_journal_.begin_run(ids_->epoch(), settings_.gateway_id, instruments_, now);
  if (!begun) return std::unexpected{StartError{ExitCode::kConfig, begun.error()}};
  journal_thread_ = std::make_unique<JournalThread>(
      *journal_, clock_, counters_, heartbeat_page_.add_line("journal", LineKind::kCold));
  snapshot_thread_ = std::make_unique<SnapshotThread>(
      *journal_, *segments_, *snapshots_, settings_.orders,
      oms::SnapshotMaker::Settings{.keep = settings_.keep_segments,
                                   .segment_bytes = settings_.journal.segment_bytes},
      counters_);
  return {};
}

void Gateway::build_breakers() {
  adopt_valuation(settings_.breakers, limits_.in_force());
  breakers_ = std::make_unique<oms::Breakers>(
      oms::BreakerContext{.limits = settings_.breakers,
                          .instruments = instruments_,
                          .market = market_,
                          .modes = modes_,
                          .stops = breaker_stops_,
                          .log = trading_log_,
                          .allowance = &venue_->allowance(),
                          .counters = oms::BreakerCounters::allocate(counters_)});
}

// The positions are those of the earlier runs by now.
void Gateway::restore_breakers() {
  std::string warning;
  const std::optional<oms::BreakerMarks> marks = breaker_marks_.read(warning);
  if (!warning.empty()) warnings_.push_back(std::move(warning));
  const oms::PositionKeeper& positions = oms_->accounting().positions();
  bool has_history = false;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const oms::Position& position = positions.at(SymbolId{static_cast<SymbolId::rep>(i)});
    has_history = has_history || position.bought().is_positive() || position.sold().is_positive();
  }
  breakers_->restore(marks, has_history, now_on_both_clocks());
  // Before the first order: a crash in the first second is not a history without marks.
  if (marks || has_history) return;
  if (const auto kept = breaker_marks_.keep({}); !kept) warnings_.push_back(kept.error());
}

void Gateway::build_oms() {
  build_breakers();
  oms_counters_ = oms::OmsCounters::allocate(counters_);
  for (const oms::FixedFeeRate& rate : settings_.orders.fixed_fee_rates) {
    if (instruments_.find_asset(rate.quote_asset)) continue;
    warnings_.push_back("fee_rates: nothing trades against " + rate.quote_asset +
                        ", the price of " + rate.asset + " in it is not used");
  }
  fee_rates_ = std::make_unique<oms::FeeRates>(
      instruments_, market_, settings_.orders.fixed_fee_rates, settings_.orders.mark_age_max);
  const std::array ports{oms::StrategyPort{
      .commands = &order_ring_, .reports = &report_ring_, .pulse = &strategy_pulse_}};
  oms_ = std::make_unique<Oms>(oms::OmsContext{.settings = settings_.orders,
                                               .instruments = instruments_,
                                               .ports = ports,
                                               .exposure = exposure_,
                                               .kill_switch = kill_switch_,
                                               .log = trading_log_,
                                               .hops = hops_,
                                               .clock = hop_clock_,
                                               .counters = oms_counters_,
                                               .journal = order_journal_,
                                               .fee_rates = fee_rates_.get(),
                                               .modes = &modes_,
                                               .kill_page = &kill_page_,
                                               .breakers = breakers_.get()},
                               *gate_, *venue_, *ids_);
  venue_agent_ = std::make_unique<VenueAgent>(*venue_, *oms_, heartbeat_page_.trading_signs());
}

std::expected<void, StartError> Gateway::build_feed() {
  const feeds::MarketPipeline::Outlets outlets{.view = market_,
                                               .ring = market_ring_,
                                               .hops = hops_,
                                               .hop_clock = hop_clock_,
                                               .log = feed_log_};
  if (capture_) {
    const feeds::replay::ReplaySettings replay{
        .speed = static_cast<std::uint32_t>(settings_.feed_source.speed)};
    replay_ = std::make_unique<feeds::replay::ReplayFeed>(*capture_, replay, instruments_, outlets,
                                                          counters_);
    chain_of("feed.replay").add(*replay_, "feed.replay");
  } else {
    auto feed = feeds::FeedAgent::create(settings_.feed, instruments_, outlets, counters_);
    if (!feed) return std::unexpected{StartError{ExitCode::kConfig, feed.error()}};
    feed_ = std::move(*feed);
    chain_of("feed.binance").add(*feed_, "feed.binance");
  }
  // The venue is heard before the strategies' commands are taken: a report may free what they need.
  chain_of("venue.binance").add(*venue_agent_, "venue.binance");
  chain_of("oms").add(*oms_, "oms");
  chain_of("oms").add(*limits_agent_, "limits");
  return {};
}

void Gateway::make_threads() {
  for (const ThreadSettings& thread : settings_.threads) {
    Thread& made = threads_.emplace_back();
    made.settings = thread;
    made.chain = std::make_unique<AgentChain>(hop_clock_, counters_);
    made.runner = std::make_unique<AgentRunner>(
        clock_, wall_, counters_,
        RunnerSettings{.name = thread.name, .cpu = thread.cpu, .idle = thread.idle});
  }
}

AgentChain& Gateway::chain_of(const std::string& role) {
  for (Thread& thread : threads_) {
    if (std::ranges::find(thread.settings.agents, role) != thread.settings.agents.end()) {
      return *thread.chain;
    }
  }
  // The settings' check has named every agent's thread; a caller's own strategy may have none.
  return *threads_.front().chain;
}

void Gateway::add_sample_strategy() {
  if (settings_.strategy.empty()) return;
  SampleStrategySettings strategy;
  // Names that no earlier run has used, whose orders may still be reported.
  strategy.first_ref = StrategyRef{(ids_->epoch() << 32) + 1};
  for (const auto& [name, quote] : settings_.strategy) {
    const auto symbol = instruments_.find(name);
    if (!symbol) continue;
    strategy.symbols.push_back({.symbol = *symbol,
                                .quote_qty = quote.quote_qty,
                                .half_spread_ticks = quote.half_spread_ticks,
                                .requote_ticks = quote.requote_ticks,
                                .take_ticks = quote.take_ticks,
                                .inventory_max = quote.inventory_max,
                                .requote_interval = quote.requote_interval});
  }
  sample_strategy_ =
      std::make_unique<SampleStrategy>(strategy, instruments_, market_ring_, order_ring_,
                                       report_ring_, strategy_pulse_, hops_, hop_clock_, counters_);
  add_strategy(*sample_strategy_);
}

void Gateway::lock_memory_if_asked() {
  Counter failures = counters_.allocate("process.memory_lock_failures");
  if (!settings_.lock_memory) return;
  if (const auto locked = lock_memory(); !locked) {
    failures.add();
    warnings_.push_back(locked.error());
  }
}

void Gateway::start() {
  lock_memory_if_asked();
  kill_switch_.set_unguarded(settings_.guard.is_required);  // until one is seen to watch
  if (!settings_.guard.is_configured) {
    warnings_.push_back("no [watchdog]: nobody cancels when this process hangs or dies");
  }
  journal_thread_->start();
  snapshot_thread_->start();
  for (Thread& thread : threads_) {
    if (thread.chain->is_empty()) continue;
    thread.runner->show_on(
        heartbeat_page_.add_line(thread.settings.name, LineKind::kHot, thread.settings.is_watched));
    thread.runner->start(*thread.chain);
    for (const std::string& warning : thread.runner->report().warnings) {
      warnings_.push_back(warning);
    }
  }
  heartbeat_page_.set_state(LifeState::kRunning);
}

void Gateway::stop() noexcept {
  // The venue has confirmed that nothing is left, and no order can come any more: from here on
  // nobody has to watch.
  if (oms_ != nullptr && oms_->is_drained()) heartbeat_page_.set_state(LifeState::kStopped);
  for (Thread& thread : threads_) thread.runner->stop();
  if (snapshot_thread_ != nullptr) snapshot_thread_->stop();
  if (breakers_ != nullptr) (void)keep_breaker_marks();
  if (journal_thread_ == nullptr) return;
  journal_thread_->stop();
  journal_->close(now_on_both_clocks());
}

std::expected<void, std::string> Gateway::keep_bans() {
  return bans_.keep(*address_, net::AddressBudget::cold_now(), wall_now());
}

std::expected<void, std::string> Gateway::keep_breaker_marks() {
  oms::BreakerMarks marks;
  if (!breakers_->read(marks)) return {};  // being written: the next turn
  return breaker_marks_.keep(marks);
}

std::vector<std::pair<std::string, LogRing*>> Gateway::log_rings() {
  return {{"feed", &feed_log_}, {"trading", &trading_log_}, {"control", &control_log_}};
}

std::string Gateway::last_journal_error() const {
  std::string error = journal_thread_->last_error();
  if (error.empty()) error = snapshot_thread_->last_error();
  return error;
}

std::string Gateway::last_connect_error() const {
  std::string error = venue_->last_connect_error();
  if (error.empty() && feed_ != nullptr) error = feed_->last_connect_error();
  return error;
}

}  // namespace portcullis::app
