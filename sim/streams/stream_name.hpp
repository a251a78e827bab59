#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/time.hpp"
#include "sim/market_data/kline_interval.hpp"

namespace portcullis::sim {

enum class StreamKind : std::uint8_t {
  kTrade,
  kAggregateTrade,
  kBookTicker,
  kDepth,     // differences
  kTopDepth,  // the best levels
  kKline,
  kMiniTicker,
  kTicker,
  kWindowTicker,
  kAveragePrice,
  kReferencePrice,
  kBlockTrade,
  kAllMiniTickers,
  kAllWindowTickers,
};

// What a stream's name asks for (Binance: WebSocket streams).
struct StreamTopic {
  StreamKind kind{StreamKind::kTrade};
  std::size_t symbol{0};  // not of those of all symbols
  bool is_fast{false};    // depth: every 100 ms, else every 1000
  std::size_t levels{0};  // of kTopDepth: 5, 10 or 20
  KlineInterval interval{KlineInterval::k1m};
  ZoneOffset zone{0};
  std::string_view window_text{};  // "1h", "4h" or "1d"
  Nanos window{0};
};

// Finds without making a string of what is looked for.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};
template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

// Nothing for a name that means nothing here; symbols by their names in lower case.
[[nodiscard]] std::optional<StreamTopic> parse_stream_name(std::string_view name,
                                                           const TextMap<std::size_t>& symbols);

// What the venue takes in a SUBSCRIBE, whether or not the stream exists: a word, an '@', a word.
[[nodiscard]] bool is_stream_syntax(std::string_view name) noexcept;

}  // namespace portcullis::sim
