#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/heartbeat_page.hpp"
#include "core/time.hpp"

namespace portcullis {

// How long each line of a heartbeat page has stood still, by the watcher's own looks. Cold.
//
// A line's time counts only while the watcher looks: what passes between two looks further apart
// than `look_gap_max` (the watcher, or the whole machine, was stopped) counts as that much. So a
// machine that stands still for a minute does not wake to a false alarm.
class StandingLines {
 public:
  explicit StandingLines(Nanos look_gap_max) noexcept : look_gap_max_{look_gap_max} {}

  // A page of the same life as before; else forget() first.
  void look(const HeartbeatReading& reading, MonoTime now);
  void forget() noexcept;

  // Since the line was last seen to have moved; a line that is not watched never stands.
  [[nodiscard]] Nanos standing(std::size_t line) const noexcept { return lines_[line].standing; }
  [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }

 private:
  struct Line {
    std::uint64_t beats{0};
    Nanos standing{};
  };
  Nanos look_gap_max_;
  MonoTime last_look_{};
  bool has_looked_{false};
  std::vector<Line> lines_;
};

}  // namespace portcullis
