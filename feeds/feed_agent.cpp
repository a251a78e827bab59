#include "feeds/feed_agent.hpp"

#include <algorithm>
#include <utility>

#include "core/net/connector.hpp"
#include "feeds/binance/depth_snapshot_source.hpp"

namespace portcullis::feeds {

std::expected<std::unique_ptr<FeedAgent>, std::string> FeedAgent::create(
    const FeedSettings& settings, const InstrumentTable& instruments,
    const MarketPipeline::Outlets& outlets, CounterFile& counters) {
  const auto rest = net::parse_http_url(settings.rest_base_url);
  if (!rest) return std::unexpected{"market-data REST URL: " + rest.error()};
  net::ThreadedConnections connections;
  auto snapshots = std::make_unique<binance::DepthSnapshotSource>(*rest, settings, instruments);
  return create_on(connections, std::move(snapshots), settings, instruments, outlets, counters);
}

std::expected<std::unique_ptr<FeedAgent>, std::string> FeedAgent::create_on(
    net::ConnectionMaker& connections, std::unique_ptr<binance::SnapshotSource> snapshots,
    const FeedSettings& settings, const InstrumentTable& instruments,
    const MarketPipeline::Outlets& outlets, CounterFile& counters) {
  const auto streams = net::parse_ws_url(settings.ws_base_url);
  if (!streams) return std::unexpected{"market-data stream URL: " + streams.error()};
  return std::unique_ptr<FeedAgent>{new FeedAgent{connections, std::move(snapshots), settings,
                                                  *streams, instruments, outlets, counters}};
}

FeedAgent::FeedAgent(net::ConnectionMaker& connections,
                     std::unique_ptr<binance::SnapshotSource> snapshots,
                     const FeedSettings& settings, const net::Endpoint& streams,
                     const InstrumentTable& instruments, const MarketPipeline::Outlets& outlets,
                     CounterFile& counters)
    : counters_{FeedCounters::allocate(counters, kRoleName)},
      log_{outlets.log},
      messages_per_cycle_{settings.messages_per_cycle},
      resnapshot_backoff_{settings.resnapshot_backoff},
      symbols_{instruments},
      decoder_{symbols_},
      pipeline_{instruments.size(), settings.book_limits, outlets, counters_},
      snapshots_{std::move(snapshots)},
      session_{connections, streams,    settings, binance::stream_names(instruments),
               counters_,   outlets.log},
      plans_(instruments.size()) {
}

int FeedAgent::do_work(const Now& now) noexcept {
  int work = session_.maintain(now);
  work += read_stream(now);
  if (session_.take_disconnected()) {
    pipeline_.on_disconnect(now);
    ++connections_lost_;
    ++work;
  }
  watch_session(now);
  work += take_snapshot(now);
  work += request_snapshots(now);
  work += pipeline_.flush();
  return work;
}

int FeedAgent::read_stream(const Now& now) noexcept {
  MonoTime at = now.mono;
  for (int count = 0; count < messages_per_cycle_; ++count) {
    const net::WsMessage message = session_.try_read(at);
    if (message.status != net::WsStatus::kMessage) return count;
    const auto kind = pipeline_.on_frame(decoder_, message.payload, message.received, now);
    if (kind && *kind == EventKind::kControlReply) {
      session_.on_control_reply(pipeline_.event(), now);
    } else if (kind && *kind == EventKind::kServerShutdown) {
      session_.on_server_shutdown(now);
      return count + 1;
    }
    // The next message's way begins where this one's ended, not at the start of the cycle.
    at = std::max(at, pipeline_.last_stamp());
  }
  return messages_per_cycle_;
}

void FeedAgent::watch_session(const Now& now) noexcept {
  if (session_.state() != binance::StreamSession::State::kLive) {
    live_since_ = MonoTime{};
  } else if (live_since_ == MonoTime{}) {
    live_since_ = now.mono;
  }
}

int FeedAgent::take_snapshot(const Now& now) noexcept {
  binance::SnapshotSource::Reply reply;
  if (!snapshots_->take(reply)) return 0;
  SnapshotPlan& plan = plans_[reply.symbol.raw()];
  plan.is_requested = false;
  plan.not_before = now.mono + resnapshot_backoff_;
  if (reply.body != nullptr) {
    // One asked for on a connection that is lost may miss what came between the two.
    if (plan.connection == connections_lost_) {
      pipeline_.on_snapshot(decoder_, *reply.body, reply.symbol, now);
    }
    snapshots_->recycle(reply);
  } else {
    counters_.snapshot_failures.add();
    log_.post_text(LogLevel::kWarning, now.mono,
                   "feed.binance: snapshot of symbol {} failed with HTTP {}: {s}",
                   reply.error.data(), reply.symbol.raw(), reply.http_status);
  }
  return 1;
}

int FeedAgent::request_snapshots(const Now& now) noexcept {
  // Three depth intervals: a market that moves has said so by then.
  constexpr Nanos kQuietAfter = std::chrono::milliseconds{300};
  constexpr std::size_t kSymbolsACycle = 16;
  int requested = 0;
  const bool is_quiet = live_since_ != MonoTime{} && now.mono - live_since_ >= kQuietAfter;
  const std::size_t count = std::min(kSymbolsACycle, plans_.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (next_plan_ >= plans_.size()) next_plan_ = 0;
    const SymbolId symbol{static_cast<SymbolId::rep>(next_plan_)};
    SnapshotPlan& plan = plans_[next_plan_++];
    if (is_quiet && !plan.is_requested) pipeline_.expect_quiet(symbol);
    const bool is_due =
        !plan.is_requested && now.mono >= plan.not_before && pipeline_.wants_snapshot(symbol);
    if (!is_due || !snapshots_->request(symbol)) continue;
    plan.is_requested = true;
    plan.connection = connections_lost_;
    ++requested;
  }
  return requested;
}

}  // namespace portcullis::feeds
