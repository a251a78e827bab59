#include "watchdog/report_log.hpp"

#include <cerrno>

#include "core/clock.hpp"
#include "core/errno_text.hpp"

namespace portcullis::watchdog {

std::expected<ReportLog, std::string> ReportLog::open(const std::string& path, bool is_on_stderr) {
  ReportLog log;
  log.is_on_stderr_ = is_on_stderr;
  log.file_.reset(std::fopen(path.c_str(), "ae"));
  if (log.file_ == nullptr) {
    return std::unexpected{path + ": " + errno_text(errno) +
                           "; gateway.state_dir must exist and be writable"};
  }
  return log;
}

void ReportLog::write(LogLevel level, const std::string& text) {
  const std::string line =
      format_wall_time(wall_now()) + " " + to_string(level) + " watchdog: " + text + "\n";
  std::fputs(line.c_str(), file_.get());
  std::fflush(file_.get());
  if (is_on_stderr_) std::fputs(line.c_str(), stderr);
}

}  // namespace portcullis::watchdog
