#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "core/agent.hpp"
#include "core/counters.hpp"
#include "core/instrument.hpp"
#include "core/net/ws_connection.hpp"
#include "core/time.hpp"
#include "feeds/binance/snapshot_source.hpp"
#include "feeds/binance/stream_decoder.hpp"
#include "feeds/binance/stream_session.hpp"
#include "feeds/feed_counters.hpp"
#include "feeds/feed_settings.hpp"
#include "feeds/market_pipeline.hpp"
#include "feeds/symbol_index.hpp"

namespace portcullis::feeds {

// Live market data as one stage: poll the session, decode, move the book, publish to the
// MarketView, push to the ring. The instruments, the outlets and the counter file outlive it.
class FeedAgent {
 public:
  static constexpr const char* kRoleName = "feed.binance";

  // Cold. Starts the connector's and the snapshot source's threads; connecting begins with the
  // first do_work. Fails on a URL that cannot be parsed.
  static std::expected<std::unique_ptr<FeedAgent>, std::string> create(
      const FeedSettings& settings, const InstrumentTable& instruments,
      const MarketPipeline::Outlets& outlets, CounterFile& counters);
  // The same with connections and snapshots of the caller's making.
  static std::expected<std::unique_ptr<FeedAgent>, std::string> create_on(
      net::ConnectionMaker& connections, std::unique_ptr<binance::SnapshotSource> snapshots,
      const FeedSettings& settings, const InstrumentTable& instruments,
      const MarketPipeline::Outlets& outlets, CounterFile& counters);
  ~FeedAgent() = default;
  FeedAgent(const FeedAgent&) = delete;
  FeedAgent& operator=(const FeedAgent&) = delete;

  int do_work(const Now& now) noexcept;

  // Any cold thread: why the last attempt to connect failed; empty if none did.
  [[nodiscard]] std::string last_connect_error() const { return session_.last_connect_error(); }
  // Feed thread.
  [[nodiscard]] const BookBuilder& builder(SymbolId symbol) const noexcept {
    return pipeline_.builder(symbol);
  }
  [[nodiscard]] binance::StreamSession::State session_state() const noexcept {
    return session_.state();
  }

 private:
  // The next snapshot of a symbol.
  struct SnapshotPlan {
    bool is_requested{false};
    std::uint32_t connection{0};  // the one it was asked for on
    MonoTime not_before{};
  };

  FeedAgent(net::ConnectionMaker& connections, std::unique_ptr<binance::SnapshotSource> snapshots,
            const FeedSettings& settings, const net::Endpoint& streams,
            const InstrumentTable& instruments, const MarketPipeline::Outlets& outlets,
            CounterFile& counters);
  int read_stream(const Now& now) noexcept;
  void watch_session(const Now& now) noexcept;
  int request_snapshots(const Now& now) noexcept;
  int take_snapshot(const Now& now) noexcept;

  FeedCounters counters_;
  LogRing& log_;
  int messages_per_cycle_;
  Nanos resnapshot_backoff_;
  SymbolIndex symbols_;
  binance::StreamDecoder decoder_;
  MarketPipeline pipeline_;
  const std::unique_ptr<binance::SnapshotSource> snapshots_;
  binance::StreamSession session_;
  std::vector<SnapshotPlan> plans_;
  std::size_t next_plan_{0};  // where the round over the symbols goes on
  std::uint32_t connections_lost_{0};
  MonoTime live_since_{};  // zero while the session is not live
};

static_assert(Agent<FeedAgent>);

}  // namespace portcullis::feeds
