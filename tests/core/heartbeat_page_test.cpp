#include "core/heartbeat_page.hpp"

#include <filesystem>
#include <string>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/standing_lines.hpp"
#include "tests/core/temp_directory.hpp"

namespace portcullis {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

HeartbeatReading read(const std::string& path) {
  auto page = read_heartbeat_page(path);
  EXPECT_TRUE(page.has_value()) << page.error().text;
  return page.value_or(HeartbeatReading{});
}

TEST(HeartbeatPage, ShowsLinesSymbolsAndSigns) {
  const test::TempDirectory directory;
  const std::string path = directory.file("heartbeat");
  auto page = HeartbeatPage::create(path, {"BTCUSDT", "币安USDT"}, true);
  ASSERT_TRUE(page) << page.error();
  Heartbeat feed = page->add_line("feed", LineKind::kHot);
  (void)page->add_line("journal", LineKind::kCold, false);
  HeartbeatReading seen = read(path);
  EXPECT_EQ(seen.pid, ::getpid());
  EXPECT_EQ(seen.start_ticks, process_start_ticks(::getpid()));
  EXPECT_NE(seen.start_ticks, 0U);
  EXPECT_EQ(seen.state, LifeState::kStarting);
  EXPECT_TRUE(seen.is_alive);
  EXPECT_TRUE(seen.may_have_orders) << "of the life before";
  EXPECT_FALSE(seen.is_venue_up);
  EXPECT_THAT(seen.symbols, testing::ElementsAre("BTCUSDT", "币安USDT"));
  ASSERT_EQ(seen.lines.size(), 2U);
  EXPECT_EQ(seen.lines[0].name, "feed");
  EXPECT_EQ(seen.lines[0].beats, 0U);
  EXPECT_EQ(seen.lines[1].kind, LineKind::kCold);
  EXPECT_FALSE(seen.lines[1].is_watched);

  feed.beat(mono_time(5));
  feed.beat(mono_time(7));
  page->trading_signs().tell(true, false);
  page->set_state(LifeState::kRunning);
  seen = read(path);
  EXPECT_EQ(seen.state, LifeState::kRunning);
  EXPECT_TRUE(seen.is_venue_up);
  EXPECT_FALSE(seen.may_have_orders);
  EXPECT_EQ(seen.lines[0].beats, 2U);
  EXPECT_EQ(seen.lines[0].last, mono_time(7));
  EXPECT_EQ(seen.lines[1].beats, 0U) << "one line moves, the other does not";
}

TEST(HeartbeatPage, TheLockEndsWithTheProcessAndNotWithAReader) {
  const test::TempDirectory directory;
  const std::string path = directory.file("heartbeat");
  const pid_t child = ::fork();
  if (child == 0) {
    auto page = HeartbeatPage::create(path, {}, false);
    page->set_state(LifeState::kRunning);
    (void)read_heartbeat_page(path);  // closing a descriptor of one's own is no unlocking
    ::pause();
    ::_exit(0);
  }
  while (!read_heartbeat_page(path)) ::usleep(1'000);
  while (read(path).state != LifeState::kRunning) ::usleep(1'000);
  EXPECT_TRUE(read(path).is_alive);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const HeartbeatReading dead = read(path);
  EXPECT_FALSE(dead.is_alive);
  EXPECT_EQ(dead.state, LifeState::kRunning) << "it never said that it had stopped";
  EXPECT_EQ(dead.pid, child);
}

TEST(HeartbeatPage, ANewLifeIsAnother) {
  const test::TempDirectory directory;
  const std::string path = directory.file("heartbeat");
  HeartbeatReading first;
  {
    auto page = HeartbeatPage::create(path, {}, false);
    page->set_state(LifeState::kStopped);
    first = read(path);
  }
  EXPECT_FALSE(read(path).is_alive);
  const auto page = HeartbeatPage::create(path, {}, false);
  EXPECT_TRUE(read(path).is_alive);
  EXPECT_EQ(read(path).state, LifeState::kStarting);
  EXPECT_FALSE(first.is_same_life(read(path)));
}

TEST(HeartbeatPage, WhatIsNoPageIsRefused) {
  const test::TempDirectory directory;
  const auto missing = read_heartbeat_page(directory.file("none"));
  ASSERT_FALSE(missing);
  EXPECT_TRUE(missing.error().is_missing);

  const std::string path = directory.file("heartbeat");
  (void)HeartbeatPage::create(path, {"BTCUSDT"}, false);
  const std::string whole = test::read_file(path);
  const auto refusal = [&](std::string content) {
    directory.write("changed", content);
    const auto page = read_heartbeat_page(directory.file("changed"));
    EXPECT_FALSE(page.has_value());
    return page ? std::string{} : page.error().text;
  };
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{1}, std::size_t{100}, whole.size() - 1}) {
    EXPECT_THAT(refusal(whole.substr(0, length)), HasSubstr("not a whole heartbeat page"));
  }
  EXPECT_THAT(refusal(whole + "x"), HasSubstr("not a whole"));
  std::string other_magic = whole;
  other_magic[0] = 'x';
  EXPECT_THAT(refusal(other_magic), HasSubstr("not a whole"));
  std::string newer = whole;
  newer[8] = 2;
  EXPECT_THAT(refusal(newer), HasSubstr("of version 2"));
}

TEST(HeartbeatPage, ADefaultHeartbeatMovesNothing) {
  Heartbeat nowhere;
  nowhere.beat(mono_time(1));
  TradingSigns silent;
  silent.tell(true, true);
}

// ---- how long lines stand

class StandingLinesTest : public testing::Test {
 protected:
  StandingLinesTest() { page_.lines = {{.name = "a", .beats = 1}, {.name = "b", .beats = 1}}; }
  void look(Nanos after) {
    now_ += after;
    lines_.look(page_, now_);
  }
  HeartbeatReading page_;
  StandingLines lines_{milliseconds{200}};
  MonoTime now_{mono_time(1'000'000'000)};
};

TEST_F(StandingLinesTest, ALineThatStandsIsSeenBesideOneThatMoves) {
  look(milliseconds{0});
  for (int i = 0; i < 10; ++i) {
    ++page_.lines[0].beats;
    look(milliseconds{100});
  }
  EXPECT_EQ(lines_.standing(0), Nanos{});
  EXPECT_EQ(lines_.standing(1), milliseconds{1'000});
  ++page_.lines[1].beats;
  look(milliseconds{100});
  EXPECT_EQ(lines_.standing(1), Nanos{});
}

TEST_F(StandingLinesTest, TimeInWhichTheWatcherStoodCountsLittle) {
  look(milliseconds{0});
  look(std::chrono::hours{1});
  EXPECT_EQ(lines_.standing(0), milliseconds{200});
}

TEST_F(StandingLinesTest, ALineThatIsNotWatchedNeverStands) {
  page_.lines[1].is_watched = false;
  look(milliseconds{0});
  look(milliseconds{100});
  EXPECT_EQ(lines_.standing(0), milliseconds{100});
  EXPECT_EQ(lines_.standing(1), Nanos{});
}

TEST_F(StandingLinesTest, ALineThatComesLaterBeginsThen) {
  look(milliseconds{0});
  look(milliseconds{100});
  page_.lines.push_back({.name = "c"});
  look(milliseconds{100});
  EXPECT_EQ(lines_.standing(0), milliseconds{200});
  EXPECT_EQ(lines_.standing(2), Nanos{});
  lines_.forget();
  EXPECT_EQ(lines_.size(), 0U);
}

}  // namespace
}  // namespace portcullis
