#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/counters.hpp"
#include "core/hop_clock.hpp"
#include "core/hop_timer.hpp"
#include "core/instrument.hpp"
#include "core/log.hpp"
#include "core/market_view.hpp"
#include "core/messages.hpp"
#include "core/spsc_ring.hpp"
#include "feeds/decoded_event.hpp"
#include "feeds/market_pipeline.hpp"

namespace portcullis::feeds::test {

inline Price px(std::string_view text) {
  return Price::parse(text).value();
}
inline Qty qty(std::string_view text) {
  return Qty::parse(text).value();
}
inline BookLevel level(std::string_view price, std::string_view quantity) {
  return {px(price), qty(quantity)};
}

inline InstrumentTable instruments_named(const std::vector<std::string>& symbols) {
  InstrumentTable table;
  for (const std::string& symbol : symbols) {
    Instrument instrument;
    instrument.symbol = symbol;
    instrument.base_asset_name = "B" + symbol;
    instrument.quote_asset_name = "Q" + symbol;
    table.add(std::move(instrument));
  }
  return table;
}

// A frame with the slack behind it that a decoder may read.
class Padded {
 public:
  explicit Padded(std::string_view text) : bytes_{text}, size_{text.size()} {
    bytes_.append(64, '\0');
  }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }

 private:
  std::string bytes_;
  std::size_t size_;
};

// What a feed writes to, and what a test reads it by.
struct FeedWorld {
  explicit FeedWorld(std::vector<std::string> symbols = {"BTCUSDT"},
                     std::size_t ring_capacity = 1024)
      : instruments{instruments_named(symbols)},
        view{instruments.size()},
        ring{ring_capacity},
        counters{CounterFile::create("").value()} {}

  [[nodiscard]] MarketPipeline::Outlets outlets() {
    return {.view = view, .ring = ring, .hops = hops, .hop_clock = hop_clock, .log = log};
  }
  // Takes what stands in the ring.
  std::vector<MarketEvent> events() {
    std::vector<MarketEvent> out;
    MarketEvent event;
    while (ring.try_pop(event)) out.push_back(event);
    return out;
  }
  [[nodiscard]] MarketSnapshot snapshot(SymbolId symbol = SymbolId{0}) const {
    MarketSnapshot out;
    EXPECT_TRUE(view.read(symbol, out));
    return out;
  }
  [[nodiscard]] std::vector<std::string> log_lines() {
    std::vector<std::string> lines;
    log.drain([&lines](const LogRecord& record) { lines.push_back(format_log_message(record)); },
              10'000);
    return lines;
  }

  InstrumentTable instruments;
  MarketView view;
  SpscRing<MarketEvent> ring;
  HopTimers hops;
  HopClock hop_clock;
  LogRing log;
  CounterFile counters;
};

// On the heap: the rings are aligned to two cache lines, and AddressSanitizer's stack is not.
inline std::unique_ptr<FeedWorld> make_feed_world() {
  return std::make_unique<FeedWorld>();
}

}  // namespace portcullis::feeds::test
