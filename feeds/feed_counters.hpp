#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "core/counters.hpp"
#include "feeds/decoded_event.hpp"

namespace portcullis::feeds {

// What a feed counts; one writer, the feed's thread. Labels are "<prefix>.<member>".
struct FeedCounters {
  Counter messages;          // frames taken from the stream
  Counter trades;            // trade prints decoded
  Counter depth_applied;     // depth events applied, buffered ones included
  Counter depth_dropped;     // buffered depth events that the snapshot already held
  Counter depth_ignored;     // live depth events older than the book
  Counter gaps;              // holes in the depth stream
  Counter resyncs;           // snapshots joined: the first and each after a loss
  Counter snapshots_old;     // snapshots that could not be joined
  Counter buffer_overflows;  // depth buffer started again
  Counter crossed;           // books or tops with bid >= ask
  Counter stale;             // transitions of a synced book to stale
  Counter synced_symbols;    // now
  Counter older_tops;        // bookTicker overtaken by the depth book
  Counter conflated;         // top or state held back by a full ring, its latest sent later
  Counter ring_full_trades;  // trades dropped by a full ring
  Counter decode_errors;     // all kinds together
  std::array<Counter, static_cast<std::size_t>(DecodeError::kCount)> decode_errors_by_kind;
  Counter reconnects;         // connections after the first
  Counter liveness_timeouts;  // connections given up for silence
  Counter subscribe_errors;   // control replies that say no
  Counter snapshot_failures;  // REST fetches that failed

  // Allocates all of them; start-up only.
  static FeedCounters allocate(CounterFile& file, std::string_view prefix);
};

}  // namespace portcullis::feeds
