#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/decimal.hpp"
#include "core/ids.hpp"
#include "core/messages.hpp"
#include "core/time.hpp"

namespace portcullis::feeds {

// One price level as the venue states it: the whole quantity resting at a price; zero removes it.
struct BookLevel {
  Price px{};
  Qty qty{};
  friend bool operator==(const BookLevel&, const BookLevel&) noexcept = default;
};

enum class EventKind : std::uint8_t {
  kBookTicker,      // best bid and offer
  kDepth,           // changed levels, [first_seq, last_seq]
  kTrade,           // one trade print
  kSnapshot,        // the whole book as of last_seq
  kControlReply,    // the venue's answer to SUBSCRIBE and the like
  kServerShutdown,  // the venue is about to close this connection
};

[[nodiscard]] const char* to_string(EventKind kind) noexcept;

// Why a frame could not be used. Counted by kind; never an exception, never a guess.
enum class DecodeError : std::uint8_t {
  kMalformedJson,
  kTooLarge,        // beyond the decoder's fixed capacity
  kMissingField,    // or a field of the wrong JSON type
  kDuplicateField,  // two values for one name: neither can be trusted
  kBadNumber,       // not a plain decimal of at most eight places in range, or not an unsigned id
  kNegativeNumber,
  kZeroPrice,    // a book level or a trade at price zero
  kBadSequence,  // first update id above the last
  kTooManyLevels,
  kUnknownEvent,
  kUnknownSymbol,
  kCount,
};

[[nodiscard]] const char* to_string(DecodeError error) noexcept;

// A frame as typed values. Spans and texts point into the decoder or the frame: valid until the
// next decode and the next read.
struct DecodedEvent {
  EventKind kind{EventKind::kBookTicker};
  SymbolId symbol{kNoSymbol};
  WallTime event_time{};  // the venue's clock; zero where the stream carries none (bookTicker)
  SeqNum first_seq{};     // depth: U
  SeqNum last_seq{};      // depth and bookTicker: u; snapshot: lastUpdateId
  TopOfBook top{};        // kBookTicker
  TradePrint trade{};     // kTrade
  std::span<const BookLevel> bids;  // kDepth, kSnapshot; in the frame's order
  std::span<const BookLevel> asks;
  std::uint64_t reply_id{0};    // kControlReply; 0 where the venue echoed none
  std::int64_t reply_code{0};   // kControlReply with is_error
  std::string_view reply_text;  // kControlReply with is_error; JSON escapes left as they came
  bool is_error{false};
};

}  // namespace portcullis::feeds
