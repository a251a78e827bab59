#include "oms/binance/message_decoder.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/no_alloc.hpp"
#include "tests/oms_binance/binance_world.hpp"

namespace portcullis::oms::binance::test {
namespace {

constexpr MonoTime kReceived = mono_time(77);

class MessageDecoderTest : public testing::Test {
 protected:
  const DecodedMessage& decode(std::string_view text) {
    const Padded payload{text};
    decoder_.decode(payload.view(), kReceived, message_);
    return message_;
  }
  const DecodedMessage& decode(const Json& json) { return decode(std::string_view{json.dump()}); }

  // An order as the venue states it in answers.
  Json order(const char* status, const char* executed = "0.00000000",
             const char* quote = "0.00000000") {
    return {{"symbol", "BTCUSDT"},
            {"orderId", 12569099453},
            {"orderListId", -1},
            {"clientOrderId", client_id(kOrder)},
            {"transactTime", 1660801715793},
            {"price", "23416.10000000"},
            {"origQty", "0.00847000"},
            {"executedQty", executed},
            {"origQuoteOrderQty", "0.000000"},
            {"cummulativeQuoteQty", quote},
            {"status", status},
            {"timeInForce", "GTC"},
            {"type", "LIMIT"},
            {"side", "SELL"},
            {"workingTime", 1660801715793},
            {"fills", Json::array()},
            {"selfTradePreventionMode", "NONE"}};
  }
  static Json fill(const char* price, const char* quantity, std::int64_t trade_id) {
    return {{"price", price},
            {"qty", quantity},
            {"commission", "0.00001"},
            {"commissionAsset", "BNB"},
            {"tradeId", trade_id}};
  }
  static Json reply(const char* id, Json result) {
    return {{"id", id}, {"status", 200}, {"result", std::move(result)}};
  }
  static Json error(const Json& id, int status, int code, const char* message) {
    return {{"id", id}, {"status", status}, {"error", {{"code", code}, {"msg", message}}}};
  }
  Json execution_report() {
    return Json::parse(R"({"e":"executionReport","E":1726401153470,"s":"OPUSDT","c":"x","S":"BUY",
      "o":"LIMIT","f":"GTC","q":"5.00000000","p":"1.42000000","P":"0.00000000","F":"0.00000000",
      "g":-1,"C":"","x":"NEW","X":"NEW","r":"NONE","i":1593430628,"l":"0.00000000",
      "z":"0.00000000","L":"0.00000000","n":"0","N":null,"T":1726401153469,"t":-1,"I":3278287247,
      "w":true,"m":false,"M":false,"O":1726401153469,"Z":"0.00000000","Y":"0.00000000",
      "Q":"0.00000000","W":1726401153469,"V":"EXPIRE_MAKER"})");
  }
  static Json event(Json content) { return {{"subscriptionId", 0}, {"event", std::move(content)}}; }

  InstrumentTable instruments_ = make_instruments();
  MessageDecoder decoder_{instruments_, codec(), 1u << 20};
  DecodedMessage message_;
};

TEST_F(MessageDecoderTest, ARestingOrderIsOneAcceptance) {
  const auto& message = decode(reply("n00002a00000001f4", order("NEW")));
  ASSERT_EQ(message.kind, MessageKind::kResult);
  ASSERT_EQ(message.reports.size(), 1u);
  const VenueReport& report = message.reports[0];
  EXPECT_EQ(report.order_id, kOrder);
  EXPECT_EQ(report.venue_order_id, VenueOrderId{12569099453});
  EXPECT_EQ(report.symbol, kBtc);
  EXPECT_EQ(report.side, Side::kSell);
  EXPECT_EQ(report.exec_type, ExecType::kNew);
  EXPECT_EQ(report.state, OrderState::kNew);
  EXPECT_EQ(report.source, ReportSource::kReply);
  EXPECT_EQ(report.px, px("23416.1"));
  EXPECT_EQ(report.qty, qty("0.00847"));
  EXPECT_TRUE(report.cum_qty.is_zero());
  EXPECT_EQ(report.venue_time, wall_time(1660801715793'000'000));
  EXPECT_EQ(report.received, kReceived);
  EXPECT_EQ(report.trade_id, TradeId{});
}

TEST_F(MessageDecoderTest, AFilledOrderIsAnAcceptanceAndItsFills) {
  Json filled = order("FILLED", "0.00847000", "198.33606300");
  filled["fills"] = {fill("23416.10000000", "0.00635000", 11),
                     fill("23416.50000000", "0.00212000", 12)};
  const auto& message = decode(reply("n00002a00000001f4", filled));
  ASSERT_EQ(message.reports.size(), 3u);
  EXPECT_EQ(message.reports[0].exec_type, ExecType::kNew);
  EXPECT_EQ(message.reports[0].state, OrderState::kNew);
  EXPECT_TRUE(message.reports[0].cum_qty.is_zero());
  const VenueReport& first = message.reports[1];
  EXPECT_EQ(first.exec_type, ExecType::kTrade);
  EXPECT_EQ(first.state, OrderState::kPartiallyFilled);
  EXPECT_EQ(first.trade_id, TradeId{11});
  EXPECT_EQ(first.last_px, px("23416.1"));
  EXPECT_EQ(first.last_qty, qty("0.00635"));
  EXPECT_EQ(first.cum_qty, qty("0.00635"));
  EXPECT_EQ(first.fee, *Fee::parse("0.00001"));
  EXPECT_EQ(first.fee_asset, instruments_.find_asset("BNB"));
  EXPECT_EQ(first.liquidity, Liquidity::kTaker);
  const VenueReport& last = message.reports[2];
  EXPECT_EQ(last.trade_id, TradeId{12});
  EXPECT_EQ(last.state, OrderState::kFilled);
  EXPECT_EQ(last.cum_qty, qty("0.00847"));
  EXPECT_EQ(last.cum_quote, *Notional::parse("198.336063"));
  EXPECT_EQ(last.order_id, kOrder);
}

TEST_F(MessageDecoderTest, AnIocRemainderExpiresAfterItsFills) {
  Json partly = order("EXPIRED", "0.00635000", "148.69223500");
  partly["fills"] = {fill("23416.10000000", "0.00635000", 11)};
  const auto& message = decode(reply("n00002a00000001f4", partly));
  ASSERT_EQ(message.reports.size(), 3u);
  EXPECT_EQ(message.reports[1].exec_type, ExecType::kTrade);
  EXPECT_EQ(message.reports[1].state, OrderState::kPartiallyFilled);
  EXPECT_EQ(message.reports[2].exec_type, ExecType::kExpired);
  EXPECT_EQ(message.reports[2].state, OrderState::kExpired);
  EXPECT_EQ(message.reports[2].cum_qty, qty("0.00635"));
  EXPECT_EQ(message.reports[2].trade_id, TradeId{});
}

TEST_F(MessageDecoderTest, AnAckAndAnExecutedQuantityWithoutFillsAreStatedAsTheyAre) {
  const auto& ack = decode(reply("n00002a00000001f4", {{"symbol", "BTCUSDT"},
                                                       {"orderId", 5},
                                                       {"clientOrderId", client_id(kOrder)},
                                                       {"transactTime", 1660801715639}}));
  ASSERT_EQ(ack.reports.size(), 1u);
  EXPECT_EQ(ack.reports[0].exec_type, ExecType::kNew);
  Json bare = order("PARTIALLY_FILLED", "0.00100000", "23.41610000");
  bare.erase("fills");
  const auto& executed = decode(reply("n00002a00000001f4", bare));
  ASSERT_EQ(executed.reports.size(), 1u);
  EXPECT_EQ(executed.reports[0].state, OrderState::kPartiallyFilled);
  EXPECT_EQ(executed.reports[0].cum_qty, qty("0.001"));
}

TEST_F(MessageDecoderTest, ACancelIsAboutTheOrderAndNotAboutTheCancel) {
  Json cancelled = order("CANCELED", "0.00001000", "0.23416100");
  cancelled["origClientOrderId"] = client_id(kOrder);
  cancelled["clientOrderId"] = "91fe37ce9e69c90d6358c0";
  const auto& message = decode(reply("c00002a00000001f4", cancelled));
  ASSERT_EQ(message.reports.size(), 1u);
  EXPECT_EQ(message.reports[0].order_id, kOrder);
  EXPECT_EQ(message.reports[0].exec_type, ExecType::kCanceled);
  EXPECT_EQ(message.reports[0].cum_qty, qty("0.00001"));
}

TEST_F(MessageDecoderTest, AMassCancelListsEachOrderAndTheLegsOfLists) {
  Json first = order("CANCELED");
  first["origClientOrderId"] = client_id(kOrder);
  first["clientOrderId"] = "cancel";
  Json leg = order("CANCELED");
  leg["origClientOrderId"] = "somebody-elses";
  const Json list{{"orderListId", 9}, {"symbol", "BTCUSDT"}, {"orderReports", {leg, leg}}};
  const auto& message = decode(reply("m0000000000000000", Json::array({first, list})));
  ASSERT_EQ(message.kind, MessageKind::kResult);
  EXPECT_EQ(message.request.symbol(), kBtc);
  ASSERT_EQ(message.reports.size(), 3u);
  EXPECT_EQ(message.reports[0].order_id, kOrder);
  EXPECT_EQ(message.reports[1].order_id, OrderId{});
  EXPECT_EQ(message.reports[2].exec_type, ExecType::kCanceled);
}

TEST_F(MessageDecoderTest, AMassCancelThatFindsNothingIsComplete) {
  const auto& message = decode(error("m0000000000000001", 400, -2011, "Unknown order sent."));
  EXPECT_EQ(message.kind, MessageKind::kResult);
  EXPECT_EQ(message.request.symbol(), kEth);
  EXPECT_TRUE(message.reports.empty());
}

TEST_F(MessageDecoderTest, OpenOrdersAndQueriesStateWhereTheOrderIs) {
  const auto& message =
      decode(reply("o0000000000000000",
                   Json::array({order("PARTIALLY_FILLED", "0.001", "23.4161"), order("NEW")})));
  ASSERT_EQ(message.reports.size(), 2u);
  EXPECT_EQ(message.reports[0].source, ReportSource::kQuery);
  EXPECT_EQ(message.reports[0].exec_type, ExecType::kNew);
  EXPECT_EQ(message.reports[0].state, OrderState::kPartiallyFilled);
  EXPECT_EQ(message.reports[0].order_id, kOrder);
  const auto& query = decode(reply("q00002a00000001f4", order("FILLED", "0.00847", "198.3")));
  ASSERT_EQ(query.reports.size(), 1u);
  EXPECT_EQ(query.reports[0].state, OrderState::kFilled);
  EXPECT_EQ(query.reports[0].cum_qty, qty("0.00847"));
  const auto& none = decode(reply("o0000000000000000", Json::array()));
  EXPECT_EQ(none.kind, MessageKind::kResult);
  EXPECT_TRUE(none.reports.empty());
}

TEST_F(MessageDecoderTest, TradesOfAnOrderBelongToIt) {
  const Json trade = Json::parse(
      R"({"symbol":"BTCUSDT","id":1650422481,"orderId":12569099453,"orderListId":-1,
          "price":"23416.10000000","qty":"0.00635000","quoteQty":"148.69223500",
          "commission":"0.00000100","commissionAsset":"BNB","time":1660801715793,"isBuyer":false,
          "isMaker":true,"isBestMatch":true})");
  const auto& message = decode(reply("t00002a00000001f4", Json::array({trade})));
  ASSERT_EQ(message.reports.size(), 1u);
  const VenueReport& report = message.reports[0];
  EXPECT_EQ(report.order_id, kOrder);
  EXPECT_EQ(report.exec_type, ExecType::kTrade);
  EXPECT_EQ(report.trade_id, TradeId{1650422481});
  EXPECT_EQ(report.last_qty, qty("0.00635"));
  EXPECT_EQ(report.side, Side::kSell);
  EXPECT_EQ(report.liquidity, Liquidity::kMaker);
  EXPECT_EQ(report.source, ReportSource::kQuery);
  EXPECT_TRUE(report.cum_qty.is_zero());
}

TEST_F(MessageDecoderTest, BalancesOfTheAssetsWeTrade) {
  const Json account{{"makerCommission", 15},
                     {"balances",
                      {{{"asset", "BTC"}, {"free", "1.3447112"}, {"locked", "0.08600000"}},
                       {{"asset", "SHIB"}, {"free", "999999999999999.0"}, {"locked", "0"}},
                       {{"asset", "USDT"}, {"free", "1021.21"}, {"locked", "0"}}}}};
  const auto& message = decode(reply("a0000000000000000", account));
  ASSERT_EQ(message.balances.size(), 2u);
  EXPECT_EQ(message.balances[0].asset, instruments_.find_asset("BTC"));
  EXPECT_EQ(message.balances[0].free, qty("1.3447112"));
  EXPECT_EQ(message.balances[0].locked, qty("0.086"));
  const auto& moved = decode(event({{"e", "outboundAccountPosition"},
                                    {"u", 1},
                                    {"B", {{{"a", "USDT"}, {"f", "10.5"}, {"l", "1"}}}}}));
  EXPECT_EQ(moved.kind, MessageKind::kBalanceEvent);
  ASSERT_EQ(moved.balances.size(), 1u);
  EXPECT_EQ(moved.balances[0].locked, qty("1"));
}

TEST_F(MessageDecoderTest, AFillOnTheStream) {
  Json report = execution_report();
  report.update({{"c", client_id(kOrder)},
                 {"x", "TRADE"},
                 {"X", "PARTIALLY_FILLED"},
                 {"l", "2"},
                 {"L", "1.41"},
                 {"z", "3"},
                 {"Z", "4.23"},
                 {"n", "0.002"},
                 {"N", "OP"},
                 {"t", 99},
                 {"m", true}});
  const auto& message = decode(event(report));
  ASSERT_EQ(message.kind, MessageKind::kOrderEvent);
  ASSERT_EQ(message.reports.size(), 1u);
  const VenueReport& fill = message.reports[0];
  EXPECT_EQ(fill.order_id, kOrder);
  EXPECT_EQ(fill.exec_type, ExecType::kTrade);
  EXPECT_EQ(fill.state, OrderState::kPartiallyFilled);
  EXPECT_EQ(fill.trade_id, TradeId{99});
  EXPECT_EQ(fill.exec_id, ExecId{3278287247});
  EXPECT_EQ(fill.last_px, px("1.41"));
  EXPECT_EQ(fill.last_qty, qty("2"));
  EXPECT_EQ(fill.cum_qty, qty("3"));
  EXPECT_EQ(fill.cum_quote, *Notional::parse("4.23"));
  EXPECT_EQ(fill.fee_asset, instruments_.find_asset("OP"));
  EXPECT_EQ(fill.liquidity, Liquidity::kMaker);
  EXPECT_EQ(fill.source, ReportSource::kStream);
  EXPECT_EQ(fill.venue_time, wall_time(1726401153469'000'000));
}

TEST_F(MessageDecoderTest, OnACancelEventTheOrderIsNamedByTheOriginalId) {
  Json report = execution_report();
  report.update({{"c", client_id(make_order_id(1, 1))},
                 {"C", client_id(kOrder)},
                 {"x", "CANCELED"},
                 {"X", "CANCELED"}});
  EXPECT_EQ(decode(event(report)).reports.at(0).order_id, kOrder);
  report["C"] = "somebody-elses";
  EXPECT_EQ(decode(event(report)).reports.at(0).order_id, OrderId{});
  report["C"] = "null";  // how the venue said "none" in 2018
  EXPECT_EQ(decode(event(report)).reports.at(0).order_id, make_order_id(1, 1));
  report["C"] = nullptr;
  EXPECT_EQ(decode(event(report)).reports.at(0).order_id, make_order_id(1, 1));
}

TEST_F(MessageDecoderTest, SelfTradePreventionEndsTheOrder) {
  Json report = execution_report();
  report.update({{"x", "TRADE_PREVENTION"}, {"X", "EXPIRED_IN_MATCH"}});
  EXPECT_EQ(decode(event(report)).reports.at(0).exec_type, ExecType::kExpired);
}

TEST_F(MessageDecoderTest, AnEventOfOursThatCannotBeReadIsSaidToBeLost) {
  for (const auto& [name, value] : {std::pair<const char*, Json>{"q", "5.0.0"},
                                    {"q", 5},
                                    {"q", "-5.0"},
                                    {"z", "-0.00000001"},
                                    {"x", "INVENTED"},
                                    {"X", "INVENTED"},
                                    {"S", "HOLD"},
                                    {"i", "text"},
                                    {"z", "99999999999999999999"}}) {
    Json report = execution_report();
    report[name] = value;
    const auto& message = decode(event(report));
    EXPECT_EQ(message.kind, MessageKind::kMalformedEvent) << name << value;
    EXPECT_TRUE(message.reports.empty());
  }
  Json missing = execution_report();
  missing.erase("i");
  EXPECT_EQ(decode(event(missing)).kind, MessageKind::kMalformedEvent);
}

TEST_F(MessageDecoderTest, AnEventBesideAnAnswerOrAnotherEventIsNeither) {
  const std::string report = R"("event":)" + execution_report().dump();
  const std::string balances =
      R"("event":{"e":"outboundAccountPosition","B":[{"a":"BTC","f":"1.0","l":"0.0"}]})";
  const std::string shutdown = R"("event":{"e":"serverShutdown"})";
  const std::string answer =
      R"("id":"n00002a00000001f4","status":200,"result":)" + order("NEW").dump();
  const std::string late_id =
      R"("result":)" + order("NEW").dump() + R"(,"status":200,"id":"n00002a00000001f4")";
  const std::string failure =
      R"("id":"n00002a00000001f4","status":400,"error":{"code":-2010,"msg":"no"})";
  ASSERT_EQ(decode(std::string_view{'{' + balances + '}'}).kind, MessageKind::kBalanceEvent);
  for (const std::string& event : {report, balances, shutdown}) {
    for (const std::string& other : {answer, late_id, failure, report, balances, shutdown}) {
      for (const std::string& text :
           {'{' + event + ',' + other + '}', '{' + other + ',' + event + '}'}) {
        const auto& message = decode(std::string_view{text});
        EXPECT_EQ(message.kind, MessageKind::kMalformedEvent) << text;
        EXPECT_TRUE(message.reports.empty() && message.balances.empty()) << text;
      }
    }
  }
}

TEST_F(MessageDecoderTest, AnotherSymbolsOrderIsParkedAsItCameWhateverItsNumbers) {
  Json report = execution_report();
  for (const char* quantity : {"10.0", "99999999999999.0"}) {
    report.update({{"s", "SHIBUSDT"}, {"q", quantity}});
    const auto& message = decode(event(report));
    EXPECT_EQ(message.kind, MessageKind::kParkedEvent);
    EXPECT_EQ(message.parked.name, "SHIBUSDT");
    EXPECT_EQ(message.parked.text.size(), event(report).dump().size());
    EXPECT_FALSE(message.parked.is_state);
    EXPECT_TRUE(message.reports.empty());
  }
}

TEST_F(MessageDecoderTest, ADepositOrALockIsAChangeOfItsAsset) {
  const Json change{{"e", "balanceUpdate"}, {"E", 1}, {"a", "BTC"}, {"d", "-0.5"}, {"T", 1'500}};
  const auto& deposit = decode(event(change));
  ASSERT_EQ(deposit.kind, MessageKind::kBalanceChange);
  EXPECT_EQ(deposit.balance_change.asset, instruments_.find_asset("BTC"));
  EXPECT_EQ(deposit.balance_change.delta, qty("-0.5"));
  EXPECT_EQ(deposit.balance_change.venue_time, wall_time(1'500'000'000));
  EXPECT_FALSE(deposit.balance_change.is_lock);
  Json lock = change;
  lock["e"] = "externalLockUpdate";
  EXPECT_TRUE(decode(event(lock)).balance_change.is_lock);
  for (const char* key : {"a", "d", "T"}) {
    Json incomplete = change;
    incomplete.erase(key);
    EXPECT_EQ(decode(event(incomplete)).kind, MessageKind::kMalformedEvent) << key;
  }
  Json unknown = change;
  unknown["a"] = "SHIB";
  const auto& parked = decode(event(unknown));
  EXPECT_EQ(parked.kind, MessageKind::kParkedEvent);
  EXPECT_EQ(parked.parked.name, "SHIB");
  EXPECT_FALSE(parked.parked.is_state);
}

// An account lists all there is; an event names what moved.
TEST_F(MessageDecoderTest, AnUnknownAssetsBalanceIsParkedFromAnEventAndNotFromAnAccount) {
  const Json moved{
      {"e", "outboundAccountPosition"},
      {"B", {{{"a", "SHIB"}, {"f", "1"}, {"l", "0"}}, {{"a", "BTC"}, {"f", "2"}, {"l", "0"}}}}};
  const auto& message = decode(event(moved));
  EXPECT_EQ(message.kind, MessageKind::kBalanceEvent);
  EXPECT_EQ(message.balances.size(), 1u);
  EXPECT_EQ(message.parked.name, "SHIB");
  EXPECT_TRUE(message.parked.is_state);
  const Json account{{"updateTime", 1'500},
                     {"balances",
                      {{{"asset", "SHIB"}, {"free", "1"}, {"locked", "0"}},
                       {{"asset", "BTC"}, {"free", "2"}, {"locked", "0"}}}}};
  const auto& answer = decode(reply("a0000000000000000", account));
  EXPECT_EQ(answer.kind, MessageKind::kResult);
  EXPECT_TRUE(answer.parked.name.empty());
  EXPECT_EQ(answer.balances.at(0).updated, wall_time(1'500'000'000));
}

TEST_F(MessageDecoderTest, SessionEventsAndStrangers) {
  const auto kind_of = [&](const char* type) { return decode(event({{"e", type}})).kind; };
  EXPECT_EQ(kind_of("eventStreamTerminated"), MessageKind::kStreamTerminated);
  EXPECT_EQ(kind_of("serverShutdown"), MessageKind::kServerShutdown);
  EXPECT_EQ(decode(Json{{"event", {{"e", "serverShutdown"}, {"E", 1770123456789}}}}).kind,
            MessageKind::kServerShutdown);
  EXPECT_EQ(kind_of("balanceUpdate"), MessageKind::kMalformedEvent);
  EXPECT_EQ(kind_of("externalLockUpdate"), MessageKind::kMalformedEvent);
  EXPECT_EQ(kind_of("listStatus"), MessageKind::kMalformedEvent) << "of no list";
  EXPECT_EQ(kind_of("inventedLater"), MessageKind::kUnknownEvent);
  EXPECT_EQ(decode(Json{{"event", {{"E", 1}}}}).kind, MessageKind::kMalformedEvent);
  EXPECT_EQ(decode(Json{{"event", nullptr}}).kind, MessageKind::kMalformedEvent);
}

TEST_F(MessageDecoderTest, ErrorsAreAttributedToTheirRequest) {
  const auto& rejected = decode(error("n00002a00000001f4", 400, -2010, "Duplicate order sent."));
  ASSERT_EQ(rejected.kind, MessageKind::kFailure);
  EXPECT_EQ(rejected.failure.kind, RequestKind::kNewOrder);
  EXPECT_EQ(rejected.failure.failure, FailureClass::kRejected);
  EXPECT_EQ(rejected.failure.order_id, kOrder);
  EXPECT_EQ(rejected.failure.venue_code, -2010);
  EXPECT_EQ(rejected.failure.http_status, 400);
  EXPECT_EQ(rejected.failure.received, kReceived);
  const auto& gone = decode(error("c00002a00000001f4", 400, -2011, "Unknown order sent."));
  EXPECT_EQ(gone.failure.failure, FailureClass::kNoSuchOrder);
  EXPECT_EQ(gone.failure.kind, RequestKind::kCancel);
  const auto& absent = decode(error("q00002a00000001f4", 400, -2013, "Order does not exist."));
  EXPECT_EQ(absent.failure.failure, FailureClass::kNoSuchOrder);
  const auto& mass = decode(error("m0000000000000001", 504, -1007, "Timeout"));
  EXPECT_EQ(mass.failure.symbol, kEth);
  EXPECT_EQ(mass.failure.failure, FailureClass::kUnknown);
  EXPECT_EQ(decode(error("l0000000000000000", 401, -2015, "Invalid API-key")).kind,
            MessageKind::kSessionFailure);
}

TEST_F(MessageDecoderTest, ARateLimitSaysWhenToComeBack) {
  Json limited = error("n00002a00000001f4", 418, -1003, "Way too much request weight used");
  limited["error"]["data"] = {{"serverTime", 1659142907531}, {"retryAfter", 1659146400000}};
  const auto& message = decode(limited);
  EXPECT_EQ(message.failure.failure, FailureClass::kRateLimited);
  EXPECT_EQ(message.retry_after - message.server_time, std::chrono::milliseconds{3'492'469});
}

TEST_F(MessageDecoderTest, TheVenuesCountsAreRead) {
  Json answer = reply("n00002a00000001f4", order("NEW"));
  answer["rateLimits"] = Json::parse(
      R"([{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":50,"count":12},
          {"rateLimitType":"ORDERS","interval":"DAY","intervalNum":1,"limit":160000,"count":4043},
          {"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000,
           "count":-1}])");
  const auto& message = decode(answer);
  ASSERT_TRUE(message.has_rate_budget);
  EXPECT_EQ(message.budget.orders_short.count, 12);
  EXPECT_EQ(message.budget.orders_short.limit, 50);
  EXPECT_EQ(message.budget.orders_short.interval_s, 10);
  EXPECT_EQ(message.budget.orders_day.count, 4043);
  EXPECT_EQ(message.budget.orders_day.interval_s, 86'400);
  EXPECT_EQ(message.budget.request_weight.count, -1);
  EXPECT_EQ(message.budget.request_weight.interval_s, 60);
}

TEST_F(MessageDecoderTest, TheOrderOfTheRootsFieldsDoesNotMatter) {
  // By hand: a JSON library would sort the names.
  const std::string result = "\"result\":" + order("NEW").dump();
  const std::string id = "\"id\":\"n00002a00000001f4\"";
  const std::string status = "\"status\":200";
  for (const std::string& fields :
       {result + "," + id + "," + status, status + "," + result + ",\"rateLimits\":[]," + id}) {
    const std::string text = "{" + fields + "}";
    const auto& message = decode(std::string_view{text});
    EXPECT_EQ(message.kind, MessageKind::kResult) << text;
    ASSERT_EQ(message.reports.size(), 1u);
    EXPECT_EQ(message.reports[0].order_id, kOrder);
  }
}

TEST_F(MessageDecoderTest, AnUnreadableAnswerLeavesItsRequestUnknown) {
  Json bad = order("NEW");
  bad["price"] = "twelve";
  Json bare = order("FILLED");
  bare.erase("executedQty");
  for (const Json& answer :
       {reply("n00002a00000001f4", bad), reply("n00002a00000001f4", bare),
        reply("n00002a00000001f4", nullptr), reply("n00002a00000001f4", order("INVENTED")),
        Json{{"id", "n00002a00000001f4"}, {"status", 200}}}) {
    const auto& message = decode(answer);
    EXPECT_EQ(message.kind, MessageKind::kFailure) << answer;
    EXPECT_EQ(message.failure.failure, FailureClass::kUnknown);
    EXPECT_EQ(message.failure.order_id, kOrder);
    EXPECT_TRUE(message.reports.empty());
  }
}

TEST_F(MessageDecoderTest, AnswersToNobodyAndTheRevokedKey) {
  EXPECT_EQ(decode(error(nullptr, 401, -2015, "Invalid API-key")).kind, MessageKind::kKeyRevoked);
  EXPECT_EQ(decode(error(nullptr, 400, -1135, "Invalid JSON")).kind, MessageKind::kForeignReply);
  EXPECT_EQ(decode(reply("e2a85d9f-07a5-4f94", order("NEW"))).kind, MessageKind::kForeignReply);
  EXPECT_EQ(decode(Json{{"id", 1}, {"status", 200}, {"result", {{"serverTime", 1}}}}).kind,
            MessageKind::kForeignReply);
}

TEST_F(MessageDecoderTest, WhatIsNotTheProtocolIsGarbage) {
  for (const char* text :
       {"", " ", "{", "}", "null", "1", "[]", "{}", "\"text\"", "<HTML><HEAD></HEAD></HTML>",
        "{\"id\":\"n00002a00000001f4\",\"status\":200,\"result\":", "{} {}", "\xff\xfe",
        R"({"event":{"e":"serverShutdown"}} trailing)"}) {
    const auto kind = decode(std::string_view{text}).kind;
    EXPECT_TRUE(kind == MessageKind::kGarbage || kind == MessageKind::kMalformedEvent) << text;
  }
}

TEST_F(MessageDecoderTest, AMessageBeyondTheBoundIsRefusedAndAListingAtItIsNot) {
  MessageDecoder small{instruments_, codec(), 100};
  const Padded long_text{reply("n00002a00000001f4", order("NEW")).dump()};
  small.decode(long_text.view(), kReceived, message_);
  EXPECT_EQ(message_.kind, MessageKind::kGarbage);

  MessageDecoder wide{instruments_, codec(), 16u << 20};
  const std::string one = order("NEW").dump();
  std::string listing = R"({"id":"o0000000000000000","status":200,"result":[)" + one;
  for (std::size_t i = 1; i < DecodedMessage::kEntriesMax; ++i) listing += "," + one;
  const Padded full{listing + "]}"};
  wide.decode(full.view(), kReceived, message_);
  EXPECT_EQ(message_.kind, MessageKind::kResult);
  EXPECT_EQ(message_.reports.size(), DecodedMessage::kEntriesMax);
  const Padded over{listing + "," + one + "]}"};
  wide.decode(over.view(), kReceived, message_);
  EXPECT_EQ(message_.kind, MessageKind::kFailure);  // never a listing with a part missing
  EXPECT_TRUE(message_.reports.empty());
}

TEST_F(MessageDecoderTest, DecodingDoesNotAllocate) {
  if (!enable_allocation_guard()) GTEST_SKIP() << "the sanitizer owns malloc";
  Json filled = order("FILLED", "0.00847000", "198.33606300");
  filled["fills"] = {fill("23416.10000000", "0.00847000", 11)};
  const Padded answer{reply("n00002a00000001f4", filled).dump()};
  const Padded report{event(execution_report()).dump()};
  const Padded reversed{R"({"result":)" + filled.dump() +
                        R"(,"status":200,"id":"n0000000000000001"})"};
  const Padded html{"<HTML>"};
  const NoAllocScope scope{"decoder test"};  // aborts on an allocation
  for (const Padded* payload : {&answer, &report, &reversed, &html}) {
    decoder_.decode(payload->view(), kReceived, message_);
  }
}

}  // namespace
}  // namespace portcullis::oms::binance::test
