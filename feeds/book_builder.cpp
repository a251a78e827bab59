#include "feeds/book_builder.hpp"

#include <algorithm>

#include "core/mutant.hpp"
#include "feeds/sequence_tracker.hpp"

namespace portcullis::feeds {

BookBuilder::BookBuilder(const BookBuilderLimits& limits)
    : book_{limits.book_levels_max},
      events_(limits.buffered_events_max),
      levels_(limits.buffered_levels_max) {
}

DepthOutcome BookBuilder::on_depth(SeqNum first, SeqNum last, std::span<const BookLevel> bids,
                                   std::span<const BookLevel> asks) noexcept {
  if (state_ == BookState::kSynced) {
    switch (judge_sequence(update_id_, first, last)) {
      case SequenceVerdict::kIgnore: return DepthOutcome::kIgnored;
      case SequenceVerdict::kApply: apply(last, bids, asks); return DepthOutcome::kApplied;
      case SequenceVerdict::kGap: break;
    }
    if (is_planted(Mutant::kGapNotSeen)) {
      apply(last, bids, asks);
      return DepthOutcome::kApplied;
    }
    invalidate();
    buffer(first, last, bids, asks);
    return DepthOutcome::kGap;
  }
  if (state_ == BookState::kEmpty) state_ = BookState::kBuffering;
  return buffer(first, last, bids, asks) ? DepthOutcome::kBuffered : DepthOutcome::kBufferOverflow;
}

SnapshotOutcome BookBuilder::on_snapshot(SeqNum last_update_id, std::span<const BookLevel> bids,
                                         std::span<const BookLevel> asks) noexcept {
  if (!wants_snapshot()) return SnapshotOutcome::kNotWanted;
  const bool is_old = event_count_ > 0 && last_update_id < events_[0].first;
  if (is_old && !is_planted(Mutant::kOldSnapshotJoined)) return SnapshotOutcome::kTooOld;

  book_.assign(Side::kBuy, bids);
  book_.assign(Side::kSell, asks);
  update_id_ = last_update_id;
  std::size_t level = 0;
  for (std::size_t i = 0; i < event_count_; ++i) {
    const BufferedEvent& event = events_[i];
    const std::size_t event_level = level;
    level += std::size_t{event.bid_count} + event.ask_count;
    if (event.last <= last_update_id) {
      ++dropped_count_;
      continue;
    }
    switch (judge_sequence(update_id_, event.first, event.last)) {
      case SequenceVerdict::kIgnore: continue;
      case SequenceVerdict::kApply: break;
      case SequenceVerdict::kGap:
        if (is_planted(Mutant::kOldSnapshotJoined)) break;
        book_.clear();
        keep_from(i, event_level);
        return SnapshotOutcome::kGap;
    }
    const BookLevel* at = levels_.data() + event_level;
    apply(event.last, {at, event.bid_count}, {at + event.bid_count, event.ask_count});
  }
  clear_buffer();
  state_ = BookState::kSynced;
  return SnapshotOutcome::kSynced;
}

void BookBuilder::invalidate() noexcept {
  book_.clear();
  clear_buffer();
  update_id_ = SeqNum{};
  is_quiet_ = false;
  state_ = BookState::kStale;
}

void BookBuilder::apply(SeqNum last, std::span<const BookLevel> bids,
                        std::span<const BookLevel> asks) noexcept {
  for (const BookLevel& level : bids) book_.set_level(Side::kBuy, level.px, level.qty);
  for (const BookLevel& level : asks) book_.set_level(Side::kSell, level.px, level.qty);
  update_id_ = last;
  ++applied_count_;
}

bool BookBuilder::buffer(SeqNum first, SeqNum last, std::span<const BookLevel> bids,
                         std::span<const BookLevel> asks) noexcept {
  const std::size_t needed = bids.size() + asks.size();
  const bool fits = event_count_ < events_.size() && levels_.size() - level_count_ >= needed;
  if (!fits) {
    clear_buffer();
    if (events_.empty() || needed > levels_.size()) return false;
  }
  std::ranges::copy(bids, levels_.begin() + static_cast<std::ptrdiff_t>(level_count_));
  std::ranges::copy(asks,
                    levels_.begin() + static_cast<std::ptrdiff_t>(level_count_ + bids.size()));
  level_count_ += needed;
  events_[event_count_++] = {.first = first,
                             .last = last,
                             .bid_count = static_cast<std::uint32_t>(bids.size()),
                             .ask_count = static_cast<std::uint32_t>(asks.size())};
  return fits;
}

void BookBuilder::clear_buffer() noexcept {
  event_count_ = 0;
  level_count_ = 0;
}

void BookBuilder::keep_from(std::size_t event, std::size_t level) noexcept {
  std::copy(events_.begin() + static_cast<std::ptrdiff_t>(event),
            events_.begin() + static_cast<std::ptrdiff_t>(event_count_), events_.begin());
  std::copy(levels_.begin() + static_cast<std::ptrdiff_t>(level),
            levels_.begin() + static_cast<std::ptrdiff_t>(level_count_), levels_.begin());
  event_count_ -= event;
  level_count_ -= level;
}

}  // namespace portcullis::feeds
