#pragma once

#include <cstddef>
#include <expected>
#include <string_view>
#include <vector>

#include "core/hop_clock.hpp"
#include "core/hop_timer.hpp"
#include "core/log.hpp"
#include "core/market_view.hpp"
#include "core/messages.hpp"
#include "core/spsc_ring.hpp"
#include "core/time.hpp"
#include "feeds/book_builder.hpp"
#include "feeds/feed_counters.hpp"
#include "feeds/market_decoder.hpp"

namespace portcullis::feeds {

// From a frame to the MarketView and the strategies' ring: the one implementation that the live
// feed and the replay share. Top of book comes from bookTicker and from the depth book, whichever
// has the later update id (they count in one id space at the venue); the book state comes from the
// depth book alone.
//
// A full ring: top of book and book state are held back and their latest is sent by flush(); trades
// are dropped and counted. The MarketView is always current.
//
// Feed thread only. The references outlive the pipeline.
class MarketPipeline {
 public:
  struct Outlets {
    MarketView& view;
    SpscRing<MarketEvent>& ring;
    HopTimers& hops;
    const HopClock& hop_clock;
    LogRing& log;
  };

  MarketPipeline(std::size_t symbol_count, const BookBuilderLimits& limits, const Outlets& outlets,
                 FeedCounters& counters);

  // One stream frame, complete in user space since `received`. Control replies and serverShutdown
  // come back to the caller, who owns the session; see event().
  template <MarketDecoder Decoder>
  std::expected<EventKind, DecodeError> on_frame(Decoder& decoder, std::string_view payload,
                                                 MonoTime received, const Now& now) noexcept {
    counters_.messages.add();
    const auto kind = decoder.decode(payload, event_);
    last_stamp_ = out_.hops.record(Hop::kWireToDecoded, received, out_.hop_clock.stamp());
    if (kind) {
      on_event(received, now);
    } else {
      on_decode_error(kind.error(), payload, now);
    }
    return kind;
  }

  // A REST snapshot of `symbol`; true when it made the book whole. Off the hop timers: it did not
  // come by the wire they measure.
  template <MarketDecoder Decoder>
  bool on_snapshot(Decoder& decoder, std::string_view payload, SymbolId symbol,
                   const Now& now) noexcept {
    const auto kind = decoder.decode_snapshot(payload, symbol, event_);
    if (!kind) {
      on_decode_error(kind.error(), payload, now);
      return false;
    }
    return join_snapshot(now);
  }

  // The stream is gone: every book that had begun is stale until rebuilt.
  void on_disconnect(const Now& now) noexcept;
  // Sends what a full ring held back; returns how many events were pushed.
  int flush() noexcept;

  [[nodiscard]] bool wants_snapshot(SymbolId symbol) const noexcept {
    return markets_[symbol.raw()].builder.wants_snapshot();
  }
  // See BookBuilder: the stream is live, and this market has said nothing.
  void expect_quiet(SymbolId symbol) noexcept { markets_[symbol.raw()].builder.expect_quiet(); }
  [[nodiscard]] const BookBuilder& builder(SymbolId symbol) const noexcept {
    return markets_[symbol.raw()].builder;
  }
  [[nodiscard]] const MarketSnapshot& published(SymbolId symbol) const noexcept {
    return markets_[symbol.raw()].snapshot;
  }
  // The event of the last on_frame; spans valid until the next one.
  [[nodiscard]] const DecodedEvent& event() const noexcept { return event_; }
  // End of the last hop recorded: where the next message's way begins.
  [[nodiscard]] MonoTime last_stamp() const noexcept { return last_stamp_; }
  [[nodiscard]] std::size_t symbol_count() const noexcept { return markets_.size(); }

 private:
  struct SymbolMarket {
    explicit SymbolMarket(const BookBuilderLimits& limits) : builder{limits} {}
    BookBuilder builder;
    MarketSnapshot snapshot;  // as last published
    bool is_top_due{false};   // held back by a full ring
    bool is_state_due{false};
    bool is_listed{false};  // stands in held_back_
  };
  // What of a symbol changed and has to be told.
  struct Changes {
    bool top{false};
    bool state{false};
    bool trade{false};
  };

  void on_event(MonoTime received, const Now& now) noexcept;
  void on_decode_error(DecodeError error, std::string_view payload, const Now& now) noexcept;
  [[nodiscard]] Changes move_market(SymbolMarket& market, MonoTime received,
                                    const Now& now) noexcept;
  [[nodiscard]] Changes on_book_ticker(SymbolMarket& market, MonoTime received) noexcept;
  [[nodiscard]] Changes on_depth(SymbolMarket& market, MonoTime received, const Now& now) noexcept;
  [[nodiscard]] Changes on_trade(SymbolMarket& market, MonoTime received) noexcept;
  [[nodiscard]] bool join_snapshot(const Now& now) noexcept;
  // Takes the depth book's top unless a later bookTicker stands; true when the top changed.
  bool adopt_book_top(SymbolMarket& market, MonoTime received) noexcept;
  void void_crossed_book(SymbolMarket& market, const Now& now) noexcept;
  // Publishes to the view; true when the book state changed.
  bool publish(SymbolMarket& market, SymbolId symbol) noexcept;
  void tell(SymbolMarket& market, SymbolId symbol, const Changes& changes, MonoTime wire_in,
            MonoTime stamp) noexcept;
  [[nodiscard]] bool push(const SymbolMarket& market, SymbolId symbol, MarketEventKind kind,
                          const Trace& trace) noexcept;
  void hold_back(SymbolMarket& market, SymbolId symbol) noexcept;

  Outlets out_;
  FeedCounters& counters_;
  std::vector<SymbolMarket> markets_;
  std::vector<SymbolId> held_back_;  // capacity for every symbol, so never grows
  DecodedEvent event_;
  MonoTime last_stamp_{};
};

}  // namespace portcullis::feeds
