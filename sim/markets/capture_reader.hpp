#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct gzFile_s;

namespace portcullis::sim {

// Lines of recordings, several files as one, decompressed as they are asked for.
class CaptureReader {
 public:
  struct Line {
    std::int64_t received_ns{0};
    std::string_view json;  // until the next call
  };

  // Every file is opened once, so that a missing one is known at the start.
  static std::expected<CaptureReader, std::string> open(std::vector<std::string> files);
  CaptureReader(CaptureReader&& other) noexcept;
  CaptureReader& operator=(CaptureReader&&) = delete;
  CaptureReader(const CaptureReader&) = delete;
  CaptureReader& operator=(const CaptureReader&) = delete;
  ~CaptureReader();

  // Nothing at the end. Lines without the leading time are counted and passed over.
  std::optional<Line> next();
  [[nodiscard]] std::uint64_t malformed() const noexcept { return malformed_; }

 private:
  explicit CaptureReader(std::vector<std::string> files) : files_{std::move(files)} {}
  bool read_line();
  bool next_file();

  std::vector<std::string> files_;
  std::size_t next_file_{0};
  gzFile_s* file_{nullptr};
  std::string line_;
  std::uint64_t malformed_{0};
};

}  // namespace portcullis::sim
