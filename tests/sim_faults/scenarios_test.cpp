// Every scenario of configs/scenarios under the traffic it is made for, in a time of its own: each
// of its faults fires, and the same day comes twice.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/faults/fault_plan.hpp"
#include "sim/faults/script_reader.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::sim {
namespace {

using std::chrono::milliseconds;
using Json = nlohmann::json;

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator{source_dir() + "/configs/scenarios"}) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

class AnyVenue final : public FaultTarget {
 public:
  [[nodiscard]] std::string check(const VenueAction&) const override { return {}; }
  std::expected<Undo, std::string> perform(const VenueAction& action) override {
    story += "did " + std::to_string(action.index()) + "\n";
    return [this] { story += "undid\n"; };
  }
  void keep_snapshots(const std::string&) override { story += "kept\n"; }

  std::string story;
};

// A client that trades on both protocols and listens to everything, ten times a second.
class Traffic {
 public:
  Traffic(FaultPlan& plan, std::string& story) : plan_{plan}, story_{story} {}

  void run(milliseconds length) {
    constexpr milliseconds kStep{20};
    for (milliseconds at{0}; at < length; at += kStep) {
      now_ = mono_time(0) + at;
      plan_.advance(now_);
      for (const char* method : {"order.place", "order.cancel", "order.status", "depth", "time"}) {
        request(method);
      }
      for (const char* stream : {"btcusdt@depth@100ms", "btcusdt@trade", "btcusdt@bookTicker"}) {
        tell(plan_.on_market(
            {.kind = Occurrence::Kind::kMarket, .name = stream, .symbol = "BTCUSDT"}));
      }
    }
  }

 private:
  void request(const char* method) {
    const auto fault = plan_.on_request(
        {.name = method, .symbol = "BTCUSDT", .account = "main", .client_order_id = "c"}, now_);
    story_ += !fault ? "." : fault->reply ? "r" : fault->refusal ? "e" : "f";
    if (std::string_view{method} != "order.place") return;
    plan_.set_cause(method);
    for (const char* detail : {"NEW", "TRADE"}) {
      tell(plan_.on_event({.kind = Occurrence::Kind::kEvent,
                           .name = "executionReport",
                           .detail = detail,
                           .symbol = "BTCUSDT",
                           .account = "main"}));
    }
    tell(plan_.on_event(
        {.kind = Occurrence::Kind::kEvent, .name = "outboundAccountPosition", .account = "main"}));
    plan_.set_cause("");
  }
  void tell(const std::optional<MessageFate>& fate) {
    story_ += !fate ? "." : std::to_string(static_cast<int>(fate->verb));
    if (fate) story_ += "+" + std::to_string(fate->delay.count());
  }

  FaultPlan& plan_;
  std::string& story_;
  MonoTime now_{};
};

class ScenarioTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ScenarioTest, EachOfItsFaultsFiresAndTheSameDayComesTwice) {
  const auto scenario = load_scenario(GetParam());
  ASSERT_TRUE(scenario) << scenario.error();
  EXPECT_GE(scenario->steps.size(), 4U);
  std::string stories[2];
  for (std::string& story : stories) {
    AnyVenue venue;
    FaultPlan plan;
    plan.set_target(&venue);
    ASSERT_TRUE(plan.add(*scenario, mono_time(0)));
    Traffic{plan, story}.run(std::chrono::minutes{4});
    EXPECT_EQ(Json::parse(plan.json()).at("neverFired"), Json::array()) << plan.report();
    plan.clear();
    story += venue.story;
  }
  EXPECT_EQ(stories[0], stories[1]);
}

INSTANTIATE_TEST_SUITE_P(Files, ScenarioTest, ::testing::ValuesIn(scenario_files()),
                         [](const auto& test) {
                           return std::filesystem::path{test.param}.stem().string();
                         });

TEST(Scenarios, ThereAreAboutTen) {
  EXPECT_GE(scenario_files().size(), 10U);
}

}  // namespace
}  // namespace portcullis::sim
