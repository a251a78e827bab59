#include "sim/faults/fault_plan.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

TEST(FaultPlan, SkipsThenFiresThenIsSpent) {
  FaultPlan plan;
  ASSERT_TRUE(
      plan.add_json(R"({"method":"order.place","action":"drop_reply","skip":1,"count":2})"));
  EXPECT_FALSE(plan.take_for_request("order.cancel"));
  EXPECT_FALSE(plan.take_for_request("order.place"));
  EXPECT_TRUE(plan.take_for_request("order.place"));
  EXPECT_TRUE(plan.take_for_request("order.place"));
  EXPECT_FALSE(plan.take_for_request("order.place"));
  const auto told = nlohmann::json::parse(plan.json()).at("faults").at(0);
  EXPECT_EQ(told.at("fired"), 2);
  EXPECT_EQ(told.at("count"), 0);
}

TEST(FaultPlan, EventsMatchByNameByExecutionTypeAndByCause) {
  FaultPlan plan;
  ASSERT_TRUE(plan.add_json(R"({"method":"executionReport:TRADE","action":"drop_event"})"));
  ASSERT_TRUE(plan.add_json(R"({"method":"order.cancel","action":"duplicate_event"})"));
  EXPECT_FALSE(plan.take_for_request("executionReport:TRADE"));
  EXPECT_FALSE(plan.take_for_event("executionReport", "NEW"));
  EXPECT_EQ(plan.take_for_event("executionReport", "TRADE")->action, FaultAction::kDropEvent);
  plan.set_cause("order.cancel");
  EXPECT_EQ(plan.take_for_event("executionReport", "CANCELED")->action,
            FaultAction::kDuplicateEvent);
  plan.set_cause("");
  EXPECT_FALSE(plan.take_for_event("executionReport", "CANCELED"));
}

TEST(FaultPlan, RejectsAreNotCarriedOutUnlessAsked) {
  FaultPlan plan;
  ASSERT_TRUE(plan.add_json(R"({"method":"*","action":"reject","code":-1015,"status":429})"));
  const auto fault = plan.take_for_request("order.place");
  ASSERT_TRUE(fault);
  EXPECT_FALSE(fault->accept);
  EXPECT_EQ(fault->code, -1015);
  EXPECT_EQ(fault->status, 429);
}

TEST(FaultPlan, RefusesScriptsThatMeanNothing) {
  FaultPlan plan;
  for (const char* json :
       {"", "[]", "{}", R"({"method":"x","action":"explode"})", R"({"action":"reject"})",
        R"({"method":"x","action":"reject","count":0})",
        R"({"method":"x","action":"reject","ms":-1})",
        R"({"method":"x","action":"reject","status":7})",
        R"({"method":"x","action":"reject","count":"two"})"}) {
    EXPECT_FALSE(plan.add_json(json)) << json;
  }
}

}  // namespace
}  // namespace portcullis::sim
