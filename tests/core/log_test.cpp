#include "core/log.hpp"

#include <cstdio>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/agent.hpp"
#include "core/log_writer.hpp"
#include "tests/core/temp_directory.hpp"

namespace portcullis {
namespace {

using ::testing::HasSubstr;

LogRecord only_record(LogRing& ring) {
  LogRecord out;
  EXPECT_EQ(ring.drain([&out](const LogRecord& record) noexcept { out = record; }, 10), 1);
  return out;
}

TEST(Log, FillsThePlaces) {
  LogRing ring{8};
  ring.post_text(LogLevel::kWarning, mono_time(1), "gap in {s}: {} to {}, at {d}, {}", "BTCUSDT", 5,
                 9, 6'160'201'000'000, -1);
  EXPECT_EQ(format_log_message(only_record(ring)), "gap in BTCUSDT: 5 to 9, at 61602.01, -1");
}

TEST(Log, MorePlacesThanNumbersAndOtherBracesAreHarmless) {
  LogRing ring{8};
  ring.post(LogLevel::kInfo, mono_time(1), "{} {} {} {} {} {x} { }", 1, 2, 3, 4);
  EXPECT_EQ(format_log_message(only_record(ring)), "1 2 3 4 0 {x} { }");
  EXPECT_EQ(format_log_message(LogRecord{}), "(no message)");
}

TEST(Log, TextIsCutAndCannotForgeALine) {
  LogRing ring{8};
  const std::string text = "x\n2026 error\x1b[31m" + std::string(100, 'y');
  ring.post_text(LogLevel::kError, mono_time(1), "{s}", text);
  const std::string line = format_log_message(only_record(ring));
  EXPECT_TRUE(line.starts_with("x?2026 error?[31my")) << line;
  EXPECT_EQ(line.size(), 46U);
}

TEST(Log, AFullRingDropsAndCounts) {
  LogRing ring{4};
  for (int i = 0; i < 10; ++i) ring.post(LogLevel::kInfo, mono_time(i), "{}", i);
  EXPECT_EQ(ring.dropped(), 6U);
  EXPECT_EQ(ring.drain([](const LogRecord&) noexcept {}, 100), 4);
}

TEST(LogWriter, WallTimeIsIsoWithMicroseconds) {
  EXPECT_EQ(format_wall_time(wall_time(1'700'000'000'123'456'789)), "2023-11-14T22:13:20.123456Z");
  EXPECT_EQ(format_wall_time(wall_time(0)), "1970-01-01T00:00:00.000000Z");
}

TEST(LogWriter, WritesEachRingsRecordsWithTimeLevelAndRole) {
  const test::TempDirectory directory;
  const std::string path = directory.file("log");
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  const MonoClock clock{false};
  const WallOffset wall{clock};
  LogRing feed{4};
  LogRing oms{4};
  LogWriter writer{file, wall};
  static_assert(Agent<LogWriter>);
  writer.add("feed.binance", feed);
  writer.add("oms", oms);
  const MonoTime now = clock.now();
  const Now turn{.mono = now, .wall = wall.at(now)};
  EXPECT_EQ(writer.do_work(turn), 0);
  feed.post(LogLevel::kWarning, now, "gap of {}", 7);
  for (int i = 0; i < 6; ++i) oms.post(LogLevel::kError, now, "order {}", i);
  EXPECT_EQ(writer.do_work(turn), 6);
  EXPECT_EQ(writer.do_work(turn), 0);
  std::fclose(file);
  const std::string text = test::read_file(path);
  const std::string stamp = format_wall_time(wall.at(now));
  EXPECT_THAT(text, HasSubstr(stamp + " warning feed.binance: gap of 7\n"));
  EXPECT_THAT(text, HasSubstr(stamp + " error oms: order 3\n"));
  EXPECT_THAT(text, HasSubstr(" warning oms: 2 log records dropped"));
}

}  // namespace
}  // namespace portcullis
