// Cancel restrictions, and cancel-and-replace with its whole table of outcomes.
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

using Outcome = CancelReplaceResult::Outcome;

class CancelReplace : public ExchangeTest {
 protected:
  void SetUp() override {
    crowd(Side::kBuy, "59990", "5");
    crowd(Side::kSell, "60010", "5");
    ExchangeTest::SetUp();
  }
  std::expected<CancelReplaceResult, VenueError> replace(const CancelReplaceRequest& request) {
    return exchange.cancel_replace(alice, 0, request, now);
  }
  static CancelReplaceRequest request(std::uint64_t order_id, NewOrder order, bool stops = true) {
    return {.cancel = by_id(order_id), .order = std::move(order), .stops_on_failure = stops};
  }
  std::uint64_t resting() { return place(alice, limit(Side::kBuy, "50000", "1")).order.order_id; }
};

// ---- cancel

TEST_F(CancelReplace, RestrictionsLookAtTheStatus) {
  constexpr std::string_view kText = "Order was not canceled due to cancel restrictions.";
  CancelRequest only_new = by_id(resting());
  only_new.restriction = CancelRestriction::kOnlyNew;
  CancelRequest only_partial = only_new;
  only_partial.restriction = CancelRestriction::kOnlyPartiallyFilled;
  expect_error(exchange.cancel(alice, 0, only_partial, now), -2011, kText);
  crowd(Side::kSell, "50000", "5.5");  // the bid of 5 at 59990 first
  expect_error(exchange.cancel(alice, 0, only_new, now), -2011, kText);
  EXPECT_TRUE(exchange.cancel(alice, 0, only_partial, now).has_value());
  only_new = by_id(resting());
  only_new.restriction = CancelRestriction::kOnlyNew;
  EXPECT_TRUE(exchange.cancel(alice, 0, only_new, now).has_value());
}

TEST_F(CancelReplace, ACancelsOwnIdIsTheClientsOrMade) {
  const auto given = exchange.cancel(alice, 0, by_id(resting(), "", "why"), now);
  EXPECT_EQ(given->cancel_client_order_id, "why");
  const auto made = exchange.cancel(alice, 0, by_id(resting()), now);
  EXPECT_EQ(made->cancel_client_order_id.size(), 22U);
  EXPECT_EQ(listener.events.back().event.cancel_client_order_id, made->cancel_client_order_id);
}

TEST_F(CancelReplace, AnAccountThatMayNotTradeMayNotCancelEither) {
  const std::uint64_t id = resting();
  exchange.set_settings(alice, {.can_trade = false});
  constexpr std::string_view kText = "This account may not place or cancel orders.";
  expect_error(exchange.cancel(alice, 0, by_id(id), now), -2011, kText);
  expect_error(exchange.cancel_all(alice, 0, now), -2011, kText);
  expect_refused(limit(Side::kBuy, "50000", "1"), -2010, kText);
}

// ---- the table: what is canceled and placed, in both modes

TEST_F(CancelReplace, BothSucceed) {
  const std::uint64_t id = resting();
  listener.clear();
  const auto result = replace(request(id, named(limit(Side::kBuy, "51000", "1"), "new")));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->cancel, Outcome::kSuccess);
  EXPECT_EQ(result->placement, Outcome::kSuccess);
  EXPECT_EQ(result->canceled->orders.at(0).status, OrderStatus::kCanceled);
  EXPECT_EQ(result->placed->order.client_order_id, "new");
  EXPECT_EQ(listener.story(alice), "CANCELED NEW position");
  EXPECT_EQ(locked(alice, "USDT"), "51000");
}

TEST_F(CancelReplace, ACancelThatFailsStopsThePlacement) {
  const auto result = replace(request(999, limit(Side::kBuy, "51000", "1")));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->cancel, Outcome::kFailure);
  EXPECT_EQ(result->placement, Outcome::kNotAttempted);
  EXPECT_EQ(result->canceled.error().code, -2011);
  EXPECT_EQ(result->canceled.error().message, "Unknown order sent.");
  EXPECT_TRUE(exchange.open_orders(alice, 0).empty());
}

TEST_F(CancelReplace, ACancelThatFailsIsAllowedTo) {
  const auto result = replace(request(999, limit(Side::kBuy, "51000", "1"), false));
  EXPECT_EQ(result->cancel, Outcome::kFailure);
  EXPECT_EQ(result->placement, Outcome::kSuccess);
  EXPECT_EQ(exchange.open_orders(alice, 0).size(), 1U);
}

TEST_F(CancelReplace, APlacementThatFailsDoesNotUndoTheCancelAndIsReported) {
  for (const bool stops : {true, false}) {
    const std::uint64_t id = resting();
    listener.clear();
    const auto result = replace(request(id, limit_maker(Side::kBuy, "60010", "1"), stops));
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->cancel, Outcome::kSuccess);
    EXPECT_EQ(result->placement, Outcome::kFailure);
    EXPECT_EQ(result->placed.error().code, -2010);
    EXPECT_EQ(result->placed.error().message, "Order would immediately match and take.");
    EXPECT_EQ(listener.types(alice), "CANCELED REJECTED");
    const AccountEvent& event = listener.events.back().event;
    EXPECT_EQ(event.order.status, OrderStatus::kRejected);
    EXPECT_EQ(event.reject_reason, RejectReason::kWouldMatchImmediately);
    EXPECT_FALSE(event.order.is_working());
    EXPECT_TRUE(exchange.open_orders(alice, 0).empty());
    EXPECT_EQ(locked(alice, "USDT"), "0");
  }
}

TEST_F(CancelReplace, BothFail) {
  const auto result = replace(request(999, limit_maker(Side::kBuy, "60010", "1"), false));
  EXPECT_EQ(result->cancel, Outcome::kFailure);
  EXPECT_EQ(result->placement, Outcome::kFailure);
  EXPECT_TRUE(listener.events.empty());
}

TEST_F(CancelReplace, AnOrderCountThatIsUsedUpCancelsOnly) {
  const VenueError too_many{429, -1015,
                            "Too many new orders; current limit is 1 orders per 10 SECOND."};
  CancelReplaceRequest wish = request(resting(), limit(Side::kBuy, "51000", "1"));
  wish.order_count_error = too_many;
  auto result = replace(wish);
  EXPECT_EQ(result->cancel, Outcome::kSuccess);
  EXPECT_EQ(result->placement, Outcome::kFailure);
  EXPECT_EQ(result->placed.error().code, -1015);
  result = replace(wish);  // gone already
  EXPECT_EQ(result->cancel, Outcome::kFailure);
  EXPECT_EQ(result->placement, Outcome::kNotAttempted);
  wish.stops_on_failure = false;
  result = replace(wish);
  EXPECT_EQ(result->placement, Outcome::kFailure);
  EXPECT_TRUE(exchange.open_orders(alice, 0).empty());
}

// ---- around it

TEST_F(CancelReplace, FiltersAreLookedAtBeforeAnythingIsDone) {
  const std::uint64_t id = resting();
  listener.clear();
  expect_error(replace(request(id, limit(Side::kBuy, "51000.001", "1"))), -1013,
               "Filter failure: PRICE_FILTER");
  SymbolSpec spec = btcusdt();
  spec.filters.orders_max = 1;
  exchange.replace_spec(0, spec);
  expect_error(replace(request(id, limit(Side::kBuy, "51000", "1"))), -1013,
               "Filter failure: MAX_NUM_ORDERS");
  EXPECT_TRUE(listener.events.empty());
  EXPECT_TRUE(order_of(alice, id).is_open());
}

TEST_F(CancelReplace, TheCancelsFundsPayForTheNewOrder) {
  const std::uint64_t id = place(alice, limit(Side::kBuy, "50000", "20")).order.order_id;
  EXPECT_EQ(free(alice, "USDT"), "0");
  const auto result = replace(request(id, limit(Side::kBuy, "40000", "25")));
  EXPECT_EQ(result->placement, Outcome::kSuccess);
  EXPECT_EQ(locked(alice, "USDT"), "1000000");
}

TEST_F(CancelReplace, TheNewOrderMayHaveTheOldOnesName) {
  place(alice, named(limit(Side::kBuy, "50000", "1"), "same"));
  CancelReplaceRequest wish{.cancel = by_id(0, "same"),
                            .order = named(limit(Side::kBuy, "51000", "1"), "same")};
  EXPECT_EQ(replace(wish)->placement, Outcome::kSuccess);
}

TEST_F(CancelReplace, ALegTakesItsListWithIt) {
  const auto list =
      exchange.place_list(alice, 0,
                          {.kind = ListKind::kOco,
                           .orders = {limit_maker(Side::kSell, "61000", "1"),
                                      stop(OrderType::kStopLoss, Side::kSell, "59000", "1")}},
                          now);
  const auto result =
      replace(request(list->list.legs[0].order_id, limit(Side::kSell, "61000", "1")));
  EXPECT_EQ(result->canceled->orders.size(), 2U);
  ASSERT_TRUE(result->canceled->list.has_value());
  EXPECT_EQ(result->canceled->list->order_status, ListOrderStatus::kAllDone);
}

TEST_F(CancelReplace, ASymbolThatDoesNotAllowIt) {
  SymbolSpec spec = btcusdt();
  spec.allows_cancel_replace = false;
  exchange.replace_spec(0, spec);
  expect_error(replace(request(1, limit(Side::kBuy, "50000", "1"))), -1013,
               "Order cancel-replace is not supported for this symbol.");
}

}  // namespace
}  // namespace portcullis::sim
