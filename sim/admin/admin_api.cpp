#include "sim/admin/admin_api.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "sim/faults/script_reader.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

using Json = nlohmann::json;

HttpReply ok() {
  return {.status = 200, .body = "{}"};
}

HttpReply refused(int status, std::string_view why) {
  return {.status = status,
          .body = JsonOut{}.open_object().field("error", why).close_object().take()};
}

Json parse(std::string_view body) {
  const Json json = Json::parse(body, nullptr, false);
  return json.is_object() ? json : Json::object();
}

}  // namespace

void AdminApi::on_request(const HttpRequest& request, Responder responder) {
  try {
    responder.reply(act(request));
  } catch (const Json::exception& error) {
    responder.reply(
        refused(400, std::string{"a member of the body has the wrong type: "} + error.what()));
  }
}

HttpReply AdminApi::act(const HttpRequest& request) {
  const std::string call = request.method + " " + request.path;
  if (call == "GET /faults") return {.status = 200, .body = venue_.faults.json()};
  if (call == "GET /truth") return truth(request);
  if (call == "GET /status") return status();
  if (call == "POST /deposit") return deposit(request.body);
  if (call == "POST /depth_gap" || call == "POST /halt") return symbol_switch(request);
  if (call == "POST /disconnect") return disconnect(request.body);
  if (call == "DELETE /faults") {
    venue_.faults.clear();
    return ok();
  }
  if (call == "POST /faults") {
    const auto added = venue_.faults.add_json(request.body, VenueClock::steady());
    return added ? ok() : refused(400, added.error());
  }
  if (call == "POST /scenario") return start_scenario(request.body);
  if (call == "GET /fault_actions") return {.status = 200, .body = fault_catalogue_json()};
  const Json body = parse(request.body);
  if (call == "POST /silence") {
    venue_.streams.set_silent(body.value("stream", ""), body.value("on", true));
    return ok();
  }
  if (call == "POST /clock") {
    venue_.clock.set_skew(std::chrono::milliseconds{body.value("skew_ms", std::int64_t{0})});
    return ok();
  }
  return refused(404, "no such call: " + call);
}

HttpReply AdminApi::start_scenario(std::string_view toml) {
  const auto scenario = parse_scenario(toml, "scenario");
  if (!scenario) return refused(400, scenario.error());
  const auto added = venue_.faults.add(*scenario, VenueClock::steady());
  return added ? ok() : refused(400, added.error());
}

HttpReply AdminApi::truth(const HttpRequest& request) const {
  Params query;
  query.add_encoded(request.query);
  TruthLog::Filter filter;
  if (const auto name = query.find("account")) {
    filter.account = venue_.accounts.find(*name);
    if (!filter.account) return refused(404, "no such account");
  }
  const auto since = query.whole("since");
  if (!since) return refused(400, "since is nanoseconds since 1970");
  if (*since) filter.since = wall_time(static_cast<std::int64_t>(**since));
  return {.status = 200, .body = venue_.truth.json(venue_.exchange, venue_.accounts, filter)};
}

HttpReply AdminApi::status() const {
  JsonOut out;
  out.open_object()
      .field("timeNs", count_ns(venue_.clock.now()))
      .field("streamConnections", venue_.streams.connection_count())
      .key("symbols")
      .open_array();
  for (std::size_t i = 0; i < venue_.exchange.symbols().size(); ++i) {
    const BestPrices best = venue_.exchange.best(i);
    out.open_object()
        .field("symbol", venue_.exchange.symbols()[i].symbol)
        .field("updateId", best.update_id)
        .field("bid", best.bid.px)
        .field("ask", best.ask.px)
        .close_object();
  }
  return {.status = 200, .body = out.close_array().close_object().take()};
}

HttpReply AdminApi::deposit(std::string_view text) {
  const Json body = parse(text);
  const std::string account = body.value("account", "");
  if (!venue_.accounts.find(account)) return refused(404, "no such account");
  const auto amount = Qty::parse(body.value("amount", ""));
  if (!amount) return refused(400, "amount is a decimal in a string");
  return done(
      BalanceAction{.account = account, .asset = body.value("asset", ""), .amount = *amount});
}

HttpReply AdminApi::done(const VenueAction& action) {
  const auto performed = control_.perform(action);
  return performed ? ok() : refused(400, performed.error());
}

HttpReply AdminApi::symbol_switch(const HttpRequest& request) {
  const Json body = parse(request.body);
  const auto symbol = venue_.exchange.find_symbol(body.value("symbol", ""));
  if (!symbol) return refused(404, "no such symbol");
  if (request.path == "/depth_gap") {
    venue_.streams.lose_next_depth(*symbol);
  } else {
    venue_.exchange.set_status(
        *symbol, body.value("on", true) ? SymbolStatus::kHalt : SymbolStatus::kTrading);
  }
  return ok();
}

HttpReply AdminApi::disconnect(std::string_view text) {
  const std::string what = parse(text).value("what", "all");
  if (what != "streams" && what != "ws-api" && what != "all") {
    return refused(400, R"(what is "streams", "ws-api" or "all")");
  }
  return done(CutAction{.what = what});
}

}  // namespace portcullis::sim
