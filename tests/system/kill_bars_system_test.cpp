// R01: kills at full load, over and over, and how long each part of one takes.
// PORTCULLIS_KILL_TRIALS makes it longer (./dev kills N), and then the bars are a verdict too.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/system/modes_fixture.hpp"

namespace portcullis::test {
namespace {

class KillBars : public ModesUnderLoad {
 protected:
  static constexpr const char* kParts[] = {"seen", "latched", "last_cancel", "verified_zero"};

  [[nodiscard]] static std::size_t trials() {
    const char* text = std::getenv("PORTCULLIS_KILL_TRIALS");
    return text != nullptr ? std::stoul(text) : 20;
  }
  [[nodiscard]] static bool is_judged() { return std::getenv("PORTCULLIS_KILL_TRIALS") != nullptr; }

  void note(const nlohmann::json& kill) {
    for (const char* part : kParts) {
      if (kill.contains(part) && !kill.at(part).is_null()) {
        times_[part].push_back(kill.at(part).get<std::int64_t>());
      }
    }
  }
  [[nodiscard]] std::int64_t at(const std::string& part, double quantile) {
    std::vector<std::int64_t>& times = times_[part];
    if (times.empty()) return -1;
    std::ranges::sort(times);
    const auto last = static_cast<double>(times.size() - 1);
    return times[static_cast<std::size_t>(last * quantile)];
  }
  void print(const char* what) {
    std::printf("%s, us from the command:\n%-14s %8s %8s %8s %8s %8s\n", what, "", "n", "p50",
                "p99", "p99.9", "max");
    for (const char* part : kParts) {
      std::printf("%-14s %8zu %8lld %8lld %8lld %8lld\n", part, times_[part].size(),
                  static_cast<long long>(at(part, 0.5)), static_cast<long long>(at(part, 0.99)),
                  static_cast<long long>(at(part, 0.999)), static_cast<long long>(at(part, 1)));
    }
  }
  // Said each 50 ms: what is said right behind a kill may be of before it.
  [[nodiscard]] bool has_open_orders() const {
    std::this_thread::sleep_for(std::chrono::milliseconds{60});
    const nlohmann::json answer = ask("status");
    return is_ok(answer) && answer.value("open_orders", 0) > 0;
  }

  std::map<std::string, std::vector<std::int64_t>> times_;
};

TEST_F(KillBars, R01_OfAStrategyAtFullLoad) {
  gateway_.start();
  expect_trading();
  for (std::size_t i = 0; i < trials(); ++i) {
    ASSERT_TRUE(eventually([&] { return has_open_orders(); }));
    ASSERT_TRUE(is_ok(ask("kill strategy:test trial"))) << gateway_.process().output();
    note(wait_verified("strategy:test"));
    ASSERT_FALSE(HasFailure());
    if (i % 10 == 0) {
      EXPECT_EQ(count_open(venue_.truth()), 0) << "trial " << i;
    }
    ASSERT_TRUE(is_ok(ask("rearm strategy:test RUNNING bars next_trial")));
  }
  print("kill of a strategy");
  EXPECT_EQ(times_["verified_zero"].size(), trials());
  if (!is_judged()) return;
  EXPECT_LE(at("seen", 0.99), 2'000);
  EXPECT_LE(at("seen", 0.999), 5'000);
  EXPECT_LE(at("seen", 1), 25'000);
  EXPECT_LE(at("last_cancel", 1), 50'000 + at("latched", 1));
}

TEST_F(KillBars, R01_OfEverythingAtFullLoad) {
  const std::size_t kills = std::max<std::size_t>(2, trials() / 20);
  for (std::size_t i = 0; i < kills; ++i) {
    gateway_.start();
    ASSERT_TRUE(eventually([&] { return has_open_orders(); })) << gateway_.process().output();
    ASSERT_TRUE(is_ok(ask("kill global trial")));
    note(wait_verified("global"));
    expect_stopped();
    ASSERT_EQ(rearm(), 0);
    kill_process();
  }
  print("kill of everything");
  EXPECT_EQ(times_["verified_zero"].size(), kills);
}

}  // namespace
}  // namespace portcullis::test
