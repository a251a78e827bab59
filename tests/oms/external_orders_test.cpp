#include <memory>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

// Orders on the account that this gateway did not make: whatever the policy, they count.

namespace portcullis::oms::test {
namespace {

class ExternalOrdersTest : public testing::Test {
 protected:
  void start_with(ExternalOrderPolicy policy, std::size_t order_max = 1'024) {
    OmsSettings settings;
    settings.external_orders = policy;
    settings.external_order_max = order_max;
    owned = std::make_unique<OmsWorld>(settings);
    owned->start();
  }
  // Another program's order of three.
  [[nodiscard]] VenueReport other(ExecType type, OrderState state, const char* cum = "0",
                                  ReportSource source = ReportSource::kStream,
                                  std::uint64_t venue_id = 900) const {
    VenueReport report = owned->says(OrderId{}, type, state, cum, source);
    report.venue_order_id = VenueOrderId{venue_id};
    report.qty = qty("3");
    return report;
  }
  [[nodiscard]] VenueReport other_trade(std::uint64_t trade_id, const char* last,
                                        const char* cum) const {
    VenueReport report = owned->trade(OrderId{}, trade_id, last, cum, OrderState::kPartiallyFilled);
    report.venue_order_id = VenueOrderId{900};
    report.qty = qty("3");
    return report;
  }
  void audit() {
    owned->run_for(61s, 100ms);
    ASSERT_GE(owned->venue.count(RequestKind::kOpenOrders), 1U);
  }
  [[nodiscard]] Qty result() const { return owned->agent->accounting().positions().at(kBtc).qty(); }

  std::unique_ptr<OmsWorld> owned;
};

TEST_F(ExternalOrdersTest, AWorkingOneCountsInTheLimitsUntilItEnds) {
  start_with(ExternalOrderPolicy::kFlag);
  owned->tell(other(ExecType::kNew, OrderState::kNew));
  EXPECT_EQ(owned->working_buy(), qty("3"));
  EXPECT_EQ(owned->exposure.at(kBtc).buy_order_count, 1U);
  owned->tell(other_trade(7, "1", "1"));
  EXPECT_EQ(owned->working_buy(), qty("2"));
  EXPECT_EQ(owned->position(), qty("1"));
  owned->tell(other(ExecType::kCanceled, OrderState::kCanceled, "1"));
  EXPECT_TRUE(owned->working_buy().is_zero());
  EXPECT_EQ(owned->exposure.at(kBtc).buy_order_count, 0U);
  EXPECT_EQ(owned->position(), qty("1"));
  EXPECT_TRUE(owned->exposure.is_trusted(kBtc));
  EXPECT_EQ(owned->venue.count(RequestKind::kCancel), 0U) << "left alone";
}

TEST_F(ExternalOrdersTest, TheGateRefusesWhatWouldBreakALimitTogetherWithThem) {
  start_with(ExternalOrderPolicy::kFlag);
  owned->limits.symbols[0].max_long_position = qty("3.5");
  owned->gate->set_limits(owned->limits);
  owned->tell(other(ExecType::kNew, OrderState::kNew));
  owned->take_reports();
  owned->push(OmsWorld::order(Side::kBuy, "1"));
  owned->step();
  EXPECT_EQ(owned->take_kinds(), "denied");
  owned->tell(other(ExecType::kCanceled, OrderState::kCanceled));
  owned->push(OmsWorld::order(Side::kBuy, "1"));
  owned->step();
  EXPECT_EQ(owned->take_kinds(), "pending-new");
}

TEST_F(ExternalOrdersTest, TheSameWordTwiceAndAnOvertakenOneCountOnce) {
  start_with(ExternalOrderPolicy::kFlag);
  owned->tell(other_trade(7, "1", "1"));
  owned->tell(other(ExecType::kNew, OrderState::kNew));
  owned->tell(other(ExecType::kNew, OrderState::kNew));
  EXPECT_EQ(owned->working_buy(), qty("2"));
  EXPECT_EQ(owned->exposure.at(kBtc).buy_order_count, 1U);
}

TEST_F(ExternalOrdersTest, AListingThatNoLongerNamesOneReleasesIt) {
  start_with(ExternalOrderPolicy::kFlag);
  owned->tell(other(ExecType::kNew, OrderState::kNew, "0", ReportSource::kStream, 900));
  owned->tell(other(ExecType::kNew, OrderState::kNew, "0", ReportSource::kStream, 901));
  ASSERT_NO_FATAL_FAILURE(audit());
  owned->tell(other(ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery, 901));
  owned->tell(other(ExecType::kNew, OrderState::kNew, "0", ReportSource::kStream, 902));
  owned->complete(RequestKind::kOpenOrders);
  EXPECT_EQ(owned->working_buy(), qty("6")) << "the one named, and the one newer than the question";
  EXPECT_EQ(owned->agent->accounting().external_orders().find(kBtc, VenueOrderId{900}), nullptr);
}

TEST_F(ExternalOrdersTest, FlaggedTradesMoveThePositionAndNotTheResult) {
  start_with(ExternalOrderPolicy::kFlag);
  owned->tell(other_trade(7, "1", "1"));
  owned->tell(other_trade(7, "1", "1"));
  EXPECT_EQ(owned->position(), qty("1"));
  EXPECT_TRUE(result().is_zero());
}

// The replay at the end of the test finds them counted too, whatever the policy is by then.
TEST_F(ExternalOrdersTest, AdoptedTradesCountInTheResultAndOnce) {
  start_with(ExternalOrderPolicy::kAdopt);
  owned->tell(other(ExecType::kNew, OrderState::kNew));
  owned->tell(other_trade(7, "1", "1"));
  owned->tell(other_trade(7, "1", "1"));
  EXPECT_EQ(owned->position(), qty("1"));
  EXPECT_EQ(result(), qty("1"));
  EXPECT_EQ(owned->working_buy(), qty("2"));
  EXPECT_EQ(owned->venue.count(RequestKind::kCancel), 0U);
  owned->settings.external_orders = ExternalOrderPolicy::kFlag;
  ASSERT_NO_FATAL_FAILURE(owned->kill_and_restart());
  EXPECT_EQ(result(), qty("1"));
}

TEST_F(ExternalOrdersTest, ByPolicyOneIsCancelledByTheVenuesIdAndAgainWhenItStaysOpen) {
  start_with(ExternalOrderPolicy::kCancel);
  owned->tell(other(ExecType::kNew, OrderState::kNew));
  owned->tell(other(ExecType::kNew, OrderState::kNew));
  ASSERT_EQ(owned->venue.count(RequestKind::kCancel), 1U);
  EXPECT_EQ(owned->venue.sent.back().venue_order_id, VenueOrderId{900});
  EXPECT_EQ(owned->venue.sent.back().order_id, OrderId{});
  EXPECT_EQ(owned->working_buy(), qty("3")) << "until it has ended";
  ASSERT_NO_FATAL_FAILURE(audit());
  owned->tell(other(ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery));
  EXPECT_EQ(owned->venue.count(RequestKind::kCancel), 2U);
  owned->tell(other(ExecType::kCanceled, OrderState::kCanceled, "0", ReportSource::kReply));
  EXPECT_TRUE(owned->working_buy().is_zero());
}

TEST_F(ExternalOrdersTest, MoreThanFitMeansNotReadyUntilAListingFits) {
  start_with(ExternalOrderPolicy::kFlag, 2);
  for (const std::uint64_t venue_id : {900U, 901U}) {
    owned->tell(other(ExecType::kNew, OrderState::kNew, "0", ReportSource::kStream, venue_id));
  }
  EXPECT_TRUE(owned->kill_switch.is_ready());
  owned->tell(other(ExecType::kNew, OrderState::kNew, "0", ReportSource::kStream, 902));
  EXPECT_FALSE(owned->kill_switch.is_ready());
  owned->run_for(6s);
  ASSERT_EQ(owned->venue.count(RequestKind::kOpenOrders), 1U);
  for (const std::uint64_t venue_id : {900U, 901U, 902U}) {
    owned->tell(other(ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery, venue_id));
  }
  owned->complete(RequestKind::kOpenOrders);
  owned->run_for(1s);
  ASSERT_EQ(owned->venue.count(RequestKind::kOpenOrders), 2U) << "looked at again";
  // The two that have gone make room once this listing is complete, and the next one fits.
  for (int i = 0; i < 2; ++i) {
    owned->tell(other(ExecType::kNew, OrderState::kNew, "0", ReportSource::kQuery, 902));
    owned->complete(RequestKind::kOpenOrders);
    owned->run_for(1s);
  }
  EXPECT_EQ(owned->working_buy(), qty("3"));
  owned->complete(RequestKind::kAccount);
  owned->run_for(20ms);
  EXPECT_TRUE(owned->kill_switch.is_ready());
}

// The gateway's own client id, and not in its journal: nobody looks after it.
TEST_F(ExternalOrdersTest, OneOfOurEarlierLifeIsCancelledInEveryPolicyAndCountsMeanwhile) {
  for (const auto policy : {ExternalOrderPolicy::kFlag, ExternalOrderPolicy::kAdopt}) {
    start_with(policy);
    VenueReport orphan = owned->says(OrderId{4'711}, ExecType::kNew, OrderState::kNew);
    orphan.qty = qty("3");
    owned->tell(orphan);
    EXPECT_EQ(owned->venue.count(RequestKind::kCancel), 1U);
    EXPECT_EQ(owned->working_buy(), qty("3"));
  }
}

}  // namespace
}  // namespace portcullis::oms::test
