#include "sim/faults/fault_match.hpp"

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

TEST(FaultMatch, AStarStandsForAnyRunOfCharacters) {
  EXPECT_TRUE(matches_pattern("order.place", "order.place"));
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("*@depth*", "btcusdt@depth@100ms"));
  EXPECT_TRUE(matches_pattern("btc*@*h", "btcusdt@depth"));
  EXPECT_TRUE(matches_pattern("a*b*c", "a-b-b-c"));
  EXPECT_TRUE(matches_pattern("**", "x"));
  EXPECT_FALSE(matches_pattern("order.place", "order.placed"));
  EXPECT_FALSE(matches_pattern("order.", "order.place"));
  EXPECT_FALSE(matches_pattern("a*b*c", "a-c-b"));
  EXPECT_FALSE(matches_pattern("", "x"));
}

TEST(FaultMatch, EveryMemberGivenMustAgree) {
  const Occurrence request{.name = "order.place",
                           .symbol = "BTCUSDT",
                           .account = "main",
                           .client_order_id = "g1-7",
                           .api_key = "KEY"};
  EXPECT_TRUE(matches({.name = "order.*"}, request));
  EXPECT_TRUE(matches({.name = "*",
                       .symbol = "BTCUSDT",
                       .account = "main",
                       .client_order_id = "g1-",
                       .api_key = "KEY"},
                      request));
  EXPECT_FALSE(matches({.name = "*", .symbol = "ETHUSDT"}, request));
  EXPECT_FALSE(matches({.name = "*", .account = "other"}, request));
  EXPECT_FALSE(matches({.name = "*", .client_order_id = "g2"}, request));
  EXPECT_FALSE(matches({.name = "*", .api_key = "KE"}, request));
}

TEST(FaultMatch, EventsMatchByNameByDetailAndByCauseButRequestsOnlyByName) {
  const Occurrence event{.kind = Occurrence::Kind::kEvent,
                         .name = "executionReport",
                         .detail = "TRADE",
                         .cause = "order.place"};
  for (const char* name : {"executionReport", "executionReport:TRADE", "order.place", "*:TRADE"}) {
    EXPECT_TRUE(matches({.name = name}, event)) << name;
  }
  EXPECT_FALSE(matches({.name = "executionReport:NEW"}, event));
  Occurrence request = event;
  request.kind = Occurrence::Kind::kRequest;
  EXPECT_FALSE(matches({.name = "order.place"}, request));
}

}  // namespace
}  // namespace portcullis::sim
