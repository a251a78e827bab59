#include "tests/sim/shape_answers.hpp"

#include <stdexcept>
#include <utility>

namespace portcullis::sim::test {

namespace {

// Of a list each element by itself, too.
void keep_answer(std::vector<Json>& answers, const Json& answer) {
  answers.push_back(answer);
  if (!answer.is_array() || answer.size() < 2) return;
  for (const Json& element : answer) answers.push_back(Json::array({element}));
}

Json order(const char* side, const char* type, Json terms) {
  terms["symbol"] = "BTCUSDT";
  terms["side"] = side;
  terms["type"] = type;
  return terms;
}

Json limit(const char* side, const char* px, const char* qty, Json terms = Json::object()) {
  terms["price"] = px;
  terms["quantity"] = qty;
  if (!terms.contains("timeInForce")) terms["timeInForce"] = "GTC";
  return order(side, "LIMIT", std::move(terms));
}

Json named(const Json& placed) {
  if (!placed.contains("orderId")) throw std::runtime_error{placed.dump()};
  return {{"symbol", "BTCUSDT"}, {"orderId", placed.at("orderId")}};
}

// Orders with everything that an order may have, as far as it goes together.
std::vector<Json> rich_orders() {
  return {order("SELL", "STOP_LOSS_LIMIT",
                {{"quantity", "0.02"},
                 {"price", "49000"},
                 {"stopPrice", "49500"},
                 {"timeInForce", "GTC"},
                 {"icebergQty", "0.01"},
                 {"trailingDelta", 100},
                 {"strategyId", 5},
                 {"strategyType", 1'000'000},
                 {"newOrderRespType", "FULL"}}),
          order("BUY", "LIMIT",
                {{"quantity", "0.02"},
                 {"timeInForce", "GTC"},
                 {"pegPriceType", "PRIMARY_PEG"},
                 {"pegOffsetType", "PRICE_LEVEL"},
                 {"pegOffsetValue", 1}}),
          limit("BUY", "50002", "0.02", {{"timeInForce", "IOC"}})};
}

class OrderAnswers {
 public:
  OrderAnswers(ShapeVenue& venue, Answers& answers) : venue_{venue}, answers_{answers} {}

  void collect() {
    place_and_query();
    meet_oneself();
    cancel();
    replace();
    amend();
    test_and_route();
  }

 private:
  Json keep(const std::string& method, Json params) {
    Json answer = venue_.ask(method, std::move(params));
    keep_answer(answers_[method], answer);
    return answer;
  }
  Json place(Json params) {
    Json placed = keep("order.place", std::move(params));
    keep("order.status", named(placed));
    return placed;
  }

  void place_and_query() {
    for (const char* shape : {"ACK", "RESULT", "FULL"}) {
      place(limit("BUY", "50000", "0.01", {{"newOrderRespType", shape}}));
      place(order("BUY", "MARKET", {{"quantity", "0.01"}, {"newOrderRespType", shape}}));
    }
    keep("openOrders.status", {{"symbol", "BTCUSDT"}});
    place(limit("BUY", "50001", "1",
                {{"icebergQty", "0.1"}, {"strategyId", 5}, {"strategyType", 1'000'000}}));
    place(order("SELL", "STOP_LOSS_LIMIT",
                {{"quantity", "0.01"},
                 {"price", "49000"},
                 {"stopPrice", "49500"},
                 {"timeInForce", "GTC"},
                 {"newOrderRespType", "RESULT"}}));
    place(order("BUY", "LIMIT",
                {{"quantity", "0.01"}, {"timeInForce", "GTC"}, {"pegPriceType", "PRIMARY_PEG"}}));
    for (const Json& rich : rich_orders()) place(rich);
    answers_["error"].push_back(venue_.ask("order.place", limit("BUY", "1.5", "1000000")));
    answers_["error"].push_back(venue_.ask("order.status", {{"symbol", "NOPE"}, {"orderId", 1}}));
    keep("openOrders.status", {{"symbol", "BTCUSDT"}});
    keep("allOrders", {{"symbol", "BTCUSDT"}});
    keep("myTrades", {{"symbol", "BTCUSDT"}});
    venue_.ask("openOrders.cancelAll", {{"symbol", "BTCUSDT"}});
  }

  // Self-trade prevention, of one account and of two of a group, in all its modes.
  void meet_oneself() {
    for (const char* mode : {"EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT"}) {
      const Json resting = venue_.ask("order.place", limit("BUY", "60000.5", "0.02"));
      place(limit("SELL", "60000.5", "0.01",
                  {{"selfTradePreventionMode", mode}, {"newOrderRespType", "FULL"}}));
      keep("order.status", named(resting));
      keep("myPreventedMatches", {{"symbol", "BTCUSDT"}, {"orderId", resting.at("orderId")}});
      venue_.ask("openOrders.cancelAll", {{"symbol", "BTCUSDT"}});
    }
    venue_.ask_as_other("order.place", limit("BUY", "60000.5", "0.01"));
    const Json crossing =
        place(limit("SELL", "60000.5", "0.02", {{"selfTradePreventionMode", "EXPIRE_BOTH"}}));
    keep("myPreventedMatches", {{"symbol", "BTCUSDT"}, {"orderId", crossing.at("orderId")}});
    keep("allOrders", {{"symbol", "BTCUSDT"}});
  }

  // Rests, less what met an order of its own.
  Json partly_prevented() {
    const Json resting = venue_.ask("order.place", limit("BUY", "60000.5", "0.02"));
    venue_.ask("order.place",
               limit("SELL", "60000.5", "0.01", {{"selfTradePreventionMode", "DECREMENT"}}));
    return resting;
  }

  void cancel() {
    Json placed = venue_.ask("order.place", limit("BUY", "50000", "0.01"));
    keep("order.cancel", named(placed));
    keep("order.cancel", named(placed));
    for (const Json& rich : rich_orders()) {
      const Json rested = venue_.ask("order.place", rich);
      if (rich.at("timeInForce") == "GTC") keep("order.cancel", named(rested));
    }
    keep("order.cancel", named(partly_prevented()));
    partly_prevented();
    keep("openOrders.status", {{"symbol", "BTCUSDT"}});
    Json wrong = named(placed);
    wrong["cancelRestrictions"] = "SOMETIMES";
    keep("order.cancel", wrong);
    keep("openOrders.cancelAll", {{"symbol", "BTCUSDT"}});
  }

  // The whole table of outcomes.
  void replace() {
    const auto replaced = [this](Json target, Json terms, const char* mode) {
      terms.update(target);
      terms["cancelReplaceMode"] = mode;
      keep("order.cancelReplace", std::move(terms));
    };
    const auto resting = [this] {
      return Json{{"cancelOrderId",
                   venue_.ask("order.place", limit("BUY", "50000", "0.01")).at("orderId")}};
    };
    const Json nobody{{"cancelOrigClientOrderId", "nobody"}};
    const Json maker = order("BUY", "LIMIT_MAKER", {{"quantity", "0.01"}, {"price", "70000"}});
    const Json taken = limit("BUY", "50000", "0.01", {{"newOrderRespType", "RESULT"}});
    replaced(resting(), taken, "STOP_ON_FAILURE");
    replaced(nobody, taken, "STOP_ON_FAILURE");
    replaced(resting(), maker, "ALLOW_FAILURE");
    replaced(nobody, limit("BUY", "50000", "0.01", {{"newOrderRespType", "ACK"}}), "ALLOW_FAILURE");
    replaced(nobody, limit("BUY", "50000", "0.01"), "ALLOW_FAILURE");
    replaced(nobody, maker, "ALLOW_FAILURE");
    for (const Json& rich : rich_orders()) {
      const Json rested = venue_.ask("order.place", rich);
      const bool is_open = rich.at("timeInForce") == "GTC";
      replaced(is_open ? Json{{"cancelOrderId", rested.at("orderId")}} : resting(), rich,
               "STOP_ON_FAILURE");
      venue_.ask("openOrders.cancelAll", {{"symbol", "BTCUSDT"}});
    }
    const Json prevented{{"cancelOrderId", partly_prevented().at("orderId")}};
    venue_.ask("order.place", limit("BUY", "60000.5", "0.02"));
    replaced(prevented,
             limit("SELL", "60000.5", "0.01", {{"selfTradePreventionMode", "EXPIRE_TAKER"}}),
             "STOP_ON_FAILURE");
    venue_.ask("openOrders.cancelAll", {{"symbol", "BTCUSDT"}});
  }

  void amend() {
    const Json placed = venue_.ask("order.place", limit("BUY", "50000", "0.05"));
    Json change = named(placed);
    change["newQty"] = "0.03";
    keep("order.amend.keepPriority", change);
    keep("order.amendments", named(placed));
    for (const Json& rich : rich_orders()) {
      change = named(venue_.ask("order.place", rich));
      change["newQty"] = "0.01";
      if (rich.at("timeInForce") == "GTC") keep("order.amend.keepPriority", change);
    }
    change = named(partly_prevented());
    change["newQty"] = "0.015";
    keep("order.amend.keepPriority", change);
    venue_.ask("openOrders.cancelAll", {{"symbol", "BTCUSDT"}});
  }

  void test_and_route() {
    keep("order.test", limit("BUY", "50000", "0.01"));
    keep("order.test", limit("BUY", "50000", "0.01", {{"computeCommissionRates", true}}));
    keep("sor.order.place", limit("BUY", "50000", "0.01"));
    keep("myAllocations", {{"symbol", "BTCUSDT"}});
  }

  ShapeVenue& venue_;
  Answers& answers_;
};

}  // namespace

void collect_order_answers(ShapeVenue& venue, Answers& answers) {
  OrderAnswers{venue, answers}.collect();
}

namespace {

Json with(Json base, const Json& more) {
  base.update(more);
  return base;
}

Json working() {
  return {{"symbol", "BTCUSDT"},     {"workingType", "LIMIT"},   {"workingSide", "BUY"},
          {"workingPrice", "50000"}, {"workingQuantity", "0.1"}, {"workingTimeInForce", "GTC"},
          {"pendingSide", "SELL"}};
}

Json oco() {
  return {{"symbol", "BTCUSDT"},      {"side", "SELL"},
          {"quantity", "0.1"},        {"aboveType", "LIMIT_MAKER"},
          {"abovePrice", "70000"},    {"belowType", "STOP_LOSS_LIMIT"},
          {"belowPrice", "49000"},    {"belowStopPrice", "49500"},
          {"belowTimeInForce", "GTC"}};
}

Json pending_pair() {
  return {{"pendingAboveType", "LIMIT_MAKER"},     {"pendingAbovePrice", "70000"},
          {"pendingBelowType", "STOP_LOSS_LIMIT"}, {"pendingBelowPrice", "49000"},
          {"pendingBelowStopPrice", "49500"},      {"pendingBelowTimeInForce", "IOC"}};
}

// What a leg may have besides.
Json strategy(const std::string& leg) {
  return {{leg + "StrategyId", 5}, {leg + "StrategyType", 1'000'000}};
}
Json trailing(const std::string& leg) {
  return {{leg + "TrailingDelta", 100}, {leg + "IcebergQty", "0.05"}};
}
Json pegged(const std::string& leg) {
  return {{leg + "PegPriceType", "PRIMARY_PEG"},
          {leg + "PegOffsetType", "PRICE_LEVEL"},
          {leg + "PegOffsetValue", 1}};
}

class ListAnswers {
 public:
  ListAnswers(ShapeVenue& venue, Answers& answers) : venue_{venue}, answers_{answers} {}

  void collect() {
    plain();
    rich();
    prevented();
    query_and_amend();
    cancel_all();
  }

 private:
  Json keep(const std::string& method, Json params) {
    Json answer = venue_.ask(method, std::move(params));
    if (answer.contains("code")) throw std::runtime_error{method + ": " + answer.dump()};
    keep_answer(answers_[method], answer);
    return answer;
  }
  static Json leg_of(const Json& placed, std::size_t leg = 0) {
    return {{"symbol", "BTCUSDT"}, {"orderId", placed.at("orders").at(leg).at("orderId")}};
  }
  static Json list_of(const Json& placed) {
    return {{"symbol", "BTCUSDT"}, {"orderListId", placed.at("orderListId")}};
  }

  void plain() {
    keep("orderList.place.oco", oco());
    keep("orderList.place.oco", with(oco(), {{"belowIcebergQty", "0.05"}}));
    keep("orderList.place", {{"symbol", "BTCUSDT"},
                             {"side", "SELL"},
                             {"quantity", "0.1"},
                             {"price", "70000"},
                             {"stopPrice", "49500"}});
    keep("orderList.place.otoco",
         with(with(working(), pending_pair()), {{"pendingQuantity", "0.1"}}));
    keep("orderList.place.opo", with(working(), {{"pendingType", "MARKET"}}));
    keep("orderList.place.opoco", with(working(), pending_pair()));
  }

  // Placed and cancelled in every way.
  void keep_rich(const std::string& method, Json params) {
    params["newOrderRespType"] = "FULL";
    keep("orderList.cancel", list_of(keep(method, params)));
    keep("order.cancel", leg_of(keep(method, params)));
    keep(method, params);
    for (const Json& each : rich_orders()) venue_.ask("order.place", each);
    keep("openOrders.cancelAll", {{"symbol", "BTCUSDT"}});
  }

  void rich() {
    keep_rich("orderList.place.oco",
              with(with(with(oco(), strategy("below")), trailing("below")), pegged("below")));
    const Json rich_working = with(with(with(working(), strategy("working")), pegged("working")),
                                   {{"workingIcebergQty", "0.05"}});
    const Json pending_stop{{"pendingType", "STOP_LOSS_LIMIT"},
                            {"pendingPrice", "49000"},
                            {"pendingTrailingDelta", 100},
                            {"pendingTimeInForce", "GTC"}};
    keep_rich("orderList.place.oto",
              with(with(rich_working, pending_stop),
                   {{"pendingQuantity", "0.1"}, {"pendingIcebergQty", "0.05"}}));
    keep_rich("orderList.place.opo", with(rich_working, pending_stop));
    Json rich_pair = with(
        with(with(pending_pair(), {{"pendingBelowTimeInForce", "GTC"}}), trailing("pendingBelow")),
        strategy("pendingBelow"));
    keep_rich("orderList.place.otoco",
              with(with(rich_working, rich_pair), {{"pendingQuantity", "0.1"}}));
    rich_pair.erase("pendingBelowIcebergQty");
    keep_rich("orderList.place.opoco", with(rich_working, rich_pair));
    keep_rich("orderList.place", {{"symbol", "BTCUSDT"},
                                  {"side", "SELL"},
                                  {"quantity", "0.1"},
                                  {"price", "70000"},
                                  {"stopPrice", "49500"},
                                  {"stopLimitPrice", "49000"},
                                  {"stopLimitTimeInForce", "GTC"},
                                  {"stopIcebergQty", "0.05"},
                                  {"trailingDelta", 100},
                                  {"stopStrategyId", 5},
                                  {"stopStrategyType", 1'000'000}});
  }

  // The working order meets an order of its own owner and is gone with its pending ones.
  void keep_prevented(const std::string& method, Json params) {
    venue_.ask("order.place", limit("SELL", "60000.5", "0.1"));
    params["workingPrice"] = "60000.5";
    params["selfTradePreventionMode"] = "EXPIRE_TAKER";
    keep(method, params);
    venue_.ask("openOrders.cancelAll", {{"symbol", "BTCUSDT"}});
  }

  void prevented() {
    const Json market{{"pendingType", "MARKET"}};
    const Json sized{{"pendingQuantity", "0.1"}};
    keep_prevented("orderList.place.oto", with(with(working(), market), sized));
    keep_prevented("orderList.place.otoco", with(with(working(), pending_pair()), sized));
    keep_prevented("orderList.place.opo", with(working(), market));
    keep_prevented("orderList.place.opoco", with(working(), pending_pair()));
  }

  void query_and_amend() {
    const Json oto = keep("orderList.place.oto",
                          with(working(), {{"pendingType", "MARKET"}, {"pendingQuantity", "0.1"}}));
    for (const std::size_t leg : {1U, 0U}) {
      Json change = leg_of(oto, leg);
      change["newQty"] = "0.05";
      keep("order.amend.keepPriority", change);
    }
    keep("openOrderLists.status", Json::object());
    keep("allOrderLists", Json::object());
    keep("orderList.status", {{"orderListId", oto.at("orderListId")}});
    keep("orderList.cancel", list_of(oto));
    keep("orderList.cancel", list_of(keep("orderList.place.oco", oco())));
    keep("order.cancel", leg_of(keep("orderList.place.oco", oco())));
  }

  // An order and a list, plain and rich.
  void cancel_all() {
    const Json all{{"symbol", "BTCUSDT"}};
    keep("orderList.place.oco", oco());
    venue_.ask("order.place", rich_orders().front());
    keep("openOrders.cancelAll", all);
    keep("orderList.place.oco", with(oco(), {{"belowIcebergQty", "0.05"}}));
    venue_.ask("order.place", limit("BUY", "50000", "0.1"));
    keep("openOrders.cancelAll", all);
    venue_.ask("order.place", limit("BUY", "50000", "0.1"));
    keep("openOrders.cancelAll", all);
  }

  ShapeVenue& venue_;
  Answers& answers_;
};

}  // namespace

void collect_list_answers(ShapeVenue& venue, Answers& answers) {
  ListAnswers{venue, answers}.collect();
}

void collect_account_answers(ShapeVenue& venue, Answers& answers) {
  for (const auto& [method, params] : std::vector<std::pair<std::string, Json>>{
           {"ping", Json::object()},
           {"time", Json::object()},
           {"exchangeInfo", {{"symbol", "BTCUSDT"}}},
           {"executionRules", {{"symbol", "ETHUSDT"}}},
           {"account.status", Json::object()},
           {"account.commission", {{"symbol", "BTCUSDT"}}},
           {"account.rateLimits.orders", Json::object()},
           {"myFilters", {{"symbol", "BTCUSDT"}}},
           {"session.status", Json::object()},
       }) {
    keep_answer(answers[method], venue.ask(method, params));
  }
  answers["session.logout"].push_back(venue.ask_as_other("session.logout", Json::object()));
}

}  // namespace portcullis::sim::test
