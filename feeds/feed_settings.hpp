#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/net/address_budget.hpp"
#include "core/net/backoff.hpp"
#include "core/net/ws_connection.hpp"
#include "feeds/book_builder.hpp"

namespace portcullis::feeds {

// What the feed needs to know; read from the configuration elsewhere. Symbols are those of the
// InstrumentTable.
struct FeedSettings {
  std::string ws_base_url{"wss://stream.binance.com:9443"};
  std::string rest_base_url{"https://api.binance.com"};
  std::string ca_file;  // empty: the system's trust store
  int depth_snapshot_limit{5000};
  // Nothing received for so long: the connection is given up. The venue pings every 20 s.
  std::chrono::milliseconds liveness_timeout{30'000};
  // Least time between two snapshot requests for one symbol.
  std::chrono::milliseconds resnapshot_backoff{1'000};
  std::chrono::milliseconds rest_timeout{5'000};
  // Streams named in the URL up to this many; beyond, SUBSCRIBE messages of at most
  // `streams_per_message`.
  std::size_t url_streams_max{60};
  std::size_t streams_per_message{200};
  // Request weight a minute that snapshots may use, of the venue's limit for the whole address.
  int snapshot_weight_per_minute{3'000};
  // Shared with whoever else of this process talks to the venue from this address; null: nobody.
  std::shared_ptr<net::AddressBudget> address{};
  int messages_per_cycle{16};
  net::BackoffPolicy reconnect_backoff{};
  net::WsLimits ws_limits{};
  BookBuilderLimits book_limits{};
  std::uint64_t seed{1};  // of the reconnect jitter
};

}  // namespace portcullis::feeds
