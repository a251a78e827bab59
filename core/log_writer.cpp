#include "core/log_writer.hpp"

#include <array>
#include <chrono>
#include <ctime>
#include <utility>

namespace portcullis {

const char* to_string(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "?";
}

std::string format_wall_time(WallTime time) {
  using std::chrono::floor;
  const auto seconds = floor<std::chrono::seconds>(time.time_since_epoch());
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch() - seconds);
  const std::time_t unix_time = seconds.count();
  std::tm parts{};
  ::gmtime_r(&unix_time, &parts);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  const int tail = std::snprintf(text.data() + length, text.size() - length, ".%06lldZ",
                                 static_cast<long long>(micros.count()));
  return {text.data(), length + static_cast<std::size_t>(tail)};
}

void LogWriter::add(std::string role, LogRing& ring) {
  sources_.push_back(Source{.role = std::move(role), .ring = &ring});
}

int LogWriter::do_work(const Now& now) noexcept {
  int written = 0;
  for (Source& source : sources_) {
    written += source.ring->drain(
        [&](const LogRecord& record) {
          write_line(wall_.at(record.time), record.level, source.role, format_log_message(record));
        },
        kBatch);
    const std::uint64_t dropped = source.ring->dropped();
    if (dropped != source.dropped_seen) {
      write_line(now.wall, LogLevel::kWarning, source.role,
                 std::to_string(dropped - source.dropped_seen) +
                     " log records dropped: more came than this thread could write");
      source.dropped_seen = dropped;
      ++written;
    }
  }
  // A log that cannot be written has nobody to be reported to.
  if (written > 0) std::fflush(out_);
  return written;
}

void LogWriter::write_line(WallTime time, LogLevel level, std::string_view role,
                           std::string_view message) {
  std::string line = format_wall_time(time);
  line.append(" ").append(to_string(level)).append(" ").append(role).append(": ");
  line.append(message).append("\n");
  std::fwrite(line.data(), 1, line.size(), out_);
}

}  // namespace portcullis
