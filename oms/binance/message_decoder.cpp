#include "oms/binance/message_decoder.hpp"

#include <utility>

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "oms/binance/answer_head.hpp"
#include "oms/binance/failure_class.hpp"
#include "oms/binance/report_builder.hpp"
#include "oms/binance/stated_fields.hpp"

namespace portcullis::oms::binance {

namespace {

namespace ondemand = simdjson::ondemand;

// The unit of a rate limit's window.
[[nodiscard]] std::int32_t seconds_of(std::string_view interval) noexcept {
  if (interval == "SECOND") return 1;
  if (interval == "MINUTE") return 60;
  return interval == "HOUR" ? 3'600 : 86'400;
}

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

// Whether an order list (several orders under one object) may stand where an order is expected.
enum class ListPolicy : std::uint8_t { kRefuse, kAccept };

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
  window.interval_s = static_cast<std::int32_t>(number) * seconds_of(interval);
  out.has_rate_budget = true;
  if (type == "REQUEST_WEIGHT") {
    out.budget.request_weight = window;
  } else if (type == "RAW_REQUESTS") {
    out.budget.raw_requests = window;
  } else if (type == "ORDERS") {
    (interval == "DAY" ? out.budget.orders_day : out.budget.orders_short) = window;
  }
  return true;
}

}  // namespace

struct MessageDecoder::Impl {
  ReportBuilder builder;
  std::size_t message_bytes_max;
  ondemand::parser parser;

  bool decode_root(ondemand::document& document, AnswerHead& head, MonoTime received,
                   DecodedMessage& out) noexcept;
  bool read_result(ondemand::value value, MonoTime received, DecodedMessage& out) noexcept;
  bool read_order(ondemand::value value, MonoTime received, ReportSource source, ListPolicy lists,
                  DecodedMessage& out) noexcept;
  bool read_order(ondemand::object object, MonoTime received, ReportSource source, ListPolicy lists,
                  DecodedMessage& out) noexcept;
  bool read_list(ondemand::value value, MonoTime received, DecodedMessage& out) noexcept;
  bool read_legs(ondemand::value value, MonoTime received, ReportSource source,
                 DecodedMessage& out) noexcept;
  bool read_amended(ondemand::value value, MonoTime received, DecodedMessage& out) noexcept;
  bool read_error(ondemand::value value, AnswerHead& head, MonoTime received,
                  DecodedMessage& out) noexcept;
  bool read_replace_field(std::string_view key, ondemand::value value, MonoTime received,
                          DecodedMessage& out) noexcept;
  bool read_half(ondemand::value value, RequestTag tag, MonoTime received, ReplaceHalf& half,
                 DecodedMessage& out) noexcept;
  bool read_fill(ondemand::value value, DecodedMessage& out) noexcept;
  bool read_trade(ondemand::value value, MonoTime received, DecodedMessage& out) noexcept;
  bool read_balances(ondemand::value value, const BalanceFields& keys,
                     DecodedMessage& out) noexcept;
  bool read_event(ondemand::value value, MonoTime received, DecodedMessage& out) noexcept;
  bool read_balance_change(ondemand::object object, bool is_lock, DecodedMessage& out) noexcept;
  bool read_list_status(ondemand::object object, DecodedMessage& out) noexcept;
  bool read_execution_report(ondemand::object object, MonoTime received,
                             DecodedMessage& out) noexcept;
};

namespace {

bool read_id(ondemand::value value, AnswerHead& head, DecodedMessage& out) noexcept {
  head.has_id = false;
  // Numbers and null are ids of somebody else's requests, or of none.
  if (value.type().value_unsafe() != ondemand::json_type::string) return true;
  std::string_view text;
  if (!read_text(value, text)) return false;
  const auto id = parse_request_id(text);
  head.has_id = id.has_value();
  if (id) out.request = *id;
  return true;
}

bool read_order_field(std::string_view key, ondemand::value value, OrderFields& order) noexcept {
  if (key == "symbol") return read_text(value, order.symbol);
  if (key == "orderId") return read_int(value, order.order_id);
  if (key == "orderListId") return read_int(value, order.list_id);
  if (key == "clientOrderId") return read_text(value, order.client_id);
  if (key == "origClientOrderId") return read_text(value, order.orig_client_id);
  if (key == "price") return read_text(value, order.px);
  if (key == "origQty") return read_text(value, order.qty);
  if (key == "executedQty") return read_text(value, order.cum_qty);
  // The venue's own spelling.
  if (key == "cummulativeQuoteQty") return read_text(value, order.cum_quote);
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
    case 'L': return read_text(value, event.fill.px);
    case 'l': return read_text(value, event.fill.qty);
    case 'n': return read_text_or_null(value, event.fill.fee);
    case 'N': return read_text_or_null(value, event.fill.fee_asset);
    case 'i': return read_int(value, event.order_id);
    case 't': return read_int(value, event.fill.trade_id);
    case 'I': return read_int(value, event.exec_id);
    case 'T': return read_int(value, event.time_ms);
    case 'm': return read_bool(value, event.is_maker);
    default: return true;
  }
}

bool take_code(std::int64_t code, std::int32_t& out) noexcept {
  if (code < -1'000'000 || code > 1'000'000) return false;
  out = static_cast<std::int32_t>(code);
  return true;
}

bool read_replace_word(ondemand::value value, ReplaceWord& out) noexcept {
  std::string_view text;
  if (!read_text(value, text)) return false;
  if (text == "SUCCESS") out = ReplaceWord::kSuccess;
  if (text == "FAILURE") out = ReplaceWord::kFailure;
  if (text == "NOT_ATTEMPTED") out = ReplaceWord::kNotAttempted;
  return true;  // any other word leaves it unsaid
}

}  // namespace

MessageDecoder::MessageDecoder(const InstrumentTable& instruments, const ClOrdIdCodec& cl_ord_ids,
                               std::size_t message_bytes_max)
    : impl_{new Impl{.builder = ReportBuilder{instruments, cl_ord_ids},
                     .message_bytes_max = message_bytes_max,
                     .parser = ondemand::parser{}}} {
  // All the parser will ever need, so that a long message costs no allocation on the hot thread.
  const auto error = impl_->parser.allocate(message_bytes_max);
  if (error != simdjson::SUCCESS) impl_->message_bytes_max = 0;
}

MessageDecoder::~MessageDecoder() = default;

void MessageDecoder::decode(std::string_view payload, MonoTime received,
                            DecodedMessage& out) noexcept {
  out.reset(received);
  if (payload.size() > impl_->message_bytes_max) return;
  ondemand::document document;
  const simdjson::padded_string_view padded{payload.data(), payload.size(),
                                            payload.size() + simdjson::SIMDJSON_PADDING};
  if (impl_->parser.iterate(padded).get(document) != simdjson::SUCCESS) return;
  AnswerHead head;
  bool is_whole = impl_->decode_root(document, head, received, out);
  const bool is_mixed = head.has_event && (head.has_result || head.has_error);
  const bool may_reread = head.has_result && !head.is_result_read && head.knows_how_to_read();
  if (is_whole && may_reread && !is_mixed) {
    // The result stood before the id or the status that say how to read it.
    document.rewind();
    is_whole = impl_->decode_root(document, head, received, out);
  }
  if (out.kind != MessageKind::kGarbage) {  // an event
    if (!is_whole || is_mixed) out.spoil(MessageKind::kMalformedEvent);
    if (!out.parked.name.empty()) out.parked.text = payload;
    return;
  }
  if (!is_whole && !head.is_bad) return out.spoil(MessageKind::kGarbage);
  conclude_answer(head, out);
}

bool MessageDecoder::Impl::decode_root(ondemand::document& document, AnswerHead& head,
                                       MonoTime received, DecodedMessage& out) noexcept {
  ondemand::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS) return false;
  const bool is_read = for_each_field(object, [&](std::string_view key, ondemand::value value) {
    if (key == "id") return read_id(value, head, out);
    if (key == "status") return head.has_status = read_int(value, head.status);
    if (key == "event") {
      // A second one would add its facts to those of the first.
      return !std::exchange(head.has_event, true) && read_event(value, received, out);
    }
    if (key == "rateLimits") {
      return for_each_element(value, [&](ondemand::value v) { return read_rate_limit(v, out); });
    }
    if (key == "error") {
      head.has_error = true;
      head.is_bad = !read_error(value, head, received, out);
      return !head.is_bad;
    }
    if (key == "result") {
      head.has_result = true;
      if (!head.knows_how_to_read()) return true;
      head.is_result_read = true;
      head.is_bad = !read_result(value, received, out);
      return !head.is_bad;
    }
    return true;
  });
  return is_read && document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

bool MessageDecoder::Impl::read_result(ondemand::value value, MonoTime received,
                                       DecodedMessage& out) noexcept {
  switch (out.request.tag) {
    case RequestTag::kNewOrder:
      return read_order(value, received, ReportSource::kReply, ListPolicy::kRefuse, out);
    case RequestTag::kCancel:  // of one order of a list all are
      return read_order(value, received, ReportSource::kReply, ListPolicy::kAccept, out);
    case RequestTag::kListOfTwo:
    case RequestTag::kListOfThree:
    case RequestTag::kListCancel: return read_list(value, received, out);
    case RequestTag::kQuery:
    case RequestTag::kOrderLookup:
      return read_order(value, received, ReportSource::kQuery, ListPolicy::kRefuse, out);
    case RequestTag::kReplace:
      return for_each_field(value, [&](std::string_view key, ondemand::value field) {
        return read_replace_field(key, field, received, out);
      });
    case RequestTag::kAmend: return read_amended(value, received, out);
    case RequestTag::kMassCancel:
    case RequestTag::kSymbolCancel:
      return for_each_element(value, [&](ondemand::value order) {
        return read_order(order, received, ReportSource::kReply, ListPolicy::kAccept, out);
      });
    case RequestTag::kOpenOrders:
      return for_each_element(value, [&](ondemand::value order) {
        return read_order(order, received, ReportSource::kQuery, ListPolicy::kRefuse, out);
      });
    case RequestTag::kTrades:
    case RequestTag::kTradesSince:
      return for_each_element(
          value, [&](ondemand::value trade) { return read_trade(trade, received, out); });
    case RequestTag::kAccount: {
      bool has_balances = false;
      std::int64_t updated_ms = 0;
      const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
        if (key == "updateTime") return read_int(field, updated_ms);
        if (key != "balances") return true;
        has_balances = true;
        return read_balances(field, {"asset", "free", "locked"}, out);
      });
      // An account lists every asset there is; what is not configured is nobody's event.
      out.parked = {};
      for (VenueBalance& balance : out.balances) balance.updated = wall_of_ms(updated_ms);
      return is_read && has_balances;
    }
    case RequestTag::kLogon:
    case RequestTag::kSubscribe:
    case RequestTag::kTime: {
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

bool MessageDecoder::Impl::read_error(ondemand::value value, AnswerHead& head, MonoTime received,
                                      DecodedMessage& out) noexcept {
  std::int64_t code = 0;
  std::int64_t server_time = 0;
  std::int64_t retry_after = 0;
  const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
    if (key == "code") return read_int(field, code);
    if (key == "msg") return read_text(field, head.message);
    if (key != "data" || field.type().value_unsafe() != ondemand::json_type::object) return true;
    return for_each_field(field, [&](std::string_view name, ondemand::value each) {
      if (name == "serverTime") return read_int(each, server_time);
      if (name == "retryAfter") return read_int(each, retry_after);
      return read_replace_field(name, each, received, out);
    });
  });
  if (!is_read || !take_code(code, out.failure.venue_code)) return false;
  out.server_time = wall_of_ms(server_time);
  out.retry_after = wall_of_ms(retry_after);
  return true;
}

// The same four fields are the result of a cancelReplace and the data of its error.
bool MessageDecoder::Impl::read_replace_field(std::string_view key, ondemand::value value,
                                              MonoTime received, DecodedMessage& out) noexcept {
  ReplaceAnswer& halves = out.replace;
  if (key == "cancelResult") return read_replace_word(value, halves.cancel.word);
  if (key == "newOrderResult") return read_replace_word(value, halves.placement.word);
  if (key == "cancelResponse") {
    return read_half(value, RequestTag::kCancel, received, halves.cancel, out);
  }
  if (key == "newOrderResponse") {
    return read_half(value, RequestTag::kNewOrder, received, halves.placement, out);
  }
  return true;
}

// An order as the answer to the half alone would state it, an error, or null.
bool MessageDecoder::Impl::read_half(ondemand::value value, RequestTag tag, MonoTime received,
                                     ReplaceHalf& half, DecodedMessage& out) noexcept {
  bool is_null = false;
  if (value.is_null().get(is_null) != simdjson::SUCCESS) return false;
  if (is_null) return true;
  ondemand::object object;
  std::int64_t code = 0;
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  half.has_error = object.find_field_unordered("code").get_int64().get(code) == simdjson::SUCCESS;
  if (object.reset().error() != simdjson::SUCCESS) return false;
  if (!half.has_error) {
    // Each order by its own client id: the request's is the new order's.
    const RequestId asked = std::exchange(out.request, {tag, 0});
    half.has_order = read_order(object, received, ReportSource::kReply, ListPolicy::kRefuse, out);
    out.request = asked;
    return half.has_order;
  }
  std::string_view message;
  const bool is_read = for_each_field(object, [&](std::string_view key, ondemand::value field) {
    return key != "msg" || read_text(field, message);
  });
  constexpr std::int32_t kBadRequest = 400;  // a half has no status of its own
  half.failure = classify_failure(tag, kBadRequest, static_cast<std::int32_t>(code), message);
  return is_read && take_code(code, half.venue_code);
}

// An amended order is spelled a little differently.
bool MessageDecoder::Impl::read_amended(ondemand::value value, MonoTime received,
                                        DecodedMessage& out) noexcept {
  if (!ReportBuilder::open_order(received, ReportSource::kReply, out)) return false;
  OrderFields order;
  bool has_order = false;
  const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
    if (key == "transactTime") return read_int(field, order.time_ms);
    if (key != "amendedOrder" || std::exchange(has_order, true)) return key != "amendedOrder";
    return for_each_field(field, [&](std::string_view name, ondemand::value each) {
      if (name == "qty") return read_text(each, order.qty);
      if (name == "cumulativeQuoteQty") return read_text(each, order.cum_quote);
      return read_order_field(name, each, order);
    });
  });
  return is_read && has_order && builder.complete_order(order, 0, out);
}

bool MessageDecoder::Impl::read_order(ondemand::value value, MonoTime received, ReportSource source,
                                      ListPolicy lists, DecodedMessage& out) noexcept {
  ondemand::object object;
  return value.get_object().get(object) == simdjson::SUCCESS &&
         read_order(object, received, source, lists, out);
}

bool MessageDecoder::Impl::read_order(ondemand::object object, MonoTime received,
                                      ReportSource source, ListPolicy lists,
                                      DecodedMessage& out) noexcept {
  const std::size_t first = out.reports.size();
  if (!ReportBuilder::open_order(received, source, out)) return false;
  OrderFields order;
  bool is_list = false;
  const bool is_read = for_each_field(object, [&](std::string_view key, ondemand::value field) {
    if (key == "fills") {
      return for_each_element(field, [&](ondemand::value fill) { return read_fill(fill, out); });
    }
    if (key == "orderReports" && lists == ListPolicy::kAccept) {
      is_list = true;
      return read_legs(field, received, source, out);
    }
    return read_order_field(key, field, order);
  });
  if (!is_read) return false;
  if (!is_list) return builder.complete_order(order, first, out);
  out.reports.erase(out.reports.begin() + static_cast<std::ptrdiff_t>(first));
  return true;
}

// A list that was placed or cancelled. Of its own fields nothing is needed: its orders say it all.
bool MessageDecoder::Impl::read_list(ondemand::value value, MonoTime received,
                                     DecodedMessage& out) noexcept {
  bool has_legs = false;
  return for_each_field(value,
                        [&](std::string_view key, ondemand::value field) {
                          if (key != "orderReports") return true;
                          return !std::exchange(has_legs, true) &&
                                 read_legs(field, received, ReportSource::kReply, out);
                        }) &&
         has_legs;
}

// Each order by its own client id: the request is about all of them. One of a new list is stated as
// the answer to a new order would state it.
bool MessageDecoder::Impl::read_legs(ondemand::value value, MonoTime received, ReportSource source,
                                     DecodedMessage& out) noexcept {
  const RequestId asked = out.request;
  out.request = {order_count(asked.tag) > 0 ? RequestTag::kNewOrder : RequestTag::kCancel, 0};
  const bool is_read = for_each_element(value, [&](ondemand::value leg) {
    return read_order(leg, received, source, ListPolicy::kRefuse, out);
  });
  out.request = asked;
  return is_read;
}

bool MessageDecoder::Impl::read_fill(ondemand::value value, DecodedMessage& out) noexcept {
  FillFields fill;
  const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
    if (key == "price") return read_text(field, fill.px);
    if (key == "qty") return read_text(field, fill.qty);
    if (key == "commission") return read_text(field, fill.fee);
    if (key == "commissionAsset") return read_text_or_null(field, fill.fee_asset);
    if (key == "tradeId") return read_int(field, fill.trade_id);
    return true;
  });
  return is_read && builder.add_fill(fill, out);
}

bool MessageDecoder::Impl::read_trade(ondemand::value value, MonoTime received,
                                      DecodedMessage& out) noexcept {
  TradeFields trade;
  const bool is_read = for_each_field(value, [&](std::string_view key, ondemand::value field) {
    if (key == "symbol") return read_text(field, trade.symbol);
    if (key == "id") return read_int(field, trade.fill.trade_id);
    if (key == "orderId") return read_int(field, trade.order_id);
    if (key == "price") return read_text(field, trade.fill.px);
    if (key == "qty") return read_text(field, trade.fill.qty);
    if (key == "commission") return read_text(field, trade.fill.fee);
    if (key == "commissionAsset") return read_text_or_null(field, trade.fill.fee_asset);
    if (key == "time") return read_int(field, trade.time_ms);
    if (key == "isBuyer") return read_bool(field, trade.is_buyer);
    if (key == "isMaker") return read_bool(field, trade.is_maker);
    return true;
  });
  return is_read && builder.add_trade(trade, received, out);
}

// `keys` names the fields: an account and an event spell them differently.
bool MessageDecoder::Impl::read_balances(ondemand::value value, const BalanceFields& keys,
                                         DecodedMessage& out) noexcept {
  return for_each_element(value, [&](ondemand::value element) {
    BalanceFields balance;
    const bool is_read = for_each_field(element, [&](std::string_view key, ondemand::value field) {
      if (key == keys.asset) return read_text(field, balance.asset);
      if (key == keys.free) return read_text(field, balance.free);
      if (key == keys.locked) return read_text(field, balance.locked);
      return true;
    });
    return is_read && builder.add_balance(balance, out);
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
  if (kind == MessageKind::kBalanceChange) {
    return read_balance_change(event, type == "externalLockUpdate", out);
  }
  if (kind == MessageKind::kListEvent) return read_list_status(event, out);
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

bool MessageDecoder::Impl::read_balance_change(ondemand::object object, bool is_lock,
                                               DecodedMessage& out) noexcept {
  BalanceChangeFields change;
  return for_each_field(object,
                        [&](std::string_view key, ondemand::value field) {
                          if (key == "a") return read_text(field, change.asset);
                          if (key == "d") return read_text(field, change.delta);
                          if (key == "T") return read_int(field, change.time_ms);
                          return true;
                        }) &&
         builder.add_balance_change(change, is_lock, out);
}

bool MessageDecoder::Impl::read_list_status(ondemand::object object, DecodedMessage& out) noexcept {
  ListStatusFields list;
  return for_each_field(object,
                        [&](std::string_view key, ondemand::value field) {
                          if (key == "s") return read_text(field, list.symbol);
                          if (key == "C") return read_text(field, list.client_id);
                          if (key == "l") return read_text(field, list.status_type);
                          return true;
                        }) &&
         builder.add_list_status(list, out);
}

bool MessageDecoder::Impl::read_execution_report(ondemand::object object, MonoTime received,
                                                 DecodedMessage& out) noexcept {
  EventFields event;
  return for_each_field(object,
                        [&](std::string_view key, ondemand::value field) {
                          return read_event_field(key, field, event);
                        }) &&
         builder.add_execution_report(event, received, out);
}

}  // namespace portcullis::oms::binance
