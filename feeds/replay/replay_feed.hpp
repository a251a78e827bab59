#pragma once

#include <cstddef>
#include <cstdint>

#include "core/agent.hpp"
#include "core/counters.hpp"
#include "core/instrument.hpp"
#include "core/time.hpp"
#include "feeds/binance/stream_decoder.hpp"
#include "feeds/book_builder.hpp"
#include "feeds/feed_counters.hpp"
#include "feeds/market_pipeline.hpp"
#include "feeds/replay/capture.hpp"
#include "feeds/symbol_index.hpp"

namespace portcullis::feeds::replay {

struct ReplaySettings {
  // Recorded time runs this many times faster; 0: as fast as the agent is called.
  std::uint32_t speed{1};
  int frames_per_cycle{64};
  SymbolId snapshot_symbol{0};  // whose REST snapshot the capture holds
  BookBuilderLimits book_limits{};
};

// A capture as a feed: the same decoder and pipeline as the live one, fed from memory. A frame's
// receive time is the moment of its replay; the wall time beside it is the recorded one, so that
// the hop from the venue shows what the recording saw. All references outlive it.
class ReplayFeed {
 public:
  static constexpr const char* kRoleName = "feed.replay";

  ReplayFeed(const Capture& capture, const ReplaySettings& settings,
             const InstrumentTable& instruments, const MarketPipeline::Outlets& outlets,
             CounterFile& counters);
  ~ReplayFeed() = default;
  ReplayFeed(const ReplayFeed&) = delete;
  ReplayFeed& operator=(const ReplayFeed&) = delete;

  int do_work(const Now& now) noexcept;

  [[nodiscard]] bool is_finished() const noexcept { return next_ == capture_.size(); }
  [[nodiscard]] std::size_t position() const noexcept { return next_; }
  [[nodiscard]] const BookBuilder& builder(SymbolId symbol) const noexcept {
    return pipeline_.builder(symbol);
  }
  [[nodiscard]] const FeedCounters& counters() const noexcept { return counters_; }

 private:
  [[nodiscard]] bool is_due(WallTime recorded, MonoTime now) const noexcept;
  void replay_frame(const Capture::Frame& frame, MonoTime at, const Now& now) noexcept;

  const Capture& capture_;
  ReplaySettings settings_;
  FeedCounters counters_;
  SymbolIndex symbols_;
  binance::StreamDecoder decoder_;
  MarketPipeline pipeline_;
  std::size_t next_{0};
  bool is_started_{false};
  MonoTime started_at_{};
  WallTime started_recorded_{};
};

static_assert(Agent<ReplayFeed>);

}  // namespace portcullis::feeds::replay
