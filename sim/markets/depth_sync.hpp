#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "sim/markets/feed_events.hpp"

namespace portcullis::sim {

// Which depth updates make up a book, and whether one is missing (Binance: "How to manage a local
// order book correctly", for spot and for USD-M futures, told apart by the updates' `pu`). Pure: no
// book, no clock, no I/O.
class DepthSync {
 public:
  enum class Step : std::uint8_t {
    kKeep,   // no image yet: kept for when it comes
    kDrop,   // older than the book
    kApply,  // the next one
    kGap,    // the next one that is there, but some before it are not
  };

  // More updates than `early_max` without an image: the oldest are forgotten.
  explicit DepthSync(std::size_t early_max = 10'000) : early_max_{early_max} {}

  // On kKeep the update has been moved from. After kGap a book goes wrong that is not begun anew
  // (restart(), then this update again); a recording, which has no other image, goes on.
  Step on_update(DepthUpdate& update);
  // False: older than the first update kept, so fetch another. True: the book is this image, and
  // take_early() gives what to do next.
  bool on_image(std::uint64_t last_id);
  // What was kept before the image, oldest first; each is still to be shown to on_update().
  std::deque<DepthUpdate> take_early();
  // No book: wait for another image.
  void restart();

  [[nodiscard]] bool is_synced() const noexcept { return is_synced_; }
  // Of the newest update or image applied.
  [[nodiscard]] std::uint64_t last_id() const noexcept { return last_id_; }

 private:
  [[nodiscard]] bool is_old(const DepthUpdate& update) const noexcept;
  [[nodiscard]] bool is_next(const DepthUpdate& update) const noexcept;

  std::size_t early_max_;
  std::deque<DepthUpdate> early_;
  std::uint64_t last_id_{0};
  bool is_synced_{false};
  bool is_at_image_{false};  // nothing has been applied to the image yet
};

}  // namespace portcullis::sim
