#pragma once

#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "feeds/binance/stream_decoder.hpp"
#include "feeds/symbol_index.hpp"

namespace portcullis::feeds::test {

// Decodes a frame and compares verdict and values with a slow, obvious reading of the same bytes by
// simdjson's DOM parser. Empty when they agree; otherwise what differs.
//
// Not compared (but still decoded): what the DOM parser rejects, since On-Demand does not look into
// values it skips; and texts with escapes or doubled names, which the venue never sends and the
// decoder may refuse.
class DecoderCheck {
 public:
  // Small limits, so that a fuzzer reaches them.
  explicit DecoderCheck(const SymbolIndex& symbols);

  // `payload` is followed by at least 64 readable bytes.
  std::string compare(std::string_view payload);
  // Of the last compare: true when the decoder took the frame as an event.
  [[nodiscard]] bool was_accepted() const noexcept { return was_accepted_; }

 private:
  std::string compare_event(std::string_view payload);
  std::string compare_snapshot(std::string_view payload);

  const SymbolIndex& symbols_;
  binance::StreamDecoderLimits limits_;
  binance::StreamDecoder decoder_;
  bool was_accepted_{false};
};

}  // namespace portcullis::feeds::test
