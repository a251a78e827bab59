#include <algorithm>
#include <array>

#include "sim/admin/admin_call.hpp"
#include "sim/json/json_out.hpp"
#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

namespace {

HttpReply list(AdminParts& parts, AdminRequest& request) {
  if (auto refused = request.refusal()) return *std::move(refused);
  JsonOut out;
  out.open_object().key("symbols").open_array();
  for (std::size_t i = 0; i < parts.venue.exchange.symbols().size(); ++i) {
    const SymbolSpec& spec = parts.venue.exchange.symbols()[i];
    const BestPrices best = parts.venue.exchange.best(i);
    out.open_object()
        .field("symbol", spec.symbol)
        .field("status", venue_text(spec.status))
        .field("updateId", best.update_id)
        .field("bid", best.bid.px)
        .field("ask", best.ask.px)
        .field("last", parts.venue.exchange.last_price(i))
        .field("tick_size", spec.tick_size())
        .field("lot_size", spec.lot_size())
        .close_object();
  }
  return admin_ok(out.close_array().close_object().take());
}

// Of the body; one that exists, or a problem.
std::string name_of_symbol(AdminParts& parts, AdminRequest& request) {
  return parts.venue.exchange.symbols()[request.body_symbol(parts.venue)].symbol;
}

HttpReply set_status(AdminParts& parts, AdminRequest& request) {
  const std::string symbol = name_of_symbol(parts, request);
  const std::string status = request.body().required_choice(
      "status", {"TRADING", "END_OF_DAY", "HALT", "BREAK", "CANCEL_ONLY"});
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_done(parts, SymbolStatusAction{.symbol = symbol, .status = status});
}

HttpReply halt(AdminParts& parts, AdminRequest& request) {
  const std::string symbol = name_of_symbol(parts, request);
  const bool is_on = request.body().optional_boolean("on", true);
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_done(parts,
                    SymbolStatusAction{.symbol = symbol, .status = is_on ? "HALT" : "TRADING"});
}

template <class Money>
std::optional<Money> optional_money(ConfigSection& body, const char* key) {
  const auto read = body.optional_decimal<Money>(key, Money{}, Money{}, Money::max());
  return body.has(key) ? std::optional{read} : std::nullopt;
}

HttpReply set_filters(AdminParts& parts, AdminRequest& request) {
  ConfigSection& body = request.body();
  FiltersAction action{.symbol = name_of_symbol(parts, request)};
  action.tick_size = optional_money<Price>(body, "tick_size");
  action.lot_size = optional_money<Qty>(body, "lot_size");
  action.qty_min = optional_money<Qty>(body, "qty_min");
  action.notional_min = optional_money<Notional>(body, "notional_min");
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_done(parts, action);
}

HttpReply set_reference_price(AdminParts& parts, AdminRequest& request) {
  const std::size_t symbol = request.body_symbol(parts.venue);
  const auto px = optional_money<Price>(request.body(), "price");
  if (auto refused = request.refusal()) return *std::move(refused);
  parts.venue.exchange.set_reference_price(symbol, px);
  return admin_ok();
}

HttpReply lose_depth(AdminParts& parts, AdminRequest& request) {
  const std::size_t symbol = request.body_symbol(parts.venue);
  if (auto refused = request.refusal()) return *std::move(refused);
  parts.venue.streams.lose_next_depth(symbol);
  return admin_ok();
}

HttpReply silence(AdminParts& parts, AdminRequest& request) {
  const std::string stream = request.body().required_string("stream");
  const bool is_on = request.body().optional_boolean("on", true);
  if (auto refused = request.refusal()) return *std::move(refused);
  parts.venue.streams.set_silent(stream, is_on);
  return admin_ok();
}

HttpReply book(AdminParts& parts, AdminRequest& request) {
  constexpr std::uint64_t kLevelsDefault = 100;
  constexpr std::uint64_t kLevelsMax = 100'000;
  request.required_query("symbol");
  const auto symbol = request.query_symbol(parts.venue);
  const auto limit = std::min(request.query_number("limit").value_or(kLevelsDefault), kLevelsMax);
  if (auto refused = request.refusal()) return *std::move(refused);
  const DepthSnapshot depth = parts.venue.exchange.depth(*symbol, limit);
  JsonOut out;
  out.open_object().field("lastUpdateId", depth.last_update_id);
  const auto add_side = [&out](const char* key, const std::vector<Level>& levels) {
    out.key(key).open_array();
    for (const Level& level : levels) {
      out.open_array().decimal(level.px).decimal(level.qty).close_array();
    }
    out.close_array();
  };
  add_side("bids", depth.bids);
  add_side("asks", depth.asks);
  return admin_ok(out.close_object().take());
}

constexpr std::array kCalls{
    AdminCall{"GET", "/symbols", "every symbol: status, prices, tick and lot", "", list},
    AdminCall{"POST", "/symbols/status", "halts a symbol, lets it trade, or takes cancels only",
              "symbol, status", set_status},
    AdminCall{"POST", "/symbols/filters", "changes what is given, keeps the rest",
              "symbol, tick_size, lot_size, qty_min, notional_min", set_filters},
    AdminCall{"POST", "/symbols/reference_price", "of an EXTERNAL one; without a price: none",
              "symbol, price", set_reference_price},
    AdminCall{"POST", "/halt", "HALT, or with on=false TRADING", "symbol, on", halt},
    AdminCall{"POST", "/depth_gap", "loses a symbol's next depth event", "symbol", lose_depth},
    AdminCall{"POST", "/silence", "freezes a stream while pings go on", "stream, on", silence},
    AdminCall{"GET", "/book", "a symbol's book as it is, whatever faults tell", "?symbol, limit",
              book},
};

}  // namespace

std::span<const AdminCall> market_calls() noexcept {
  return kCalls;
}

}  // namespace portcullis::sim
