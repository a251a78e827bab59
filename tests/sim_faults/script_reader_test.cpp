#include "sim/faults/script_reader.hpp"

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

FaultScenario good(const std::string& toml) {
  auto scenario = parse_scenario(toml, "try.toml");
  EXPECT_TRUE(scenario) << scenario.error();
  return scenario ? *scenario : FaultScenario{};
}

std::string bad(const std::string& toml) {
  const auto scenario = parse_scenario(toml, "try.toml");
  EXPECT_FALSE(scenario) << toml;
  return scenario ? "" : scenario.error();
}

TEST(ScriptReader, ReadsEveryPartOfAStep) {
  const FaultScenario scenario = good(R"(
title = "a try"
seed = 9
[step.late]
action = "delay_reply"
method = "order.*"
symbol = "BTCUSDT"
account = "main"
client_order_id = "g1"
api_key = "K"
at = "2s"
every = "10s"
for = "500ms"
skip = 3
count = 4
probability_ppm = 250000
delay = "300ms"
jitter = "20ms"
[step.halt]
action = "set_status"
symbol = "ETHUSDT"
status = "HALT"
)");
  EXPECT_EQ(scenario.title, "a try");
  EXPECT_EQ(scenario.seed, 9U);
  ASSERT_EQ(scenario.steps.size(), 2U);
  const FaultStep& late = scenario.steps[0];
  EXPECT_EQ(late.name, "late");
  EXPECT_EQ(late.match.name, "order.*");
  EXPECT_EQ(late.match.client_order_id, "g1");
  EXPECT_EQ(late.trigger.at, seconds{2});
  EXPECT_EQ(late.trigger.every, seconds{10});
  EXPECT_EQ(late.trigger.lasts, milliseconds{500});
  EXPECT_EQ(late.trigger.skip, 3);
  EXPECT_EQ(late.trigger.count, 4);
  EXPECT_EQ(late.trigger.probability_ppm, 250'000);
  EXPECT_EQ(std::get<MessageAction>(late.action).fate.delay, milliseconds{300});
  EXPECT_EQ(std::get<MessageAction>(late.action).jitter, milliseconds{20});
  EXPECT_THAT(late.summary, HasSubstr("delay=300ms"));
  EXPECT_FALSE(late.is_timed());
  EXPECT_TRUE(scenario.steps[1].is_timed());
}

TEST(ScriptReader, AWindowOrAChanceHasNoCountUnlessGiven) {
  const FaultScenario scenario = good(R"(
[step.once]
action = "drop_event"
method = "*"
[step.window]
action = "drop_event"
method = "*"
for = "5s"
[step.chance]
action = "drop_event"
method = "*"
probability_ppm = 10
[step.again]
action = "cut"
every = "1s"
)");
  EXPECT_EQ(scenario.steps[0].trigger.count, 1);
  EXPECT_EQ(scenario.steps[1].trigger.count, std::nullopt);
  EXPECT_EQ(scenario.steps[2].trigger.count, std::nullopt);
  EXPECT_EQ(scenario.steps[3].trigger.count, std::nullopt);
}

TEST(ScriptReader, AnUnknownKeyIsNamedWithItsLineAndItsNeighbour) {
  EXPECT_THAT(bad("[step.a]\naction = \"drop_reply\"\nmethod = \"x\"\nskipp = 1\n"),
              AllOf(HasSubstr("try.toml:4"), HasSubstr("step.a.skipp"), HasSubstr("\"skip\"")));
  EXPECT_THAT(bad("[step.a]\naction = \"drop_repyl\"\nmethod = \"x\"\n"),
              AllOf(HasSubstr("try.toml:2"), HasSubstr("\"drop_reply\"")));
  EXPECT_THAT(bad("tittle = \"x\"\n[step.a]\naction = \"cut\"\n"), HasSubstr("\"title\""));
  // A key of another action is as unknown as any.
  EXPECT_THAT(bad("[step.a]\naction = \"drop_reply\"\nmethod = \"x\"\ndelay = \"1s\"\n"),
              HasSubstr("step.a.delay"));
  EXPECT_THAT(bad("[steps.a]\naction = \"cut\"\n"), HasSubstr("\"step\""));
}

TEST(ScriptReader, SaysWhatIsMissingAndWhatCannotBe) {
  EXPECT_THAT(bad(""), HasSubstr("no step"));
  EXPECT_THAT(bad("[step.a]\naction = \"drop_reply\"\n"), HasSubstr("step.a.method"));
  EXPECT_THAT(bad("[step.a]\naction = \"drop_market\"\n"), HasSubstr("step.a.stream"));
  EXPECT_THAT(bad("[step.a]\naction = \"delay_reply\"\nmethod = \"x\"\n"),
              HasSubstr("step.a.delay"));
  EXPECT_THAT(bad("[step.a]\naction = \"falsify_reply\"\nmethod = \"x\"\nlie = \"zero_prize\"\n"),
              HasSubstr("zero_price"));
  EXPECT_THAT(bad("[step.a]\naction = \"revoke_key\"\n"), HasSubstr("exactly one"));
  EXPECT_THAT(bad("[step.a]\naction = \"change_filters\"\nsymbol = \"BTCUSDT\"\n"),
              HasSubstr("at least one"));
  EXPECT_THAT(bad("[step.a]\naction = \"cut\"\nevery = \"1s\"\nfor = \"2s\"\n"),
              HasSubstr("longer"));
  EXPECT_THAT(bad("[step.a]\naction = \"cut\"\ncount = 0\n"), HasSubstr("out of range"));
  EXPECT_THAT(bad("[step.a\n"), HasSubstr("try.toml:1"));
}

TEST(ScriptReader, ReadsAFileAndSaysWhichOneIsNotThere) {
  const std::string path = ::testing::TempDir() + "/scenario_reader_test.toml";
  std::ofstream{path} << "[step.a]\naction = \"cut\"\n";
  EXPECT_TRUE(load_scenario(path));
  const auto missing = load_scenario("/no/such/scenario.toml");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error(), AllOf(HasSubstr("/no/such/scenario.toml"),
                                     HasSubstr("does not exist"), HasSubstr("--scenario")));
}

TEST(ScriptReader, JsonHasTheSameKeysAndTheSameStrictness) {
  const auto step = parse_fault_json(
      R"({"action":"delay_reply","method":"order.place","ms":300,"skip":1,"accept":false})");
  ASSERT_TRUE(step) << step.error();
  EXPECT_EQ(std::get<MessageAction>(step->action).fate.delay, milliseconds{300});
  EXPECT_FALSE(std::get<MessageAction>(step->action).is_carried_out);
  EXPECT_EQ(step->trigger.skip, 1);
  for (const char* json :
       {"", "[]", "{}", R"({"method":"x","action":"explode"})", R"({"action":"reject"})",
        R"({"method":"x","action":"reject","count":0})",
        R"({"method":"x","action":"delay_reply","ms":-1})",
        R"({"method":"x","action":"reject","status":7})",
        R"({"method":"x","action":"reject","count":"two"})",
        R"({"method":["x"],"action":"reject"})", R"({"method":"x","action":"reject","x\"y":1})"}) {
    EXPECT_FALSE(parse_fault_json(json)) << json;
  }
  EXPECT_THAT(parse_fault_json(R"({"method":"x","action":"reject","colde":1})").error(),
              HasSubstr("\"code\""));
}

TEST(ScriptReader, KnowsWhatTheVenueSaysWithACode) {
  const auto step = parse_fault_json(R"({"action":"error","method":"*","code":-1007})");
  ASSERT_TRUE(step) << step.error();
  const auto& refusal = std::get<RefusalAction>(step->action);
  EXPECT_TRUE(refusal.is_carried_out);
  EXPECT_EQ(refusal.refusal.status, 504);
  EXPECT_THAT(refusal.refusal.message, HasSubstr("execution status unknown"));
}

TEST(ScriptReader, TheCatalogueListsEachActionOnce) {
  const auto catalogue = nlohmann::json::parse(fault_catalogue_json()).at("actions");
  std::set<std::string> names;
  for (const auto& entry : catalogue) {
    EXPECT_TRUE(names.insert(entry.at("action")).second) << entry;
    EXPECT_FALSE(entry.at("about").get<std::string>().empty());
  }
  EXPECT_TRUE(names.contains("drop_reply"));
}

}  // namespace
}  // namespace portcullis::sim
