#include "feeds/decoded_event.hpp"

namespace portcullis::feeds {

const char* to_string(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::kBookTicker: return "book-ticker";
    case EventKind::kDepth: return "depth";
    case EventKind::kTrade: return "trade";
    case EventKind::kSnapshot: return "snapshot";
    case EventKind::kControlReply: return "control-reply";
    case EventKind::kServerShutdown: return "server-shutdown";
  }
  return "?";
}

const char* to_string(DecodeError error) noexcept {
  switch (error) {
    case DecodeError::kMalformedJson: return "malformed-json";
    case DecodeError::kTooLarge: return "too-large";
    case DecodeError::kMissingField: return "missing-field";
    case DecodeError::kDuplicateField: return "duplicate-field";
    case DecodeError::kBadNumber: return "bad-number";
    case DecodeError::kNegativeNumber: return "negative-number";
    case DecodeError::kZeroPrice: return "zero-price";
    case DecodeError::kBadSequence: return "bad-sequence";
    case DecodeError::kTooManyLevels: return "too-many-levels";
    case DecodeError::kUnknownEvent: return "unknown-event";
    case DecodeError::kUnknownSymbol: return "unknown-symbol";
    case DecodeError::kCount: break;
  }
  return "?";
}

}  // namespace portcullis::feeds
