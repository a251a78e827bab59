#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/decimal.hpp"
#include "core/enums.hpp"

namespace portcullis::sim {

// Counts a book's changes (the venue's update ids) and remembers which prices they touched since
// the last take. What the levels hold now is the book's to say.
class DepthTracker {
 public:
  struct Touched {
    std::uint64_t first_update_id{0};
    std::uint64_t last_update_id{0};
    std::array<std::vector<Price>, 2> prices;  // by side, ascending, each once
  };

  void touch(Side side, Price px);
  [[nodiscard]] std::uint64_t last_update_id() const noexcept { return last_update_id_; }
  // Nothing when nothing was touched. The next take begins one after this one's end.
  std::optional<Touched> take();

 private:
  static void deduplicate(std::vector<Price>& prices);

  std::uint64_t last_update_id_{0};
  std::uint64_t taken_update_id_{0};
  std::array<std::vector<Price>, 2> prices_;
  // Where the next clean-up is due, so that a book nobody watches does not grow without end.
  std::array<std::size_t, 2> dedup_at_{kDedupAtFirst, kDedupAtFirst};

  static constexpr std::size_t kDedupAtFirst = 4'096;
};

}  // namespace portcullis::sim
