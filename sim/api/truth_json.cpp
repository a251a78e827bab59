#include "sim/api/truth_json.hpp"

#include "sim/api/truth_log.hpp"
#include "sim/render/order_json.hpp"
#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

void write_fields(JsonOut& out, const RequestRecord& request, const TruthNames& names) {
  out.field("number", request.number).field("inNs", count_ns(request.in)).key("outNs");
  if (request.out) {
    out.number(count_ns(*request.out));
  } else {
    out.null();
  }
  out.field("account", names.accounts.name_of(request.account))
      .field("remote", request.remote)
      .field("protocol", request.is_ws ? "ws" : "rest")
      .field("method", request.method)
      .field("symbol", request.symbol)
      .field("clientOrderId", request.client_order_id)
      .field("status", request.status)
      .field("code", request.code)
      .field("reply", request.reply);
}

void write_fields(JsonOut& out, const MessageRecord& message, const TruthNames& names) {
  out.field("number", message.number)
      .field("timeNs", count_ns(message.time))
      .field("account", names.accounts.name_of(message.account))
      .field("method", message.method)
      .field("symbol", message.symbol)
      .field("clientOrderId", message.client_order_id)
      .field("code", message.code);
}

void write_fields(JsonOut& out, const OrderEventRecord& event, const TruthNames& names) {
  out.field("number", event.number)
      .field("timeNs", count_ns(event.time))
      .field("account", names.accounts.name_of(event.account))
      .field("symbol", names.exchange.symbols()[event.symbol].symbol)
      .field("orderId", event.order_id)
      .field("clientOrderId", event.client_order_id)
      .field("executionId", event.execution_id)
      .field("type", venue_text(event.type))
      .field("status", venue_text(event.status))
      .field("side", venue_text(event.side))
      .field("price", event.px)
      .field("qty", event.qty)
      .field("cumQty", event.cum_qty);
  if (event.type != AccountEvent::Type::kTrade) return;
  out.field("lastQty", event.last_qty)
      .field("lastPrice", event.last_px)
      .field("tradeId", event.trade_id)
      .field("isMaker", event.is_maker);
}

void write_fields(JsonOut& out, const FillRecord& record, const TruthNames& names) {
  const Fill& fill = record.fill;
  out.field("number", record.number)
      .field("timeNs", count_ns(fill.time))
      .field("account", names.accounts.name_of(fill.account))
      .field("symbol", names.exchange.symbols()[fill.symbol].symbol)
      .field("tradeId", fill.trade_id)
      .field("orderId", fill.order_id)
      .field("side", venue_text(fill.side))
      .field("price", fill.px)
      .field("qty", fill.qty)
      .field("quoteQty", fill.quote)
      .field("commission", fill.fee)
      .field("commissionAsset", fill.fee_asset)
      .field("isMaker", fill.is_maker);
}

void write_fields(JsonOut& out, const TransferRecord& transfer, const TruthNames& names) {
  out.field("number", transfer.number)
      .field("timeNs", count_ns(transfer.time))
      .field("account", names.accounts.name_of(transfer.account))
      .field("asset", transfer.asset)
      .field("amount", transfer.amount)
      .field("isLock", transfer.is_lock);
}

void write_balances(JsonOut& out, const std::vector<Balance>& balances) {
  out.open_object();
  for (const Balance& balance : balances) {
    out.key(balance.asset)
        .open_object()
        .field("free", balance.free)
        .field("locked", balance.locked)
        .close_object();
  }
  out.close_object();
}

namespace {

void write_account(JsonOut& out, const TruthLog& truth, const TruthNames& names,
                   SimAccountId account, WallTime since) {
  out.open_object().key("balances");
  write_balances(out, names.exchange.balances(account));
  out.key("orders").open_array();
  for (const auto& [key, order] : truth.orders()) {
    if (order.account != account || order.updated < since) continue;
    write_order(out, names.exchange.symbols()[order.symbol], order);
  }
  out.close_array().key("fills").open_array();
  for (const FillRecord& record : truth.fills()) {
    if (record.fill.account != account || record.fill.time < since) continue;
    write_trade(out, names.exchange.symbols()[record.fill.symbol], record.fill);
  }
  out.close_array().key("messages").open_array();
  for (const MessageRecord& message : truth.messages()) {
    if (message.account != account || message.time < since) continue;
    out.open_object();
    write_fields(out, message, names);
    out.close_object();
  }
  out.close_array().close_object();
}

}  // namespace

std::string truth_json(const TruthLog& truth, const TruthNames& names, const TruthFilter& filter) {
  JsonOut out;
  out.open_object().key("accounts").open_object();
  for (const auto& [name, account] : names.accounts.all()) {
    if (filter.account && *filter.account != account) continue;
    out.key(name);
    write_account(out, truth, names, account, filter.since);
  }
  out.close_object().key("feesCollected");
  write_balances(out, names.exchange.fees_collected());
  out.key("crowd");
  write_balances(out, names.exchange.balances(kCrowd));
  return out.close_object().take();
}

}  // namespace portcullis::sim
