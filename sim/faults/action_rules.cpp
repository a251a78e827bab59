#include "sim/faults/action_rules.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace portcullis::sim {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Verb = MessageFate::Verb;

constexpr Nanos kDelayMax = hours{24};
constexpr std::int64_t kOversizedDefault = 64LL << 20;
constexpr std::int64_t kOversizedMax = 1LL << 30;

// `delay = "300ms"`, or `ms = 300`, which is shorter in JSON.
Nanos read_delay(ConfigSection& step) {
  if (!step.has("ms")) return step.required_duration("delay", Nanos{0}, kDelayMax);
  return milliseconds{step.required_integer("ms", 0, kDelayMax / milliseconds{1})};
}

Nanos read_jitter(ConfigSection& step) {
  return step.optional_duration("jitter", Nanos{0}, Nanos{0}, kDelayMax);
}

template <MessagePlace kPlace>
bool read_accept(ConfigSection& step) {
  return kPlace != MessagePlace::kReply || step.optional_boolean("accept", true);
}

template <MessagePlace kPlace, Verb kVerb>
FaultAction read_plain(ConfigSection& step) {
  return MessageAction{
      .place = kPlace, .fate = {.verb = kVerb}, .is_carried_out = read_accept<kPlace>(step)};
}

template <MessagePlace kPlace>
FaultAction read_late(ConfigSection& step) {
  const Nanos delay = read_delay(step);
  return MessageAction{.place = kPlace,
                       .fate = {.verb = Verb::kDelay, .delay = delay},
                       .jitter = read_jitter(step),
                       .is_carried_out = read_accept<kPlace>(step)};
}

// Twice, or behind the message after it; `delay` bounds the wait.
template <MessagePlace kPlace, Verb kVerb>
FaultAction read_spaced(ConfigSection& step) {
  const Nanos fallback = kVerb == Verb::kReorder ? Nanos{milliseconds{1'000}} : Nanos{0};
  const Nanos delay = step.has("ms") || step.has("delay") ? read_delay(step) : fallback;
  return MessageAction{.place = kPlace,
                       .fate = {.verb = kVerb, .delay = delay},
                       .is_carried_out = read_accept<kPlace>(step)};
}

template <MessagePlace kPlace>
FaultAction read_lie(ConfigSection& step) {
  const std::string lie = step.required_choice("lie", falsehood_names());
  MessageAction action{.place = kPlace,
                       .fate = {.verb = Verb::kFalsify},
                       .is_carried_out = read_accept<kPlace>(step)};
  action.fate.falsehood = parse_falsehood(lie).value_or(Falsehood::kTruncated);
  if (action.fate.falsehood == Falsehood::kOversized) {
    action.fate.bytes = step.optional_integer("bytes", kOversizedDefault, 1, kOversizedMax);
  }
  return action;
}

FaultAction read_late_request(ConfigSection& step) {
  const Nanos delay = read_delay(step);
  return LateRequestAction{.delay = delay, .jitter = read_jitter(step)};
}

// What the venue says with these codes (Binance: error codes), and with which HTTP status.
struct KnownRefusal {
  int code;
  int status;
  std::string_view message;
};
constexpr std::array kKnownRefusals{
    KnownRefusal{-1000, 400, "An unknown error occurred while processing the request."},
    KnownRefusal{-1001, 500, "Internal error; unable to process your request. Please try again."},
    KnownRefusal{-1003, 429, "Too many requests queued."},
    KnownRefusal{-1006, 500,
                 "An unexpected response was received from the message bus. Execution status "
                 "unknown."},
    KnownRefusal{-1007, 504,
                 "Timeout waiting for response from backend server. Send status unknown; "
                 "execution status unknown."},
    KnownRefusal{-1008, 503,
                 "Server is currently overloaded with other requests. Please try again in a few "
                 "minutes."},
    KnownRefusal{-1015, 429, "Too many new orders."},
    KnownRefusal{-1016, 503, "This service is no longer available."},
    KnownRefusal{-1021, 400, "Timestamp for this request is outside of the recvWindow."},
    KnownRefusal{-1022, 400, "Signature for this request is not valid."},
    KnownRefusal{-2015, 401, "Invalid API-key, IP, or permissions for action."},
};

Refusal read_refusal(ConfigSection& step) {
  Refusal refusal;
  refusal.code = static_cast<int>(step.optional_integer("code", -1000, -99'999, 99'999));
  const auto* known = std::ranges::find(kKnownRefusals, refusal.code, &KnownRefusal::code);
  const bool is_known = known != kKnownRefusals.end();
  refusal.status =
      static_cast<int>(step.optional_integer("status", is_known ? known->status : 400, 100, 599));
  refusal.message =
      step.has("msg") ? step.required_string("msg") : std::string{is_known ? known->message : ""};
  refusal.retry_after = step.optional_duration("retry_after", Nanos{0}, Nanos{0}, kDelayMax);
  return refusal;
}

FaultAction read_reject(ConfigSection& step) {
  Refusal refusal = read_refusal(step);
  return RefusalAction{.refusal = std::move(refusal),
                       .is_carried_out = step.optional_boolean("accept", false)};
}

FaultAction read_error(ConfigSection& step) {
  Refusal refusal = read_refusal(step);
  return RefusalAction{.refusal = std::move(refusal),
                       .is_carried_out = step.optional_boolean("accept", true)};
}

FaultAction read_html(ConfigSection& step) {
  return RefusalAction{.refusal = {.status = 403, .code = -1000, .is_html = true},
                       .is_carried_out = step.optional_boolean("accept", false)};
}

FaultAction read_late_fill(ConfigSection& step) {
  const Nanos delay = read_delay(step);
  return LateFillAction{.delay = delay,
                        .share_ppm = step.optional_integer("share_ppm", 1'000'000, 1, 1'000'000)};
}

FaultAction read_stale_snapshot(ConfigSection&) {
  return StaleSnapshotAction{};
}

FaultAction read_status(ConfigSection& step) {
  std::string symbol = step.required_string("symbol");
  return VenueAction{
      SymbolStatusAction{.symbol = std::move(symbol),
                         .status = step.required_choice(
                             "status", {"TRADING", "END_OF_DAY", "HALT", "BREAK", "CANCEL_ONLY"})}};
}

template <class Money>
std::optional<Money> optional_money(ConfigSection& step, std::string_view key) {
  constexpr auto kMax = Money::from_raw(std::numeric_limits<std::int64_t>::max());
  if (!step.has(key)) {
    step.optional_decimal<Money>(key, Money{}, Money{}, kMax);
    return std::nullopt;
  }
  return step.required_decimal<Money>(key, Money{}, kMax);
}

FaultAction read_filters(ConfigSection& step) {
  FiltersAction filters{.symbol = step.required_string("symbol")};
  filters.tick_size = optional_money<Price>(step, "tick_size");
  filters.lot_size = optional_money<Qty>(step, "lot_size");
  filters.qty_min = optional_money<Qty>(step, "qty_min");
  filters.notional_min = optional_money<Notional>(step, "notional_min");
  if (!filters.tick_size && !filters.lot_size && !filters.qty_min && !filters.notional_min) {
    step.report("tick_size", "is missing, and so is every other filter",
                "give at least one of tick_size, lot_size, qty_min, notional_min");
  }
  return VenueAction{filters};
}

template <ClockAction::Verb kVerb>
FaultAction read_clock(ConfigSection& step) {
  constexpr std::int64_t kMsMax = hours{24} * 3660 / milliseconds{1};
  ClockAction action{.verb = kVerb};
  if (kVerb != ClockAction::Verb::kFreeze) {
    action.by = milliseconds{step.required_integer("by_ms", -kMsMax, kMsMax)};
  }
  return VenueAction{action};
}

FaultAction read_revoke(ConfigSection& step) {
  RevokeKeyAction action;
  action.account = step.optional_string("account", "");
  action.api_key = step.optional_string("api_key", "");
  if (action.account.empty() == action.api_key.empty()) {
    step.report("account", "and api_key: exactly one of them names what is revoked",
                "give `account` for all keys of an account, or `api_key` for one");
  }
  return VenueAction{action};
}

std::optional<std::int64_t> optional_limit(ConfigSection& step, std::string_view key) {
  constexpr std::int64_t kMax = 1'000'000'000;
  const std::int64_t value = step.optional_integer(key, 0, 0, kMax);
  return step.has(key) ? std::optional{value} : std::nullopt;
}

FaultAction read_limits(ConfigSection& step) {
  LimitsAction action;
  action.weight = optional_limit(step, "weight");
  action.orders_10s = optional_limit(step, "orders_10s");
  action.orders_day = optional_limit(step, "orders_day");
  if (!action.weight && !action.orders_10s && !action.orders_day) {
    step.report("weight", "is missing, and so is every other limit",
                "give at least one of weight, orders_10s, orders_day");
  }
  return VenueAction{action};
}

FaultAction read_ban(ConfigSection& step) {
  BanAction action{.address = step.optional_string("address", "127.0.0.1")};
  action.lasts =
      step.optional_duration("lasts", std::chrono::minutes{2}, milliseconds{1}, hours{72});
  return VenueAction{action};
}

std::vector<std::string> wire_fault_names() {
  std::vector<std::string> names;
  names.reserve(kWireFaultKinds);
  for (std::size_t i = 0; i < kWireFaultKinds; ++i) {
    names.emplace_back(name_of(static_cast<WireFaultKind>(i)));
  }
  return names;
}

// What a bad line does (sim/net/wire_fault.hpp says what each reads of these).
WireFault read_wire_fault(ConfigSection& step) {
  constexpr std::int64_t kMessagesMax = 1'000'000'000;
  WireFault fault;
  fault.kind = wire_fault_named(step.required_choice("fault", wire_fault_names()))
                   .value_or(WireFaultKind::kReset);
  fault.bytes = static_cast<std::size_t>(step.optional_integer("bytes", 0, 0, kOversizedMax));
  using std::chrono::microseconds;
  fault.interval = std::chrono::ceil<microseconds>(
      step.optional_duration("interval", Nanos{0}, Nanos{0}, kDelayMax));
  fault.lasts = std::chrono::ceil<microseconds>(
      step.optional_duration("lasts", Nanos{0}, Nanos{0}, kDelayMax));
  fault.count = static_cast<int>(step.optional_integer("messages", 1, 1, kMessagesMax));
  return fault;
}

template <MessagePlace kPlace>
FaultAction read_wire(ConfigSection& step) {
  MessageAction action{.place = kPlace, .fate = {.verb = Verb::kWire}};
  action.fate.wire = read_wire_fault(step);
  action.is_carried_out = read_accept<kPlace>(step);
  return action;
}

template <bool kIsOnNew>
FaultAction read_wire_on_all(ConfigSection& step) {
  WireAction action{.fault = read_wire_fault(step), .is_on_new = kIsOnNew};
  if (!kIsOnNew) {
    action.what = step.optional_choice("what", "all", {"streams", "ws-api", "http", "all"});
  }
  return VenueAction{action};
}

template <ConnectionsAction::Verb kVerb>
FaultAction read_connections(ConfigSection&) {
  return VenueAction{ConnectionsAction{kVerb}};
}

FaultAction read_shutdown(ConfigSection& step) {
  ShutdownAction action;
  action.notice = step.optional_duration("notice", std::chrono::seconds{10}, Nanos{0}, kDelayMax);
  action.stays = step.optional_boolean("stays", false);
  return VenueAction{action};
}

FaultAction read_cut(ConfigSection& step) {
  CutAction action;
  action.what = step.optional_choice("what", "all", {"streams", "ws-api", "http", "all"});
  action.account = step.optional_string("account", "");
  return VenueAction{action};
}

FaultAction read_terminate(ConfigSection& step) {
  return VenueAction{TerminateAction{.account = step.optional_string("account", "")}};
}

template <bool kIsLock>
FaultAction read_balance(ConfigSection& step) {
  BalanceAction action{.account = step.required_string("account")};
  action.asset = step.required_string("asset");
  constexpr auto kMax = Qty::from_raw(std::numeric_limits<std::int64_t>::max());
  action.amount = step.required_decimal<Qty>("amount", Qty::from_raw(-kMax.raw()), kMax);
  action.is_lock = kIsLock;
  return VenueAction{action};
}

using enum MessagePlace;
using Tie = ActionRule::Tie;
using ClockVerb = ClockAction::Verb;

constexpr std::array kRules{
    ActionRule{"drop_reply", Tie::kMethod, "the reply never comes", "accept",
               read_plain<kReply, Verb::kDrop>},
    ActionRule{"delay_reply", Tie::kMethod, "done now, answered later", "delay, jitter, accept",
               read_late<kReply>},
    ActionRule{"delay_request", Tie::kMethod, "done and answered later", "delay, jitter",
               read_late_request},
    ActionRule{"duplicate_reply", Tie::kMethod, "answered twice (WebSocket API)", "delay, accept",
               read_spaced<kReply, Verb::kDuplicate>},
    ActionRule{"reorder_reply", Tie::kMethod, "answered behind the connection's next message",
               "delay, accept", read_spaced<kReply, Verb::kReorder>},
    ActionRule{"falsify_reply", Tie::kMethod, "the reply holds a lie", "lie, bytes, accept",
               read_lie<kReply>},
    ActionRule{"disconnect", Tie::kMethod, "the connection is cut instead of a reply", "accept",
               read_plain<kReply, Verb::kCut>},
    ActionRule{"wire_reply", Tie::kMethod, "the line misbehaves from this reply on",
               "fault, bytes, interval, lasts, messages, accept", read_wire<kReply>},
    ActionRule{"reject", Tie::kMethod, "refused, not done",
               "code, status, msg, retry_after, accept", read_reject},
    ActionRule{"error", Tie::kMethod, "done, but answered with an error",
               "code, status, msg, retry_after, accept", read_error},
    ActionRule{"html_403", Tie::kMethod, "refused by the firewall with a page of HTML", "accept",
               read_html},
    ActionRule{"late_fill", Tie::kMethod, "a cancel comes too late; the fill is told after it",
               "delay, share_ppm", read_late_fill},
    ActionRule{"stale_snapshot", Tie::kMethod, "depth answers with the book of when it opened", "",
               read_stale_snapshot},
    ActionRule{"drop_event", Tie::kMethod, "a user data event is lost", "",
               read_plain<kEvent, Verb::kDrop>},
    ActionRule{"delay_event", Tie::kMethod, "a user data event comes late", "delay, jitter",
               read_late<kEvent>},
    ActionRule{"duplicate_event", Tie::kMethod, "a user data event comes twice", "delay",
               read_spaced<kEvent, Verb::kDuplicate>},
    ActionRule{"reorder_event", Tie::kMethod, "a user data event comes behind the next message",
               "delay", read_spaced<kEvent, Verb::kReorder>},
    ActionRule{"falsify_event", Tie::kMethod, "a user data event holds a lie", "lie, bytes",
               read_lie<kEvent>},
    ActionRule{"disconnect_event", Tie::kMethod, "the connection is cut instead of an event", "",
               read_plain<kEvent, Verb::kCut>},
    ActionRule{"wire_event", Tie::kMethod, "the line misbehaves from this event on",
               "fault, bytes, interval, lasts, messages", read_wire<kEvent>},
    ActionRule{"drop_market", Tie::kStream, "a market message is lost: a gap, or a frozen feed", "",
               read_plain<kMarket, Verb::kDrop>},
    ActionRule{"delay_market", Tie::kStream, "a market message comes late", "delay, jitter",
               read_late<kMarket>},
    ActionRule{"duplicate_market", Tie::kStream, "a market message comes twice", "delay",
               read_spaced<kMarket, Verb::kDuplicate>},
    ActionRule{"reorder_market", Tie::kStream, "a market message comes behind the next", "delay",
               read_spaced<kMarket, Verb::kReorder>},
    ActionRule{"falsify_market", Tie::kStream, "a market message holds a lie", "lie, bytes",
               read_lie<kMarket>},
    ActionRule{"disconnect_market", Tie::kStream, "the connection is cut instead of a message", "",
               read_plain<kMarket, Verb::kCut>},
    ActionRule{"wire_market", Tie::kStream, "the lines misbehave from this message on",
               "fault, bytes, interval, lasts, messages", read_wire<kMarket>},
    ActionRule{"set_status", Tie::kVenue, "a symbol halts, trades, or takes cancels only",
               "symbol, status", read_status},
    ActionRule{"change_filters", Tie::kVenue, "a symbol's filters change",
               "symbol, tick_size, lot_size, qty_min, notional_min", read_filters},
    ActionRule{"offset_clock", Tie::kVenue, "the venue's clock is off by so much", "by_ms",
               read_clock<ClockVerb::kOffset>},
    ActionRule{"step_clock", Tie::kVenue, "the venue's clock jumps", "by_ms",
               read_clock<ClockVerb::kStep>},
    ActionRule{"freeze_clock", Tie::kVenue, "the venue's clock stands", "",
               read_clock<ClockVerb::kFreeze>},
    ActionRule{"revoke_key", Tie::kVenue, "API keys stop being valid", "account | api_key",
               read_revoke},
    ActionRule{"set_limits", Tie::kVenue, "rate limits change", "weight, orders_10s, orders_day",
               read_limits},
    ActionRule{"ban", Tie::kVenue, "418 for every request of an address", "address, lasts",
               read_ban},
    ActionRule{"server_shutdown", Tie::kVenue, "serverShutdown is announced, then lines are cut",
               "notice, stays", read_shutdown},
    ActionRule{"cut", Tie::kVenue, "WebSocket connections are cut", "what, account", read_cut},
    ActionRule{"wire", Tie::kVenue, "the lines that are open misbehave",
               "fault, bytes, interval, lasts, messages, what", read_wire_on_all<false>},
    ActionRule{"wire_new", Tie::kVenue, "lines misbehave from their start",
               "fault, bytes, interval, lasts, messages", read_wire_on_all<true>},
    ActionRule{"refuse_connections", Tie::kVenue, "nothing listens on the venue's ports", "",
               read_connections<ConnectionsAction::Verb::kRefuse>},
    ActionRule{"ignore_connections", Tie::kVenue, "connections are accepted, and nothing is said",
               "", read_connections<ConnectionsAction::Verb::kIgnore>},
    ActionRule{"terminate_user_streams", Tie::kVenue, "eventStreamTerminated, and nothing after it",
               "account", read_terminate},
    ActionRule{"deposit", Tie::kVenue, "a balance changes from outside", "account, asset, amount",
               read_balance<false>},
    ActionRule{"external_lock", Tie::kVenue, "a balance is locked from outside",
               "account, asset, amount", read_balance<true>},
};

}  // namespace

std::span<const ActionRule> action_rules() noexcept {
  return kRules;
}

}  // namespace portcullis::sim
