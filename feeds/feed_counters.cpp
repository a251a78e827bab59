#include "feeds/feed_counters.hpp"

#include <string>

namespace portcullis::feeds {

FeedCounters FeedCounters::allocate(CounterFile& file, std::string_view prefix) {
  const auto counter = [&file, prefix](std::string_view name) {
    return file.allocate(std::string{prefix} + "." + std::string{name});
  };
  FeedCounters counters{.messages = counter("messages"),
                        .trades = counter("trades"),
                        .depth_applied = counter("depth_applied"),
                        .depth_dropped = counter("depth_dropped"),
                        .depth_ignored = counter("depth_ignored"),
                        .gaps = counter("gaps"),
                        .resyncs = counter("resyncs"),
                        .snapshots_old = counter("snapshots_old"),
                        .buffer_overflows = counter("buffer_overflows"),
                        .crossed = counter("crossed"),
                        .stale = counter("stale"),
                        .synced_symbols = counter("synced_symbols"),
                        .older_tops = counter("older_tops"),
                        .conflated = counter("conflated"),
                        .ring_full_trades = counter("ring_full_trades"),
                        .decode_errors = counter("decode_errors"),
                        .decode_errors_by_kind = {},
                        .reconnects = counter("reconnects"),
                        .liveness_timeouts = counter("liveness_timeouts"),
                        .subscribe_errors = counter("subscribe_errors"),
                        .snapshot_failures = counter("snapshot_failures")};
  for (std::size_t i = 0; i < counters.decode_errors_by_kind.size(); ++i) {
    const std::string kind = to_string(static_cast<DecodeError>(i));
    counters.decode_errors_by_kind[i] = counter("decode_errors." + kind);
  }
  return counters;
}

}  // namespace portcullis::feeds
