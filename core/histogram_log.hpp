#pragma once

#include <cstdio>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "core/histogram.hpp"
#include "core/time.hpp"

namespace portcullis {

// Writes HdrHistogram's interval log, version 1.2 with V2 compressed histograms, so that the
// ecosystem's tools open it. One line an interval and tag. Values are nanoseconds; Interval_Max is
// in milliseconds, as HistogramLogWriter of HdrHistogram has it. Cold thread only.
class HistogramLogWriter {
 public:
  // Creates or replaces the file and writes its header.
  static std::expected<HistogramLogWriter, std::string> create(const std::string& path,
                                                               WallTime start);

  // Tag: letters, digits, '_', '.', '-' (hops are named so). An empty histogram is written too: the
  // gap is data. Errors say what failed.
  [[nodiscard]] std::expected<void, std::string> write_interval(std::string_view tag,
                                                                WallTime begin, WallTime end,
                                                                const HistogramSnapshot& counts);
  [[nodiscard]] std::expected<void, std::string> flush();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  HistogramLogWriter(std::string path, std::FILE* file, WallTime start)
      : path_{std::move(path)},
        file_{file},
        start_{start} {}
  [[nodiscard]] std::expected<void, std::string> write(std::string_view text);

  std::string path_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  WallTime start_;
};

// The V2 compressed form in base64: always begins with "HISTFAAA".
[[nodiscard]] std::string encode_compressed_histogram(const HistogramSnapshot& counts);

}  // namespace portcullis
