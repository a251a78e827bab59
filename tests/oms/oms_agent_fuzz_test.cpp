#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "oms/results.hpp"
#include "tests/oms/model_exchange.hpp"
#include "tests/oms/oms_fixture.hpp"

// A long random day over a bad line. At every step the books add up; when the line is good again,
// they say what the venue says.

namespace portcullis::oms::test {
namespace {

class Day {
 public:
  explicit Day(std::uint64_t seed) : venue{world, seed} {}

  void step() {
    act(venue.below(100));
    if (has_transfers && world.kill_switch.is_ready() && venue.below(50) == 0) venue.transfer();
    // Seldom enough that the books grow stale at times, and fees have no price.
    if (venue.below(400) == 0) {
      const auto ticks = static_cast<std::int64_t>(venue.below(500));
      world.publish_market(Price::from_raw(Price::from_units(100).raw() + ticks));
    }
    world.step(Nanos{static_cast<std::int64_t>(venue.below(20'000'000)) + 1});
    venue.take_requests();
    venue.accept_delayed();
    note_reports();
  }

  // The sums of the exposure are those of the orders that hold a reserve; the position is that of
  // the unique fills told.
  void check_books() {
    OrderStore& store = world.agent->accounting().store();
    std::array<risk::SymbolExposure, 2> sums{};
    for (std::size_t i = 0; i < store.open_count(); ++i) {
      const Order& order = store.open_at(i);
      if (!order.has_reserve) continue;
      risk::SymbolExposure& sum = sums[order.symbol.raw()];
      (order.side == Side::kBuy ? sum.working_buy : sum.working_sell) += order.reserved;
      ++(order.side == Side::kBuy ? sum.buy_order_count : sum.sell_order_count);
      ASSERT_LE(order.cum_qty + order.reserved, order.qty);
    }
    ExternalOrders& others = world.agent->accounting().external_orders();
    for (std::size_t i = 0; i < others.count(); ++i) {
      const ExternalOrder& order = others.at(i);
      risk::SymbolExposure& sum = sums[order.symbol.raw()];
      (order.side == Side::kBuy ? sum.working_buy : sum.working_sell) += order.leaves_qty;
      ++(order.side == Side::kBuy ? sum.buy_order_count : sum.sell_order_count);
    }
    for (const SymbolId symbol : {kBtc, kEth}) {
      sums[symbol.raw()].position = venue.told_position(symbol);
      ASSERT_EQ(world.exposure.at(symbol), sums[symbol.raw()]) << "symbol " << symbol.raw();
    }
  }

  // Nothing works any more, and nothing counts as working.
  void check_working() {
    for (const SymbolId symbol : {kBtc, kEth}) {
      ASSERT_TRUE(world.exposure.at(symbol).working_buy.is_zero());
      ASSERT_TRUE(world.exposure.at(symbol).working_sell.is_zero());
      ASSERT_TRUE(world.exposure.is_trusted(symbol));
    }
  }

  // The process is killed, and starts again.
  void kill() {
    world.kill_and_restart();
    venue.drop_line();
    is_up = false;
  }

  void lose_power() {
    world.lose_power_and_restart([this] { return venue.below(2) == 0; });
    venue.drop_line();
    is_up = false;
  }

  // No more faults: everything is told, everything cancelled, every question answered.
  void quieten() {
    venue.is_faithful = true;
    if (!is_up) toggle_session();
    for (int i = 0; i < 20'000; ++i) {
      venue.deliver_one();
      if (i % 500 == 0) cancel_everything();
      world.step(10ms);
      venue.take_requests();
      venue.accept_delayed();
      note_reports();
    }
  }

  void reconnect() {
    toggle_session();
    toggle_session();
  }

  OmsWorld world;
  ModelExchange venue;
  std::map<OrderId, int> ends;    // reports of an order's end
  std::map<OrderId, Qty> traded;  // sum of its trade reports
  bool is_up{false};
  bool has_transfers{true};  // false where their records may be lost, for nobody says them again

 private:
  void act(std::size_t dice) {
    if (dice < 30) {
      if (world.agent->accounting().working_count() < 60) place();
    } else if (dice < 40) {
      cancel_any();
    } else if (dice < 60) {
      venue.match_one();
    } else if (dice < 99) {
      venue.deliver_one();
      venue.deliver_one();
    } else if (!is_up || venue.below(6) == 0) {
      toggle_session();
    }
  }
  void place() {
    static constexpr const char* kSizes[] = {"0.3", "1", "2.50000001"};
    world.push(OmsWorld::order(venue.below(2) == 0 ? Side::kBuy : Side::kSell,
                               kSizes[venue.below(3)], venue.below(2) == 0 ? kBtc : kEth));
  }
  void cancel_any() {
    OrderStore& store = world.agent->accounting().store();
    if (store.open_count() > 0)
      world.push_cancel(store.open_at(venue.below(store.open_count())).id);
  }
  void cancel_everything() {
    OrderStore& store = world.agent->accounting().store();
    for (std::size_t i = 0; i < store.open_count(); ++i) world.push_cancel(store.open_at(i).id);
  }
  void toggle_session() {
    is_up = !is_up;
    if (!is_up) venue.drop_line();
    world.session(is_up ? VenueSessionState::kUp : VenueSessionState::kDown);
  }
  void note_reports() {
    ExecutionReport report;
    while (world.reports[0]->try_pop(report)) {
      const bool is_trade = report.exec_type == ExecType::kTrade;
      if (is_trade) traded[report.order_id] += report.last_qty;
      const bool is_end =
          is_trade ? report.state == OrderState::kFilled
                   : is_terminal(report.state) && report.exec_type != ExecType::kCancelRejected;
      if (is_end && report.order_id != OrderId{}) ++ends[report.order_id];
    }
    LogRecord record;
    world.log.drain([&record](const LogRecord& taken) noexcept { record = taken; }, 4096);
  }
};

// Fees by asset are the venue's; the results are what the fills brought, less the fees, and unknown
// where one has no price.
void expect_fees(Day& day) {
  OmsWorld& world = day.world;
  const PositionKeeper& positions = world.agent->accounting().positions();
  std::vector<Fee> truth(world.instruments.asset_count());
  bool has_bnb = false;
  for (const auto& [id, order] : day.venue.orders) {
    for (const ModelExchange::TrueFill& fill : order.fills) {
      truth[fill.fee_asset.raw()] += fill.fee;
      has_bnb = has_bnb || (fill.fee_asset == world.bnb && !fill.fee.is_zero());
    }
  }
  EXPECT_TRUE(std::ranges::equal(positions.fees_by_asset(), truth));
  world.publish_market();
  world.run_for(100ms);
  EXPECT_TRUE(positions.is_fee_complete(kBtc)) << "there is a book for its fees";
  EXPECT_EQ(positions.is_fee_complete(kEth), !has_bnb) << "and none for those";
  const Results results{world.agent->view(), world.market, world.instruments,
                        world.settings.mark_age_max};
  EXPECT_EQ(results.account_result(world.usdt, world.now_mono).has_value(), !has_bnb);
}

// In the end the gateway knows every order, fill and position as the venue does.
void expect_truth(Day& day) {
  OmsWorld& world = day.world;
  EXPECT_EQ(world.agent->accounting().working_count(), 0U);
  EXPECT_TRUE(world.kill_switch.is_ready());
  for (const SymbolId symbol : {kBtc, kEth}) {
    EXPECT_EQ(world.exposure.at(symbol).position, day.venue.true_balance(symbol));
    EXPECT_EQ(world.agent->accounting().positions().at(symbol).qty(),
              day.venue.true_holding(symbol));
  }
  expect_fees(day);
  for (const auto& [id, truth] : day.venue.orders) {
    const Order* order = world.agent->accounting().store().find(id);
    ASSERT_NE(order, nullptr) << id.raw();
    const bool is_same = order->state == truth.state || (truth.state == OrderState::kRejected &&
                                                         order->state == OrderState::kNotPlaced);
    EXPECT_TRUE(is_same) << id.raw() << ": " << to_string(order->state) << " here, "
                         << to_string(truth.state) << " there";
    EXPECT_EQ(order->cum_qty, truth.cum) << id.raw();
  }
}

class OmsAgentFuzz : public testing::TestWithParam<std::uint64_t> {};

TEST_P(OmsAgentFuzz, TheBooksAddUpAtEveryStepAndSayTheTruthInTheEnd) {
  const auto owned = std::make_unique<Day>(GetParam());
  Day& day = *owned;
  for (int i = 0; i < 25'000; ++i) {
    day.step();
    ASSERT_NO_FATAL_FAILURE(day.check_books()) << "seed " << GetParam() << " step " << i;
  }
  day.quieten();
  ASSERT_NO_FATAL_FAILURE(day.check_books());
  OmsWorld& world = day.world;
  EXPECT_GT(day.venue.orders.size(), 1'000U);
  EXPECT_GT(world.counters.orders_unknown.get(), 100);
  EXPECT_GT(world.counters.orders_not_placed.get(), 20);
  EXPECT_GT(world.counters.fills_duplicate.get(), 100);
  EXPECT_GT(world.counters.fills_late.get(), 0);
  EXPECT_EQ(world.counters.impossible_events.get(), 0);
  EXPECT_EQ(world.counters.position_drift.get(), 0);
  EXPECT_EQ(world.counters.reports_lost.get(), 0);
  EXPECT_EQ(world.agent->accounting().store().open_count(), 0U);
  ASSERT_NO_FATAL_FAILURE(expect_truth(day));
  for (const SymbolId symbol : {kBtc, kEth}) EXPECT_TRUE(world.exposure.is_trusted(symbol));
  for (const auto& [id, truth] : day.venue.orders) {
    EXPECT_EQ(day.traded[id], truth.cum) << id.raw();
    EXPECT_EQ(day.ends[id], 1) << id.raw();
  }
}

// The same day with a gateway that is killed some hundred times. Its strategy dies with it, so that
// nobody is left who has seen every report; the books and the venue are compared.
TEST_P(OmsAgentFuzz, AKilledGatewayLosesNothingAndDoublesNothing) {
  const auto owned = std::make_unique<Day>(GetParam());
  Day& day = *owned;
  OmsWorld& world = day.world;
  int kills = 0;
  for (int i = 0; i < 15'000; ++i) {
    day.step();
    if (day.venue.below(150) == 0) {
      ASSERT_NO_FATAL_FAILURE(day.kill()) << "seed " << GetParam() << " step " << i;
      ++kills;
    }
    ASSERT_NO_FATAL_FAILURE(day.check_books()) << "seed " << GetParam() << " step " << i;
  }
  day.quieten();
  ASSERT_NO_FATAL_FAILURE(day.check_books());
  EXPECT_GT(kills, 50);
  EXPECT_GT(day.venue.orders.size(), 300U);
  EXPECT_EQ(world.counters.impossible_events.get(), 0);
  EXPECT_EQ(world.counters.position_drift.get(), 0);
  ASSERT_NO_FATAL_FAILURE(expect_truth(day));
}

// A killed gateway's day that is read from snapshots, with all that they stand for deleted: in each
// replay, and at each start, the books are what they were.
TEST_P(OmsAgentFuzz, AKilledGatewayThatPrunesItsJournalLosesNothing) {
  const auto owned = std::make_unique<Day>(GetParam());
  Day& day = *owned;
  OmsWorld& world = day.world;
  world.segment_bytes = 1 << 15;
  world.use_snapshots(KeepSegments::kRecent);
  std::size_t kills = 0;
  for (int i = 0; i < 10'000; ++i) {
    day.step();
    if (day.venue.below(300) == 0) {
      ASSERT_NO_FATAL_FAILURE(day.kill()) << "seed " << GetParam() << " step " << i;
      ++kills;
    }
    ASSERT_NO_FATAL_FAILURE(day.check_books()) << "seed " << GetParam() << " step " << i;
  }
  day.quieten();
  EXPECT_EQ(world.maker->failed_count(), 0U) << world.maker->error();
  EXPECT_GT(world.snapshots.files.rbegin()->first, 10U);
  EXPECT_GT(world.disk.list()->front(), 10U) << "nothing was pruned";
  EXPECT_GT(kills, 10U);
  EXPECT_EQ(world.counters.position_drift.get(), 0);
  ASSERT_NO_FATAL_FAILURE(expect_truth(day));
}

// Field for field, at every segment's end, from one snapshot to the next.
TEST_P(OmsAgentFuzz, ASnapshotAndWhatFollowsItTellWhatTheWholeJournalTells) {
  const auto owned = std::make_unique<Day>(GetParam());
  Day& day = *owned;
  OmsWorld& world = day.world;
  world.segment_bytes = 1 << 15;
  for (int i = 0; i < 5'000; ++i) {
    day.step();
    if (day.venue.below(300) == 0) {
      ASSERT_NO_FATAL_FAILURE(day.kill()) << "seed " << GetParam() << " step " << i;
    }
  }
  const auto whole = RecoveredOrders::read(world.disk, world.settings);
  ASSERT_TRUE(whole.has_value()) << whole.error();
  const std::vector<std::byte> state = (*whole)->state();
  const auto head = (*whole)->reader().take_chain().last();
  world.use_snapshots(KeepSegments::kAll);
  const std::uint64_t last = world.journal->finished_segment();
  for (std::uint64_t number = 1; number <= last; ++number) {
    while (world.maker->turn(number, world.now().wall)) {
    }
    ASSERT_EQ(world.maker->failed_count(), 0U) << world.maker->error();
    const auto read = RecoveredOrders::read_newest(world.disk, world.snapshots, world.settings);
    ASSERT_TRUE(read.has_value()) << read.error();
    ASSERT_TRUE((*read)->warnings().empty()) << (*read)->warnings().front();
    ASSERT_TRUE((*read)->state() == state) << "seed " << GetParam() << " segment " << number;
    EXPECT_EQ((*read)->reader().take_chain().last(), head);
  }
  EXPECT_GT(world.maker->made_count(), 5U);
  EXPECT_GT(state.size(), 10'000U);
}

// A day with a power failure now and then, and a sync every so many steps.
void live_on_bad_power(Day& day, journal::Durability durability, std::size_t sync_every) {
  day.has_transfers = false;
  day.world.use_durability(durability);
  day.world.is_keeper_turned = false;
  for (int i = 0; i < 10'000; ++i) {
    day.step();
    if (day.venue.below(sync_every) == 0) day.world.turn_keeper();
    if (day.venue.below(200) == 0) {
      ASSERT_NO_FATAL_FAILURE(day.lose_power()) << "step " << i;
    }
  }
  day.world.is_keeper_turned = true;
  day.quieten();
}

// Where an order waits for the disk, a power failure loses no more than a kill: what the venue did
// afterwards is asked for.
TEST_P(OmsAgentFuzz, APowerFailureLosesNothingWhereOrdersWaitForTheDisk) {
  const auto owned = std::make_unique<Day>(GetParam());
  Day& day = *owned;
  OmsWorld& world = day.world;
  ASSERT_NO_FATAL_FAILURE(live_on_bad_power(day, journal::Durability::kGroup, 3));
  EXPECT_GT(day.venue.orders.size(), 50U);
  EXPECT_EQ(world.counters.position_drift.get(), 0);
  ASSERT_NO_FATAL_FAILURE(expect_truth(day));
}

// Where it does not wait, orders may be missing from the journal. What of them works at the venue
// is cancelled, and their trades, which the venue lists, count in the position and in the result.
TEST_P(OmsAgentFuzz, AfterAPowerFailureNothingIsLeftAtTheVenueThatTheJournalDoesNotKnow) {
  const auto owned = std::make_unique<Day>(GetParam());
  Day& day = *owned;
  OmsWorld& world = day.world;
  ASSERT_NO_FATAL_FAILURE(live_on_bad_power(day, journal::Durability::kAsync, 20));
  day.reconnect();
  day.quieten();
  std::size_t missing = 0;
  for (const auto& [id, truth] : day.venue.orders) {
    EXPECT_TRUE(is_terminal(truth.state)) << id.raw();
    if (world.agent->accounting().store().find(id) == nullptr) ++missing;
  }
  EXPECT_GT(missing, 0U) << "no power failure took an order out of the journal";
  EXPECT_EQ(world.agent->accounting().working_count(), 0U);
  EXPECT_TRUE(world.kill_switch.is_ready());
  for (const SymbolId symbol : {kBtc, kEth}) {
    EXPECT_EQ(world.exposure.at(symbol).position, day.venue.true_holding(symbol));
    EXPECT_EQ(world.agent->accounting().positions().at(symbol).qty(),
              day.venue.true_holding(symbol));
  }
  for (const auto& [id, truth] : day.venue.orders) {
    const Order* order = world.agent->accounting().store().find(id);
    if (order == nullptr) continue;
    EXPECT_EQ(order->cum_qty, truth.cum) << id.raw();
  }
  EXPECT_GT(world.counters.trades_recovered.get(), 0);
  EXPECT_EQ(world.counters.position_drift.get(), 0);
  ASSERT_NO_FATAL_FAILURE(day.check_working());
  EXPECT_EQ(world.agent->accounting().external_orders().count(), 0U);
}

// PORTCULLIS_DAYS and PORTCULLIS_SEED: so many days from that seed on (./dev days).
std::vector<std::uint64_t> seeds() {
  const char* days = std::getenv("PORTCULLIS_DAYS");
  if (days == nullptr) return {1, 2, 1'100, 20'260'203};
  const char* first = std::getenv("PORTCULLIS_SEED");
  std::vector<std::uint64_t> chosen(std::strtoull(days, nullptr, 10));
  std::iota(chosen.begin(), chosen.end(), first != nullptr ? std::strtoull(first, nullptr, 10) : 1);
  return chosen;
}

INSTANTIATE_TEST_SUITE_P(Seeds, OmsAgentFuzz, testing::ValuesIn(seeds()));

}  // namespace
}  // namespace portcullis::oms::test
