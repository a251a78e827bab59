#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string_view>

#include "core/ids.hpp"
#include "feeds/decoded_event.hpp"
#include "feeds/market_decoder.hpp"
#include "feeds/symbol_index.hpp"

namespace portcullis::feeds::binance {

struct StreamDecoderLimits {
  std::size_t frame_bytes_max{2u << 20};  // a 5000-level snapshot is about 350 kB
  std::size_t levels_max{5000};           // a side; the venue's own ceiling
};

// Binance spot market streams (bookTicker, diff depth, trade, control replies, serverShutdown; raw
// or combined) and the REST depth snapshot, by simdjson's On-Demand parser. One pass over the
// fields in whatever order they come; unknown fields are skipped, so that an addition by the venue
// breaks nothing. Source: Binance spot API documentation, "WebSocket Streams" and "Order book".
//
// One thread; all memory is taken at construction.
class StreamDecoder {
 public:
  // Unit of the venue's times: milliseconds unless the connection asks for timeUnit=MICROSECOND.
  enum class TimeUnit : std::uint8_t { kMillis, kMicros };

  explicit StreamDecoder(const SymbolIndex& symbols, const StreamDecoderLimits& limits = {},
                         TimeUnit time_unit = TimeUnit::kMillis);
  ~StreamDecoder();
  StreamDecoder(const StreamDecoder&) = delete;
  StreamDecoder& operator=(const StreamDecoder&) = delete;

  // `payload` is followed by at least 64 readable bytes.
  [[nodiscard]] std::expected<EventKind, DecodeError> decode(std::string_view payload,
                                                             DecodedEvent& out) noexcept;
  // {"lastUpdateId":..,"bids":[..],"asks":[..]} of `symbol`.
  [[nodiscard]] std::expected<EventKind, DecodeError> decode_snapshot(std::string_view payload,
                                                                      SymbolId symbol,
                                                                      DecodedEvent& out) noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

static_assert(MarketDecoder<StreamDecoder>);

}  // namespace portcullis::feeds::binance
