#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

// The account's own trades are listed from the last known id on: what the stream or a power failure
// has lost is found, counted once, and under its order.

namespace portcullis::oms::test {
namespace {

class OwnTradesTest : public testing::Test {
 protected:
  void SetUp() override { world.has_no_trades = false; }

  // The page that is asked for, with its question taken off.
  std::optional<FakeVenue::Sent> take_question(RequestKind kind = RequestKind::kTradesSince) {
    for (auto it = world.venue.sent.begin(); it != world.venue.sent.end(); ++it) {
      if (it->kind != kind) continue;
      const FakeVenue::Sent found = *it;
      world.venue.sent.erase(it);
      return found;
    }
    return std::nullopt;
  }
  // A trade as an own-trades answer shows it: no order id, no cumulative quantity.
  [[nodiscard]] VenueReport listed(OrderId id, std::uint64_t trade_id, const char* quantity) const {
    VenueReport report = world.trade(id, trade_id, quantity, "0", OrderState::kPartiallyFilled,
                                     ReportSource::kQuery);
    report.order_id = OrderId{};
    return report;
  }
  void answer(const FakeVenue::Sent& question, const std::vector<VenueReport>& trades,
              bool is_full = false) {
    for (const VenueReport& trade : trades) world.tell(trade);
    world.agent->on_trades_page(
        {.symbol = question.symbol, .from = question.from, .is_full = is_full}, world.now());
    world.step();
  }
  // Session up, orders listed: the first page is asked for.
  void come_up() {
    world.session(VenueSessionState::kUp);
    world.step();
    OrderStore& store = world.agent->accounting().store();
    for (std::size_t i = 0; i < store.open_count(); ++i) {
      store.open_at(i).listing_seen = ++listings_;
    }
    world.complete(RequestKind::kOpenOrders);
    world.step();
  }
  void expect_page(SymbolId symbol, std::uint64_t from, const std::vector<VenueReport>& trades = {},
                   bool is_full = false) {
    const auto question = take_question();
    ASSERT_TRUE(question.has_value()) << "from " << from;
    EXPECT_EQ(question->symbol, symbol);
    EXPECT_EQ(question->from, TradeId{from});
    answer(*question, trades, is_full);
  }
  void answer_account(const char* held = "0") {
    world.balance(world.btc, held);
    world.complete(RequestKind::kAccount);
    world.run_for(20ms);
  }
  // Ready, with the floors at trade 100 (BTC) and at none (ETH).
  void start() {
    come_up();
    ASSERT_NO_FATAL_FAILURE(expect_page(kBtc, 0, {listed(OrderId{4'000}, 100, "7")}));
    ASSERT_NO_FATAL_FAILURE(expect_page(kEth, 0));
    answer_account();
    ASSERT_TRUE(world.kill_switch.is_ready());
    world.venue.sent.clear();
  }
  void reconnect() {
    world.session(VenueSessionState::kLoggingOn);
    come_up();
  }
  // Working, with a `trades-known` record neither before nor after it.
  OrderId open_in_an_older_journal(const char* quantity) {
    const OrderId id = *world.ids.next();
    world.order_journal.record_holding(kBtc, Qty{}, world.now());
    world.order_journal.record_holding(kEth, Qty{}, world.now());
    world.exposure.adopt(risk::held_of(OmsWorld::order(Side::kBuy, quantity)), qty(quantity));
    EXPECT_NE(
        world.agent->accounting().open(OmsWorld::order(Side::kBuy, quantity), id, world.now()),
        nullptr);
    world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
    EXPECT_FALSE(world.agent->accounting().ledger().floor(kBtc).has_value());
    return id;
  }
  [[nodiscard]] Qty result(SymbolId symbol = kBtc) {
    return world.agent->accounting().positions().at(symbol).qty();
  }

  std::unique_ptr<OmsWorld> owned = std::make_unique<OmsWorld>();
  OmsWorld& world = *owned;
  std::uint32_t listings_{0};
};

TEST_F(OwnTradesTest, TheFirstStartLearnsTheNewestIdOfEachSymbolAndCountsNothing) {
  start();
  EXPECT_TRUE(world.position().is_zero());
  EXPECT_TRUE(result().is_zero());
  EXPECT_EQ(world.agent->accounting().ledger().floor(kBtc), TradeId{100});
  EXPECT_EQ(world.agent->accounting().ledger().floor(kEth), TradeId{0});
  world.tell(world.trade(OrderId{}, 100, "7", "7", OrderState::kFilled));
  EXPECT_TRUE(world.position().is_zero()) << "the holdings have it already";
}

TEST_F(OwnTradesTest, NewOrdersWaitForThemAndCancelsDoNot) {
  start();
  const OrderId id = world.place();
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  reconnect();
  world.take_reports();
  world.push(OmsWorld::order());
  world.push_cancel(id);
  world.step();
  EXPECT_EQ(world.take_reports().at(0).reject.reason, RejectReason::kNotReady);
  EXPECT_EQ(world.venue.count(RequestKind::kCancel), 1U);
  EXPECT_EQ(world.venue.count(RequestKind::kAccount), 0U) << "the account comes after the trades";
}

TEST_F(OwnTradesTest, AFillThatTheStreamLostIsCountedUnderItsOrderAndOnce) {
  start();
  const OrderId id = world.place(Side::kBuy, "2");
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  reconnect();
  ASSERT_NO_FATAL_FAILURE(expect_page(kBtc, 101, {listed(id, 120, "0.5")}));
  EXPECT_EQ(world.agent->accounting().store().find(id)->cum_qty, qty("0.5"));
  world.tell(world.trade(id, 120, "0.5", "0.5", OrderState::kPartiallyFilled));
  EXPECT_EQ(world.position(), qty("0.5"));
  EXPECT_EQ(result(), qty("0.5"));
  EXPECT_EQ(world.counters.trades_recovered.get(), 1);
  EXPECT_EQ(world.counters.fills_duplicate.get(), 1);
}

// A trade that only the stream told is listed again next time: behind it another may be missing.
TEST_F(OwnTradesTest, TheStreamDoesNotRaiseTheFloor) {
  start();
  const OrderId id = world.place(Side::kBuy, "2");
  world.tell(world.trade(id, 130, "0.5", "0.5", OrderState::kPartiallyFilled));
  reconnect();
  ASSERT_NO_FATAL_FAILURE(
      expect_page(kBtc, 101, {listed(id, 120, "0.25"), listed(id, 130, "0.5")}));
  EXPECT_EQ(world.position(), qty("0.75"));
  EXPECT_EQ(world.agent->accounting().ledger().floor(kBtc), TradeId{130});
}

TEST_F(OwnTradesTest, PagesFollowUntilOneIsNotFull) {
  start();
  const OrderId id = world.place(Side::kBuy, "2");
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  reconnect();
  ASSERT_NO_FATAL_FAILURE(expect_page(kBtc, 101, {listed(id, 120, "0.25")}, true));
  // From the last one again: its other side may be ours too.
  ASSERT_NO_FATAL_FAILURE(
      expect_page(kBtc, 120, {listed(id, 120, "0.25"), listed(id, 121, "0.5")}, true));
  EXPECT_EQ(world.agent->accounting().ledger().floor(kBtc), TradeId{100}) << "not known to the end";
  ASSERT_NO_FATAL_FAILURE(expect_page(kBtc, 121, {listed(id, 121, "0.5")}));
  EXPECT_EQ(world.agent->accounting().ledger().floor(kBtc), TradeId{121});
  EXPECT_EQ(result(), qty("0.75"));
}

TEST_F(OwnTradesTest, AnUnknownOrdersTradesWaitForItsNameAndCountAsOursWhenItIsOurs) {
  start();
  reconnect();
  const OrderId lost{4'711};
  ASSERT_NO_FATAL_FAILURE(
      expect_page(kBtc, 101, {listed(lost, 120, "0.25"), listed(lost, 121, "0.5")}));
  EXPECT_TRUE(world.position().is_zero());
  const auto lookup = take_question(RequestKind::kOrderLookup);
  ASSERT_TRUE(lookup.has_value());
  EXPECT_EQ(lookup->venue_order_id, VenueOrderId{5'711});
  world.tell(world.says(lost, ExecType::kNew, OrderState::kFilled, "0.75", ReportSource::kQuery));
  world.step();
  EXPECT_EQ(world.position(), qty("0.75"));
  EXPECT_EQ(result(), qty("0.75"));
  ASSERT_NO_FATAL_FAILURE(expect_page(kEth, 1));
}

TEST_F(OwnTradesTest, AnotherProgramsTradesMoveThePositionAndNotTheResult) {
  start();
  reconnect();
  ASSERT_NO_FATAL_FAILURE(expect_page(kBtc, 101, {listed(OrderId{4'711}, 120, "0.25")}));
  VenueReport named =
      world.says(OrderId{}, ExecType::kNew, OrderState::kFilled, "0.25", ReportSource::kQuery);
  named.venue_order_id = VenueOrderId{5'711};
  world.tell(named);
  EXPECT_EQ(world.position(), qty("0.25"));
  EXPECT_TRUE(result().is_zero());
}

TEST_F(OwnTradesTest, AnOrderThatTheVenueDeniesDoesNotHoldTheRestUp) {
  start();
  reconnect();
  ASSERT_NO_FATAL_FAILURE(expect_page(kBtc, 101, {listed(OrderId{4'711}, 120, "0.25")}));
  ASSERT_TRUE(take_question(RequestKind::kOrderLookup).has_value());
  world.agent->on_request_failure({.kind = RequestKind::kOrderLookup,
                                   .failure = FailureClass::kNoSuchOrder,
                                   .venue_order_id = VenueOrderId{5'711}},
                                  world.now());
  world.step();
  EXPECT_EQ(world.position(), qty("0.25"));
  EXPECT_TRUE(result().is_zero());
  ASSERT_NO_FATAL_FAILURE(expect_page(kEth, 1));
}

TEST_F(OwnTradesTest, QuestionsThatFailOrAreLostAreAskedAgain) {
  start();
  reconnect();
  ASSERT_TRUE(take_question().has_value());
  world.fail(RequestKind::kTradesSince, FailureClass::kUnknown);
  world.run_for(300ms);
  ASSERT_TRUE(take_question().has_value()) << "after a refusal";
  world.run_for(3'100ms);
  ASSERT_NO_FATAL_FAILURE(expect_page(kBtc, 101));
  ASSERT_NO_FATAL_FAILURE(expect_page(kEth, 1));
  EXPECT_EQ(world.venue.count(RequestKind::kAccount), 1U);
}

// An answer that was under way when the stream broke may be older than what the stream then lost.
TEST_F(OwnTradesTest, AnAnswerOfAnEarlierRoundIsNotTheNewOnes) {
  start();
  const OrderId id = world.place(Side::kBuy, "2");
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  reconnect();
  const auto early = take_question();
  ASSERT_TRUE(early.has_value());
  reconnect();
  const auto late = take_question();
  ASSERT_TRUE(late.has_value());
  answer(*early, {});
  EXPECT_FALSE(take_question().has_value()) << "still the first symbol's page";
  answer(*late, {listed(id, 120, "0.5")});
  EXPECT_EQ(world.position(), qty("0.5"));
}

TEST_F(OwnTradesTest, TheTimerLooksWithoutStoppingTheTrading) {
  start();
  const OrderId id = world.place(Side::kBuy, "2");
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.run_for(61s, 100ms);
  ASSERT_EQ(world.venue.count(RequestKind::kOpenOrders), 1U);
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  world.complete(RequestKind::kOpenOrders);
  world.step();
  ASSERT_NO_FATAL_FAILURE(expect_page(kBtc, 101, {listed(id, 120, "0.5")}));
  EXPECT_TRUE(world.kill_switch.is_ready());
  ASSERT_NO_FATAL_FAILURE(expect_page(kEth, 1));
  EXPECT_EQ(world.venue.count(RequestKind::kAccount), 1U) << "balances too";
  EXPECT_EQ(world.position(), qty("0.5"));
}

TEST_F(OwnTradesTest, ManyTradesAreListedBeforeTheLedgerForgetsAny) {
  OmsSettings settings;
  settings.fill_window = 8;
  settings.audit_interval = Nanos{0};
  const auto made = std::make_unique<OmsWorld>(settings);
  OmsWorld& small = *made;
  small.start();
  small.run_for(5s, 100ms);  // not twice in so short a time
  const OrderId id = small.place(Side::kBuy, "2");
  for (std::uint64_t trade_id = 1; trade_id <= 4; ++trade_id) {
    small.tell(small.trade(id, trade_id, "0.1", "0.1", OrderState::kPartiallyFilled));
  }
  small.step();
  EXPECT_EQ(small.venue.count(RequestKind::kOpenOrders), 0U);
  small.tell(small.trade(id, 5, "0.1", "0.1", OrderState::kPartiallyFilled));
  small.step();
  EXPECT_EQ(small.venue.count(RequestKind::kOpenOrders), 1U);
}

TEST_F(OwnTradesTest, TheFloorOutlivesAKillAndIsWhereTheNextRunGoesOn) {
  start();
  const OrderId id = world.place(Side::kBuy, "2");
  world.tell(world.trade(id, 120, "0.5", "0.5", OrderState::kPartiallyFilled));
  ASSERT_NO_FATAL_FAILURE(world.kill_and_restart());
  come_up();
  ASSERT_NO_FATAL_FAILURE(expect_page(kBtc, 101, {listed(id, 120, "0.5"), listed(id, 121, "1")}));
  EXPECT_EQ(world.position(), qty("1.5"));
  EXPECT_EQ(result(), qty("1.5"));
}

// Else a power failure could take the floor away together with orders that were sent after it, and
// the next first start would count nothing of them.
TEST_F(OwnTradesTest, TheFirstFloorIsOnTheDiskBeforeAnOrderMayLeave) {
  world.use_durability(journal::Durability::kAsync);
  world.is_keeper_turned = false;
  come_up();
  ASSERT_NO_FATAL_FAILURE(expect_page(kBtc, 0));
  ASSERT_NO_FATAL_FAILURE(expect_page(kEth, 0));
  answer_account();
  EXPECT_FALSE(world.kill_switch.is_ready());
  world.turn_keeper();
  world.turn_keeper();
  world.run_for(20ms);
  EXPECT_TRUE(world.kill_switch.is_ready());
}

// A journal from before own trades were listed names no first id. The newest trade, which the first
// list learns it from, may be one of ours that happened while nobody was there.
TEST_F(OwnTradesTest, AFillOfAnOrderThatIsOlderThanTheFirstIdIsCounted) {
  const OrderId open = open_in_an_older_journal("2");
  ASSERT_NO_FATAL_FAILURE(world.kill_and_restart());
  come_up();
  ASSERT_NO_FATAL_FAILURE(expect_page(kBtc, 0, {listed(open, 90, "0.5")}));
  ASSERT_NO_FATAL_FAILURE(expect_page(kEth, 0));
  answer_account();
  world.tell(
      world.says(open, ExecType::kNew, OrderState::kPartiallyFilled, "0.5", ReportSource::kQuery));
  world.run_for(1s);
  EXPECT_GE(world.venue.count(RequestKind::kTrades), 1U);
  world.tell(
      world.trade(open, 90, "0.5", "0.5", OrderState::kPartiallyFilled, ReportSource::kQuery));
  EXPECT_EQ(world.position(), qty("0.5"));
  EXPECT_EQ(result(), qty("0.5"));
  world.tell(world.trade(open, 90, "0.5", "0.5", OrderState::kPartiallyFilled));
  EXPECT_EQ(world.position(), qty("0.5")) << "and once";
  ASSERT_NO_FATAL_FAILURE(world.kill_and_restart());
  EXPECT_EQ(result(), qty("0.5"));
  world.tell(world.trade(open, 89, "0.25", "0.75", OrderState::kPartiallyFilled));
  EXPECT_EQ(result(), qty("0.75")) << "in the run after it, too";
  VenueReport elder = world.trade(OrderId{4'000}, 88, "7", "7", OrderState::kFilled);
  world.tell(elder);
  EXPECT_EQ(result(), qty("0.75")) << "what no journal knows is in the holdings";
}

}  // namespace
}  // namespace portcullis::oms::test
