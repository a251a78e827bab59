#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace portcullis::feeds::replay {

// One recorded line: the local receive time and the frame as it came.
struct CaptureLine {
  WallTime received{};
  std::string_view payload;  // valid until the next line is read
};

// Reads a capture: lines of "<receive time, ns> <raw JSON>", gzip or plain. Cold.
class CaptureReader {
 public:
  [[nodiscard]] static std::expected<CaptureReader, std::string> open(const std::string& path);
  CaptureReader(CaptureReader&& other) noexcept;
  CaptureReader& operator=(CaptureReader&& other) noexcept;
  ~CaptureReader();
  CaptureReader(const CaptureReader&) = delete;
  CaptureReader& operator=(const CaptureReader&) = delete;

  // True: `out` holds the next line. False: the end. A damaged file or a line of another shape is
  // an error that names file and line.
  [[nodiscard]] std::expected<bool, std::string> next(CaptureLine& out);

 private:
  struct Impl;
  explicit CaptureReader(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::feeds::replay
