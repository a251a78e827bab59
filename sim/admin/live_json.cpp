#include <algorithm>
#include <iterator>

#include "sim/admin/connection_json.hpp"
#include "sim/admin/live_feed.hpp"
#include "sim/api/truth_json.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

namespace {

constexpr std::size_t kLevels = 14;
constexpr std::size_t kTrades = 40;
constexpr std::size_t kSymbols = 100;
constexpr std::size_t kOpenOrders = 200;
constexpr std::size_t kEvents = 80;

void write_side(JsonOut& out, const char* key, const std::vector<Level>& levels) {
  out.key(key).open_array();
  for (const Level& level : levels) {
    out.open_array().text(level.px.str()).text(level.qty.str()).close_array();
  }
  out.close_array();
}

void write_symbol(JsonOut& out, const VenueCore& venue, std::size_t symbol) {
  const SymbolSpec& spec = venue.exchange.symbols()[symbol];
  const DepthSnapshot depth = venue.exchange.depth(symbol, kLevels);
  out.open_object()
      .field("name", spec.symbol)
      .field("base", spec.base_asset)
      .field("quote", spec.quote_asset)
      .field("status", venue_text(spec.status))
      .field("updateId", depth.last_update_id)
      .field("tick", spec.tick_size().str());
  write_side(out, "bids", depth.bids);
  write_side(out, "asks", depth.asks);
  out.key("trades").open_array();
  const auto& trades = venue.market_data[symbol].trades();
  const std::size_t count = std::min(kTrades, trades.size());
  for (std::size_t i = 0; i < count; ++i) {
    const PublicTrade& trade = trades[trades.size() - 1 - i];
    out.open_object()
        .field("id", trade.trade_id)
        .field("time", trade.time)
        .field("price", trade.px.str())
        .field("qty", trade.qty.str())
        .field("buyerIsMaker", trade.buyer_is_maker)
        .close_object();
  }
  out.close_array().close_object();
}

void write_symbols(JsonOut& out, const VenueCore& venue) {
  out.open_array();
  const std::size_t count = std::min(kSymbols, venue.exchange.symbols().size());
  for (std::size_t i = 0; i < count; ++i) {
    const SymbolSpec& spec = venue.exchange.symbols()[i];
    const BestPrices best = venue.exchange.best(i);
    out.open_object()
        .field("name", spec.symbol)
        .field("status", venue_text(spec.status))
        .field("bid", best.bid.px.str())
        .field("ask", best.ask.px.str())
        .field("last", venue.exchange.last_price(i).str())
        .close_object();
  }
  out.close_array();
}

void write_open_orders(JsonOut& out, const VenueCore& venue) {
  out.open_array();
  std::size_t count = 0;
  for (const auto& [name, account] : venue.accounts.all()) {
    for (const Order& order : venue.exchange.open_orders(account, std::nullopt)) {
      if (count++ >= kOpenOrders) break;
      out.open_object()
          .field("account", name)
          .field("symbol", venue.exchange.symbols()[order.symbol].symbol)
          .field("orderId", order.order_id)
          .field("clientOrderId", order.client_order_id)
          .field("side", venue_text(order.side))
          .field("type", venue_text(order.type))
          .field("status", venue_text(order.status))
          .field("price", order.px.str())
          .field("qty", order.qty.str())
          .field("cumQty", order.cum_qty.str())
          .field("time", order.updated)
          .close_object();
    }
  }
  out.close_array();
}

void write_events(JsonOut& out, const VenueCore& venue) {
  out.open_array();
  const TruthNames names{venue.exchange, venue.accounts};
  const auto& events = venue.truth.events();
  std::size_t count = 0;
  for (auto event = events.end(); event != events.begin() && count < kEvents; ++count) {
    --event;
    out.open_object();
    write_fields(out, *event, names);
    out.close_object();
  }
  out.close_array();
}

void write_accounts(JsonOut& out, const VenueCore& venue, WallTime now) {
  out.open_array();
  for (const auto& [name, account] : venue.accounts.all()) {
    out.open_object()
        .field("name", name)
        .field("orders10s", venue.usage.orders_10s(account, now))
        .key("balances")
        .open_array();
    for (const Balance& balance : venue.exchange.balances(account)) {
      if (balance.free.is_zero() && balance.locked.is_zero()) continue;
      out.open_object()
          .field("asset", balance.asset)
          .field("free", balance.free.str())
          .field("locked", balance.locked.str())
          .close_object();
    }
    out.close_array().close_object();
  }
  out.close_array();
}

}  // namespace

std::string live_json(const AdminParts& parts, std::size_t symbol) {
  const VenueCore& venue = parts.venue;
  const WallTime now = venue.clock.now();
  JsonOut out;
  out.open_object()
      .field("version", PORTCULLIS_VERSION)
      .field("time", now)
      .field("skewMs", venue.clock.skew() / std::chrono::milliseconds{1})
      .field("isFrozen", venue.clock.is_frozen())
      .field("uptimeMs", (venue.clock.steady() - parts.started) / std::chrono::milliseconds{1})
      .key("symbols");
  write_symbols(out, venue);
  out.key("symbol");
  write_symbol(out, venue, symbol);
  out.key("orders");
  write_open_orders(out, venue);
  out.key("events");
  write_events(out, venue);
  out.key("accounts");
  write_accounts(out, venue, now);
  out.key("connections");
  write_connections(out, parts);
  out.key("plan").raw(venue.faults.json());
  return out.close_object().take();
}

}  // namespace portcullis::sim
