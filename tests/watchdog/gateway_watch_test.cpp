#include "watchdog/gateway_watch.hpp"

#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portcullis::watchdog {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr Nanos kLook = 20ms;

// A gateway as its page shows it, on a clock that the test moves.
class GatewayWatchTest : public testing::Test {
 protected:
  GatewayWatchTest() {
    page_ = HeartbeatReading{.pid = 7,
                             .start_ticks = 70,
                             .started = wall_time(1),
                             .state = LifeState::kRunning,
                             .is_alive = true,
                             .is_venue_up = true,
                             .may_have_orders = true,
                             .lines = {{.name = "control", .kind = LineKind::kCold},
                                       {.name = "feed"},
                                       {.name = "trading"}},
                             .symbols = {"BTCUSDT"}};
  }
  Finding look() {
    now_ += kLook;
    for (HeartbeatReading::Line& line : page_->lines) {
      if (line.name != hung_ && !is_stopped_) ++line.beats;
    }
    return watch_.look(page_, false, now_);
  }
  // The first alarm within the time; when it came is in alarm_after_.
  Finding look_for(Nanos time) {
    Finding finding;
    const MonoTime begin = now_;
    while (now_ - begin < time) {
      finding = look();
      alarm_after_ = now_ - begin;
      if (finding.alarm != Alarm::kNone) return finding;
    }
    return finding;
  }
  void expect_alarm(Alarm alarm, Nanos at_least, Nanos at_most, const std::string& cause) {
    const Finding finding = look_for(at_most + 10s);
    EXPECT_EQ(finding.alarm, alarm) << finding.cause;
    EXPECT_GE(alarm_after_, at_least);
    EXPECT_LE(alarm_after_, at_most);
    EXPECT_THAT(finding.cause, HasSubstr(cause));
  }

  GatewayWatch watch_{WatchSettings{}};
  std::optional<HeartbeatReading> page_;
  MonoTime now_{mono_time(1'000'000'000)};
  std::string hung_;  // the line that does not move
  bool is_stopped_{false};
  Nanos alarm_after_{};
};

TEST_F(GatewayWatchTest, OneThatRunsIsLeftAlone) {
  EXPECT_EQ(look_for(10min).alarm, Alarm::kNone);
  EXPECT_EQ(look().condition, Condition::kRunning);
}

TEST_F(GatewayWatchTest, OneHungThreadIsEnoughWhateverItsSiblingsDo) {
  for (const char* name : {"feed", "trading"}) {
    hung_.clear();
    EXPECT_EQ(look_for(1s).condition, Condition::kRunning);
    hung_ = name;
    expect_alarm(Alarm::kHung, 2s, 2s + 2 * kLook, std::string{"thread "} + name);
  }
}

TEST_F(GatewayWatchTest, AStoppedProcessIsHung) {
  (void)look_for(1s);
  is_stopped_ = true;
  expect_alarm(Alarm::kHung, 2s, 2s + 2 * kLook, "has stood still for");
}

TEST_F(GatewayWatchTest, AColdThreadMayWaitLonger) {
  (void)look_for(1s);
  hung_ = "control";
  expect_alarm(Alarm::kHung, 30s, 30s + 2 * kLook, "thread control");
}

TEST_F(GatewayWatchTest, AThreadThatIsNotWatchedMayStand) {
  page_->lines[1].is_watched = false;
  hung_ = "feed";
  EXPECT_EQ(look_for(1min).alarm, Alarm::kNone);
}

TEST_F(GatewayWatchTest, TheStartHasItsOwnPatience) {
  page_->state = LifeState::kStarting;
  is_stopped_ = true;
  const Finding finding = look_for(1min);
  EXPECT_EQ(finding.alarm, Alarm::kNone);
  EXPECT_EQ(finding.condition, Condition::kStarting);
  expect_alarm(Alarm::kHung, 59s, 61s, "has stood still");
}

TEST_F(GatewayWatchTest, ALongStartIsNotHeldAgainstOneThatRuns) {
  page_->state = LifeState::kStarting;
  is_stopped_ = true;
  EXPECT_EQ(look_for(100s).alarm, Alarm::kNone);
  page_->state = LifeState::kRunning;
  EXPECT_EQ(look_for(1s).alarm, Alarm::kNone) << "no thread has made its first turn yet";
  is_stopped_ = false;
  EXPECT_EQ(look_for(1min).alarm, Alarm::kNone);
}

TEST_F(GatewayWatchTest, ADeathIsSeenAtTheNextLook) {
  (void)look_for(1s);
  page_->is_alive = false;
  is_stopped_ = true;
  expect_alarm(Alarm::kDead, kLook, kLook, "process 7 has ended without a clean stop");
}

TEST_F(GatewayWatchTest, ACleanStopIsNoDeath) {
  (void)look_for(1s);
  page_->state = LifeState::kStopped;
  is_stopped_ = true;
  EXPECT_EQ(look_for(1min).condition, Condition::kStopped) << "and may still be ending";
  page_->is_alive = false;
  const Finding finding = look_for(10min);
  EXPECT_EQ(finding.alarm, Alarm::kNone);
  EXPECT_EQ(finding.condition, Condition::kStopped);
}

TEST_F(GatewayWatchTest, AStartThatFailsHarmsNobodyUnlessSomethingWasLeft) {
  page_->state = LifeState::kStarting;
  page_->may_have_orders = false;
  (void)look();
  page_->is_alive = false;
  EXPECT_EQ(look_for(10min).alarm, Alarm::kNone);
  page_->may_have_orders = true;
  EXPECT_EQ(look().alarm, Alarm::kDead);
}

TEST_F(GatewayWatchTest, FoundDeadAtTheFirstLookItGetsTimeToBeStarted) {
  page_->is_alive = false;
  is_stopped_ = true;
  expect_alarm(Alarm::kDead, 5s, 5s + 2 * kLook, "without a clean stop");
}

TEST_F(GatewayWatchTest, WithAGraceARestartInTimeIsNoAlarm) {
  watch_ = GatewayWatch{WatchSettings{.dead_after = 3s}};
  (void)look_for(1s);
  page_->is_alive = false;
  EXPECT_EQ(look_for(2s).alarm, Alarm::kNone);
  page_->is_alive = true;
  page_->pid = 8;
  page_->start_ticks = 80;
  page_->started = wall_time(2);
  EXPECT_TRUE(look().is_a_new_life);
  EXPECT_EQ(look_for(1min).alarm, Alarm::kNone);
  page_->is_alive = false;
  expect_alarm(Alarm::kDead, 3s, 3s + 2 * kLook, "process 8");
}

TEST_F(GatewayWatchTest, AVenueSessionLostForTooLongWithOrdersOpen) {
  (void)look_for(1s);
  page_->is_venue_up = false;
  EXPECT_EQ(look_for(9s).condition, Condition::kDisconnected);
  page_->is_venue_up = true;
  EXPECT_EQ(look_for(1s).condition, Condition::kRunning);
  page_->is_venue_up = false;
  page_->may_have_orders = false;
  EXPECT_EQ(look_for(1min).alarm, Alarm::kNone) << "nothing is open";
  page_->may_have_orders = true;
  expect_alarm(Alarm::kDisconnected, 10s, 10s + 2 * kLook, "no session with the venue");
}

TEST_F(GatewayWatchTest, AnAlarmIsRaisedOnceUntilItIsWellAgain) {
  (void)look_for(1s);
  hung_ = "trading";
  ASSERT_EQ(look_for(5s).alarm, Alarm::kHung);
  watch_.settle(Alarm::kHung);
  EXPECT_EQ(look_for(1min).alarm, Alarm::kNone);
  EXPECT_EQ(look().condition, Condition::kHung);
  page_->is_alive = false;
  EXPECT_EQ(look().alarm, Alarm::kDead) << "a heavier one is news";
  watch_.settle(Alarm::kDead);
  EXPECT_EQ(look_for(1min).alarm, Alarm::kNone);
}

TEST_F(GatewayWatchTest, OneThatHangsAgainIsAnotherAlarm) {
  (void)look_for(1s);
  hung_ = "trading";
  ASSERT_EQ(look_for(5s).alarm, Alarm::kHung);
  watch_.settle(Alarm::kHung);
  hung_.clear();
  EXPECT_EQ(look_for(1s).condition, Condition::kRunning);
  hung_ = "trading";
  EXPECT_EQ(look_for(5s).alarm, Alarm::kHung);
}

TEST_F(GatewayWatchTest, NoPageAtAllIsNobodyToWatch) {
  for (int i = 0; i < 1'000; ++i) {
    now_ += kLook;
    const Finding finding = watch_.look(std::nullopt, true, now_);
    EXPECT_EQ(finding.condition, Condition::kAbsent);
    EXPECT_EQ(finding.alarm, Alarm::kNone);
  }
}

TEST_F(GatewayWatchTest, APageThatGoesAwayIsAGatewayThatCannotBeSeen) {
  (void)look_for(1s);
  const MonoTime begin = now_;
  Finding finding;
  while (finding.alarm == Alarm::kNone && now_ - begin < 10s) {
    now_ += kLook;
    finding = watch_.look(std::nullopt, true, now_);
  }
  EXPECT_EQ(finding.alarm, Alarm::kDead);
  EXPECT_EQ(finding.condition, Condition::kUnreadable);
  EXPECT_GE(now_ - begin, 2s);
  EXPECT_LE(now_ - begin, 2s + 2 * kLook);
}

TEST_F(GatewayWatchTest, AWatchdogThatWasStoppedTooDoesNotWakeToAnAlarm) {
  (void)look_for(1s);
  now_ += std::chrono::hours{1};
  is_stopped_ = true;
  EXPECT_EQ(look().alarm, Alarm::kNone);
  is_stopped_ = false;
  EXPECT_EQ(look_for(1min).alarm, Alarm::kNone);
}

}  // namespace
}  // namespace portcullis::watchdog
