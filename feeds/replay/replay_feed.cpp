#include "feeds/replay/replay_feed.hpp"

#include <algorithm>

namespace portcullis::feeds::replay {

namespace {

// Stream frames are wrapped; a REST body is not, and begins with its only number.
bool is_rest_snapshot(std::string_view payload) noexcept {
  return payload.starts_with(R"({"lastUpdateId")");
}

}  // namespace

ReplayFeed::ReplayFeed(const Capture& capture, const ReplaySettings& settings,
                       const InstrumentTable& instruments, const MarketPipeline::Outlets& outlets,
                       CounterFile& counters)
    : capture_{capture},
      settings_{settings},
      counters_{FeedCounters::allocate(counters, kRoleName)},
      symbols_{instruments},
      decoder_{symbols_},
      pipeline_{instruments.size(), settings.book_limits, outlets, counters_} {
}

int ReplayFeed::do_work(const Now& now) noexcept {
  int work = pipeline_.flush();
  if (is_finished()) return work;
  if (!is_started_) {
    is_started_ = true;
    started_at_ = now.mono;
    started_recorded_ = capture_.at(0).received;
  }
  MonoTime at = now.mono;
  for (int count = 0; count < settings_.frames_per_cycle && !is_finished(); ++count) {
    const Capture::Frame frame = capture_.at(next_);
    if (!is_due(frame.received, now.mono)) break;
    replay_frame(frame, at, now);
    at = std::max(at, pipeline_.last_stamp());
    ++next_;
    ++work;
  }
  return work;
}

bool ReplayFeed::is_due(WallTime recorded, MonoTime now) const noexcept {
  if (settings_.speed == 0) return true;
  return (now - started_at_).count() * static_cast<std::int64_t>(settings_.speed) >=
         (recorded - started_recorded_).count();
}

void ReplayFeed::replay_frame(const Capture::Frame& frame, MonoTime at, const Now& now) noexcept {
  const Now then{.mono = now.mono, .wall = frame.received};
  if (is_rest_snapshot(frame.payload)) {
    pipeline_.on_snapshot(decoder_, frame.payload, settings_.snapshot_symbol, then);
  } else {
    static_cast<void>(pipeline_.on_frame(decoder_, frame.payload, at, then));
  }
}

}  // namespace portcullis::feeds::replay
