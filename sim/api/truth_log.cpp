#include "sim/api/truth_log.hpp"

#include "sim/json/json_out.hpp"
#include "sim/render/order_json.hpp"

namespace portcullis::sim {

namespace {

void add_balances(JsonOut& out, const char* key, const std::vector<Balance>& balances) {
  out.key(key).open_object();
  for (const Balance& balance : balances) {
    out.key(balance.asset)
        .open_object()
        .field("free", balance.free)
        .field("locked", balance.locked)
        .close_object();
  }
  out.close_object();
}

void add_message(JsonOut& out, const TruthLog::Message& message) {
  out.open_object()
      .field("timeNs", count_ns(message.time))
      .field("method", message.method)
      .field("symbol", message.symbol)
      .field("clientOrderId", message.client_order_id)
      .field("code", message.code)
      .close_object();
}

}  // namespace

void TruthLog::on_account_event(SimAccountId account, const AccountEvent& event) {
  if (account == kCrowd) return;
  orders_[{event.order.symbol, event.order.order_id}] = event.order;
  if (event.fill) fills_.push_back(*event.fill);
}

std::string TruthLog::json(const Exchange& exchange, const AccountDirectory& accounts,
                           const Filter& filter) const {
  JsonOut out;
  out.open_object().key("accounts").open_object();
  for (const auto& [name, account] : accounts.all()) {
    if (filter.account && *filter.account != account) continue;
    out.key(name).open_object();
    add_balances(out, "balances", exchange.balances(account));
    out.key("orders").open_array();
    for (const auto& [key, order] : orders_) {
      if (order.account != account || order.updated < filter.since) continue;
      out.raw(order_json(exchange.symbols()[order.symbol], order));
    }
    out.close_array().key("fills").open_array();
    for (const Fill& fill : fills_) {
      if (fill.account != account || fill.time < filter.since) continue;
      out.raw(trade_json(exchange.symbols()[fill.symbol], fill));
    }
    out.close_array().key("messages").open_array();
    for (const Message& message : messages_) {
      if (message.account == account && message.time >= filter.since) add_message(out, message);
    }
    out.close_array().close_object();
  }
  out.close_object();
  add_balances(out, "feesCollected", exchange.fees_collected());
  add_balances(out, "crowd", exchange.balances(kCrowd));
  return out.close_object().take();
}

}  // namespace portcullis::sim
