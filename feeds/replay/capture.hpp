#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace portcullis::feeds::replay {

// Whole captures in memory, so that a replay neither reads files nor inflates while it runs.
class Capture {
 public:
  struct Frame {
    WallTime received{};
    std::string_view payload;  // followed by at least 64 readable bytes
  };

  // Cold. Reads the files in order as one capture.
  [[nodiscard]] static std::expected<Capture, std::string> load(std::span<const std::string> paths);

  [[nodiscard]] std::size_t size() const noexcept { return frames_.size(); }
  [[nodiscard]] Frame at(std::size_t index) const noexcept {
    const Place& place = frames_[index];
    return {place.received, {bytes_.data() + place.offset, place.length}};
  }

 private:
  struct Place {
    WallTime received{};
    std::size_t offset{0};
    std::size_t length{0};
  };

  std::vector<char> bytes_;
  std::vector<Place> frames_;
};

}  // namespace portcullis::feeds::replay
