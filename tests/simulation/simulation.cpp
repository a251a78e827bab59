#include "tests/simulation/simulation.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "risk/open_limits.hpp"
#include "tests/simulation/judge.hpp"

namespace portcullis::simulation {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr MonoTime kStart = mono_time(1'000'000'000);
constexpr WallTime kStartWall = wall_time(1'790'000'000'000'000'000);
// From the end of all faults to being ready, to knowing what works, and from there to everything
// being gone. An order is proven absent after its receive window and the venue's ten seconds, by
// questions up to five seconds apart.
constexpr Nanos kReadyWithin = seconds{30};
constexpr Nanos kKnownWithin = seconds{60};
constexpr Nanos kOverWithin = seconds{60};

risk::Limits make_limits(std::size_t symbol_count) {
  risk::Limits limits = risk::open_limits(symbol_count, risk::kStrategyMax);
  for (risk::SymbolLimits& symbol : limits.symbols) {
    symbol.max_order_qty = Qty::from_units(1);
    symbol.max_order_notional = Notional::from_units(1'000'000);
    symbol.collar_width_ppm = 100'000;
    symbol.book_age_max = seconds{2};
    symbol.max_long_position = Qty::from_units(2);
    symbol.max_short_position = Qty::from_units(2);
  }
  limits.account.scope.order_rate = {.rate_max = 1'000,
                                     .rate_window = seconds{1},
                                     .burst_max = 1'000,
                                     .window_max = risk::kOffCount};
  // Wide enough not to bind, so that what they look at is looked at.
  limits.account.exposure = {.max_gross = Notional::from_units(1'000'000'000),
                             .max_net = Notional::from_units(1'000'000'000)};
  limits.mark_age_max = risk::kOffAge;
  return limits;
}

// A loss that is soon made, and few orders in doubt at once. Nothing else trips.
risk::BreakerLimits make_breakers(std::size_t symbol_count, sim::Random& random) {
  const risk::LossLimits off{.realized_max = risk::kOffNotional,
                             .unrealized_max = risk::kOffNotional,
                             .daily_max = risk::kOffNotional,
                             .rolling_max = risk::kOffNotional,
                             .drawdown_max = risk::kOffNotional,
                             .losses_in_row_max = risk::kOffCount};
  const risk::EventLimit events{.max = risk::kOffCount};
  const risk::OrderToTradeLimit ratio{.ratio_max = risk::kOffCount};
  risk::BreakerLimits limits;
  limits.strategies.assign(Gateway::kStrategies, {.loss = off,
                                                  .venue_rejects = events,
                                                  .refusals = events,
                                                  .executions_max = risk::kOffCount,
                                                  .order_to_trade = ratio});
  limits.symbols.assign(symbol_count, {.velocity_qty_max = risk::kOffQty,
                                       .velocity_notional_max = risk::kOffNotional,
                                       .position_tolerance = risk::kOffQty,
                                       .book_alert_after = risk::kOffAge});
  limits.account = {.loss = off,
                    .venue_rejects = events,
                    .unknown_max = risk::kOffCount,
                    .unknown_age_max = risk::kOffAge,
                    .latency_max = risk::kOffAge,
                    .clock_grace = risk::kOffAge,
                    .order_to_trade = ratio};
  limits.global = off;
  if (random.chance(50)) limits.account.unknown_max = 2;
  if (random.chance(70)) limits.account.loss.daily_max = Notional::from_units(random.below(400));
  limits.result_grace = random.chance(50) ? Nanos{seconds{1}} : risk::kOffAge;
  limits.conversions.assign(symbol_count, {.is_reference = true});
  limits.mark_age_max = seconds{2};
  return limits;
}

journal::Durability draw_durability(sim::Random& random) {
  const std::int64_t dice = random.below(100);
  if (dice < 60) return journal::Durability::kAsync;
  return dice < 85 ? journal::Durability::kGroup : journal::Durability::kSync;
}

oms::binance::RateBudget limits_of(const feeds::binance::ExchangeInfo& info) {
  using Kind = feeds::binance::RateLimitKind;
  oms::binance::RateBudget known;
  for (const feeds::binance::RateLimit& limit : info.rate_limits) {
    const oms::binance::RateWindow window{
        .limit = limit.limit, .interval_s = static_cast<std::int32_t>(limit.interval.count())};
    if (limit.kind == Kind::kRequestWeight) known.request_weight = window;
    if (limit.kind == Kind::kRawRequests) known.raw_requests = window;
    const bool is_day = limit.interval == std::chrono::hours{24};
    if (limit.kind == Kind::kOrders) (is_day ? known.orders_day : known.orders_short) = window;
  }
  return known;
}

GatewaySettings make_settings(const Plan& plan, const feeds::binance::ExchangeInfo& info) {
  const InstrumentTable& instruments = info.instruments;
  sim::Random random{plan.seed * 2 + 2};
  GatewaySettings settings;
  settings.seed = plan.seed;
  settings.orders.order_capacity = 1'024;
  settings.orders.fill_window = 4'096;
  settings.orders.report_overflow = 256;
  settings.orders.audit_interval = seconds{5};
  settings.orders.stall_max = seconds{1};
  using Policy = oms::ExternalOrderPolicy;
  static constexpr std::array kPolicies{Policy::kFlag, Policy::kAdopt, Policy::kCancel};
  settings.orders.external_orders = kPolicies[plan.seed % kPolicies.size()];
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const Instrument& instrument = instruments.at(SymbolId{static_cast<SymbolId::rep>(i)});
    settings.orders.position_baseline.push_back(
        SimulatedVenue::initial(instrument.base_asset_name));
  }
  settings.limits = make_limits(instruments.size());
  settings.venue_limits = limits_of(info);
  if (plan.seed % 3 == 0) {
    sim::Random of_breakers{plan.seed ^ 0xB4EA};
    settings.breakers = make_breakers(instruments.size(), of_breakers);
  }
  const journal::Durability drawn = draw_durability(random);
  settings.journal = {.durability = plan.durability.value_or(drawn), .segment_bytes = 1u << 18};
  if (random.chance(25)) settings.key_kind = oms::binance::KeyKind::kHmacSha256;
  // A life in three reads and prunes snapshots, or compares them with the whole journal.
  using Keep = oms::KeepSegments;
  static constexpr std::array kKeeps{Keep::kAll, Keep::kArchive, Keep::kRecent};
  if (random.chance(33)) {
    settings.snapshots = kKeeps[static_cast<std::size_t>(random.below(kKeeps.size()))];
    settings.journal.segment_bytes = 1u << 15;
  }
  if (random.chance(60)) settings.connections = 2;
  using oms::binance::Spread;
  static constexpr std::array kSpreads{Spread::kBest, Spread::kSymbol, Spread::kRoundRobin};
  settings.spread = kSpreads[static_cast<std::size_t>(random.below(3))];
  // Some see a connection replaced every few seconds.
  if (random.chance(40)) settings.replace_after = milliseconds{2'000 + random.below(6'000)};
  return settings;
}

}  // namespace

Simulation::Simulation(const Plan& plan)
    : plan_{plan},
      timeline_{Now{.mono = kStart, .wall = kStartWall}},
      random_{plan.seed},
      venue_{timeline_, plan.seed},
      network_{timeline_, venue_, plan.seed ^ 0x5EED},
      info_{venue_.exchange_info()},
      instruments_{info_.instruments},
      settings_{make_settings(plan, info_)} {
  for (std::size_t i = 0; i < Gateway::kStrategies; ++i) {
    strategies_.emplace_back(instruments_, i, (plan.seed ^ 0x57A7) + i * 0x1'0000'0000);
  }
  static constexpr std::array kSyncsPercent{2, 10, 40, 90};
  syncs_percent_ = kSyncsPercent[static_cast<std::size_t>(random_.below(4))];
  outcome_.seed = plan.seed;
  outcome_.faults = plan.faults ? *plan.faults : draw_faults(plan.seed, plan.trading);
  machine_.state_dir = plan.state_dir;
  std::filesystem::remove_all(plan.state_dir);
  std::filesystem::create_directories(plan.state_dir);
}

// The gateway's streams and the tasks hold lines, and lines hold sessions of the venue.
Simulation::~Simulation() {
  gateway_.reset();
  timeline_.clear();
}

Outcome Simulation::run() {
  start_gateway();
  began_ = timeline_.now().mono + seconds{1};
  trade_until(began_);
  for (std::size_t i = 0; i < outcome_.faults.size(); ++i) schedule(outcome_.faults[i], i);
  trade_until(began_ + plan_.trading);
  heal();
  come_to_rest();
  wind_down();
  Judge{*this}.judge();
  if (gateway_ != nullptr) outcome_.log = gateway_->log_lines();
  outcome_.snapshots = machine_.snapshots.written_count;
  const auto segments = machine_.disk.list();
  if (!segments->empty()) outcome_.pruned = segments->front() - 1;
  return std::move(outcome_);
}

Now Simulation::gateway_now() const {
  const Now& now = timeline_.now();
  return {.mono = kStart + (now.mono - booted_), .wall = now.wall + host_skew_};
}

void Simulation::complain(const char* invariant, const std::string& what) {
  outcome_.violations.push_back(std::string{invariant} + ": " + what);
}

void Simulation::start_gateway() {
  if (gateway_ != nullptr) return;
  auto started = Gateway::start(machine_, network_, venue_, instruments_, settings_, gateway_now());
  ++outcome_.lives;
  // Without a disk it says so and ends; its supervisor tries again.
  if (!started && (machine_.disk.is_full || machine_.disk.is_sync_failing)) {
    timeline_.after(milliseconds{500}, [this] { start_gateway(); });
    return;
  }
  if (!started) return complain("I9", "the gateway does not start: " + started.error());
  gateway_ = std::move(*started);
  control_next_ = timeline_.now().mono;
  if (is_killed_) sent_at_kill_ = 0;
}

// kill -9. What the journal tells by now is what the process knew.
void Simulation::stop_gateway() {
  if (gateway_ == nullptr) return;
  Judge{*this}.compare_replay();
  gateway_.reset();
  for (RandomStrategy& strategy : strategies_) strategy.forget();
}

void Simulation::tick(Nanos least, Nanos most) {
  MonoTime next = timeline_.now().mono + least + Nanos{random_.below((most - least).count())};
  timeline_.run_until(next);
  if (gateway_ == nullptr || is_paused_) return;
  const Now now = gateway_now();
  gateway_->feed(now);
  Judge{*this}.judge_market();
  const Mode account_mode = gateway_->modes().asked_of(Scope::account()).mode;
  const std::int64_t sent = gateway_->counters().orders_sent.get();
  gateway_->trade(now);
  judge_escalation(account_mode, sent, now);
  constexpr std::uint64_t kTurnsOfALook = 16;
  if (++turns_ % kTurnsOfALook == 0 && outcome_.violations.empty()) Judge{*this}.judge_held();
  for (RandomStrategy& strategy : strategies_) strategy.do_work(*gateway_);
  if (!is_disk_stalled_ && random_.chance(syncs_percent_)) gateway_->keep_journal(now);
  if (timeline_.now().mono >= control_next_) {
    gateway_->control(now);
    control_next_ = timeline_.now().mono + milliseconds{10};
  }
}

// The account's mode was in force before the turn: HALTED, nothing new leaves; SAFE_MODE, what
// leaves takes the position toward flat and not through it, with all that works on its side.
void Simulation::judge_escalation(Mode before, std::int64_t sent_before, const Now& now) {
  const Mode after = gateway_->modes().asked_of(Scope::account()).mode;
  if (after != account_mode_ && after == Mode::kHalted) ++outcome_.halts;
  if (after != account_mode_ && after == Mode::kSafeMode) ++outcome_.safe_modes;
  account_mode_ = after;
  if (before == Mode::kRunning || gateway_->counters().orders_sent.get() == sent_before) return;
  if (before != Mode::kSafeMode) {
    complain("I6", std::string{"an order has left while the account was "} + to_string(before));
  }
  oms::OrderStore& store = gateway_->accounting().store();
  for (std::size_t i = 0; i < store.open_count(); ++i) {
    const oms::Order& order = store.open_at(i);
    if (is_terminal(order.state) || order.is_held || order.sent_at < now.mono) continue;
    const risk::SymbolExposure& exposure = gateway_->exposure().at(order.symbol);
    const bool is_reducing =
        order.side == Side::kBuy
            ? Int128{exposure.position.raw()} + exposure.working_buy.raw() <= 0
            : Int128{exposure.position.raw()} - exposure.working_sell.raw() >= 0;
    if (!is_reducing) complain("I3", "an order that opens has left in SAFE_MODE");
  }
}

void Simulation::trade_until(MonoTime end) {
  while (timeline_.now().mono < end) tick(microseconds{100}, milliseconds{2});
}

void Simulation::heal() {
  healed_ = timeline_.now().mono;
  network_.unblock();
  network_.conditions = NetworkConditions{};
  venue_.core.faults.advance(timeline_.now().mono);
  count_fired();
  venue_.core.faults.clear();
  venue_.core.clock.set_skew(Nanos{0});
  venue_.core.usage.lift_ban(venue_.core.usage.of(SimulatedVenue::kAddress));
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    venue_.core.exchange.set_status(i, sim::SymbolStatus::kTrading);
  }
  host_skew_ = Nanos{0};
  is_paused_ = false;
  is_disk_stalled_ = false;
  machine_.disk.is_full = false;
  machine_.disk.is_sync_failing = false;
  machine_.snapshots.is_full = false;
  // A disk that has failed wants a human, who starts it again.
  if (gateway_ != nullptr && gateway_->journal().health() == journal::JournalHealth::kFailed) {
    lose_process();
  }
  start_gateway();
}

void Simulation::come_to_rest() {
  for (RandomStrategy& strategy : strategies_) strategy.rest();
  venue_.set_crowd_trading(false);
  while (gateway_ != nullptr && timeline_.now().mono < *healed_ + kKnownWithin) {
    tick(milliseconds{1}, milliseconds{5});
    if (!ready_since_ && gateway_->kill_switch().is_ready()) ready_since_ = timeline_.now().mono;
    const bool is_awake = (is_killed_ || ready_since_.has_value()) && are_books_whole();
    const bool is_rested = is_awake && timeline_.now().mono > *healed_ + seconds{1};
    if (is_rested && is_same_working() && is_strategy_stopped()) break;
  }
  if (gateway_ == nullptr) return;
  if (!is_same_working()) {
    complain("I1", "what works is not known " + std::to_string(kKnownWithin / seconds{1}) +
                       " s after the last fault: " + std::to_string(venue_.open_orders().size()) +
                       " at the venue, " + std::to_string(gateway_->accounting().working_count()) +
                       " here");
  }
  if (!is_strategy_stopped())
    complain("I6", "the killed strategy's orders are not seen to be gone");
  Judge{*this}.judge_reserves();
  if (!are_books_whole()) complain("I5", "the books are not whole, long after the last fault");
  if (!is_killed_ && (!ready_since_ || *ready_since_ > *healed_ + kReadyWithin)) {
    complain("I9", "not ready within " + std::to_string(kReadyWithin / seconds{1}) +
                       " s of the last fault");
  }
}

void Simulation::wind_down() {
  for (RandomStrategy& strategy : strategies_) strategy.wind_down();
  venue_.set_crowd_trading(true);
  MonoTime end = timeline_.now().mono + kOverWithin;
  while (gateway_ != nullptr && timeline_.now().mono < end && !is_over()) {
    tick(milliseconds{1}, milliseconds{4});
  }
  if (gateway_ == nullptr) return;
  if (!is_over()) {
    complain("I9", "not everything has ended: " + std::to_string(venue_.open_orders().size()) +
                       " open at the venue, " +
                       std::to_string(gateway_->accounting().working_count()) + " here");
  }
  // What is still on its way comes, and finds everything settled; the account is compared once
  // more, with nothing open; and the market is seen as it is.
  end = timeline_.now().mono + seconds{8};
  while (timeline_.now().mono < end) tick(milliseconds{10}, milliseconds{30});
  venue_.set_crowd_trading(false);
  end = timeline_.now().mono + seconds{1};
  while (timeline_.now().mono < end) tick(milliseconds{5}, milliseconds{15});
}

bool Simulation::are_books_whole() const {
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    if (gateway_->feed_agent().builder(symbol).state() != BookState::kSynced) return false;
  }
  return true;
}

// The gateway takes those orders to be working that are, and no others, as far filled as they are.
bool Simulation::is_same_working() {
  oms::OrderStore& store = gateway_->accounting().store();
  const ClOrdIdCodec cl_ord_ids{"sim"};
  std::size_t working = 0;
  for (std::size_t i = 0; i < store.open_count(); ++i) {
    const oms::Order& order = store.open_at(i);
    if (order.is_held || order.state == OrderState::kPendingNew) return false;
    if (!is_terminal(order.state)) ++working;
    if (order.state == OrderState::kUnknown) return false;
  }
  const auto open = venue_.open_orders();
  return working == open.size() && std::ranges::all_of(open, [&](const sim::Order& truth) {
           const auto id = cl_ord_ids.decode(truth.client_order_id);
           const oms::Order* order = id ? store.find(*id) : nullptr;
           return order != nullptr && !is_terminal(order->state) && order->cum_qty == truth.cum_qty;
         });
}

bool Simulation::is_strategy_stopped() {
  if (!killed_strategy_) return true;
  oms::OrderStore& store = gateway_->accounting().store();
  for (std::size_t i = 0; i < store.open_count(); ++i) {
    const oms::Order& order = store.open_at(i);
    if (order.strategy.raw() == *killed_strategy_ && !is_terminal(order.state)) return false;
  }
  return gateway_->kill_report(killed_scope()).verified_zero != MonoTime{};
}

bool Simulation::is_over() {
  const bool is_stopped = is_killed_ ? gateway_->kill_report().verified_zero != MonoTime{}
                                     : gateway_->kill_switch().is_ready();
  return is_stopped && venue_.open_orders().empty() &&
         gateway_->accounting().store().open_count() == 0;
}

}  // namespace portcullis::simulation
