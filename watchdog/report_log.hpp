#pragma once

#include <cstdio>
#include <expected>
#include <memory>
#include <string>

#include "core/log_writer.hpp"

namespace portcullis::watchdog {

// What the watchdog has to say: a line each, to its own file and, where one is wanted, to stderr.
class ReportLog {
 public:
  // Appends to the file.
  static std::expected<ReportLog, std::string> open(const std::string& path, bool is_on_stderr);

  void info(const std::string& text) { write(LogLevel::kInfo, text); }
  void warning(const std::string& text) { write(LogLevel::kWarning, text); }
  void error(const std::string& text) { write(LogLevel::kError, text); }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  ReportLog() = default;
  void write(LogLevel level, const std::string& text);

  std::unique_ptr<std::FILE, Close> file_;
  bool is_on_stderr_{true};
};

}  // namespace portcullis::watchdog
