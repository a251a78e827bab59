#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "sim/faults/falsehood.hpp"
#include "sim/net/wire_fault.hpp"

namespace portcullis::sim {

// The vocabulary of fault scripts. A step is a trigger (when), a match (on what) and an action
// (what then); a scenario is a list of steps with one seed. The reader is
// sim/faults/script_reader.hpp, the keys are in docs/simulator.md.

// What the venue says instead of the truth.
struct Refusal {
  int status{400};  // HTTP, and the "status" of a WebSocket API reply
  int code{-1000};
  std::string message{};
  Nanos retry_after{0};  // zero: not told
  bool is_html{false};   // a page of the content network instead of JSON (REST only)
};

// What becomes of one message on its way out.
struct MessageFate {
  enum class Verb : std::uint8_t { kDrop, kDelay, kDuplicate, kReorder, kFalsify, kCut, kWire };
  Verb verb{Verb::kDrop};
  Nanos delay{0};  // kDelay: how late; kDuplicate: between the copies; kReorder: at the latest
  Falsehood falsehood{Falsehood::kTruncated};
  std::int64_t bytes{0};  // Falsehood::kOversized
  WireFault wire{};       // kWire: the line misbehaves from this message on
};

// Actions on single messages and requests.
enum class MessagePlace : std::uint8_t { kReply, kEvent, kMarket };
struct MessageAction {
  MessagePlace place{MessagePlace::kReply};
  MessageFate fate{};
  Nanos jitter{0};            // up to this much is added to the delay
  bool is_carried_out{true};  // replies: the request itself
};
struct LateRequestAction {  // the request lands later, so that a query before it finds nothing
  Nanos delay{0};
  Nanos jitter{0};
};
struct RefusalAction {
  Refusal refusal{};
  bool is_carried_out{false};
};
// A cancel comes too late: just before it the crowd fills this share of the order, and its reports
// are told `delay` later, after the cancel's reply.
struct LateFillAction {
  Nanos delay{0};
  std::int64_t share_ppm{1'000'000};
};
// depth answers with the book as it was when the step opened.
struct StaleSnapshotAction {};

// Actions on the venue as a whole. With `for` they are undone when the time is over.
struct SymbolStatusAction {
  std::string symbol{};
  std::string status{};  // "HALT", as exchangeInfo writes it
};
struct FiltersAction {
  std::string symbol{};
  std::optional<Price> tick_size{};
  std::optional<Qty> lot_size{};
  std::optional<Qty> qty_min{};
  std::optional<Notional> notional_min{};
};
struct ClockAction {
  enum class Verb : std::uint8_t { kOffset, kStep, kFreeze } verb{Verb::kOffset};
  Nanos by{0};  // kOffset: from the true time; kStep: from where the clock is
};
struct RevokeKeyAction {
  std::string account{};  // all of its keys
  std::string api_key{};  // or this one
};
struct ShutdownAction {  // the serverShutdown event, and the cut after it unless `stays`
  Nanos notice{0};
  bool stays{false};
};
struct CutAction {
  std::string what{};     // "streams", "ws-api", "all"
  std::string account{};  // only connections with a user data stream of this account
};
struct ConnectionsAction {  // new ones
  enum class Verb : std::uint8_t { kRefuse, kIgnore } verb{Verb::kRefuse};
};
struct WireAction {
  WireFault fault{};
  std::string what{};     // "streams", "ws-api", "http", "all"
  bool is_on_new{false};  // connections to come; otherwise those that are open
};
struct LimitsAction {  // absent: stays
  std::optional<std::int64_t> weight{};
  std::optional<std::int64_t> orders_10s{};
  std::optional<std::int64_t> orders_day{};
};
struct BanAction {  // 418 for an IP address
  std::string address{};
  Nanos lasts{0};
};
struct TerminateAction {  // eventStreamTerminated on the account's user data streams
  std::string account{};  // empty: everybody's
};
struct BalanceAction {  // from outside: a deposit, a withdrawal (negative), an external lock
  std::string account{};
  std::string asset{};
  Qty amount{};
  bool is_lock{false};
};

using VenueAction = std::variant<SymbolStatusAction, FiltersAction, ClockAction, RevokeKeyAction,
                                 LimitsAction, BanAction, ShutdownAction, CutAction,
                                 ConnectionsAction, WireAction, TerminateAction, BalanceAction>;
using FaultAction = std::variant<MessageAction, LateRequestAction, RefusalAction, LateFillAction,
                                 StaleSnapshotAction, VenueAction>;

// On what. Empty members match anything; `name` may hold '*' for any run of characters.
struct FaultMatch {
  // A method ("order.place"), an event ("executionReport", "executionReport:TRADE"), a stream
  // ("btcusdt@depth@100ms"). Events match by the method that caused them, too.
  std::string name{};
  std::string symbol{};
  std::string account{};
  std::string client_order_id{};  // a prefix
  std::string api_key{};
};

// When. A step opens `at` its time, again `every` so often, and closes after `lasts`. While it is
// open it lets `skip` matches pass, then fires on at most `count`, each with the probability given.
// A step on the venue that is tied to no match fires when it opens.
struct FaultTrigger {
  Nanos at{0};
  std::optional<Nanos> every{};
  std::optional<Nanos> lasts{};
  std::int64_t skip{0};
  std::optional<std::int64_t> count{1};  // for each opening; nothing: without end
  std::int64_t probability_ppm{1'000'000};
};

struct FaultStep {
  std::string name{};
  std::string action_name{};  // "drop_reply"
  std::string summary{};      // the script's own words, for people
  FaultTrigger trigger{};
  FaultMatch match{};
  FaultAction action{};

  // Fires on its own, not on a match.
  [[nodiscard]] bool is_timed() const {
    return std::holds_alternative<VenueAction>(action) && match.name.empty();
  }
};

struct FaultScenario {
  std::string title{};
  std::uint64_t seed{1};
  std::vector<FaultStep> steps{};
};

}  // namespace portcullis::sim
