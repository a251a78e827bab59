#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/counters.hpp"
#include "core/hop_clock.hpp"
#include "core/hop_timer.hpp"
#include "core/instrument.hpp"
#include "core/journal/journal.hpp"
#include "core/kill_switch.hpp"
#include "core/log.hpp"
#include "core/market_view.hpp"
#include "core/no_alloc.hpp"
#include "oms/oms_agent.hpp"
#include "oms/order_recovery.hpp"
#include "oms/snapshot_maker.hpp"
#include "risk/exposure.hpp"
#include "risk/limits.hpp"
#include "risk/mode_board.hpp"
#include "risk/open_limits.hpp"
#include "risk/pre_trade_gate.hpp"
#include "tests/journal/memory_segments.hpp"
#include "tests/journal/memory_snapshots.hpp"
#include "tests/oms/fake_venue.hpp"
#include "tests/oms/money_text.hpp"
#include "tests/oms/same_orders.hpp"

namespace portcullis::oms::test {

using namespace std::chrono_literals;

inline constexpr SymbolId kBtc{0};
inline constexpr SymbolId kEth{1};

// The accounting and its agent between a real gate and a fake venue, on a clock the test moves.
// On the heap only: its rings are aligned further than GCC 12 aligns a frame under
// AddressSanitizer.
class OmsWorld {
 public:
  explicit OmsWorld(const OmsSettings& chosen = {}, std::size_t report_ring = 1024)
      : settings{chosen},
        market{2},
        exposure{2},
        counters{OmsCounters::allocate(counter_file)} {
    add_symbol("BTCUSDT", "BTC");
    add_symbol("ETHUSDT", "ETH");
    bnb = instruments.intern_asset("BNB");
    usdt = *instruments.find_asset("USDT");
    btc = *instruments.find_asset("BTC");
    limits = risk::open_limits(instruments.size(), risk::kStrategyMax);
    for (risk::SymbolLimits& symbol : limits.symbols) {
      symbol.max_order_qty = Qty::from_units(1'000);
      symbol.max_order_notional = Notional::from_units(100'000'000);
      symbol.collar_width_ppm = 500'000;
      symbol.book_age_max = std::chrono::hours{1'000};
      symbol.max_long_position = Qty::from_units(1'000'000);
      symbol.max_short_position = Qty::from_units(1'000'000);
    }
    for (std::size_t i = 0; i < commands.size(); ++i) {
      commands[i] = std::make_unique<SpscRing<OrderCommand>>(1024);
      reports[i] = std::make_unique<SpscRing<ExecutionReport>>(report_ring);
      pulses[i] = std::make_unique<StrategyPulse>();
      ports.push_back(
          {.commands = commands[i].get(), .reports = reports[i].get(), .pulse = pulses[i].get()});
    }
    publish_market();
    disk.has_disk = false;
    begin_journal();
    build_agent();
    clock.set_frozen(now_mono);
  }
  // Whatever a test has done to it: the journal tells the same story.
  ~OmsWorld() {
    if (journal->lost_count() == 0 && is_replay_compared) (void)replay();
  }
  OmsWorld(const OmsWorld&) = delete;
  OmsWorld& operator=(const OmsWorld&) = delete;

  using Agent_ = OmsAgent<FakeVenue, CountingIds>;

  [[nodiscard]] Now now() const {
    return {.mono = now_mono, .wall = wall_time(count_ns(now_mono) + 1'700'000'000'000'000'000)};
  }
  int step(Nanos by = 1ms) {
    now_mono += by;
    clock.set_frozen(now_mono);
    if (is_keeper_turned) turn_keeper();
    int work = agent->do_work(now());
    while (has_no_trades && answer_trades_since()) work += agent->do_work(now());
    return work;
  }
  // For the tests that are about something else: the account has made no trade.
  bool answer_trades_since() {
    const auto asked = std::ranges::find(venue.sent, RequestKind::kTradesSince,
                                         [](const FakeVenue::Sent& sent) { return sent.kind; });
    if (asked == venue.sent.end()) return false;
    const TradesPage page{.symbol = asked->symbol, .from = asked->from};
    venue.sent.erase(asked);
    agent->on_trades_page(page, now());
    return true;
  }
  // In steps of a timer's interval, so that everything due on the way happens on the way.
  void run_for(Nanos total, Nanos by = 10ms) {
    for (Nanos passed{0}; passed < total; passed += by) step(by);
  }

  // Session up, nothing open, empty account: ready to trade.
  void start() {
    session(VenueSessionState::kUp);
    step();
    complete(RequestKind::kOpenOrders);
    step();
    complete(RequestKind::kAccount);
    run_for(20ms);
    ASSERT_TRUE(kill_switch.is_ready());
    venue.sent.clear();
  }
  // Session up with the orders of an earlier run: each is named as working.
  void start_recovered() {
    session(VenueSessionState::kUp);
    step();
    OrderStore& store = agent->accounting().store();
    for (std::size_t i = 0; i < store.open_count(); ++i) store.open_at(i).listing_seen = 1;
    complete(RequestKind::kOpenOrders);
    step();
    complete(RequestKind::kAccount);
    run_for(20ms);
    venue.sent.clear();
  }
  // Another thread's work, which may allocate.
  void turn_keeper() {
    const AllocAllowedScope scope;
    (void)journal->turn(now_mono);
    if (maker != nullptr) (void)maker->turn(journal->finished_segment(), now().wall);
  }
  // From now on, in this run and in the next ones.
  void use_snapshots(KeepSegments keep) {
    // As large as the least record there may be: a snapshot after each segment.
    const std::size_t always = std::size_t{1} << 30;
    maker = std::make_unique<SnapshotMaker>(
        disk, snapshots, settings, SnapshotMaker::Settings{.keep = keep, .segment_bytes = always});
  }
  // A journal from the beginning, on a disk that may lose its power; before anything else.
  void use_durability(journal::Durability chosen) {
    durability = chosen;
    disk.has_disk = true;
    disk.clear();
    begin_journal();
  }
  // kill -9, and the next start: what is not in the journal is gone, rings and all.
  void kill_and_restart() {
    const auto recovered = replay();
    ASSERT_NE(recovered, nullptr);
    start_next_run(*recovered);
  }
  // The machine has lost its power: of what was not synced, any sectors may be there.
  template <class Survives>
  void lose_power_and_restart(Survives&& survives) {
    (void)replay();
    disk.lose_power(survives);
    const auto recovered = read_journal();
    ASSERT_TRUE(recovered.has_value()) << recovered.error();
    start_next_run(**recovered);
  }
  void start_next_run(RecoveredOrders& recovered) {
    agent.reset();
    gate.reset();
    if (maker != nullptr) use_snapshots(maker->keep());
    exposure = risk::Exposure{instruments.size()};
    kill_switch.set_ready(false);
    for (auto& ring : commands) ring->drain([](const OrderCommand&) noexcept {}, 4'096);
    for (auto& ring : reports) ring->drain([](const ExecutionReport&) noexcept {}, 4'096);
    ids.last += 1'000;  // the rest of the block that the dead process had reserved
    venue.up = false;
    resume_journal(recovered.reader());
    build_agent();
    const auto handed =
        recovered.hand_over(instruments, agent->accounting(), agent->holdings(), now());
    ASSERT_TRUE(handed.has_value()) << handed.error();
  }
  void session(VenueSessionState state) {
    venue.up = state == VenueSessionState::kUp;
    agent->on_session_state(state, now());
  }

  [[nodiscard]] static NewOrderSingle order(Side side = Side::kBuy, const char* quantity = "1",
                                            SymbolId symbol = kBtc) {
    NewOrderSingle request;
    request.ref = StrategyRef{77};
    request.px = Price::from_units(100);
    request.qty = qty(quantity);
    request.symbol = symbol;
    request.side = side;
    return request;
  }
  void push(const NewOrderSingle& request, std::size_t strategy = 0) {
    OrderCommand command;
    command.kind = OrderCommandKind::kNew;
    command.order = request;
    ASSERT_TRUE(commands[strategy]->try_push(command));
  }
  void push_cancel(OrderId id, std::size_t strategy = 0) {
    OrderCommand command;
    command.kind = OrderCommandKind::kCancel;
    command.cancel = OrderCancelRequest{};
    command.cancel.order_id = id;
    ASSERT_TRUE(commands[strategy]->try_push(command));
  }
  // A buy (or sell) of `quantity` sent; its id.
  OrderId place(Side side = Side::kBuy, const char* quantity = "1", SymbolId symbol = kBtc) {
    push(order(side, quantity, symbol));
    step();
    return OrderId{ids.last};
  }

  // ---- the venue's words
  [[nodiscard]] VenueReport says(OrderId id, ExecType type, OrderState state, const char* cum = "0",
                                 ReportSource source = ReportSource::kStream) const {
    VenueReport report;
    report.order_id = id;
    report.venue_order_id = VenueOrderId{id.raw() + 1'000};
    report.symbol = kBtc;
    report.exec_type = type;
    report.state = state;
    report.cum_qty = qty(cum);
    report.source = source;
    report.received = now_mono;
    return report;
  }
  [[nodiscard]] VenueReport trade(OrderId id, std::uint64_t trade_id, const char* last,
                                  const char* cum, OrderState state,
                                  ReportSource source = ReportSource::kStream) const {
    VenueReport report = says(id, ExecType::kTrade, state, cum, source);
    report.trade_id = TradeId{trade_id};
    report.last_px = Price::from_units(100);
    report.last_qty = qty(last);
    return report;
  }
  void tell(const VenueReport& report) { agent->on_venue_report(report, now()); }
  void fail(RequestKind kind, FailureClass failure, OrderId id = {}, std::int32_t code = -1) {
    agent->on_request_failure({.kind = kind,
                               .failure = failure,
                               .order_id = id,
                               .venue_code = code,
                               .received = now_mono},
                              now());
  }
  void complete(RequestKind kind, OrderId id = {}) {
    agent->on_listing_complete(kind, kNoSymbol, id, now());
  }
  void balance(AssetId asset, const char* free, const char* locked = "0") {
    agent->on_balance({.asset = asset, .free = qty(free), .locked = qty(locked)}, now());
  }

  // Books as they are now, with this best ask.
  void publish_market(Price ask_px = Price::from_units(101)) {
    MarketSnapshot snapshot;
    snapshot.top = {.bid_px = Price::from_units(99),
                    .bid_qty = Qty::from_units(10),
                    .ask_px = ask_px,
                    .ask_qty = Qty::from_units(10)};
    snapshot.received = now_mono;
    snapshot.book_state = BookState::kSynced;
    market.publish(kBtc, snapshot);
    market.publish(kEth, snapshot);
  }

  // ---- what the strategies see
  std::vector<ExecutionReport> take_reports(std::size_t strategy = 0) {
    std::vector<ExecutionReport> taken;
    ExecutionReport report;
    while (reports[strategy]->try_pop(report)) taken.push_back(report);
    return taken;
  }
  // The kinds of the reports waiting, in order: "pending-new trade canceled".
  std::string take_kinds(std::size_t strategy = 0) {
    std::string kinds;
    for (const ExecutionReport& report : take_reports(strategy)) {
      if (!kinds.empty()) kinds += ' ';
      kinds += to_string(report.exec_type);
    }
    return kinds;
  }
  // In the journal so far.
  [[nodiscard]] std::size_t records_of(RecordType type) {
    auto reader = journal::JournalReader::open(disk);
    std::size_t count = 0;
    while (const auto record = reader->next()) {
      if (record->header.type == static_cast<std::uint16_t>(type)) ++count;
    }
    return count;
  }
  // Lines in the log that have this in them, taken off it.
  std::size_t take_log_lines(const std::string& part) {
    std::size_t count = 0;
    log.drain(
        [&](const LogRecord& record) {
          if (format_log_message(record).find(part) != std::string::npos) ++count;
        },
        4'096);
    return count;
  }
  [[nodiscard]] OrderState state_of(OrderId id) {
    const Order* found = agent->accounting().store().find(id);
    return found != nullptr ? found->state : OrderState::kCount;
  }
  [[nodiscard]] Qty working_buy(SymbolId symbol = kBtc) const {
    return exposure.at(symbol).working_buy;
  }
  [[nodiscard]] Qty position(SymbolId symbol = kBtc) const { return exposure.at(symbol).position; }

  OmsSettings settings;
  InstrumentTable instruments;
  MarketView market;
  risk::Limits limits;
  risk::Exposure exposure;
  KillSwitch kill_switch;
  risk::ModeBoard modes{kill_switch, 2, 2};
  LogRing log;
  HopTimers hops;
  HopClock clock;
  CounterFile counter_file{*CounterFile::create("")};
  OmsCounters counters;
  std::array<std::unique_ptr<SpscRing<OrderCommand>>, 2> commands;
  std::array<std::unique_ptr<SpscRing<ExecutionReport>>, 2> reports;
  std::array<std::unique_ptr<StrategyPulse>, 2> pulses;
  std::vector<StrategyPort> ports;
  FakeVenue venue;
  CountingIds ids;
  journal::test::MemorySegments disk;
  journal::test::MemorySnapshots snapshots;
  std::size_t segment_bytes{1 << 18};  // from the next run on
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<SnapshotMaker> maker;  // none: no snapshots
  journal::Durability durability{journal::Durability::kAsync};
  OrderJournal order_journal;
  std::unique_ptr<FeeRates> fee_rates;
  std::unique_ptr<risk::PreTradeGate> gate;
  std::unique_ptr<Agent_> agent;
  AssetId btc{};
  AssetId usdt{};
  AssetId bnb{};
  MonoTime now_mono{mono_time(1'000'000'000)};
  std::uint64_t run{0};
  bool has_no_trades{true};       // own-trades pages are answered at once, and empty
  bool is_keeper_turned{true};    // once a step; false for a test that is the disk
  bool is_replay_compared{true};  // false for a test that harms the journal

 private:
  void build_agent() {
    fee_rates = std::make_unique<FeeRates>(instruments, market, settings.fixed_fee_rates,
                                           settings.mark_age_max);
    gate = std::make_unique<risk::PreTradeGate>(kill_switch, instruments, market, limits, exposure);
    gate->obey(modes);
    agent = std::make_unique<Agent_>(OmsContext{.settings = settings,
                                                .instruments = instruments,
                                                .ports = ports,
                                                .exposure = exposure,
                                                .kill_switch = kill_switch,
                                                .log = log,
                                                .hops = hops,
                                                .clock = clock,
                                                .counters = counters,
                                                .journal = order_journal,
                                                .fee_rates = fee_rates.get(),
                                                .modes = &modes},
                                     *gate, venue, ids);
  }
  void begin_journal() {
    auto reader = journal::JournalReader::open(disk);
    resume_journal(*reader);
  }
  void resume_journal(journal::JournalReader& reader) {
    const journal::JournalSettings chosen{.durability = durability, .segment_bytes = segment_bytes};
    journal = *journal::Journal::resume(disk, reader, chosen, now());
    order_journal = OrderJournal{*journal};
    ASSERT_TRUE(order_journal.begin_run(++run, "test", instruments, now()).has_value());
  }
  [[nodiscard]] RecoveredOrders::Result read_journal() {
    return RecoveredOrders::read_newest(disk, snapshots, settings);
  }
  // What the journal tells, compared with what the accounting knows.
  std::unique_ptr<RecoveredOrders> replay() {
    auto recovered = read_journal();
    EXPECT_TRUE(recovered.has_value()) << recovered.error();
    if (!recovered) return nullptr;
    EXPECT_TRUE((*recovered)->warnings().empty()) << (*recovered)->warnings().front();
    expect_same_orders(agent->accounting(), (*recovered)->accounting());
    for (const SymbolId symbol : {kBtc, kEth}) {
      const std::size_t i = symbol.raw();
      const Qty baseline =
          i < settings.position_baseline.size() ? settings.position_baseline[i] : Qty{};
      const bool is_known = (*recovered)->has_holding(symbol);
      const Qty held = (*recovered)->exposure().at(symbol).position;
      EXPECT_EQ(exposure.at(symbol).position, is_known ? held - baseline : held);
    }
    return std::move(*recovered);
  }
  void add_symbol(const char* symbol, const char* base) {
    Instrument instrument;
    instrument.symbol = symbol;
    instrument.base_asset_name = base;
    instrument.quote_asset_name = "USDT";
    instrument.is_trading = true;
    instrument.ord_types = kEveryOrdType;
    instrument.stp_modes = kEveryStpMode;
    instrument.has_iceberg = true;
    instrument.has_quote_qty = true;
    instrument.has_trailing_stop = true;
    instrument.has_peg = true;
    instrument.has_cancel_replace = true;
    instrument.has_amend = true;
    instrument.has_oco = true;
    instrument.has_oto = true;
    instrument.has_opo = true;
    instrument.px_min = Price::from_raw(1);
    instrument.px_max = Price::from_units(1'000'000);
    instrument.qty_min = Qty::from_raw(1);
    instrument.qty_max = Qty::from_units(1'000'000);
    instruments.add(instrument);
  }
};

class OmsTest : public testing::Test {
 protected:
  void SetUp() override { world.start(); }
  [[nodiscard]] std::size_t records_of(RecordType type) { return world.records_of(type); }
  OmsWorld world;
};

}  // namespace portcullis::oms::test
