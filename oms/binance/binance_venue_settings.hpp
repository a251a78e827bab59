#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/net/address_budget.hpp"
#include "core/net/connector.hpp"
#include "oms/binance/order_parameters.hpp"
#include "oms/binance/signer.hpp"
#include "oms/binance/venue_manners.hpp"

namespace portcullis::oms::binance {

// Which of several connections takes a request that is bound to none.
enum class Spread : std::uint8_t {
  kBest,        // the one with the shortest round trip
  kSymbol,      // a symbol's always by the same
  kRoundRobin,  // in turns
};

struct BinanceVenueSettings {
  static constexpr std::size_t kConnectionsMax = 8;

  std::string ws_api_url{"wss://ws-api.binance.com:443/ws-api/v3"};
  std::string ca_file;  // empty: the system's trust store
  std::string api_key;
  KeyKind key_kind{KeyKind::kEd25519};
  Secret secret;  // PEM text of an Ed25519 key, or the venue's HMAC secret

  std::chrono::milliseconds recv_window_new_order{1500};
  std::chrono::milliseconds recv_window{5000};

  StrategyMark strategy{};  // what the venue stores with each order
  // https://host:port of the second way; empty: there is none.
  std::string rest_url{};
  // No connection takes requests for so long: cancels and questions go by REST.
  std::chrono::milliseconds rest_after{500};
  std::chrono::milliseconds rest_timeout{10'000};
  // Whether a new order that no connection can take at the moment may go by REST, while the user
  // data stream is up. Without the stream none ever does.
  bool rest_orders{false};

  // So many WebSockets, each logged on and kept warm.
  std::size_t connections{1};
  Spread spread{Spread::kBest};
  // How often each is asked for the venue's time, which keeps its path warm and measures it; only
  // while the budget has room for it.
  std::chrono::milliseconds warm_interval{1'000};
  // The venue ends a connection at 24 hours: another takes its place before.
  std::chrono::milliseconds replace_after{std::chrono::hours{23}};
  // A connection whose place is taken is read for at least so long, and waited for at most so long
  // while answers are out.
  std::chrono::milliseconds drain_min{1'000};
  std::chrono::milliseconds drain_max{10'000};

  // How long the venue may take over a logon or a subscription.
  std::chrono::milliseconds step_timeout{5000};
  // The venue pings every 20 s; we ask sooner, so that a dead line shows within seconds.
  std::chrono::milliseconds ping_interval{5000};
  // From a ping that nothing follows to giving the line up.
  std::chrono::milliseconds liveness_timeout{10'000};

  // Between connection attempts that fail, on the connector's thread.
  net::BackoffPolicy connect_backoff{};
  std::uint64_t jitter_seed{1};
  // Between sessions that come to nothing, doubling: a refused key is a human's to mend, and the
  // venue bans addresses that knock too often.
  std::chrono::milliseconds logon_backoff_first{5000};
  std::chrono::milliseconds logon_backoff_max{60'000};
  std::chrono::milliseconds reconnect_backoff_first{250};
  std::chrono::milliseconds reconnect_backoff_max{30'000};
  // A session that lasted this long reconnects at once, and clears both backoffs.
  std::chrono::milliseconds stable_after{30'000};
  MannersSettings manners{};
  // Shared with whoever else of this process talks to the venue from this address; null: nobody.
  std::shared_ptr<net::AddressBudget> address{};

  std::size_t message_bytes_max{2u << 20};
  int garbage_max{3};  // unreadable frames of one connection before it is given up
};

}  // namespace portcullis::oms::binance
