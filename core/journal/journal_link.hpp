#pragma once

#include <atomic>
#include <cstdint>

#include "core/journal/layout.hpp"
#include "core/journal/segment_store.hpp"
#include "core/seqlock.hpp"

namespace portcullis::journal {

enum class JournalHealth : std::uint8_t {
  kSound,
  kNoSpace,  // no next segment could be made: what is left of this one is for cancels and reports
  kFailed,   // a sync failed: what is written from here on may not survive the machine
};

// What the trading thread and the keeper tell each other. One writer each, but for `spare`, which
// goes from the one that fills it (the keeper, when it is empty) to the one that empties it.
struct JournalLink {
  // ---- the trading thread's
  alignas(64) std::atomic<std::uint64_t> written{0};  // behind the last record
  std::atomic<std::uint64_t> content{0};              // behind the last record that is no seal
  std::atomic<std::uint64_t> embedded{0};             // the position of the last seal written
  std::atomic<Segment*> active{nullptr};              // the segment that `written` is in

  // ---- the keeper's
  alignas(64) std::atomic<std::uint64_t> durable{0};
  std::atomic<std::uint64_t> finished{0};  // segments up to this number are written no more
  std::atomic<JournalHealth> health{JournalHealth::kSound};
  Seqlock<Seal> seal;

  alignas(64) std::atomic<Segment*> spare{nullptr};
};

}  // namespace portcullis::journal
