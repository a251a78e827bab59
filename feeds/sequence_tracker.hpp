#pragma once

#include <cstdint>

#include "core/ids.hpp"

namespace portcullis::feeds {

enum class SequenceVerdict : std::uint8_t { kApply, kIgnore, kGap };

// The rule for one depth event [first, last] against a book at `book` (Binance: how to manage a
// local order book correctly, "apply each event"): older than the book is ignored, a hole before it
// is a gap, anything else is applied. Quantities are absolute, so an overlap does no harm.
[[nodiscard]] constexpr SequenceVerdict judge_sequence(SeqNum book, SeqNum first,
                                                       SeqNum last) noexcept {
  if (last < book) return SequenceVerdict::kIgnore;
  // Written without book + 1, which would wrap at the top of the range.
  if (first > book && first.raw() - book.raw() > 1) return SequenceVerdict::kGap;
  return SequenceVerdict::kApply;
}

}  // namespace portcullis::feeds
