#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/time.hpp"
#include "oms/binance/rate_budget.hpp"
#include "oms/binance/request_id.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms::binance {

// What one message turned out to be.
enum class MessageKind : std::uint8_t {
  kResult,            // a request succeeded: `request`, and its reports or balances
  kFailure,           // a request of the seam failed: `request` and `failure`
  kSessionFailure,    // a logon or a subscription failed: `request` and `failure` (its code)
  kKeyRevoked,        // the key of the session became invalid: no request, code in `failure`
  kOrderEvent,        // one report from the user stream
  kBalanceEvent,      // the balances that may have changed
  kBalanceChange,     // a deposit, transfer or lock: `balance_change`
  kParkedEvent,       // an order or balance change of a name that is not configured: `parked`
  kStreamTerminated,  // the subscription ended at the venue's side
  kServerShutdown,    // the server is about to go: reconnect at once
  kIgnoredEvent,      // a known event that says nothing the seam asks about
  kUnknownEvent,      // an event this decoder has never heard of
  kForeignReply,      // a well-formed answer to no request of ours
  kMalformedEvent,    // an order or balance event that cannot be read: a fact was lost
  kGarbage,           // not JSON, or no message of this protocol
};

// Everything one message said; reused for each message, so that the hot path allocates nothing.
// Reports and balances are complete or absent: a message is taken whole or not at all.
struct DecodedMessage {
  // What one listing may hold: several times an account's open-order limits at the venue.
  static constexpr std::size_t kEntriesMax = 8192;

  MessageKind kind{MessageKind::kGarbage};
  RequestId request{};
  RequestFailure failure{};
  WallTime retry_after{};  // with a failure that carries them, zero otherwise
  WallTime server_time{};  // of the same clock; also of a logon's result
  bool has_rate_budget{false};
  RateBudget budget{};  // only what this message stated; windows not stated have a zero limit
  VenueBalanceChange balance_change{};
  ParkedEvent parked{};  // its name is empty when there is none; also beside a kBalanceEvent
  std::vector<VenueReport> reports;
  std::vector<VenueBalance> balances;

  DecodedMessage() {
    reports.reserve(kEntriesMax);
    balances.reserve(kEntriesMax);
  }
};

}  // namespace portcullis::oms::binance
