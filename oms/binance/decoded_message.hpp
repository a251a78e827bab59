#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
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
  kListEvent,         // of an order list as a whole: `list_status`
  kUnknownEvent,      // an event this decoder has never heard of
  kForeignReply,      // a well-formed answer to no request of ours
  kMalformedEvent,    // an order or balance event that cannot be read: a fact was lost
  kGarbage,           // not JSON, or no message of this protocol
};

// Of an event, by its type `e`.
[[nodiscard]] MessageKind kind_of_event(std::string_view type) noexcept;

// What the answer to a cancelReplace says of each half (Binance: "Cancel and replace order",
// cancelResult and newOrderResult).
enum class ReplaceWord : std::uint8_t { kUnsaid, kSuccess, kFailure, kNotAttempted };
struct ReplaceHalf {
  ReplaceWord word{ReplaceWord::kUnsaid};
  FailureClass failure{FailureClass::kUnknown};  // with kFailure
  std::int32_t venue_code{0};
  bool has_order{false};  // its report is among the message's
  bool has_error{false};

  [[nodiscard]] bool has_failed() const noexcept { return word == ReplaceWord::kFailure; }
  // The word and what is said with it are the same.
  [[nodiscard]] bool is_sound() const noexcept {
    switch (word) {
      case ReplaceWord::kSuccess: return has_order && !has_error;
      case ReplaceWord::kFailure: return has_error && !has_order;
      case ReplaceWord::kNotAttempted: return !has_error && !has_order;
      case ReplaceWord::kUnsaid: return false;
    }
    return false;
  }
};
struct ReplaceAnswer {
  ReplaceHalf cancel{};
  ReplaceHalf placement{};

  [[nodiscard]] bool is_told() const noexcept {
    return cancel.word != ReplaceWord::kUnsaid || placement.word != ReplaceWord::kUnsaid;
  }
  [[nodiscard]] bool is_sound() const noexcept {
    return cancel.is_sound() && placement.is_sound() && cancel.word != ReplaceWord::kNotAttempted;
  }
  [[nodiscard]] bool is_success() const noexcept {
    return is_sound() && cancel.word == ReplaceWord::kSuccess &&
           placement.word == ReplaceWord::kSuccess;
  }
};

// Everything one message said; reused for each message, so that the hot path allocates nothing.
// Reports and balances are complete or absent: a message is taken whole or not at all.
struct DecodedMessage {
  // What one listing may hold: several times an account's open-order limits at the venue.
  static constexpr std::size_t kEntriesMax = 8192;

  MessageKind kind{MessageKind::kGarbage};
  RequestId request{};
  RequestFailure failure{};
  ReplaceAnswer replace{};  // of a cancelReplace; its halves' reports are in `reports`
  WallTime retry_after{};   // with a failure that carries them, zero otherwise
  WallTime server_time{};   // of the same clock; also of a logon's result
  bool has_rate_budget{false};
  RateBudget budget{};  // only what this message stated; windows not stated have a zero limit
  VenueListStatus list_status{};
  VenueBalanceChange balance_change{};
  ParkedEvent parked{};  // its name is empty when there is none; also beside a kBalanceEvent
  std::vector<VenueReport> reports;
  std::vector<VenueBalance> balances;

  DecodedMessage() {
    reports.reserve(kEntriesMax);
    balances.reserve(kEntriesMax);
  }
  // Before the next message.
  void reset(MonoTime received) noexcept;
  // It cannot be read after all: nothing of what it said is left.
  void spoil(MessageKind as) noexcept;
};

}  // namespace portcullis::oms::binance
