#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/enums.hpp"
#include "core/ids.hpp"
#include "feeds/decoded_event.hpp"
#include "feeds/l2_book.hpp"

namespace portcullis::feeds {

// What one depth event did.
enum class DepthOutcome : std::uint8_t {
  kBuffered,  // waiting for a snapshot
  kApplied,
  kIgnored,         // older than the book
  kGap,             // the book is void now; this event is the first of the new buffer
  kBufferOverflow,  // the buffer was full and starts again with this event
};

// What one snapshot did.
enum class SnapshotOutcome : std::uint8_t {
  kSynced,
  kTooOld,     // older than the first buffered event: fetch again
  kGap,        // the buffered events have a hole after it: fetch again
  kNotWanted,  // synced already, or nothing buffered to join it to
};

struct BookBuilderLimits {
  std::size_t book_levels_max{L2Book::kDefaultCapacity};  // a side
  std::size_t buffered_events_max{1024};
  std::size_t buffered_levels_max{16'384};
};

// One symbol's book from a REST snapshot and the diff stream, by the venue's documented steps
// (Binance: how to manage a local order book correctly). Never patches over a hole: a gap voids the
// book at once, and the events from the gap on are buffered until a newer snapshot joins them.
//
//   kEmpty -> kBuffering -> kSynced -> kStale (gap, disconnect, crossed) -> kSynced ...
//
// While stale it buffers as in kBuffering; the state keeps saying that a book was lost. Feed thread
// only; all memory is taken at construction.
class BookBuilder {
 public:
  explicit BookBuilder(const BookBuilderLimits& limits = {});

  DepthOutcome on_depth(SeqNum first, SeqNum last, std::span<const BookLevel> bids,
                        std::span<const BookLevel> asks) noexcept;
  SnapshotOutcome on_snapshot(SeqNum last_update_id, std::span<const BookLevel> bids,
                              std::span<const BookLevel> asks) noexcept;
  // The stream is gone or the book is not to be believed: void it and start over.
  void invalidate() noexcept;

  [[nodiscard]] BookState state() const noexcept { return state_; }
  // True while a snapshot could join: events are buffered, or the market is known to be quiet.
  // Asking before the first event of a busy one would fetch a snapshot that is too old.
  [[nodiscard]] bool wants_snapshot() const noexcept {
    return state_ != BookState::kSynced && (event_count_ > 0 || is_quiet_);
  }
  // The stream has been live for a while without an event: a snapshot asked for from now on joins
  // without one. Were an event missed all the same, the next would show as a gap.
  void expect_quiet() noexcept {
    if (state_ == BookState::kSynced) return;
    if (state_ == BookState::kEmpty) state_ = BookState::kBuffering;
    is_quiet_ = true;
  }
  // Update id of the book; meaningful when synced.
  [[nodiscard]] SeqNum update_id() const noexcept { return update_id_; }
  [[nodiscard]] const L2Book& book() const noexcept { return book_; }
  [[nodiscard]] std::size_t buffered_events() const noexcept { return event_count_; }

  // Events applied to a book, and buffered events that the snapshot already held.
  [[nodiscard]] std::uint64_t applied_count() const noexcept { return applied_count_; }
  [[nodiscard]] std::uint64_t dropped_count() const noexcept { return dropped_count_; }

 private:
  // A buffered event; its levels stand in levels_, bids first, right behind the event before it.
  struct BufferedEvent {
    SeqNum first{};
    SeqNum last{};
    std::uint32_t bid_count{0};
    std::uint32_t ask_count{0};
  };

  void apply(SeqNum last, std::span<const BookLevel> bids,
             std::span<const BookLevel> asks) noexcept;
  // False when it did not fit and the buffer was started again.
  bool buffer(SeqNum first, SeqNum last, std::span<const BookLevel> bids,
              std::span<const BookLevel> asks) noexcept;
  void clear_buffer() noexcept;
  // Forgets the events before `event`, whose first level is `level`.
  void keep_from(std::size_t event, std::size_t level) noexcept;

  L2Book book_;
  std::vector<BufferedEvent> events_;
  std::vector<BookLevel> levels_;
  std::size_t event_count_{0};
  std::size_t level_count_{0};
  SeqNum update_id_{};
  BookState state_{BookState::kEmpty};
  bool is_quiet_{false};
  std::uint64_t applied_count_{0};
  std::uint64_t dropped_count_{0};
};

}  // namespace portcullis::feeds
