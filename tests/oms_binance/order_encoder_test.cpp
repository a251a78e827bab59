#include "oms/binance/order_encoder.hpp"

#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/no_alloc.hpp"
#include "tests/oms_binance/binance_world.hpp"
#include "tests/oms_binance/hmac_oracle.hpp"

namespace portcullis::oms::binance::test {
namespace {

EncoderSettings settings() {
  return {.api_key = std::string{kApiKey}, .clock_offset = std::chrono::milliseconds{-7}};
}

// The covered text by the documentation's words: every parameter but the signature, sorted by name.
std::string covered_text(const Json& params) {
  std::map<std::string, std::string> sorted;
  for (const auto& [name, value] : params.items()) {
    if (name == "signature") continue;
    sorted[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  std::string text;
  for (const auto& [name, value] : sorted) text += (text.empty() ? "" : "&") + name + "=" + value;
  return text;
}

class OrderEncoderTest : public testing::TestWithParam<KeyKind> {
 protected:
  OrderEncoder make() {
    auto signer = Signer::make(
        GetParam(), Secret{GetParam() == KeyKind::kHmacSha256 ? kHmacSecret : kEd25519Pem});
    EXPECT_TRUE(signer);
    auto encoder = OrderEncoder::make(settings(), std::move(*signer), instruments_, codec());
    EXPECT_TRUE(encoder);
    return std::move(*encoder);
  }

  // Checks envelope, timing and signature; what is left are the parameters that matter.
  Json params_of(std::string_view frame, const std::string& id, const std::string& method,
                 int recv_window = 5000) {
    Json request = Json::parse(frame);
    EXPECT_EQ(request["id"], id);
    EXPECT_EQ(request["method"], method);
    EXPECT_EQ(request.size(), 3u) << request;
    Json params = request["params"];
    EXPECT_EQ(params["timestamp"], 1'660'801'715'424);  // the wall clock's ms, minus seven
    EXPECT_EQ(params["recvWindow"], recv_window);
    if (GetParam() == KeyKind::kHmacSha256) {
      EXPECT_EQ(params["apiKey"], kApiKey);
      EXPECT_EQ(params["signature"], hmac_oracle(kHmacSecret, covered_text(params)));
    } else {
      EXPECT_FALSE(params.contains("apiKey"));
      EXPECT_FALSE(params.contains("signature"));
    }
    for (const char* name : {"timestamp", "recvWindow", "apiKey", "signature"}) params.erase(name);
    return params;
  }

  InstrumentTable instruments_ = make_instruments();
  OrderEncoder encoder_ = make();
};

INSTANTIATE_TEST_SUITE_P(EachKey, OrderEncoderTest,
                         testing::Values(KeyKind::kHmacSha256, KeyKind::kEd25519),
                         [](const auto& parameter) {
                           return parameter.param == KeyKind::kHmacSha256 ? "Hmac" : "Ed25519";
                         });

TEST_P(OrderEncoderTest, EveryKindOfNewOrder) {
  const std::string id = client_id(kOrder);
  for (const SymbolId symbol : {kBtc, kEth, SymbolId{4}}) {
    for (const Side side : {Side::kBuy, Side::kSell}) {
      const Json common{{"newClientOrderId", id},
                        {"newOrderRespType", "FULL"},
                        {"quantity", "0.00847"},
                        {"side", side == Side::kBuy ? "BUY" : "SELL"},
                        {"symbol", instruments_.at(symbol).symbol}};
      NewOrderSingle order = limit_order();
      order.symbol = symbol;
      order.side = side;
      for (const auto& [tif, word] : {std::pair{TimeInForce::kGtc, "GTC"},
                                      {TimeInForce::kIoc, "IOC"},
                                      {TimeInForce::kFok, "FOK"}}) {
        order.tif = tif;
        Json expected = common;
        expected.update({{"type", "LIMIT"}, {"timeInForce", word}, {"price", "23416.1"}});
        EXPECT_EQ(params_of(encoder_.order_place(order, kOrder, kWall), "n00002a00000001f4",
                            "order.place", 1500),
                  expected);
      }
      order.tif = TimeInForce::kGtc;
      order.type = OrdType::kLimitMaker;
      Json maker = common;
      maker.update({{"type", "LIMIT_MAKER"}, {"price", "23416.1"}});
      EXPECT_EQ(params_of(encoder_.order_place(order, kOrder, kWall), "n00002a00000001f4",
                          "order.place", 1500),
                maker);
      order.type = OrdType::kMarket;
      order.px = {};
      Json market = common;
      market.update({{"type", "MARKET"}});
      EXPECT_EQ(params_of(encoder_.order_place(order, kOrder, kWall), "n00002a00000001f4",
                          "order.place", 1500),
                market);
    }
  }
}

// Parameters by type as the documentation lists them ("Place new order").
TEST_P(OrderEncoderTest, EveryKindOfSpecialOrder) {
  const auto params = [this](const NewOrderSingle& order) {
    Json out = params_of(encoder_.order_place(order, kOrder, kWall), "n00002a00000001f4",
                         "order.place", 1500);
    EXPECT_EQ(out["newClientOrderId"], client_id(kOrder));
    EXPECT_EQ(out["newOrderRespType"], "FULL");
    for (const char* name : {"newClientOrderId", "newOrderRespType", "side", "symbol"}) {
      out.erase(name);
    }
    return out;
  };
  NewOrderSingle order = limit_order();
  order.terms.stop_px = px("23000");
  for (const auto& [type, word] : {std::pair{OrdType::kStopLossLimit, "STOP_LOSS_LIMIT"},
                                   {OrdType::kTakeProfitLimit, "TAKE_PROFIT_LIMIT"}}) {
    order.type = type;
    EXPECT_EQ(params(order), (Json{{"type", word},
                                   {"timeInForce", "GTC"},
                                   {"quantity", "0.00847"},
                                   {"price", "23416.1"},
                                   {"stopPrice", "23000"}}));
  }
  order.px = {};
  for (const auto& [type, word] :
       {std::pair{OrdType::kStopLoss, "STOP_LOSS"}, {OrdType::kTakeProfit, "TAKE_PROFIT"}}) {
    order.type = type;
    EXPECT_EQ(params(order),
              (Json{{"type", word}, {"quantity", "0.00847"}, {"stopPrice", "23000"}}));
  }
  order.terms = {.trailing_delta_bips = 2'000};
  EXPECT_EQ(params(order),
            (Json{{"type", "TAKE_PROFIT"}, {"quantity", "0.00847"}, {"trailingDelta", 2000}}));

  order = limit_order();
  order.type = OrdType::kMarket;
  order.px = {};
  order.terms.quote_qty = Notional::from_units(100);
  EXPECT_EQ(params(order), (Json{{"type", "MARKET"}, {"quoteOrderQty", "100"}}))
      << "the quantity is our bound and not sent";

  order = limit_order();
  order.terms.iceberg_qty = qty("0.001");
  order.terms.stp = StpMode::kExpireTaker;
  EXPECT_EQ(params(order), (Json{{"type", "LIMIT"},
                                 {"timeInForce", "GTC"},
                                 {"quantity", "0.00847"},
                                 {"price", "23416.1"},
                                 {"icebergQty", "0.001"},
                                 {"selfTradePreventionMode", "EXPIRE_TAKER"}}));

  order = limit_order();
  order.type = OrdType::kLimitMaker;
  order.px = {};
  order.terms.peg = PegKind::kPrimary;
  order.terms.peg_offset_levels = 2;
  EXPECT_EQ(params(order), (Json{{"type", "LIMIT_MAKER"},
                                 {"quantity", "0.00847"},
                                 {"pegPriceType", "PRIMARY_PEG"},
                                 {"pegOffsetType", "PRICE_LEVEL"},
                                 {"pegOffsetValue", 2}}));
}

TEST_P(OrderEncoderTest, ExtremeNumbersFit) {
  NewOrderSingle order = limit_order();
  order.px = Price::max();
  order.qty = Qty::from_raw(1);
  const OrderId id{~std::uint64_t{0}};
  const Json params =
      params_of(encoder_.order_place(order, id, kWall), "nffffffffffffffff", "order.place", 1500);
  EXPECT_EQ(params["price"], "92233720368.54775807");
  EXPECT_EQ(params["quantity"], "0.00000001");
  EXPECT_EQ(codec().decode(params["newClientOrderId"].get<std::string>()), id);
}

TEST_P(OrderEncoderTest, CancelPrefersTheVenuesId) {
  EXPECT_EQ(params_of(encoder_.order_cancel(kOrder, kBtc, VenueOrderId{12569099453}, kWall),
                      "c00002a00000001f4", "order.cancel"),
            (Json{{"orderId", 12569099453}, {"symbol", "BTCUSDT"}}));
  EXPECT_EQ(params_of(encoder_.order_cancel(kOrder, kBtc, VenueOrderId{}, kWall),
                      "c00002a00000001f4", "order.cancel"),
            (Json{{"origClientOrderId", client_id(kOrder)}, {"symbol", "BTCUSDT"}}));
}

TEST_P(OrderEncoderTest, AReplaceIsANewOrderThatNamesTheOldOne) {
  const OrderId old = make_order_id(42, 7);
  Json wanted = params_of(encoder_.order_place(limit_order(), kOrder, kWall), "n00002a00000001f4",
                          "order.place", 1500);
  wanted["cancelOrderId"] = 125690984230;
  wanted["cancelReplaceMode"] = "STOP_ON_FAILURE";
  EXPECT_EQ(
      params_of(encoder_.order_replace(limit_order(), kOrder,
                                       {.id = old, .venue_id = VenueOrderId{125690984230}}, kWall),
                "r00002a00000001f4", "order.cancelReplace", 1500),
      wanted);
  wanted.erase("cancelOrderId");
  wanted["cancelOrigClientOrderId"] = client_id(old);
  wanted["cancelReplaceMode"] = "ALLOW_FAILURE";
  EXPECT_EQ(
      params_of(encoder_.order_replace(limit_order(), kOrder,
                                       {.id = old, .mode = ReplaceMode::kAllowFailure}, kWall),
                "r00002a00000001f4", "order.cancelReplace", 1500),
      wanted);
}

TEST_P(OrderEncoderTest, AnAmendedOrderKeepsItsClientId) {
  Json wanted{{"newClientOrderId", client_id(kOrder)},
              {"newQty", "0.5"},
              {"orderId", 12569099453},
              {"symbol", "BTCUSDT"}};
  EXPECT_EQ(
      params_of(encoder_.order_amend(kOrder, kBtc, VenueOrderId{12569099453}, qty("0.5"), kWall),
                "e00002a00000001f4", "order.amend.keepPriority", 1500),
      wanted);
  wanted.erase("orderId");
  wanted["origClientOrderId"] = client_id(kOrder);
  EXPECT_EQ(params_of(encoder_.order_amend(kOrder, kBtc, VenueOrderId{}, qty("0.5"), kWall),
                      "e00002a00000001f4", "order.amend.keepPriority", 1500),
            wanted);
}

TEST_P(OrderEncoderTest, QueriesAndListings) {
  EXPECT_EQ(
      params_of(encoder_.order_status(kOrder, kEth, kWall), "q00002a00000001f4", "order.status"),
      (Json{{"origClientOrderId", client_id(kOrder)}, {"symbol", "ETHUSDT"}}));
  EXPECT_EQ(params_of(encoder_.my_trades(kOrder, kEth, VenueOrderId{77}, kWall),
                      "t00002a00000001f4", "myTrades"),
            (Json{{"orderId", 77}, {"symbol", "ETHUSDT"}, {"limit", 1000}}));
  EXPECT_EQ(
      params_of(encoder_.trades_since(kEth, TradeId{101}, kWall), "h0001000000000065", "myTrades"),
      (Json{{"fromId", 101}, {"symbol", "ETHUSDT"}, {"limit", 1000}}));
  EXPECT_EQ(
      params_of(encoder_.trades_since(kEth, TradeId{}, kWall), "h0001000000000000", "myTrades"),
      (Json{{"symbol", "ETHUSDT"}, {"limit", 1}}))
      << "the newest alone";
  EXPECT_EQ(params_of(encoder_.order_lookup(kEth, VenueOrderId{77}, kWall), "v000000000000004d",
                      "order.status"),
            (Json{{"orderId", 77}, {"symbol", "ETHUSDT"}}));
  EXPECT_EQ(params_of(encoder_.cancel_all(RequestTag::kMassCancel, kEth, kWall),
                      "m0000000000000001", "openOrders.cancelAll"),
            (Json{{"symbol", "ETHUSDT"}}));
  EXPECT_EQ(params_of(encoder_.open_orders(0, kWall), "o0000000000000000", "openOrders.status"),
            Json::object());
  EXPECT_EQ(params_of(encoder_.account_status(0, kWall), "a0000000000000000", "account.status"),
            Json::object());
}

TEST_P(OrderEncoderTest, RequestsAfterTheLogonDoNotAllocate) {
  if (!enable_allocation_guard()) GTEST_SKIP() << "the sanitizer owns malloc";
  std::size_t bytes = 0;
  {
    const NoAllocScope scope{"encoder test"};  // aborts on an allocation
    bytes += encoder_.order_place(limit_order(), kOrder, kWall).size();
    NewOrderSingle iceberg = limit_order();
    iceberg.terms.iceberg_qty = qty("0.001");
    bytes += encoder_.order_place(iceberg, kOrder, kWall).size();
    bytes += encoder_.order_cancel(kOrder, kBtc, VenueOrderId{1}, kWall).size();
    bytes += encoder_.order_replace(limit_order(), kOrder, {.id = kOrder}, kWall).size();
    bytes += encoder_.order_amend(kOrder, kBtc, VenueOrderId{}, qty("1"), kWall).size();
    bytes += encoder_.order_status(kOrder, kBtc, kWall).size();
    bytes += encoder_.my_trades(kOrder, kBtc, VenueOrderId{1}, kWall).size();
    bytes += encoder_.trades_since(kBtc, TradeId{1}, kWall).size();
    bytes += encoder_.order_lookup(kBtc, VenueOrderId{1}, kWall).size();
    bytes += encoder_.cancel_all(RequestTag::kMassCancel, kBtc, kWall).size();
    bytes += encoder_.open_orders(0, kWall).size();
    bytes += encoder_.account_status(0, kWall).size();
    bytes += encoder_.subscribe(kWall).size();
  }
  EXPECT_GT(bytes, 500u);
}

TEST_P(OrderEncoderTest, Subscription) {
  const std::string frame{encoder_.subscribe(kWall)};
  if (GetParam() == KeyKind::kHmacSha256) {
    EXPECT_EQ(params_of(frame, "s0000000000000000", "userDataStream.subscribe.signature"),
              Json::object());
  } else {
    EXPECT_EQ(Json::parse(frame),
              (Json{{"id", "s0000000000000000"}, {"method", "userDataStream.subscribe"}}));
  }
}

TEST(OrderEncoderLogonTest, TheLogonIsSignedWithTheKeyAndVerifiesWithItsPublicHalf) {
  const InstrumentTable instruments = make_instruments();
  auto signer = Signer::ed25519(Secret{kEd25519Pem});
  ASSERT_TRUE(signer);
  auto encoder = OrderEncoder::make(settings(), std::move(*signer), instruments, codec());
  ASSERT_TRUE(encoder);
  const Json request = Json::parse(encoder->session_logon(kWall));
  EXPECT_EQ(request["method"], "session.logon");
  const Json& params = request["params"];
  EXPECT_EQ(params["apiKey"], kApiKey);
  EXPECT_EQ(params.size(), 4u);
  const auto again = Signer::ed25519(Secret{kEd25519Pem});
  std::array<char, Signer::kSignatureMax> expected{};
  const std::size_t size = again->sign(covered_text(params), expected.data());
  EXPECT_EQ(params["signature"], (std::string{expected.data(), size}));
}

TEST(OrderEncoderSettingsTest, WhatCannotBeRenderedIsRefused) {
  using testing::HasSubstr;
  InstrumentTable instruments = make_instruments();
  const auto error_of = [&](EncoderSettings bad) {
    auto signer = Signer::hmac_sha256(Secret{kHmacSecret});
    const auto made = OrderEncoder::make(std::move(bad), std::move(*signer), instruments, codec());
    return made ? std::string{} : made.error();
  };
  EXPECT_EQ(error_of(settings()), "");
  EncoderSettings bad = settings();
  bad.api_key = "";
  EXPECT_THAT(error_of(bad), HasSubstr("api_key"));
  bad.api_key = "with\"quote";
  EXPECT_THAT(error_of(bad), HasSubstr("api_key"));
  bad = settings();
  bad.recv_window = std::chrono::milliseconds{60'001};
  EXPECT_THAT(error_of(bad), HasSubstr("recv_window"));
  instruments.add({.symbol = "BAD\"SYMBOL", .base_asset_name = "A", .quote_asset_name = "B"});
  EXPECT_THAT(error_of(settings()), HasSubstr("BAD"));
}

}  // namespace
}  // namespace portcullis::oms::binance::test
