// Amend keep priority: less of an order, in its place.
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

class Amend : public ExchangeTest {
 protected:
  std::expected<AmendResult, VenueError> amend(std::uint64_t order_id, std::string_view quantity,
                                               std::string id = {}) {
    return exchange.amend(alice, 0,
                          {.target = order_name(order_id),
                           .new_client_order_id = std::move(id),
                           .new_qty = qty(quantity)},
                          now);
  }
  std::uint64_t resting(std::string_view quantity = "5.5") {
    return place(alice, named(limit(Side::kBuy, "87000", quantity), "first")).order.order_id;
  }
};

// The FAQ's book: users A, you, B at one price.
TEST_F(Amend, KeepsItsPlaceInLine) {
  crowd(Side::kBuy, "87000", "1");
  const std::uint64_t id = resting();
  const auto behind = place(bob, limit(Side::kBuy, "87000", "4"));
  now += std::chrono::seconds{1};
  const auto amended = amend(id, "5", "second");
  ASSERT_TRUE(amended.has_value());
  EXPECT_EQ(amended->order.qty, qty("5"));
  EXPECT_EQ(amended->order.client_order_id, "second");
  EXPECT_EQ(amended->orig_client_order_id, "first");
  EXPECT_EQ(amended->order.updated, now);
  EXPECT_FALSE(amended->list.has_value());
  EXPECT_EQ(exchange.best(0).bid.qty, qty("10"));
  EXPECT_EQ(locked(alice, "USDT"), "435000");
  crowd(Side::kSell, "87000", "6");
  EXPECT_EQ(order_of(alice, id).status, OrderStatus::kFilled);
  EXPECT_EQ(order_of(bob, behind.order.order_id).cum_qty, Qty{});
}

TEST_F(Amend, IsReportedRecordedAndFoundUnderItsNewName) {
  const std::uint64_t id = resting();
  listener.clear();
  const auto amended = amend(id, "5", "second");
  EXPECT_EQ(listener.story(alice), "REPLACED position");
  const AccountEvent& event = listener.events.back().event;
  EXPECT_EQ(event.orig_client_order_id, "first");
  EXPECT_EQ(event.order.client_order_id, "second");
  EXPECT_EQ(event.execution_id, amended->execution_id);
  ASSERT_TRUE(amend(id, "4").has_value());
  EXPECT_EQ(order_of(alice, id).client_order_id.size(), 22U);
  ASSERT_TRUE(amend(id, "3", "third").has_value());
  ASSERT_TRUE(amend(id, "2", "third").has_value());  // its own name again

  const auto all = exchange.amendments(alice, 0, id, {});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].execution_id, amended->execution_id);
  EXPECT_EQ(all[0].orig_client_order_id, "first");
  EXPECT_EQ(all[0].new_client_order_id, "second");
  EXPECT_EQ(all[0].orig_qty, qty("5.5"));
  EXPECT_EQ(all[0].new_qty, qty("5"));
  EXPECT_EQ(exchange.amendments(alice, 0, id, {.from_id = all[2].execution_id}).size(), 2U);
  EXPECT_TRUE(exchange.amendments(alice, 0, id + 1, {}).empty());
  EXPECT_TRUE(exchange.amendments(bob, 0, id, {}).empty());
  EXPECT_EQ(exchange.find_order(alice, 0, order_name(0, "third"))->order_id, id);
  EXPECT_FALSE(exchange.find_order(alice, 0, order_name(0, "first")).has_value());
  EXPECT_TRUE(exchange.place(alice, 0, named(limit(Side::kBuy, "1000", "1"), "first"), now));
}

TEST_F(Amend, Refusals) {
  const std::uint64_t id = resting();
  place(alice, named(limit(Side::kBuy, "80000", "1"), "other"));
  listener.clear();
  constexpr std::string_view kNoChange = "The requested action would change no state; rejecting.";
  expect_error(amend(99, "1"), -2038, "Unknown order sent.");
  expect_error(amend(id, "5.6"), -2038, "Order amend (quantity increase) is not supported.");
  expect_error(amend(id, "5.5", "new name"), -2038, kNoChange);
  expect_error(amend(id, "5", "other"), -2038, "Duplicate order sent.");
  expect_error(amend(id, "5.000001"), -1013, "Filter failure: LOT_SIZE");
  expect_error(amend(id, "0.00005"), -1013, "Filter failure: NOTIONAL");
  expect_error(amend(id, "0"), -1013, "Filter failure: LOT_SIZE");
  expect_error(amend(0, "1"), -1102,
               "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!");
  EXPECT_TRUE(listener.events.empty());
  crowd(Side::kSell, "87000", "2");
  expect_error(amend(id, "1.9"), -2038, kNoChange);
  ASSERT_TRUE(exchange.cancel(alice, 0, by_id(id), now).has_value());
  expect_error(amend(id, "3"), -2038, "Unknown order sent.");
  SymbolSpec spec = btcusdt();
  spec.allows_amend = false;
  exchange.replace_spec(0, spec);
  expect_error(amend(id, "3"), -2038, "Order amend is not supported for this symbol.");
}

TEST_F(Amend, NoOftenerThanTheFilterSays) {
  const std::uint64_t id = resting("5");
  for (int i = 1; i <= 10; ++i) {
    ASSERT_TRUE(amend(id, "4." + std::to_string(100 - i)).has_value());
  }
  EXPECT_EQ(order_of(alice, id).amend_count, 10);
  expect_error(amend(id, "1"), -2038, "Filter failure: MAX_NUM_ORDER_AMENDS");
}

TEST_F(Amend, DownToWhatIsFilledItExpires) {
  const std::uint64_t id = resting();
  crowd(Side::kSell, "87000", "2");
  listener.clear();
  const auto amended = amend(id, "2");
  ASSERT_TRUE(amended.has_value());
  EXPECT_EQ(amended->order.status, OrderStatus::kExpired);
  EXPECT_EQ(listener.story(alice), "REPLACED EXPIRED position");
  EXPECT_TRUE(exchange.depth(0, 1).bids.empty());
  EXPECT_EQ(locked(alice, "USDT"), "0");
}

TEST_F(Amend, AnIcebergsSliceShrinksOnlyWhenLessIsLeftThanShows) {
  const auto placed = place(alice, iceberg(limit(Side::kSell, "60000", "5"), "2"));
  ASSERT_TRUE(amend(placed.order.order_id, "3").has_value());
  EXPECT_EQ(exchange.best(0).ask.qty, qty("2"));
  ASSERT_TRUE(amend(placed.order.order_id, "1.5").has_value());
  EXPECT_EQ(exchange.best(0).ask.qty, qty("1.5"));
  EXPECT_EQ(locked(alice, "BTC"), "1.5");
}

TEST_F(Amend, AWaitingStopCanBeAmended) {
  last_price("60000");
  const auto placed = place(alice, stop(OrderType::kStopLoss, Side::kBuy, "61000", "2"));
  ASSERT_TRUE(amend(placed.order.order_id, "1").has_value());
  EXPECT_EQ(locked(alice, "USDT"), "61000");
  crowd(Side::kSell, "61000", "5");
  last_price("61000");
  EXPECT_EQ(order_of(alice, placed.order.order_id).cum_qty, qty("1"));
}

TEST_F(Amend, CancelOnlyAllowsIt) {
  const std::uint64_t id = resting();
  exchange.set_status(0, SymbolStatus::kCancelOnly);
  EXPECT_TRUE(amend(id, "5").has_value());
}

// ---- lists

TEST_F(Amend, BothLegsOfAnOcoGetTheQuantityAndTheListTheNewName) {
  last_price("60000");
  const auto list =
      exchange.place_list(alice, 0,
                          {.kind = ListKind::kOco,
                           .orders = {limit_maker(Side::kSell, "61000", "2"),
                                      stop(OrderType::kStopLoss, Side::kSell, "59000", "2")}},
                          now);
  listener.clear();
  const std::uint64_t maker = list->list.legs[1].order_id;
  const auto amended = amend(maker, "1", "renamed");
  ASSERT_TRUE(amended.has_value());
  EXPECT_EQ(order_of(alice, list->list.legs[0].order_id).qty, qty("1"));
  EXPECT_EQ(exchange.best(0).ask.qty, qty("1"));
  EXPECT_EQ(locked(alice, "BTC"), "1");
  EXPECT_EQ(listener.story(alice), "REPLACED REPLACED list:UPDATED position");
  ASSERT_TRUE(amended->list.has_value());
  EXPECT_EQ(amended->list->legs[1].client_order_id, "renamed");
  EXPECT_EQ(amended->list->order_status, ListOrderStatus::kExecuting);
  EXPECT_EQ(exchange.find_list(alice, list->list.list_id, "")->status_type,
            ListStatusType::kExecStarted);
  listener.clear();
  ASSERT_TRUE(amend(maker, "0.5", "renamed").has_value());
  EXPECT_EQ(listener.story(alice), "REPLACED REPLACED position");
}

TEST_F(Amend, WorkingAndPendingOrdersOfAnOtoAreAmendedAlone) {
  const auto list =
      exchange.place_list(alice, 0,
                          {.kind = ListKind::kOto,
                           .orders = {limit(Side::kBuy, "59000", "2"), market(Side::kSell, "2")}},
                          now);
  const std::uint64_t pending = list->list.legs[1].order_id;
  ASSERT_TRUE(amend(pending, "1").has_value());
  EXPECT_EQ(order_of(alice, list->list.legs[0].order_id).qty, qty("2"));
  EXPECT_EQ(order_of(alice, pending).status, OrderStatus::kPendingNew);
  ASSERT_TRUE(amend(list->list.legs[0].order_id, "1.5").has_value());
  crowd(Side::kSell, "59000", "1.5");
  EXPECT_EQ(order_of(alice, pending).qty, qty("1"));
}

TEST_F(Amend, BothLegsOfAPairThatWaitsGetTheQuantityAndNeitherIsRaisedLater) {
  last_price("60000");
  const auto list = exchange.place_list(
      alice, 0,
      {.kind = ListKind::kOtoco,
       .orders = {limit(Side::kBuy, "59000", "2"), limit_maker(Side::kSell, "61000", "2"),
                  stop(OrderType::kStopLoss, Side::kSell, "58000", "2")}},
      now);
  ASSERT_TRUE(list.has_value());
  const std::uint64_t above = list->list.legs[1].order_id;
  const std::uint64_t below = list->list.legs[2].order_id;
  ASSERT_TRUE(amend(above, "1").has_value());
  EXPECT_EQ(order_of(alice, below).qty, qty("1"));
  EXPECT_EQ(locked(alice, "BTC"), "0") << "what waits needs nothing yet";
  expect_error(amend(below, "1.5"), -2038, "Order amend (quantity increase) is not supported.");
  EXPECT_EQ(order_of(alice, above).qty, qty("1"));
}

TEST_F(Amend, APendingOpoOrderHasNoQuantityToAmend) {
  NewOrder pending = market(Side::kSell, "1");
  pending.qty = {};
  const auto list = exchange.place_list(
      alice, 0, {.kind = ListKind::kOpo, .orders = {limit(Side::kBuy, "59000", "2"), pending}},
      now);
  expect_error(amend(list->list.legs[1].order_id, "1"), -2038,
               "Order amend (pending OPO order) is not supported");
}

}  // namespace
}  // namespace portcullis::sim
