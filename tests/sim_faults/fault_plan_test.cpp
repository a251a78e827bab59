#include "sim/faults/fault_plan.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/faults/script_reader.hpp"

namespace portcullis::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Json = nlohmann::json;

constexpr MonoTime kStart = mono_time(1'000'000'000);

// Writes down what was done to it, and takes it back.
class FakeVenue final : public FaultTarget {
 public:
  [[nodiscard]] std::string check(const VenueAction& action) const override {
    const auto* status = std::get_if<SymbolStatusAction>(&action);
    return status != nullptr && status->symbol == "NONE" ? "no such symbol" : "";
  }
  std::expected<Undo, std::string> perform(const VenueAction& action) override {
    if (is_broken) return std::unexpected{"broken"};
    const std::string what = "did " + std::to_string(action.index());
    done.push_back(what);
    return [this, what] { done.push_back("un" + what); };
  }
  void keep_snapshots(const std::string& symbol) override { done.push_back("kept " + symbol); }

  std::vector<std::string> done;
  bool is_broken{false};
};

class FaultPlanTest : public ::testing::Test {
 protected:
  FaultPlanTest() { plan_.set_target(&venue_); }

  void add(const std::string& json, MonoTime now = kStart) {
    const auto added = plan_.add_json(json, now);
    EXPECT_TRUE(added) << added.error();
  }
  std::optional<RequestFault> request(const char* method, MonoTime now = kStart) {
    return plan_.on_request({.name = method}, now);
  }
  std::optional<MessageFate> event(const char* name, const char* detail = "") {
    return plan_.on_event({.kind = Occurrence::Kind::kEvent, .name = name, .detail = detail});
  }
  Json told(std::size_t index = 0) { return Json::parse(plan_.json()).at("faults").at(index); }

  FaultPlan plan_;
  FakeVenue venue_;
};

TEST_F(FaultPlanTest, SkipsThenFiresThenIsSpent) {
  add(R"({"method":"order.place","action":"drop_reply","skip":1,"count":2})");
  EXPECT_FALSE(request("order.cancel"));
  EXPECT_FALSE(request("order.place"));
  EXPECT_EQ(told().at("state"), "open");
  EXPECT_TRUE(request("order.place"));
  EXPECT_EQ(request("order.place")->reply->verb, MessageFate::Verb::kDrop);
  EXPECT_FALSE(request("order.place"));
  EXPECT_EQ(told().at("fired"), 2);
  EXPECT_EQ(told().at("matched"), 4);
  EXPECT_EQ(told().at("count"), 0);
  EXPECT_EQ(told().at("state"), "spent");
}

TEST_F(FaultPlanTest, AFaultThatNeverFiredIsNamed) {
  add(R"({"name":"a","method":"order.place","action":"drop_reply"})");
  add(R"({"name":"b","method":"time","action":"drop_reply"})");
  EXPECT_EQ(Json::parse(plan_.json()).at("neverFired"), Json::parse(R"(["a","b"])"));
  request("time");
  EXPECT_EQ(Json::parse(plan_.json()).at("neverFired"), Json::parse(R"(["a"])"));
  EXPECT_NE(plan_.report().find("a: NEVER FIRED"), std::string::npos);
  EXPECT_NE(plan_.report().find("b: fired 1 of 1"), std::string::npos);
}

TEST_F(FaultPlanTest, EventsMatchByNameByExecutionTypeAndByCause) {
  add(R"({"method":"executionReport:TRADE","action":"drop_event"})");
  add(R"({"method":"order.cancel","action":"duplicate_event"})");
  EXPECT_FALSE(request("executionReport:TRADE"));
  EXPECT_FALSE(event("executionReport", "NEW"));
  EXPECT_EQ(event("executionReport", "TRADE")->verb, MessageFate::Verb::kDrop);
  plan_.set_cause("order.cancel");
  EXPECT_EQ(event("executionReport", "CANCELED")->verb, MessageFate::Verb::kDuplicate);
  plan_.set_cause("");
  EXPECT_FALSE(event("executionReport", "CANCELED"));
}

TEST_F(FaultPlanTest, MarketMessagesAreAThingOfTheirOwn) {
  EXPECT_FALSE(plan_.has_market_steps());
  add(R"({"stream":"*@depth*","symbol":"BTCUSDT","action":"drop_market"})");
  EXPECT_TRUE(plan_.has_market_steps());
  EXPECT_FALSE(request("btcusdt@depth"));
  EXPECT_FALSE(plan_.on_market(
      {.kind = Occurrence::Kind::kMarket, .name = "ethusdt@depth", .symbol = "ETHUSDT"}));
  EXPECT_TRUE(plan_.on_market(
      {.kind = Occurrence::Kind::kMarket, .name = "btcusdt@depth", .symbol = "BTCUSDT"}));
  plan_.clear();
  EXPECT_FALSE(plan_.has_market_steps());
}

TEST_F(FaultPlanTest, RejectsAreNotCarriedOutUnlessAsked) {
  add(R"({"method":"*","action":"reject","code":-1015})");
  const auto fault = request("order.place");
  ASSERT_TRUE(fault);
  EXPECT_FALSE(fault->is_carried_out);
  EXPECT_EQ(fault->refusal->code, -1015);
  EXPECT_EQ(fault->refusal->status, 429);
  add(R"({"method":"*","action":"html_403","accept":true})");
  const auto page = request("order.place");
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->is_carried_out);
  EXPECT_TRUE(page->refusal->is_html);
}

TEST_F(FaultPlanTest, OpensAtItsTimeClosesAndOpensAgain) {
  add(R"({"method":"*","action":"drop_reply","at":"1s","for":"100ms","every":"500ms"})");
  EXPECT_FALSE(request("time", kStart + milliseconds{999}));
  EXPECT_TRUE(request("time", kStart + milliseconds{1'000}));
  EXPECT_TRUE(request("time", kStart + milliseconds{1'099}));
  EXPECT_FALSE(request("time", kStart + milliseconds{1'100}));
  EXPECT_EQ(told().at("state"), "waiting");
  EXPECT_TRUE(request("time", kStart + milliseconds{1'500}));
  EXPECT_FALSE(request("time", kStart + milliseconds{1'600}));
  EXPECT_EQ(plan_.next_due(), kStart + milliseconds{2'000});
}

TEST_F(FaultPlanTest, EachOpeningHasItsOwnCountAndSkip) {
  add(R"({"method":"*","action":"drop_reply","every":"1s","skip":1,"count":1})");
  for (const int second : {0, 1, 2}) {
    const MonoTime now = kStart + seconds{second};
    EXPECT_FALSE(request("time", now));
    EXPECT_TRUE(request("time", now));
    EXPECT_FALSE(request("time", now));
    EXPECT_EQ(told().at("state"), "waiting") << "for its next opening";
  }
  EXPECT_EQ(told().at("fired"), 3);
}

TEST_F(FaultPlanTest, ActsOnTheVenueAtItsTimeAndTakesItBack) {
  add(R"({"action":"set_status","symbol":"A","status":"HALT","at":"1s","for":"2s"})");
  plan_.advance(kStart + milliseconds{999});
  EXPECT_TRUE(venue_.done.empty());
  plan_.advance(kStart + seconds{1});
  EXPECT_EQ(venue_.done, (std::vector<std::string>{"did 0"}));
  EXPECT_EQ(told().at("state"), "in force");
  plan_.advance(kStart + seconds{3});
  EXPECT_EQ(venue_.done, (std::vector<std::string>{"did 0", "undid 0"}));
  EXPECT_EQ(told().at("fired"), 1);
  EXPECT_EQ(told().at("state"), "spent");
}

TEST_F(FaultPlanTest, ActsAgainAsOftenAsItsCountSays) {
  add(R"({"action":"cut","every":"1s","count":3,"skip":1})");
  plan_.advance(kStart + seconds{60});
  EXPECT_EQ(told().at("fired"), 3);
  EXPECT_EQ(plan_.next_due(), std::nullopt);
}

TEST_F(FaultPlanTest, ClearingTakesBackWhatStands) {
  add(R"({"action":"set_status","symbol":"A","status":"HALT"})");
  EXPECT_EQ(venue_.done, (std::vector<std::string>{"did 0"}));
  plan_.clear();
  EXPECT_EQ(venue_.done, (std::vector<std::string>{"did 0", "undid 0"}));
  EXPECT_TRUE(plan_.is_empty());
}

TEST_F(FaultPlanTest, AMatchCanActOnTheVenueToo) {
  add(R"({"action":"cut","on":"order.place","skip":2})");
  add(R"({"action":"terminate_user_streams","on":"executionReport:TRADE"})");
  request("order.place");
  request("order.place");
  EXPECT_TRUE(venue_.done.empty());
  request("order.place");
  EXPECT_EQ(venue_.done.size(), 1U) << "before the request is carried out";
  event("executionReport", "TRADE");
  EXPECT_EQ(venue_.done.size(), 1U) << "not inside the exchange's own call";
  plan_.advance(kStart);
  EXPECT_EQ(venue_.done.size(), 2U);
}

TEST_F(FaultPlanTest, StaleSnapshotsAreKeptWhenTheStepOpens) {
  add(R"({"action":"stale_snapshot","method":"depth","symbol":"BTCUSDT","at":"1s","count":2})");
  EXPECT_TRUE(venue_.done.empty());
  plan_.advance(kStart + seconds{1});
  EXPECT_EQ(venue_.done, (std::vector<std::string>{"kept BTCUSDT"}));
  const auto fault = plan_.on_request({.name = "depth", .symbol = "BTCUSDT"}, kStart + seconds{2});
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->is_snapshot_stale);
}

TEST_F(FaultPlanTest, TheSameSeedGivesTheSameFaults) {
  const auto run = [this](const char* seed) {
    FaultPlan plan;
    plan.set_target(&venue_);
    const auto scenario = parse_scenario(std::string{"seed = "} + seed + R"(
[step.lost]
action = "drop_reply"
method = "*"
probability_ppm = 300000
[step.late]
action = "delay_reply"
method = "*"
probability_ppm = 500000
delay = "10ms"
jitter = "90ms"
)",
                                         "seeds.toml");
    EXPECT_TRUE(plan.add(*scenario, kStart));
    std::string story;
    for (int i = 0; i < 2'000; ++i) {
      const auto fault = plan.on_request({.name = "time"}, kStart);
      story += !fault ? "-"
               : fault->reply->verb == MessageFate::Verb::kDrop
                   ? "x"
                   : std::to_string(fault->reply->delay.count());
    }
    const Json faults = Json::parse(plan.json()).at("faults");
    EXPECT_NEAR(faults[0].at("fired").get<int>(), 600, 120);
    EXPECT_NEAR(faults[1].at("fired").get<int>(), 700, 140);
    return story;
  };
  EXPECT_EQ(run("1"), run("1"));
  EXPECT_NE(run("1"), run("2"));
}

TEST_F(FaultPlanTest, AWrongScenarioChangesNothing) {
  const auto wrong = parse_scenario(R"(
[step.first]
action = "drop_reply"
method = "*"
[step.second]
action = "set_status"
symbol = "NONE"
status = "HALT"
)",
                                    "wrong.toml");
  ASSERT_TRUE(wrong) << wrong.error();
  const auto added = plan_.add(*wrong, kStart);
  ASSERT_FALSE(added);
  EXPECT_NE(added.error().find("second"), std::string::npos);
  EXPECT_TRUE(plan_.is_empty());
}

TEST_F(FaultPlanTest, NamesAreUniqueAndProblemsAreShown) {
  add(R"({"name":"n","method":"*","action":"drop_reply"})");
  EXPECT_FALSE(plan_.add_json(R"({"name":"n","method":"*","action":"drop_reply"})", kStart));
  venue_.is_broken = true;
  add(R"({"action":"cut"})");
  EXPECT_EQ(told(1).at("problem"), "broken");
}

TEST(FaultPlan, WithoutAVenueNothingActsOnOne) {
  FaultPlan plan;
  EXPECT_FALSE(plan.add_json(R"({"action":"cut"})", kStart));
  EXPECT_TRUE(plan.add_json(R"({"action":"drop_reply","method":"*"})", kStart));
}

}  // namespace
}  // namespace portcullis::sim
