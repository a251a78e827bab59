#include "core/standing_lines.hpp"

#include <algorithm>

namespace portcullis {

void StandingLines::look(const HeartbeatReading& reading, MonoTime now) {
  const Nanos passed = has_looked_ ? std::min(now - last_look_, look_gap_max_) : Nanos{};
  has_looked_ = true;
  last_look_ = now;
  for (std::size_t i = 0; i < reading.lines.size(); ++i) {
    const HeartbeatReading::Line& seen = reading.lines[i];
    if (i == lines_.size()) {
      lines_.push_back({.beats = seen.beats});
      continue;
    }
    Line& line = lines_[i];
    const bool has_moved = seen.beats != line.beats || !seen.is_watched;
    line.standing = has_moved ? Nanos{} : line.standing + passed;
    line.beats = seen.beats;
  }
}

void StandingLines::forget() noexcept {
  lines_.clear();
  has_looked_ = false;
}

}  // namespace portcullis
