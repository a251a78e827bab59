#include <utility>

#include "tests/sim/shape_answers.hpp"

namespace portcullis::sim::test {

namespace {

Json good_til_canceled(const char* side, const char* px, const char* qty) {
  return {{"symbol", "BTCUSDT"},  {"side", side}, {"type", "LIMIT"},
          {"timeInForce", "GTC"}, {"price", px},  {"quantity", qty}};
}

}  // namespace

// Every event that orders, lists, deposits and locks cause, up to the last one of each call.
void collect_event_answers(ShapeVenue& venue, Answers& answers) {
  const auto keep_until_position = [&](const char* also) {
    for (;;) {
      Json frame = venue.next_event();
      answers["event"].push_back(frame);
      answers["bare"].push_back(frame.at("event"));
      if (also != nullptr) answers[also].push_back(frame.at("event"));
      if (frame.at("event").at("e") == "outboundAccountPosition") return;
    }
  };
  const auto ask = [&](const std::string& method, Json params, const char* also = nullptr) {
    Json answer = venue.ask(method, std::move(params));
    if (also != nullptr) answers[also].push_back(answer);
    if (!answer.contains("code")) keep_until_position(also);
  };
  answers["userDataStream.subscribe"].push_back(
      venue.ask("userDataStream.subscribe", Json::object()));
  answers["session.subscriptions"].push_back(venue.ask("session.subscriptions", Json::object()));
  const Json all{{"symbol", "BTCUSDT"}};
  ask("order.place", good_til_canceled("BUY", "50000", "0.01"));
  ask("openOrders.cancelAll", all);
  ask("order.place",
      {{"symbol", "BTCUSDT"}, {"side", "BUY"}, {"type", "MARKET"}, {"quantity", "2"}}, "market");
  ask("order.place", good_til_canceled("SELL", "60000.5", "0.02"));
  Json meeting = good_til_canceled("BUY", "60000.5", "0.01");
  meeting["selfTradePreventionMode"] = "DECREMENT";
  ask("order.place", meeting);
  ask("orderList.place.oco", {{"symbol", "BTCUSDT"},
                              {"side", "SELL"},
                              {"quantity", "0.1"},
                              {"aboveType", "LIMIT_MAKER"},
                              {"abovePrice", "80000"},
                              {"belowType", "STOP_LOSS"},
                              {"belowStopPrice", "49500"}});
  ask("openOrders.cancelAll", all);
  venue.admin_call("/deposit", {{"account", "main"}, {"asset", "BTC"}, {"amount", "1"}});
  keep_until_position(nullptr);
  answers["userDataStream.unsubscribe"].push_back(
      venue.ask("userDataStream.unsubscribe", Json::object()));
  answers["event"].push_back(venue.next_event());
}

}  // namespace portcullis::sim::test
