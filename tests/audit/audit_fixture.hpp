#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/audit/audit_log.hpp"
#include "core/audit/audit_scan.hpp"
#include "tests/core/temp_directory.hpp"

namespace portcullis::audit {

inline constexpr WallTime kNoon = wall_time(1'764'244'800'000'000'000);

inline Entry raised(const std::string& to) {
  return {.act = Act::kLimitChanged,
          .actor = "alice (uid 1000)",
          .scope = "symbols.BTCUSDT.max_order_qty",
          .reason = "launch \"day\"\n",
          .before = "0.5",
          .after = to};
}

// A log of `count` acts, each with its place as the new value.
struct LogFile {
  test::TempDirectory directory;
  std::string path = directory.file("audit.log");

  explicit LogFile(int count) {
    auto log = Log::open(path, kNoon);
    EXPECT_TRUE(log) << log.error();
    for (int i = 1; i <= count; ++i) EXPECT_TRUE(log->append(raised(std::to_string(i)), kNoon));
  }

  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    std::string rest = test::read_file(path);
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n') + 1;
      lines.push_back(rest.substr(0, end));
      rest.erase(0, end);
    }
    return lines;
  }
  void write(const std::vector<std::string>& lines) const {
    std::string text;
    for (const std::string& line : lines) text += line;
    (void)directory.write("audit.log", text);
  }
};

}  // namespace portcullis::audit
