#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/time.hpp"

namespace portcullis {

// Cold agent: drains the hot threads' log rings into one stream, a line each:
// "2026-11-22T03:09:23.123456Z warning feed.binance: gap in BTCUSDT". Records that a full ring
// dropped show as a line with their number. A runner lets it allocate.
class LogWriter {
 public:
  static constexpr const char* kRoleName = "log";

  // The stream stays the caller's; both must outlive the writer.
  LogWriter(std::FILE* out, const WallOffset& wall) noexcept : out_{out}, wall_{wall} {}

  // Start-up only. The role is what the lines name ("feed.binance").
  void add(std::string role, LogRing& ring);

  // Bounded: at most kBatch records a ring. After the runner has stopped, the owner calls it until
  // it returns 0, so that the last words are kept.
  int do_work(const Now& now) noexcept;

 private:
  static constexpr int kBatch = 64;
  struct Source {
    std::string role;
    LogRing* ring;
    std::uint64_t dropped_seen{0};
  };
  void write_line(WallTime time, LogLevel level, std::string_view role, std::string_view message);

  std::FILE* out_;
  const WallOffset& wall_;
  std::vector<Source> sources_;
};

[[nodiscard]] const char* to_string(LogLevel level) noexcept;
// "2026-11-22T03:09:23.123456Z"
[[nodiscard]] std::string format_wall_time(WallTime time);

}  // namespace portcullis
