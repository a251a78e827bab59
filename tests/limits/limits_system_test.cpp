// Limits that change while the real gateway trades, by signal, by file and by two people.
#include <gmock/gmock.h>

#include "core/counters.hpp"
#include "tests/limits/live_limits.hpp"

namespace portcullis::test {
namespace {

using audit::Act;
using testing::Contains;
using testing::HasSubstr;

constexpr const char* kQty = "symbols.BTCUSDT.max_order_qty";

TEST_F(LiveLimits, ASignalReloadsUnderLoadAndNothingIsRefused) {
  gateway_.start();
  expect_trading();
  const auto denied = [this] {
    std::int64_t sum = 0;
    auto counters = CounterFile::open(gateway_.state_dir() + "/counters");
    EXPECT_TRUE(counters);
    for (const auto& [label, value] : counters->read_all()) {
      if (label.starts_with("risk.denied.")) sum += value;
    }
    return sum;
  };
  const auto reloads = [this] {
    return CounterFile::open(gateway_.state_dir() + "/counters")->read("limits.reloads");
  };
  const std::int64_t before = denied();
  // Two files that differ, back and forth; the quotes are far inside both.
  for (int i = 0; i < 10; ++i) {
    const bool is_even = i % 2 == 0;
    replace_in_config(is_even ? "max_order_qty = \"5\"" : "max_order_qty = \"4\"",
                      is_even ? "max_order_qty = \"4\"" : "max_order_qty = \"5\"");
    gateway_.process().signal(SIGHUP);
    ASSERT_TRUE(eventually([&] { return reloads() == i + 1; })) << gateway_.process().output();
  }
  expect_trading();
  EXPECT_EQ(denied(), before);
  EXPECT_EQ(limit(kQty), "4") << "lowered once; what raises is held";
  EXPECT_THAT(acts(), Contains(Act::kLimitsReloaded));
}

TEST_F(LiveLimits, ALowerLimitHoldsFromTheAnswerOn) {
  gateway_.start();
  expect_trading();
  replace_in_config("max_order_qty = \"5\"", "max_order_qty = \"0.005\"");  // quotes are of 0.01
  std::string output;
  ASSERT_EQ(run_limits({"reload"}, &output), 0) << output;
  EXPECT_THAT(output, HasSubstr("symbols.BTCUSDT.max_order_qty: 5 -> 0.005"));
  // What had left is there by now; nothing follows it.
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  const std::size_t count = placed().size();
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  EXPECT_EQ(placed().size(), count);
}

TEST_F(LiveLimits, ABadFileKeepsTheLimitsAndSaysWhatToWrite) {
  gateway_.start();
  expect_trading();
  replace_in_config("max_order_qty = \"5\"", "max_order_qty = 5");
  std::string output;
  EXPECT_EQ(run_limits({"reload"}, &output), 78);  // the command reads the file itself
  EXPECT_THAT(output, HasSubstr("max_order_qty"));
  const nlohmann::json refused = ask("limits reload");
  EXPECT_FALSE(is_ok(refused));
  EXPECT_THAT(refused.at("error").get<std::string>(), HasSubstr("write it in quotes"));
  EXPECT_EQ(limit(kQty), "5");
  expect_trading();
}

TEST_F(LiveLimits, RaisingTakesTwoUsersOfTheMachine) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can be two people";
  gateway_.start();
  expect_trading();
  const std::string request = std::string{"limits request for:3 "} + kQty + "=6 a big day";
  EXPECT_FALSE(is_ok(ask(request))) << "root is no operator";
  const nlohmann::json asked = ask_as(kAnn, request);
  ASSERT_TRUE(is_ok(asked)) << asked;
  const std::string id = std::to_string(asked.at("id").get<int>());
  EXPECT_EQ(limit(kQty), "5");
  const nlohmann::json herself = ask_as(kAnn, "limits approve " + id);
  EXPECT_FALSE(is_ok(herself));
  const nlohmann::json approved = ask_as(kBen, "limits approve " + id);
  ASSERT_TRUE(is_ok(approved)) << approved;
  EXPECT_EQ(limit(kQty), "6");
  EXPECT_TRUE(eventually([&] { return limit(kQty) == "5"; })) << "three seconds are over";
  EXPECT_THAT(acts(), Contains(Act::kOverrideExpired));
  EXPECT_THAT(acts(), Contains(Act::kLimitApproved));
}

TEST_F(LiveLimits, ShowsWhatIsUsedAndWhatIsLeft) {
  gateway_.start();
  expect_trading();
  std::string output;
  ASSERT_TRUE(eventually([&] {
    const nlohmann::json answer = ask("limits show symbols.BTCUSDT.max_long_position");
    return is_ok(answer) && answer.at("limits").size() == 1 &&
           answer.at("limits").at(0).contains("used");
  }));
  ASSERT_EQ(run_limits({"show"}, &output), 0) << output;
  EXPECT_THAT(output, HasSubstr("headroom"));
  EXPECT_THAT(output, HasSubstr("symbols.BTCUSDT.max_long_position"));
  ASSERT_EQ(run_limits({"diff"}, &output), 0) << output;
  EXPECT_THAT(output, HasSubstr("in force is what the file has"));
}

}  // namespace
}  // namespace portcullis::test
