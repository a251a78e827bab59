#include "oms/binance/message_decoder.hpp"

#include <array>
#include <optional>
#include <utility>

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "oms/binance/enums_text.hpp"
#include "oms/binance/failure_class.hpp"

namespace portcullis::oms::binance {

namespace {

namespace ondemand = simdjson::ondemand;

// Reading helpers: false when the value is not of the kind the protocol says.

[[nodiscard]] bool read_text(ondemand::value value, std::string_view& out) noexcept {
  return value.get_string().get(out) == simdjson::SUCCESS;
}
[[nodiscard]] bool read_int(ondemand::value value, std::int64_t& out) noexcept {
  return value.get_int64().get(out) == simdjson::SUCCESS;
}
[[nodiscard]] bool read_bool(ondemand::value value, bool& out) noexcept {
  return value.get_bool().get(out) == simdjson::SUCCESS;
}
// A string or null; null leaves `out` as it is.
[[nodiscard]] bool read_text_or_null(ondemand::value value, std::string_view& out) noexcept {
  bool is_null = false;
  if (value.is_null().get(is_null) != simdjson::SUCCESS) return false;
  return is_null || read_text(value, out);
}

template <class Number>
[[nodiscard]] bool parse_decimal(std::string_view text, Number& out) noexcept {
  const auto parsed = Number::parse(text);
  if (!parsed) return false;
  out = *parsed;
  return true;
}

// Calls visit(key, value) for each field; false when the text is malformed or visit says so.
template <class Visit>
[[nodiscard]] bool for_each_field(ondemand::object object, Visit&& visit) noexcept {
  for (auto entry : object) {
    ondemand::field field;
    std::string_view key;
    if (std::move(entry).get(field) != simdjson::SUCCESS ||
        field.unescaped_key().get(key) != simdjson::SUCCESS || !visit(key, field.value())) {
      return false;
    }
  }
  return true;
}
template <class Visit>
[[nodiscard]] bool for_each_field(ondemand::value value, Visit&& visit) noexcept {
  ondemand::object object;
  return value.get_object().get(object) == simdjson::SUCCESS && for_each_field(object, visit);
}
template <class Visit>
[[nodiscard]] bool for_each_element(ondemand::value value, Visit&& visit) noexcept {
  ondemand::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return false;
  for (auto entry : array) {
    ondemand::value element;
    if (std::move(entry).get(element) != simdjson::SUCCESS || !visit(element)) return false;
  }
  return true;
}

constexpr WallTime wall_of_ms(std::int64_t ms) noexcept {
  // Saturating: a mutated number must not overflow the nanoseconds.
  constexpr std::int64_t kMsMax = 9'000'000'000'000;
  return ms < 0 || ms > kMsMax ? WallTime{} : wall_time(ms * 1'000'000);
}
constexpr std::uint64_t id_of(std::int64_t number) noexcept {
  return number < 0 ? 0 : static_cast<std::uint64_t>(number);  // the venue says -1 for none
}

// One order as an answer states it; texts are read once the symbol is known to be ours.
struct OrderFields {
  std::string_view symbol;
  std::string_view client_id;
  std::string_view orig_client_id;
  std::string_view px;
  std::string_view qty;
  std::string_view cum_qty;
  std::string_view cum_quote;
  std::string_view status;
  std::string_view side;
  std::int64_t order_id{-1};
  std::int64_t time_ms{0};
};

struct EventFields {
  std::string_view symbol;
  std::string_view client_id;
  std::string_view orig_client_id;
  std::string_view side;
  std::string_view exec_type;
  std::string_view status;
  std::string_view px;
  std::string_view qty;
  std::string_view cum_qty;
  std::string_view cum_quote;
  std::string_view last_px{"0"};
  std::string_view last_qty{"0"};
  std::string_view fee{"0"};
  std::string_view fee_asset;
  std::int64_t order_id{-1};
  std::int64_t trade_id{-1};
  std::int64_t exec_id{-1};
  std::int64_t time_ms{-1};
  bool is_maker{false};
};

// Whether an order list (several orders under one object) may stand where an order is expected.
enum class ListPolicy : std::uint8_t { kRefuse, kAccept };

struct BalanceKeys {
  std::string_view asset;
  std::string_view free;
  std::string_view locked;
};

// What the root of an answer has said so far.
struct Root {
  std::string_view message;  // of the error
  std::int64_t status{0};
  bool has_id{false};  // and it is one of ours
  bool has_status{false};
  bool has_result{false};
  bool has_error{false};
  bool is_result_read{false};
  bool is_bad{false};  // the result or the error does not have its shape

  [[nodiscard]] bool knows_how_to_read() const noexcept { return has_id && has_status; }
};

bool read_rate_limit(ondemand::value value, DecodedMessage& out) noexcept {
  std::string_view type;
  std::string_view interval;
  std::int64_t number = 0;
  RateWindow window;
  const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
    if (key == "rateLimitType") return read_text(field, type);
    if (key == "interval") return read_text(field, interval);
    if (key == "intervalNum") return read_int(field, number);
    if (key == "limit") return read_int(field, window.limit);
    if (key == "count") return read_int(field, window.count);
    return true;
  });
  if (!is_read || number < 0 || number > 366) return false;
  const std::int32_t unit_s = interval == "SECOND"   ? 1
                              : interval == "MINUTE" ? 60
                              : interval == "HOUR"   ? 3'600
                                                     : 86'400;
  window.interval_s = static_cast<std::int32_t>(number) * unit_s;
  out.has_rate_budget = true;
  if (type == "REQUEST_WEIGHT") {
    out.budget.request_weight = window;
  } else if (type == "ORDERS") {
    (interval == "DAY" ? out.budget.orders_day : out.budget.orders_short) = window;
  }
  return true;
}

}  // namespace

struct MessageDecoder::Impl {
  const InstrumentTable& instruments;
  ClOrdIdCodec cl_ord_ids;
  std::size_t message_bytes_max;
  ondemand::parser parser;
  // The table is searched by text; most messages are about what the last one was about.
  SymbolId last_symbol{kNoSymbol};
  AssetId last_asset{kNoAsset};

  SymbolId find_symbol(std::string_view text) noexcept;
  AssetId find_asset(std::string_view text) noexcept;

  bool decode_root(ondemand::document& document, Root& root, MonoTime received,
                   DecodedMessage& out) noexcept;
  void conclude_answer(const Root& root, DecodedMessage& out) noexcept;
  bool read_error(ondemand::value value, Root& root, DecodedMessage& out) noexcept;

  bool read_result(ondemand::value value, MonoTime received, DecodedMessage& out) noexcept;
  bool read_order(ondemand::value value, MonoTime received, ReportSource source, ListPolicy lists,
                  DecodedMessage& out) noexcept;
  bool read_fill(ondemand::value value, DecodedMessage& out) noexcept;
  bool complete_order(const OrderFields& order, std::size_t first, DecodedMessage& out) noexcept;
  static bool spread_new_order(const VenueReport& order, std::size_t first,
                               DecodedMessage& out) noexcept;
  bool read_trade(ondemand::value value, MonoTime received, DecodedMessage& out) noexcept;
  bool read_balances(ondemand::value value, const BalanceKeys& keys, DecodedMessage& out) noexcept;

  bool read_event(ondemand::value value, MonoTime received, DecodedMessage& out) noexcept;
  bool read_execution_report(ondemand::object event, MonoTime received,
                             DecodedMessage& out) noexcept;
  bool complete_execution_report(const EventFields& event, VenueReport& report) noexcept;
};

namespace {

bool push(std::vector<VenueReport>& reports, const VenueReport& report) noexcept {
  if (reports.size() == DecodedMessage::kEntriesMax) return false;
  reports.push_back(report);
  return true;
}

bool read_id(ondemand::value value, Root& root, DecodedMessage& out) noexcept {
  root.has_id = false;
  // Numbers and null are ids of somebody else's requests, or of none.
  if (value.type().value_unsafe() != ondemand::json_type::string) return true;
  std::string_view text;
  if (!read_text(value, text)) return false;
  const auto id = parse_request_id(text);
  root.has_id = id.has_value();
  if (id) out.request = *id;
  return true;
}

bool read_order_field(std::string_view key, ondemand::value value, OrderFields& order) noexcept {
  if (key == "symbol") return read_text(value, order.symbol);
  if (key == "orderId") return read_int(value, order.order_id);
  if (key == "clientOrderId") return read_text(value, order.client_id);
  if (key == "origClientOrderId") return read_text(value, order.orig_client_id);
  if (key == "price") return read_text(value, order.px);
  if (key == "origQty") return read_text(value, order.qty);
  if (key == "executedQty") return read_text(value, order.cum_qty);
  if (key == "cummulativeQuoteQty")
    return read_text(value, order.cum_quote);  // the venue's spelling
  if (key == "status") return read_text(value, order.status);
  if (key == "side") return read_text(value, order.side);
  if (key == "transactTime" || key == "updateTime") return read_int(value, order.time_ms);
  return true;
}

bool read_event_field(std::string_view key, ondemand::value value, EventFields& event) noexcept {
  if (key.size() != 1) return true;
  switch (key[0]) {
    case 's': return read_text(value, event.symbol);
    case 'c': return read_text(value, event.client_id);
    case 'C': return read_text_or_null(value, event.orig_client_id);
    case 'S': return read_text(value, event.side);
    case 'x': return read_text(value, event.exec_type);
    case 'X': return read_text(value, event.status);
    case 'p': return read_text(value, event.px);
    case 'q': return read_text(value, event.qty);
    case 'z': return read_text(value, event.cum_qty);
    case 'Z': return read_text(value, event.cum_quote);
    case 'L': return read_text(value, event.last_px);
    case 'l': return read_text(value, event.last_qty);
    case 'n': return read_text_or_null(value, event.fee);
    case 'N': return read_text_or_null(value, event.fee_asset);
    case 'i': return read_int(value, event.order_id);
    case 't': return read_int(value, event.trade_id);
    case 'I': return read_int(value, event.exec_id);
    case 'T': return read_int(value, event.time_ms);
    case 'm': return read_bool(value, event.is_maker);
    default: return true;
  }
}

MessageKind kind_of_event(std::string_view type) noexcept {
  if (type == "executionReport") return MessageKind::kOrderEvent;
  if (type == "outboundAccountPosition") return MessageKind::kBalanceEvent;
  if (type == "eventStreamTerminated") return MessageKind::kStreamTerminated;
  if (type == "serverShutdown") return MessageKind::kServerShutdown;
  // Deposits and locks also arrive as an outboundAccountPosition; lists are not sent from here.
  if (type == "balanceUpdate" || type == "externalLockUpdate" || type == "listStatus") {
    return MessageKind::kIgnoredEvent;
  }
  return MessageKind::kUnknownEvent;
}

void reset(DecodedMessage& out, MonoTime received) noexcept {
  out.kind = MessageKind::kGarbage;
  out.request = {};
  out.failure = {};
  out.failure.received = received;
  out.retry_after = {};
  out.server_time = {};
  out.has_rate_budget = false;
  out.budget = {};
  out.reports.clear();
  out.balances.clear();
}

void spoil(DecodedMessage& out, MessageKind kind) noexcept {
  out.kind = kind;
  out.reports.clear();
  out.balances.clear();
}

}  // namespace

MessageDecoder::MessageDecoder(const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids,
                               std::size_t message_bytes_max)
    : impl_{new Impl{.instruments = instruments,
                     .cl_ord_ids = cl_ord_ids,
                     .message_bytes_max = message_bytes_max,
                     .parser = ondemand::parser{}}} {
  // All the parser will ever need, so that a long message costs no allocation on the hot thread.
  const auto error = impl_->parser.allocate(message_bytes_max);
  if (error != simdjson::SUCCESS) impl_->message_bytes_max = 0;
}

MessageDecoder::~MessageDecoder() = default;

void MessageDecoder::decode(std::string_view payload, MonoTime received,
                            DecodedMessage& out) noexcept {
  reset(out, received);
  if (payload.size() > impl_->message_bytes_max) return;
  ondemand::document document;
  const simdjson::padded_string_view padded{payload.data(), payload.size(),
                                            payload.size() + simdjson::SIMDJSON_PADDING};
  if (impl_->parser.iterate(padded).get(document) != simdjson::SUCCESS) return;
  Root root;
  bool is_whole = impl_->decode_root(document, root, received, out);
  if (is_whole && root.has_result && !root.is_result_read && root.knows_how_to_read()) {
    // The result stood before the id or the status that say how to read it.
    document.rewind();
    is_whole = impl_->decode_root(document, root, received, out);
  }
  if (out.kind != MessageKind::kGarbage) {  // an event
    if (!is_whole) spoil(out, MessageKind::kMalformedEvent);
    return;
  }
  if (!is_whole && !root.is_bad) return spoil(out, MessageKind::kGarbage);
  impl_->conclude_answer(root, out);
}

bool MessageDecoder::Impl::decode_root(ondemand::document& document, Root& root, MonoTime received,
                                       DecodedMessage& out) noexcept {
  ondemand::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS) return false;
  const bool is_read = for_each_field(object, [&](std::string_view key, ondemand::value value) {
    if (key == "id") return read_id(value, root, out);
    if (key == "status") return root.has_status = read_int(value, root.status);
    if (key == "event") return read_event(value, received, out);
    if (key == "rateLimits") {
      return for_each_element(value, [&](ondemand::value v) { return read_rate_limit(v, out); });
    }
    if (key == "error") {
      root.has_error = true;
      root.is_bad = !read_error(value, root, out);
      return !root.is_bad;
    }
    if (key == "result") {
      root.has_result = true;
      if (!root.knows_how_to_read()) return true;
      root.is_result_read = true;
      root.is_bad = !read_result(value, received, out);
      return !root.is_bad;
    }
    return true;
  });
  return is_read && document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

void MessageDecoder::Impl::conclude_answer(const Root& root, DecodedMessage& out) noexcept {
  const bool is_success = root.status >= 200 && root.status < 300;
  RequestFailure& failure = out.failure;
  failure.http_status = static_cast<std::int32_t>(root.status);
  if (!root.has_id) {
    failure.failure =
        classify_failure(RequestTag::kQuery, failure.http_status, failure.venue_code, root.message);
    if (root.has_error && failure.failure == FailureClass::kAuthentication) {
      out.kind = MessageKind::kKeyRevoked;
    } else if (root.has_error || root.has_result) {
      out.kind = MessageKind::kForeignReply;
    }
    return;
  }
  const RequestTag tag = out.request.tag;
  if (is_success && !root.has_error && !root.is_bad && root.is_result_read) {
    out.kind = MessageKind::kResult;
    return;
  }
  const bool is_readable_error = root.has_error && !root.is_bad && !is_success;
  failure.failure = is_readable_error ? classify_failure(tag, failure.http_status,
                                                         failure.venue_code, root.message)
                                      : FailureClass::kUnknown;
  out.reports.clear();
  out.balances.clear();
  if (tag == RequestTag::kMassCancel && failure.failure == FailureClass::kNoSuchOrder) {
    out.kind = MessageKind::kResult;  // nothing was open: all of it is cancelled
    return;
  }
  const auto kind = request_kind(tag);
  out.kind = kind ? MessageKind::kFailure : MessageKind::kSessionFailure;
  failure.kind = kind.value_or(RequestKind::kQuery);
  failure.order_id = out.request.order_id();
  failure.symbol = out.request.symbol();
}

bool MessageDecoder::Impl::read_error(ondemand::value value, Root& root,
                                      DecodedMessage& out) noexcept {
  std::int64_t code = 0;
  std::int64_t server_time = 0;
  std::int64_t retry_after = 0;
  const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
    if (key == "code") return read_int(field, code);
    if (key == "msg") return read_text(field, root.message);
    if (key != "data" || field.type().value_unsafe() != ondemand::json_type::object) return true;
    return for_each_field(field, [&](std::string_view name, ondemand::value time) {
      if (name == "serverTime") return read_int(time, server_time);
      if (name == "retryAfter") return read_int(time, retry_after);
      return true;
    });
  });
  if (!is_read || code < -1'000'000 || code > 1'000'000) return false;
  out.failure.venue_code = static_cast<std::int32_t>(code);
  out.server_time = wall_of_ms(server_time);
  out.retry_after = wall_of_ms(retry_after);
  return true;
}

SymbolId MessageDecoder::Impl::find_symbol(std::string_view text) noexcept {
  if (last_symbol != kNoSymbol && instruments.at(last_symbol).symbol == text) return last_symbol;
  const auto found = instruments.find(text);
  if (!found) return kNoSymbol;
  return last_symbol = *found;
}

AssetId MessageDecoder::Impl::find_asset(std::string_view text) noexcept {
  if (last_asset != kNoAsset && instruments.asset_name(last_asset) == text) return last_asset;
  const auto found = instruments.find_asset(text);
  if (!found) return kNoAsset;
  return last_asset = *found;
}

bool MessageDecoder::Impl::read_result(ondemand::value value, MonoTime received,
                                       DecodedMessage& out) noexcept {
  switch (out.request.tag) {
    case RequestTag::kNewOrder:
    case RequestTag::kCancel:
      return read_order(value, received, ReportSource::kReply, ListPolicy::kRefuse, out);
    case RequestTag::kQuery:
      return read_order(value, received, ReportSource::kQuery, ListPolicy::kRefuse, out);
    case RequestTag::kMassCancel:
      return for_each_element(value, [&](ondemand::value order) {
        return read_order(order, received, ReportSource::kReply, ListPolicy::kAccept, out);
      });
    case RequestTag::kOpenOrders:
      return for_each_element(value, [&](ondemand::value order) {
        return read_order(order, received, ReportSource::kQuery, ListPolicy::kRefuse, out);
      });
    case RequestTag::kTrades:
      return for_each_element(
          value, [&](ondemand::value trade) { return read_trade(trade, received, out); });
    case RequestTag::kAccount: {
      bool has_balances = false;
      const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
        if (key != "balances") return true;
        has_balances = true;
        return read_balances(field, {"asset", "free", "locked"}, out);
      });
      return is_read && has_balances;
    }
    case RequestTag::kLogon:
    case RequestTag::kSubscribe: {
      std::int64_t server_time = 0;
      const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
        return key != "serverTime" || read_int(field, server_time);
      });
      out.server_time = wall_of_ms(server_time);
      return is_read;
    }
  }
  return false;
}

bool MessageDecoder::Impl::read_order(ondemand::value value, MonoTime received, ReportSource source,
                                      ListPolicy lists, DecodedMessage& out) noexcept {
  const std::size_t first = out.reports.size();
  if (!push(out.reports, VenueReport{.received = received, .source = source})) return false;
  OrderFields order;
  bool is_list = false;
  const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
    if (key == "fills") {
      return for_each_element(field, [&](ondemand::value fill) { return read_fill(fill, out); });
    }
    if (key == "orderReports" && lists == ListPolicy::kAccept) {
      is_list = true;
      return for_each_element(field, [&](ondemand::value leg) {
        return read_order(leg, received, source, ListPolicy::kRefuse, out);
      });
    }
    return read_order_field(key, field, order);
  });
  if (!is_read) return false;
  if (!is_list) return complete_order(order, first, out);
  out.reports.erase(out.reports.begin() + static_cast<std::ptrdiff_t>(first));
  return true;
}

bool MessageDecoder::Impl::read_fill(ondemand::value value, DecodedMessage& out) noexcept {
  VenueReport fill{.exec_type = ExecType::kTrade, .liquidity = Liquidity::kTaker};
  std::string_view px;
  std::string_view qty;
  std::string_view fee{"0"};
  std::string_view asset;
  std::int64_t trade_id = -1;
  const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
    if (key == "price") return read_text(field, px);
    if (key == "qty") return read_text(field, qty);
    if (key == "commission") return read_text(field, fee);
    if (key == "commissionAsset") return read_text_or_null(field, asset);
    if (key == "tradeId") return read_int(field, trade_id);
    return true;
  });
  if (!is_read || !parse_decimal(px, fill.last_px) || !parse_decimal(qty, fill.last_qty) ||
      !parse_decimal(fee, fill.fee)) {
    return false;
  }
  fill.trade_id = TradeId{id_of(trade_id)};
  fill.fee_asset = find_asset(asset);
  return push(out.reports, fill);
}

bool MessageDecoder::Impl::complete_order(const OrderFields& order, std::size_t first,
                                          DecodedMessage& out) noexcept {
  const RequestTag tag = out.request.tag;
  VenueReport report = out.reports[first];
  const bool is_ack = order.status.empty() && tag == RequestTag::kNewOrder;
  const auto state = is_ack ? OrderState::kNew : parse_order_status(order.status);
  const auto side = is_ack ? Side::kBuy : parse_side(order.side);
  if (!state || !side || order.order_id < 0 || order.symbol.empty()) return false;
  report.symbol = find_symbol(order.symbol);
  report.venue_order_id = VenueOrderId{id_of(order.order_id)};
  report.venue_time = wall_of_ms(order.time_ms);
  report.side = *side;
  report.state = *state;
  report.exec_type = exec_type_of(*state);
  // On a cancel `clientOrderId` names the cancel request, `origClientOrderId` the order.
  const auto client_id = order.orig_client_id.empty() ? order.client_id : order.orig_client_id;
  report.order_id = out.request.order_id();
  if (report.order_id == OrderId{}) {
    report.order_id = cl_ord_ids.decode(client_id).value_or(OrderId{});
  }
  // An acknowledgement states no amounts; whatever else states a status states all of them, and a
  // missing one is not a zero.
  const bool has_amounts =
      is_ack || (parse_decimal(order.px, report.px) && parse_decimal(order.qty, report.qty) &&
                 parse_decimal(order.cum_qty, report.cum_qty) &&
                 parse_decimal(order.cum_quote, report.cum_quote));
  if (!has_amounts) {
    // Another symbol's numbers may leave our range; they are nobody's loss here.
    out.reports.resize(first);
    return report.symbol == kNoSymbol && report.order_id == OrderId{};
  }
  if (tag != RequestTag::kNewOrder || *state == OrderState::kRejected) {
    out.reports.resize(first + 1);
    out.reports[first] = report;
    return true;
  }
  return spread_new_order(report, first, out);
}

// The answer to a new order states where it ended; the seam wants the facts that led there.
bool MessageDecoder::Impl::spread_new_order(const VenueReport& order, std::size_t first,
                                            DecodedMessage& out) noexcept {
  const std::size_t last = out.reports.size();
  if (last == first + 1 && !order.cum_qty.is_zero()) {
    out.reports[first] = order;  // executed, and no fills stated
    return true;
  }
  VenueReport running = order;
  running.exec_type = ExecType::kNew;
  running.state = OrderState::kNew;
  running.cum_qty = {};
  running.cum_quote = {};
  out.reports[first] = running;
  for (std::size_t i = first + 1; i < last; ++i) {
    const VenueReport fill = out.reports[i];
    const auto cum_qty = checked_add(running.cum_qty, fill.last_qty);
    const auto cum_quote = checked_add(running.cum_quote, notional(fill.last_px, fill.last_qty));
    if (!cum_qty || !cum_quote) return false;
    running.cum_qty = *cum_qty;
    running.cum_quote = *cum_quote;
    if (i + 1 == last && running.cum_qty == order.cum_qty) running.cum_quote = order.cum_quote;
    running.exec_type = ExecType::kTrade;
    running.state =
        running.cum_qty >= order.qty ? OrderState::kFilled : OrderState::kPartiallyFilled;
    running.last_px = fill.last_px;
    running.last_qty = fill.last_qty;
    running.fee = fill.fee;
    running.fee_asset = fill.fee_asset;
    running.trade_id = fill.trade_id;
    running.liquidity = fill.liquidity;
    out.reports[i] = running;
  }
  if (!is_terminal(order.state) || order.state == OrderState::kFilled) return true;
  return push(out.reports, order);
}

bool MessageDecoder::Impl::read_trade(ondemand::value value, MonoTime received,
                                      DecodedMessage& out) noexcept {
  VenueReport trade{.received = received,
                    .exec_type = ExecType::kTrade,
                    .state = OrderState::kPartiallyFilled,
                    .source = ReportSource::kQuery};
  std::string_view symbol;
  std::string_view px;
  std::string_view qty;
  std::string_view fee{"0"};
  std::string_view asset;
  std::int64_t trade_id = -1;
  std::int64_t order_id = -1;
  std::int64_t time_ms = 0;
  bool is_buyer = false;
  bool is_maker = false;
  const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
    if (key == "symbol") return read_text(field, symbol);
    if (key == "id") return read_int(field, trade_id);
    if (key == "orderId") return read_int(field, order_id);
    if (key == "price") return read_text(field, px);
    if (key == "qty") return read_text(field, qty);
    if (key == "commission") return read_text(field, fee);
    if (key == "commissionAsset") return read_text_or_null(field, asset);
    if (key == "time") return read_int(field, time_ms);
    if (key == "isBuyer") return read_bool(field, is_buyer);
    if (key == "isMaker") return read_bool(field, is_maker);
    return true;
  });
  if (!is_read || trade_id < 0 || order_id < 0 || !parse_decimal(px, trade.last_px) ||
      !parse_decimal(qty, trade.last_qty) || !parse_decimal(fee, trade.fee)) {
    return false;
  }
  trade.order_id = out.request.order_id();
  trade.symbol = find_symbol(symbol);
  trade.trade_id = TradeId{id_of(trade_id)};
  trade.venue_order_id = VenueOrderId{id_of(order_id)};
  trade.venue_time = wall_of_ms(time_ms);
  trade.fee_asset = find_asset(asset);
  trade.side = is_buyer ? Side::kBuy : Side::kSell;
  trade.liquidity = is_maker ? Liquidity::kMaker : Liquidity::kTaker;
  return push(out.reports, trade);
}

bool MessageDecoder::Impl::read_balances(ondemand::value value, const BalanceKeys& keys,
                                         DecodedMessage& out) noexcept {
  return for_each_element(value, [&](ondemand::value element) {
    std::string_view asset;
    std::string_view free;
    std::string_view locked;
    const bool is_read = for_each_field(element, [&](std::string_view key, ondemand::value field) {
      if (key == keys.asset) return read_text(field, asset);
      if (key == keys.free) return read_text(field, free);
      if (key == keys.locked) return read_text(field, locked);
      return true;
    });
    if (!is_read) return false;
    VenueBalance balance{.asset = find_asset(asset)};
    if (balance.asset == kNoAsset) return true;  // an asset that no instrument of ours trades
    if (!parse_decimal(free, balance.free) || !parse_decimal(locked, balance.locked) ||
        out.balances.size() == DecodedMessage::kEntriesMax) {
      return false;
    }
    out.balances.push_back(balance);
    return true;
  });
}

bool MessageDecoder::Impl::read_event(ondemand::value value, MonoTime received,
                                      DecodedMessage& out) noexcept {
  out.kind = MessageKind::kMalformedEvent;
  ondemand::object event;
  std::string_view type;
  if (value.get_object().get(event) != simdjson::SUCCESS ||
      event.find_field_unordered("e").get_string().get(type) != simdjson::SUCCESS ||
      event.reset().error() != simdjson::SUCCESS) {
    return false;
  }
  const MessageKind kind = kind_of_event(type);
  if (kind == MessageKind::kOrderEvent) return read_execution_report(event, received, out);
  if (kind == MessageKind::kBalanceEvent) {
    bool has_balances = false;
    const bool is_read = for_each_field(event, [&](std::string_view key, ondemand::value field) {
      if (key != "B") return true;
      has_balances = true;
      return read_balances(field, {"a", "f", "l"}, out);
    });
    if (!is_read || !has_balances) return false;
  }
  out.kind = kind;
  return true;
}

bool MessageDecoder::Impl::read_execution_report(ondemand::object object, MonoTime received,
                                                 DecodedMessage& out) noexcept {
  EventFields event;
  const bool is_read = for_each_field(object, [&](std::string_view key, ondemand::value field) {
    return read_event_field(key, field, event);
  });
  if (!is_read || event.symbol.empty()) return false;
  VenueReport report{.received = received, .symbol = find_symbol(event.symbol)};
  // On a cancel `c` names the cancel request and `C` the order; before 2018 `C` was "null".
  const bool has_orig = !event.orig_client_id.empty() && event.orig_client_id != "null";
  const auto client_id = has_orig ? event.orig_client_id : event.client_id;
  report.order_id = cl_ord_ids.decode(client_id).value_or(OrderId{});
  if (complete_execution_report(event, report)) {
    out.kind = MessageKind::kOrderEvent;
    return push(out.reports, report);
  }
  // Another symbol's numbers may leave our range; they are nobody's loss here.
  const bool is_foreign = report.symbol == kNoSymbol && report.order_id == OrderId{};
  if (is_foreign) out.kind = MessageKind::kIgnoredEvent;
  return is_foreign;
}

bool MessageDecoder::Impl::complete_execution_report(const EventFields& event,
                                                     VenueReport& report) noexcept {
  const auto state = parse_order_status(event.status);
  const auto side = parse_side(event.side);
  if (!state || !side || event.order_id < 0 || event.time_ms < 0) return false;
  const auto exec_type = parse_execution_type(event.exec_type, *state);
  if (!exec_type || !parse_decimal(event.px, report.px) || !parse_decimal(event.qty, report.qty) ||
      !parse_decimal(event.cum_qty, report.cum_qty) ||
      !parse_decimal(event.cum_quote, report.cum_quote)) {
    return false;
  }
  report.venue_order_id = VenueOrderId{id_of(event.order_id)};
  report.exec_id = ExecId{id_of(event.exec_id)};
  report.venue_time = wall_of_ms(event.time_ms);
  report.side = *side;
  report.state = *state;
  report.exec_type = *exec_type;
  if (*exec_type != ExecType::kTrade) return true;
  if (event.trade_id < 0 || !parse_decimal(event.last_px, report.last_px) ||
      !parse_decimal(event.last_qty, report.last_qty) || !parse_decimal(event.fee, report.fee)) {
    return false;
  }
  report.trade_id = TradeId{id_of(event.trade_id)};
  report.fee_asset = find_asset(event.fee_asset);
  report.liquidity = event.is_maker ? Liquidity::kMaker : Liquidity::kTaker;
  return true;
}

}  // namespace portcullis::oms::binance
