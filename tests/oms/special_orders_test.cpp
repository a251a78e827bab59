// What is particular to orders that are not plain, between the strategy and the venue. The fixture
// replays each test's journal at its end.
#include <array>
#include <span>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

namespace portcullis::oms::test {
namespace {

class SpecialOrders : public OmsTest {
 protected:
  // Book 99 to 101, collar a half: 1000 quote can be 20 at the most, no step added.
  OrderId place_by_quote(Side side = Side::kBuy) {
    NewOrderSingle order = OmsWorld::order(side, "0");
    order.type = OrdType::kMarket;
    order.px = {};
    order.terms.quote_qty = Notional::from_units(1'000);
    world.push(order);
    world.step();
    return OrderId{world.ids.last};
  }
  VenueReport stated(VenueReport report, const char* quantity) {
    report.qty = qty(quantity);
    return report;
  }
};

TEST_F(SpecialOrders, AStopReservesFromTheMomentItIsSentUntilItEnds) {
  NewOrderSingle order = OmsWorld::order(Side::kBuy, "2");
  order.type = OrdType::kStopLossLimit;
  order.px = Price::from_units(110);
  order.terms.stop_px = Price::from_units(105);
  world.push(order);
  world.step();
  const OrderId id{world.ids.last};
  EXPECT_EQ(world.venue.last.terms, order.terms);
  EXPECT_EQ(world.working_buy(), qty("2"));
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));  // triggered
  EXPECT_EQ(world.working_buy(), qty("2"));
  world.tell(world.trade(id, 1, "2", "2", OrderState::kFilled));
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.position(), qty("2"));
}

TEST_F(SpecialOrders, AQuoteQuantityIsHeldAtItsBoundUntilTheVenueHasWorkedItOut) {
  const OrderId id = place_by_quote();
  ASSERT_EQ(world.venue.count(RequestKind::kNewOrder), 1U);
  EXPECT_EQ(world.venue.last.terms.quote_qty, Notional::from_units(1'000));
  EXPECT_EQ(world.working_buy(), qty("20"));
  world.tell(stated(world.says(id, ExecType::kNew, OrderState::kNew), "9.9"));
  EXPECT_EQ(world.working_buy(), qty("9.9"));
  world.tell(stated(world.trade(id, 1, "4", "4", OrderState::kPartiallyFilled), "9.9"));
  EXPECT_EQ(world.working_buy(), qty("5.9"));
  world.tell(stated(world.trade(id, 2, "5.9", "9.9", OrderState::kFilled), "9.9"));
  EXPECT_EQ(world.state_of(id), OrderState::kFilled);
  EXPECT_EQ(world.exposure.at(kBtc).working_buy, Qty{});
  EXPECT_EQ(world.exposure.at(kBtc).buy_order_count, 0U);
  EXPECT_EQ(world.position(), qty("9.9"));
}

TEST_F(SpecialOrders, AQuoteQuantityWhoseFillsComeInTheWrongOrderIsFilledOnce) {
  const OrderId id = place_by_quote(Side::kSell);
  world.tell(world.trade(id, 2, "6", "10", OrderState::kFilled));
  EXPECT_EQ(world.state_of(id), OrderState::kPartiallyFilled);
  EXPECT_EQ(world.exposure.at(kBtc).working_sell, qty("4"));
  world.tell(world.trade(id, 1, "4", "4", OrderState::kPartiallyFilled));
  EXPECT_EQ(world.state_of(id), OrderState::kFilled);
  EXPECT_EQ(world.position(), -qty("10"));
}

TEST_F(SpecialOrders, AQuoteQuantityWhoseEndIsToldByAQueryEnds) {
  const OrderId id = place_by_quote();
  world.session(VenueSessionState::kDown);
  VenueReport fill = world.trade(id, 1, "10", "0", OrderState::kPartiallyFilled);
  fill.source = ReportSource::kQuery;
  world.tell(fill);
  EXPECT_EQ(world.state_of(id), OrderState::kPartiallyFilled) << "nothing says that it was all";
  EXPECT_EQ(world.working_buy(), qty("10"));
  world.take_reports();
  world.tell(stated(world.says(id, ExecType::kNew, OrderState::kFilled, "10", ReportSource::kQuery),
                    "10"));
  EXPECT_EQ(world.state_of(id), OrderState::kFilled);
  EXPECT_EQ(world.working_buy(), Qty{});
  const auto reports = world.take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].state, OrderState::kFilled);
  EXPECT_TRUE(reports[0].is_inferred);
  EXPECT_EQ(reports[0].last_qty, Qty{});
}

TEST_F(SpecialOrders, AQuoteQuantityThatRunsOutOfBookGivesTheRestBack) {
  const OrderId id = place_by_quote();
  world.tell(stated(world.trade(id, 1, "3", "3", OrderState::kPartiallyFilled), "9.9"));
  world.tell(stated(world.says(id, ExecType::kExpired, OrderState::kExpired, "3"), "9.9"));
  EXPECT_EQ(world.state_of(id), OrderState::kExpired);
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.position(), qty("3"));
}

TEST_F(SpecialOrders, AQuoteQuantityInDoubtHoldsItsBound) {
  const OrderId id = place_by_quote();
  world.fail(RequestKind::kNewOrder, FailureClass::kUnknown, id);
  EXPECT_EQ(world.state_of(id), OrderState::kUnknown);
  EXPECT_EQ(world.working_buy(), qty("20"));
}

TEST_F(SpecialOrders, AQuoteQuantityThatCannotBeSentGivesItsBoundBack) {
  world.venue.error = SendError::kSendBufferFull;
  (void)place_by_quote();
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.exposure.at(kBtc).buy_order_count, 0U);
  world.venue.error = SendError::kNone;
  world.ids.is_dry = true;
  (void)place_by_quote();
  EXPECT_EQ(world.working_buy(), Qty{});
  EXPECT_EQ(world.exposure.at(kBtc).fault_count, 0U);
}

TEST_F(SpecialOrders, TermsSurviveARestart) {
  NewOrderSingle order = OmsWorld::order(Side::kSell, "2");
  order.type = OrdType::kTakeProfitLimit;
  order.px = Price::from_units(110);
  order.terms = {.stop_px = Price::from_units(105),
                 .iceberg_qty = qty("0.5"),
                 .quote_qty = {},
                 .trailing_delta_bips = 100,
                 .stp = StpMode::kExpireBoth};
  world.push(order);
  world.step();
  const OrderId id{world.ids.last};
  world.tell(world.says(id, ExecType::kNew, OrderState::kNew));
  world.kill_and_restart();
  const Order* found = world.agent->accounting().store().find(id);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->terms, order.terms);
  EXPECT_EQ(found->type, OrdType::kTakeProfitLimit);
  EXPECT_EQ(world.exposure.at(kBtc).working_sell, qty("2"));
}

// A journal of the version before, written by that version's layout: plain orders and no others.
TEST_F(SpecialOrders, AJournalOfTheVersionBeforeIsRead) {
  struct OldOrder {
    std::int64_t mono_ns;
    std::uint64_t order_id, ref;
    std::int64_t px, qty;
    std::uint16_t symbol, strategy;
    std::uint8_t side, type, tif, reserved;
  };
  static_assert(sizeof(OldOrder) == 48);
  constexpr std::uint16_t kOldOrderType = journal::kUserTypeMin + 3;
  const auto append = [this](std::uint64_t id, std::uint8_t type) {
    const OldOrder old{.mono_ns = 1'000,
                       .order_id = id,
                       .ref = 7,
                       .px = Price::from_units(100).raw(),
                       .qty = qty("3").raw(),
                       .symbol = 0,
                       .strategy = 1,
                       .side = 1,
                       .type = type,
                       .tif = 0,
                       .reserved = 0};
    return world.journal->append(kOldOrderType, 1, std::as_bytes(std::span{&old, 1}), world.now());
  };
  world.is_replay_compared = false;
  ASSERT_TRUE(append(900, 2));
  const auto recovered = RecoveredOrders::read(world.disk, world.settings);
  ASSERT_TRUE(recovered.has_value()) << recovered.error();
  const Order* order = (*recovered)->accounting().store().find(OrderId{900});
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->type, OrdType::kLimitMaker);
  EXPECT_EQ(order->side, Side::kSell);
  EXPECT_EQ(order->qty, qty("3"));
  EXPECT_EQ(order->terms, OrderTerms{});
  ASSERT_TRUE(append(901, 3));  // a type that this version did not have
  EXPECT_FALSE(RecoveredOrders::read(world.disk, world.settings).has_value());
}

}  // namespace
}  // namespace portcullis::oms::test
