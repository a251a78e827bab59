// Order lists on the wire: the requests against the documentation's examples, the answers and
// events as the documentation shows them.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "oms/binance/message_decoder.hpp"
#include "oms/binance/order_encoder.hpp"
#include "tests/oms_binance/binance_world.hpp"
#include "tests/oms_binance/hmac_oracle.hpp"

namespace portcullis::oms::binance::test {
namespace {

constexpr OrderId nth(std::size_t i) {
  return OrderId{kOrder.raw() + i};
}

NewOrderSingle list_leg(OrdType type, Side side, const char* quantity, const char* limit_px,
                        const char* stop_px = nullptr) {
  NewOrderSingle order;
  order.symbol = kBtc;
  order.type = type;
  order.side = side;
  if (quantity != nullptr) order.qty = qty(quantity);
  if (limit_px != nullptr) order.px = px(limit_px);
  if (stop_px != nullptr) order.terms.stop_px = px(stop_px);
  return order;
}

class ListRequests : public testing::Test {
 protected:
  // The frame of a logged-on session.
  static std::string plain(const NewOrderList& list, StrategyMark mark = {}) {
    auto signer = Signer::ed25519(Secret{kEd25519Pem});
    return std::string{make(std::move(*signer), mark).list_place(list, kOrder, kWall)};
  }
  static OrderEncoder make(Signer signer, StrategyMark mark = {}) {
    static const InstrumentTable instruments = make_instruments();
    auto encoder = OrderEncoder::make({.api_key = std::string{kApiKey}, .strategy = mark},
                                      std::move(signer), instruments, codec());
    return std::move(*encoder);
  }
  // As on the wire, around these parameters.
  static std::string request(const char* letter, const char* method, const std::string& params) {
    return std::string{R"({"id":")"} + letter + R"(00002a00000001f4","method":"orderList.place.)" +
           method + R"(","params":{)" + params + "}}";
  }
};

// "Place new Order list - OCO", with its numbers.
TEST_F(ListRequests, OcoOfTheDocumentation) {
  const NewOrderList list{
      .kind = ListKind::kOco,
      .orders = {list_leg(OrdType::kStopLossLimit, Side::kBuy, "1", "1.5", "1.50000001"),
                 list_leg(OrdType::kLimitMaker, Side::kBuy, "1", "1.49999999")}};
  EXPECT_EQ(plain(list),
            request("p", "oco",
                    R"("aboveClientOrderId":"pc1-00002a-00000001f4","abovePrice":"1.5",)"
                    R"("aboveStopPrice":"1.50000001","aboveTimeInForce":"GTC",)"
                    R"("aboveType":"STOP_LOSS_LIMIT",)"
                    R"("belowClientOrderId":"pc1-00002a-00000001f5","belowPrice":"1.49999999",)"
                    R"("belowType":"LIMIT_MAKER",)"
                    R"("listClientOrderId":"pc1-00002a-00000001f4","newOrderRespType":"FULL",)"
                    R"("quantity":"1","recvWindow":1500,"side":"BUY","symbol":"BTCUSDT",)"
                    R"("timestamp":1660801715431)"));
}

// "Place new Order list - OTO".
TEST_F(ListRequests, OtoOfTheDocumentation) {
  const NewOrderList list{.kind = ListKind::kOto,
                          .orders = {list_leg(OrdType::kLimit, Side::kSell, "1", "1"),
                                     list_leg(OrdType::kMarket, Side::kBuy, "1", nullptr)}};
  EXPECT_EQ(plain(list),
            request("p", "oto",
                    R"("listClientOrderId":"pc1-00002a-00000001f4","newOrderRespType":"FULL",)"
                    R"("pendingClientOrderId":"pc1-00002a-00000001f5","pendingQuantity":"1",)"
                    R"("pendingSide":"BUY","pendingType":"MARKET",)"
                    R"("recvWindow":1500,"symbol":"BTCUSDT","timestamp":1660801715431,)"
                    R"("workingClientOrderId":"pc1-00002a-00000001f4","workingPrice":"1",)"
                    R"("workingQuantity":"1","workingSide":"SELL","workingTimeInForce":"GTC",)"
                    R"("workingType":"LIMIT")"));
}

// "Place new Order list - OTOCO", but for its prices, which no market would trigger; with all that
// an order may ask for beside.
TEST_F(ListRequests, OtocoWithEverything) {
  NewOrderList list{.kind = ListKind::kOtoco,
                    .orders = {list_leg(OrdType::kLimit, Side::kBuy, "1", "1.5"),
                               list_leg(OrdType::kTakeProfitLimit, Side::kSell, "5", "5", "4.9"),
                               list_leg(OrdType::kStopLoss, Side::kSell, "5", nullptr, "0.5")}};
  for (NewOrderSingle& order : list.orders) order.terms.stp = StpMode::kExpireMaker;
  list.orders[0].terms.iceberg_qty = qty("0.25");
  list.orders[1].px = Price{};
  list.orders[1].terms.peg = PegKind::kPrimary;
  list.orders[1].terms.peg_offset_levels = 2;
  list.orders[2].terms.trailing_delta_bips = 50;
  EXPECT_EQ(plain(list, {.id = 7, .type = 1'000'001}),
            request("w", "otoco",
                    R"("listClientOrderId":"pc1-00002a-00000001f4","newOrderRespType":"FULL",)"
                    R"("pendingAboveClientOrderId":"pc1-00002a-00000001f5",)"
                    R"("pendingAbovePegOffsetType":"PRICE_LEVEL","pendingAbovePegOffsetValue":2,)"
                    R"("pendingAbovePegPriceType":"PRIMARY_PEG","pendingAboveStopPrice":"4.9",)"
                    R"("pendingAboveStrategyId":7,"pendingAboveStrategyType":1000001,)"
                    R"("pendingAboveTimeInForce":"GTC","pendingAboveType":"TAKE_PROFIT_LIMIT",)"
                    R"("pendingBelowClientOrderId":"pc1-00002a-00000001f6",)"
                    R"("pendingBelowStopPrice":"0.5","pendingBelowStrategyId":7,)"
                    R"("pendingBelowStrategyType":1000001,"pendingBelowTrailingDelta":50,)"
                    R"("pendingBelowType":"STOP_LOSS","pendingQuantity":"5","pendingSide":"SELL",)"
                    R"("recvWindow":1500,"selfTradePreventionMode":"EXPIRE_MAKER",)"
                    R"("symbol":"BTCUSDT","timestamp":1660801715431,)"
                    R"("workingClientOrderId":"pc1-00002a-00000001f4","workingIcebergQty":"0.25",)"
                    R"("workingPrice":"1.5","workingQuantity":"1","workingSide":"BUY",)"
                    R"("workingStrategyId":7,"workingStrategyType":1000001,)"
                    R"("workingTimeInForce":"GTC","workingType":"LIMIT")"));
}

// "OPO" and "OPOCO": what waits has no quantity on the wire, whatever bound it has here.
TEST_F(ListRequests, OpoAndOpocoOfTheDocumentation) {
  const NewOrderList opo{.kind = ListKind::kOpo,
                         .orders = {list_leg(OrdType::kLimit, Side::kBuy, "0.0007", "101496"),
                                    list_leg(OrdType::kMarket, Side::kSell, "0.0007", nullptr)}};
  EXPECT_EQ(plain(opo),
            request("p", "opo",
                    R"("listClientOrderId":"pc1-00002a-00000001f4","newOrderRespType":"FULL",)"
                    R"("pendingClientOrderId":"pc1-00002a-00000001f5",)"
                    R"("pendingSide":"SELL","pendingType":"MARKET",)"
                    R"("recvWindow":1500,"symbol":"BTCUSDT","timestamp":1660801715431,)"
                    R"("workingClientOrderId":"pc1-00002a-00000001f4","workingPrice":"101496",)"
                    R"("workingQuantity":"0.0007","workingSide":"BUY",)"
                    R"("workingTimeInForce":"GTC","workingType":"LIMIT")"));
  NewOrderList opoco{
      .kind = ListKind::kOpoco,
      .orders = {list_leg(OrdType::kLimit, Side::kBuy, "0.0017", "102496"),
                 list_leg(OrdType::kLimitMaker, Side::kSell, "0.0017", "104261"),
                 list_leg(OrdType::kStopLossLimit, Side::kSell, "0.0017", "101613", "10100")}};
  opoco.orders[2].tif = TimeInForce::kIoc;
  EXPECT_EQ(plain(opoco),
            request("w", "opoco",
                    R"("listClientOrderId":"pc1-00002a-00000001f4","newOrderRespType":"FULL",)"
                    R"("pendingAboveClientOrderId":"pc1-00002a-00000001f5",)"
                    R"("pendingAbovePrice":"104261","pendingAboveType":"LIMIT_MAKER",)"
                    R"("pendingBelowClientOrderId":"pc1-00002a-00000001f6",)"
                    R"("pendingBelowPrice":"101613","pendingBelowStopPrice":"10100",)"
                    R"("pendingBelowTimeInForce":"IOC","pendingBelowType":"STOP_LOSS_LIMIT",)"
                    R"("pendingSide":"SELL","recvWindow":1500,"symbol":"BTCUSDT",)"
                    R"("timestamp":1660801715431,)"
                    R"("workingClientOrderId":"pc1-00002a-00000001f4","workingPrice":"102496",)"
                    R"("workingQuantity":"0.0017","workingSide":"BUY",)"
                    R"("workingTimeInForce":"GTC","workingType":"LIMIT")"));
}

TEST_F(ListRequests, ACancelNamesTheList) {
  auto signer = Signer::ed25519(Secret{kEd25519Pem});
  EXPECT_EQ(make(std::move(*signer)).list_cancel(kOrder, kBtc, kWall),
            R"({"id":"d00002a00000001f4","method":"orderList.cancel","params":{)"
            R"("listClientOrderId":"pc1-00002a-00000001f4","recvWindow":5000,)"
            R"("symbol":"BTCUSDT","timestamp":1660801715431}})");
}

// The signature covers the parameters in the byte order of their names, and the longest list there
// is has room.
TEST_F(ListRequests, ASignedListIsCoveredInOrder) {
  for (const ListKind kind :
       {ListKind::kOco, ListKind::kOto, ListKind::kOtoco, ListKind::kOpo, ListKind::kOpoco}) {
    NewOrderList list{.kind = kind, .orders = {}};
    for (std::size_t i = 0; i < 3; ++i) {
      NewOrderSingle& leg = list.orders[i];
      leg = list_leg(OrdType::kStopLossLimit, Side::kSell, "12345678.12345678", "12345678.12345678",
                     "12345678.12345678");
      leg.terms.stp = StpMode::kExpireTaker;
      leg.terms.iceberg_qty = qty("12345678.12345677");
      leg.terms.peg = PegKind::kPrimary;
      leg.terms.peg_offset_levels = 100;
      leg.terms.trailing_delta_bips = 20'000;
    }
    auto signer = Signer::hmac_sha256(Secret{kHmacSecret});
    auto encoder = make(std::move(*signer), {.id = INT64_MAX, .type = INT32_MAX});
    const Json request = Json::parse(encoder.list_place(list, kOrder, kWall));
    std::string covered;
    for (const auto& [name, value] : request["params"].items()) {  // sorted by name
      if (name == "signature") continue;
      covered += (covered.empty() ? "" : "&") + name + "=" +
                 (value.is_string() ? value.get<std::string>() : value.dump());
    }
    EXPECT_EQ(request["params"]["signature"], hmac_oracle(kHmacSecret, covered)) << covered;
    EXPECT_EQ(request["params"]["apiKey"], kApiKey);
  }
}

TEST_F(ListRequests, AMarkedOrderCarriesTheMark) {
  auto signer = Signer::ed25519(Secret{kEd25519Pem});
  auto encoder = make(std::move(*signer), {.id = 37463720, .type = 1'000'000});
  EXPECT_EQ(encoder.order_place(limit_order(), kOrder, kWall),
            R"({"id":"n00002a00000001f4","method":"order.place","params":{)"
            R"("newClientOrderId":"pc1-00002a-00000001f4","newOrderRespType":"FULL",)"
            R"("price":"23416.1","quantity":"0.00847","recvWindow":1500,"side":"SELL",)"
            R"("strategyId":37463720,"strategyType":1000000,"symbol":"BTCUSDT",)"
            R"("timeInForce":"GTC","timestamp":1660801715431,"type":"LIMIT"}})");
  const InstrumentTable instruments = make_instruments();
  auto other = Signer::ed25519(Secret{kEd25519Pem});
  EXPECT_FALSE(OrderEncoder::make({.api_key = "k", .strategy = {.id = 1, .type = 999'999}},
                                  std::move(*other), instruments, codec())
                   .has_value());
}

// ---- answers and events

class ListAnswers : public testing::Test {
 protected:
  const DecodedMessage& decode(const std::string& text) {
    const Padded payload{text};
    decoder_.decode(payload.view(), mono_time(77), message_);
    return message_;
  }
  // The documentation's answer with our names in it: the request's, and each order's.
  std::optional<std::string> documented(const char* section, char letter) {
    for (const Json& line : read_lines("docs-examples/web-socket-api.jsonl")) {
      Json body = line["json"];
      if (line["section"] != section || !body.is_object() || !body.contains("result")) continue;
      std::size_t i = 0;
      for (Json& leg : body["result"]["orderReports"]) {
        leg["symbol"] = "BTCUSDT";
        leg["clientOrderId"] = client_id(nth(i++));
        if (letter != 'p' && letter != 'w') leg["origClientOrderId"] = leg["clientOrderId"];
      }
      return R"({"id":")" + std::string(1, letter) + R"(00002a00000001f4","status":200,"result":)" +
             body["result"].dump() + "}";
    }
    return std::nullopt;
  }
  InstrumentTable instruments_ = make_instruments();
  MessageDecoder decoder_{instruments_, codec(), 1 << 16};
  DecodedMessage message_;
};

TEST_F(ListAnswers, EachOrderOfANewListIsReportedByItself) {
  struct Case {
    const char* section;
    char letter;
    std::vector<bool> waits;
  };
  for (const Case& each :
       {Case{"Place new Order list - OCO (TRADE)", 'p', {false, false}},
        Case{"Place new Order list - OTO (TRADE)", 'p', {false, true}},
        Case{"Place new Order list - OTOCO (TRADE)", 'w', {false, true, true}},
        Case{"OPO (TRADE)", 'p', {false, true}}, Case{"OPOCO (TRADE)", 'w', {false, true, true}}}) {
    const auto text = documented(each.section, each.letter);
    if (!text) GTEST_SKIP() << "recorded data is absent";
    const DecodedMessage& message = decode(*text);
    ASSERT_EQ(message.kind, MessageKind::kResult) << *text;
    ASSERT_EQ(message.reports.size(), each.waits.size()) << each.section;
    for (std::size_t i = 0; i < each.waits.size(); ++i) {
      const VenueReport& report = message.reports[i];
      EXPECT_EQ(report.order_id, nth(i));
      EXPECT_NE(report.venue_order_id, VenueOrderId{});
      EXPECT_EQ(report.exec_type, ExecType::kNew);
      EXPECT_EQ(report.state, OrderState::kNew);
      EXPECT_EQ(report.is_waiting, each.waits[i]) << each.section << " " << i;
      EXPECT_EQ(report.source, ReportSource::kReply);
    }
  }
}

TEST_F(ListAnswers, AFillInTheAnswerIsTheOrdersOwn) {
  const DecodedMessage& message =
      decode(R"({"id":"p00002a00000001f4","status":200,"result":{"orderListId":1,"orderReports":[)"
             R"({"symbol":"BTCUSDT","orderId":5,"clientOrderId":")" +
             client_id(nth(0)) +
             R"(","transactTime":1,"price":"10","origQty":"2","executedQty":"2",)"
             R"("cummulativeQuoteQty":"20","status":"FILLED","side":"BUY","fills":[)"
             R"({"price":"10","qty":"2","commission":"0","commissionAsset":"BTC","tradeId":9}]},)"
             R"({"symbol":"BTCUSDT","orderId":6,"clientOrderId":")" +
             client_id(nth(1)) +
             R"(","transactTime":1,"price":"11","origQty":"2","executedQty":"0",)"
             R"("cummulativeQuoteQty":"0","status":"PENDING_NEW","side":"SELL","fills":[]}]}})");
  ASSERT_EQ(message.kind, MessageKind::kResult);
  ASSERT_EQ(message.reports.size(), 3U);
  EXPECT_EQ(message.reports[1].exec_type, ExecType::kTrade);
  EXPECT_EQ(message.reports[1].order_id, nth(0));
  EXPECT_EQ(message.reports[1].trade_id, TradeId{9});
  EXPECT_EQ(message.reports[2].order_id, nth(1));
  EXPECT_TRUE(message.reports[2].is_waiting);
}

TEST_F(ListAnswers, ACancelOfAListAndOfOneOfItsOrdersEndsAll) {
  for (const auto& [section, letter] :
       {std::pair{"Cancel Order list (TRADE)", 'd'}, std::pair{"Cancel Order list (TRADE)", 'c'}}) {
    const auto text = documented(section, letter);
    if (!text) GTEST_SKIP() << "recorded data is absent";
    const DecodedMessage& message = decode(*text);
    ASSERT_EQ(message.kind, MessageKind::kResult) << *text;
    ASSERT_EQ(message.reports.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(message.reports[i].order_id, nth(i));
      EXPECT_EQ(message.reports[i].exec_type, ExecType::kCanceled);
    }
  }
}

// An OPO's pending order that has ended unsized has no origQty; anybody else's is missing.
TEST_F(ListAnswers, OnlyAnOrderOfAListMayBeWithoutAQuantity) {
  const auto answer = [](int list_id, const char* executed) {
    return R"({"id":"q00002a00000001f4","status":200,"result":{"symbol":"BTCUSDT","orderId":6,)"
           R"("orderListId":)" +
           std::to_string(list_id) + R"(,"clientOrderId":"x","price":"0","executedQty":")" +
           executed + R"(","cummulativeQuoteQty":"0","status":"CANCELED","side":"SELL"}})";
  };
  ASSERT_EQ(decode(answer(4, "0")).kind, MessageKind::kResult);
  EXPECT_EQ(message_.reports[0].qty, Qty{});
  EXPECT_EQ(message_.reports[0].state, OrderState::kCanceled);
  EXPECT_EQ(decode(answer(-1, "0")).kind, MessageKind::kFailure);
  EXPECT_EQ(decode(answer(4, "1")).kind, MessageKind::kFailure);
}

TEST_F(ListAnswers, AListWithoutItsOrdersLeavesAllInDoubt) {
  for (const char* result : {R"({"orderListId":1})", "[]", "{}", R"({"orderReports":{}})",
                             R"({"orderReports":[{"symbol":"BTCUSDT"}]})"}) {
    const DecodedMessage& message =
        decode(std::string{R"({"id":"w00002a00000001f4","status":200,"result":)"} + result + "}");
    EXPECT_EQ(message.kind, MessageKind::kFailure) << result;
    EXPECT_EQ(message.failure.kind, RequestKind::kNewList);
    EXPECT_EQ(message.failure.failure, FailureClass::kUnknown);
    EXPECT_EQ(message.failure.order_id, kOrder);
    EXPECT_TRUE(message.reports.empty());
  }
}

TEST_F(ListAnswers, ARefusalIsOfTheWholeList) {
  const DecodedMessage& message =
      decode(R"({"id":"p00002a00000001f4","status":400,"error":{"code":-2010,"msg":)"
             R"("The relationship of the prices for the orders is not correct."}})");
  ASSERT_EQ(message.kind, MessageKind::kFailure);
  EXPECT_EQ(message.failure.kind, RequestKind::kNewList);
  EXPECT_EQ(message.failure.failure, FailureClass::kRejected);
  EXPECT_EQ(message.failure.order_id, kOrder);
}

TEST_F(ListAnswers, AListStatusNamesTheListAndWhetherItIsOver) {
  const auto event = [](const std::string& name, const char* type) {
    return R"({"subscriptionId":0,"event":{"e":"listStatus","E":1564035303637,"s":"BTCUSDT","g":2,)"
           R"("c":"OCO","l":")" +
           std::string{type} + R"(","L":"EXECUTING","r":"NONE","C":")" + name +
           R"(","T":1564035303625,"O":[{"s":"BTCUSDT","i":17,"c":"a"}]}})";
  };
  ASSERT_EQ(decode(event(client_id(kOrder), "EXEC_STARTED")).kind, MessageKind::kListEvent);
  EXPECT_EQ(message_.list_status.list_id, kOrder);
  EXPECT_FALSE(message_.list_status.is_done);
  ASSERT_EQ(decode(event(client_id(kOrder), "ALL_DONE")).kind, MessageKind::kListEvent);
  EXPECT_TRUE(message_.list_status.is_done);
  EXPECT_TRUE(message_.reports.empty());
  ASSERT_EQ(decode(event("somebody-elses", "ALL_DONE")).kind, MessageKind::kListEvent);
  EXPECT_EQ(message_.list_status.list_id, OrderId{});
  EXPECT_EQ(decode(event("", "ALL_DONE")).kind, MessageKind::kMalformedEvent);
}

TEST_F(ListAnswers, AnEventOfAPendingOrderSaysThatItWaits) {
  const auto event = [](const char* status) {
    return R"({"subscriptionId":0,"event":{"e":"executionReport","s":"BTCUSDT","c":")" +
           client_id(nth(1)) + R"(","S":"SELL","q":"1","p":"11","C":"","x":"NEW","X":")" + status +
           R"(","i":6,"l":"0","z":"0","L":"0","n":"0","N":null,"T":5,"t":-1,"I":7,"m":false,)"
           R"("Z":"0"}})";
  };
  ASSERT_EQ(decode(event("PENDING_NEW")).kind, MessageKind::kOrderEvent);
  EXPECT_TRUE(message_.reports[0].is_waiting);
  EXPECT_EQ(message_.reports[0].state, OrderState::kNew);
  ASSERT_EQ(decode(event("NEW")).kind, MessageKind::kOrderEvent);
  EXPECT_FALSE(message_.reports[0].is_waiting);
}

}  // namespace
}  // namespace portcullis::oms::binance::test
