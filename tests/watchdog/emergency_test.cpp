#include "watchdog/emergency.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis::watchdog {
namespace {

using namespace std::chrono_literals;

// A venue with orders, which answers as it is told to before it answers as it would.
class FakeVenue final : public CancelVenue {
 public:
  Answer cancel_all(const std::string& symbol) override {
    asked += "c:" + symbol + " ";
    ++requests;
    if (const auto planned = take_plan()) return *planned;
    return {.kind =
                std::exchange(open[symbol], 0) > 0 ? AnswerKind::kDone : AnswerKind::kNothingOpen};
  }
  Answer open_orders(const std::string& symbol) override {
    asked += "l:" + symbol + " ";
    ++requests;
    if (const auto planned = take_plan()) return *planned;
    Answer answer{.kind = AnswerKind::kDone};
    for (const auto& [name, count] : open) {
      if (symbol.empty() || name == symbol)
        answer.open_in.insert(answer.open_in.end(), count, name);
    }
    return answer;
  }

  std::map<std::string, std::size_t> open;
  std::deque<Answer> plan;  // of the next requests
  std::string asked;
  int requests{0};

 private:
  std::optional<Answer> take_plan() {
    if (plan.empty()) return std::nullopt;
    Answer next = plan.front();
    plan.pop_front();
    return next;
  }
};

class EmergencyTest : public testing::Test {
 protected:
  void begin(std::vector<std::string> symbols, EmergencySettings settings = {}) {
    emergency_.emplace(std::move(symbols), settings, now_);
  }
  // Turns until the event, on a clock that goes on by itself; false when it does not come in time.
  bool run_to(Emergency::Event wanted, Nanos time = 10min) {
    const MonoTime end = now_ + time;
    while (now_ < end) {
      last_ = emergency_->turn(venue_, now_);
      events_.push_back(last_);
      if (last_ == wanted) return true;
      now_ += last_ == Emergency::Event::kWaiting ? 10ms : 1ms;
    }
    return false;
  }
  [[nodiscard]] std::size_t open_count() const {
    std::size_t count = 0;
    for (const auto& [symbol, orders] : venue_.open) count += orders;
    return count;
  }

  FakeVenue venue_;
  std::optional<Emergency> emergency_;
  MonoTime now_{mono_time(1'000'000'000)};
  Emergency::Event last_{};
  std::vector<Emergency::Event> events_;
};

TEST_F(EmergencyTest, CancelsEachSymbolThenLooksThenSettles) {
  venue_.open = {{"BTCUSDT", 3}};
  begin({"BTCUSDT", "ETHUSDT"});
  ASSERT_TRUE(run_to(Emergency::Event::kAllClear));
  EXPECT_EQ(venue_.asked, "c:BTCUSDT c:ETHUSDT l:BTCUSDT l:ETHUSDT ");
  const MonoTime clear = now_;
  ASSERT_TRUE(run_to(Emergency::Event::kSettled));
  EXPECT_GE(now_ - clear, 12s);
  EXPECT_LE(now_ - clear, 13s);
  EXPECT_EQ(emergency_->cancels_done(), 2);
  EXPECT_EQ(emergency_->orders_found(), 0);
}

TEST_F(EmergencyTest, OrdersThatComeBackAreCancelledAgain) {
  venue_.open = {{"BTCUSDT", 1}};
  begin({"BTCUSDT"});
  ASSERT_TRUE(run_to(Emergency::Event::kAllClear));
  venue_.open["BTCUSDT"] = 2;  // what was on its way when the gateway died
  ASSERT_TRUE(run_to(Emergency::Event::kFoundOpen, 2s));
  ASSERT_TRUE(run_to(Emergency::Event::kAllClear));
  EXPECT_EQ(open_count(), 0U);
  const MonoTime clear = now_;
  ASSERT_TRUE(run_to(Emergency::Event::kSettled));
  EXPECT_GE(now_ - clear, 12s) << "the time begins anew";
  EXPECT_EQ(emergency_->orders_found(), 2);
}

TEST_F(EmergencyTest, TheLastLookIsNotBeforeTheEndOfTheTime) {
  begin({"BTCUSDT"}, {.settle = 5s});
  ASSERT_TRUE(run_to(Emergency::Event::kAllClear));
  const MonoTime clear = now_;
  while (now_ < clear + 4900ms) {
    EXPECT_NE(emergency_->turn(venue_, now_), Emergency::Event::kSettled);
    now_ += 10ms;
  }
  venue_.open["BTCUSDT"] = 1;
  EXPECT_TRUE(run_to(Emergency::Event::kFoundOpen, 1s));
}

TEST_F(EmergencyTest, NothingIsSentBeforeTheVenuesMoment) {
  venue_.open = {{"BTCUSDT", 1}};
  venue_.plan = {{.kind = AnswerKind::kHeld, .retry_after = 7s}};
  begin({"BTCUSDT"});
  const MonoTime begun = now_;
  ASSERT_TRUE(run_to(Emergency::Event::kRefused));
  EXPECT_EQ(emergency_->next(), begun + 7s);
  ASSERT_TRUE(run_to(Emergency::Event::kCancelled));
  EXPECT_GE(now_ - begun, 7s);
  EXPECT_EQ(venue_.requests, 2);
}

TEST_F(EmergencyTest, WithoutAMomentItWaitsLongerEachTimeAndABanLongest) {
  const Answer limited{.kind = AnswerKind::kHeld};
  venue_.plan = {limited, limited, limited, {.kind = AnswerKind::kHeld, .is_ban = true}};
  begin({"BTCUSDT"});
  std::vector<Nanos> waits;
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(run_to(Emergency::Event::kRefused));
    waits.push_back(emergency_->next() - now_);
  }
  EXPECT_EQ(waits, (std::vector<Nanos>{250ms, 500ms, 1s, 120s}));
}

TEST_F(EmergencyTest, ALostAnswerIsNotWaitedForBeforeTheOtherSymbols) {
  venue_.open = {{"BTCUSDT", 1}, {"ETHUSDT", 1}};
  venue_.plan = {{.kind = AnswerKind::kUnknown}};
  begin({"BTCUSDT", "ETHUSDT"});
  ASSERT_TRUE(run_to(Emergency::Event::kAllClear));
  EXPECT_EQ(venue_.asked, "c:BTCUSDT c:ETHUSDT l:BTCUSDT c:BTCUSDT l:BTCUSDT l:ETHUSDT ");
  EXPECT_EQ(open_count(), 0U);
}

TEST_F(EmergencyTest, ALookWithoutAnAnswerClearsNothing) {
  begin({"BTCUSDT"});
  venue_.plan = {{.kind = AnswerKind::kNothingOpen},
                 {.kind = AnswerKind::kUnknown},
                 {.kind = AnswerKind::kClockOff},
                 {.kind = AnswerKind::kKeyRefused}};
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run_to(Emergency::Event::kRefused));
  EXPECT_EQ(std::ranges::count(events_, Emergency::Event::kAllClear), 0);
  const MonoTime refused = now_;
  ASSERT_TRUE(run_to(Emergency::Event::kAllClear));
  EXPECT_GE(now_ - refused, 5s) << "a key that is refused is not hammered";
}

TEST_F(EmergencyTest, ManySymbolsAreLookedAtByOneRequestWithinThePace) {
  std::vector<std::string> symbols;
  for (int i = 0; i < 40; ++i) symbols.push_back("S" + std::to_string(i));
  venue_.open = {{"S3", 1}, {"NOTOURS", 1}};
  begin(symbols, {.settle = 60s, .weight_per_minute = 200});
  const MonoTime begun = now_;
  ASSERT_TRUE(run_to(Emergency::Event::kAllClear));
  EXPECT_EQ(open_count(), 1U) << "other programs' symbols are left alone";
  EXPECT_EQ(venue_.requests, 41);
  ASSERT_TRUE(run_to(Emergency::Event::kSettled));
  const std::int64_t looks = venue_.requests - 40;
  const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now_ - begun).count();
  EXPECT_LE(40 + looks * Emergency::kWholeListingWeight, 200 + (passed + 1) * 200 / 60);
  EXPECT_GE(looks, 2);
}

}  // namespace
}  // namespace portcullis::watchdog
