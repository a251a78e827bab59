// Answers to order.cancelReplace, each row of the venue's table of outcomes ("Cancel and replace
// order"), and to order.amend.keepPriority.
#include <string>

#include <gtest/gtest.h>

#include "oms/binance/message_decoder.hpp"
#include "tests/oms_binance/binance_world.hpp"

namespace portcullis::oms::binance::test {
namespace {

const OrderId kOld = make_order_id(42, 7);
constexpr const char* kReplaceId = "r00002a00000001f4";  // of kOrder, the new one

class ChangeAnswersTest : public testing::Test {
 protected:
  const DecodedMessage& decode(const Json& json) {
    // In the venue's order: what the answer is about stands before what it says.
    std::string text = R"({"id":)" + json["id"].dump() + R"(,"status":)" + json["status"].dump();
    for (const char* name : {"result", "error"}) {
      if (json.contains(name)) text += R"(,")" + std::string{name} + R"(":)" + json[name].dump();
    }
    text += "}";
    const Padded payload{text};
    decoder_.decode(payload.view(), mono_time(77), message_);
    return message_;
  }
  static Json canceled() {
    return {{"symbol", "BTCUSDT"},
            {"origClientOrderId", client_id(kOld)},
            {"orderId", 125690984230},
            {"orderListId", -1},
            {"clientOrderId", "91fe37ce9e69c90d6358c0"},
            {"transactTime", 1684804350068},
            {"price", "23450.00000000"},
            {"origQty", "0.00847000"},
            {"executedQty", "0.00001000"},
            {"origQuoteOrderQty", "0.000000"},
            {"cummulativeQuoteQty", "0.23450000"},
            {"status", "CANCELED"},
            {"timeInForce", "GTC"},
            {"type", "LIMIT"},
            {"side", "SELL"},
            {"selfTradePreventionMode", "NONE"}};
  }
  static Json placed() {
    return {{"symbol", "BTCUSDT"},
            {"orderId", 12569099453},
            {"orderListId", -1},
            {"clientOrderId", client_id(kOrder)},
            {"transactTime", 1660813156959},
            {"price", "23416.10000000"},
            {"origQty", "0.00847000"},
            {"executedQty", "0.00000000"},
            {"origQuoteOrderQty", "0.000000"},
            {"cummulativeQuoteQty", "0.00000000"},
            {"status", "NEW"},
            {"timeInForce", "GTC"},
            {"type", "LIMIT"},
            {"side", "SELL"},
            {"fills", Json::array()},
            {"selfTradePreventionMode", "NONE"}};
  }
  static Json no(int code, const char* message) { return {{"code", code}, {"msg", message}}; }
  static Json halves(const char* cancel, const char* placement, Json cancel_says,
                     Json placement_says) {
    return {{"cancelResult", cancel},
            {"newOrderResult", placement},
            {"cancelResponse", std::move(cancel_says)},
            {"newOrderResponse", std::move(placement_says)}};
  }
  static Json error(int status, int code, Json data) {
    return {{"id", kReplaceId},
            {"status", status},
            {"error",
             {{"code", code},
              {"msg", "Order cancel-replace partially failed."},
              {"data", std::move(data)}}}};
  }
  void expect_both_in_doubt(const Json& answer) {
    const DecodedMessage& message = decode(answer);
    EXPECT_EQ(message.kind, MessageKind::kFailure) << answer;
    EXPECT_FALSE(message.replace.is_told());
    EXPECT_EQ(message.failure.kind, RequestKind::kNewOrder);
    EXPECT_EQ(message.failure.failure, FailureClass::kUnknown) << answer;
    EXPECT_EQ(message.failure.order_id, kOrder);
    EXPECT_TRUE(message.reports.empty());
  }

  InstrumentTable instruments_ = make_instruments();
  MessageDecoder decoder_{instruments_, codec(), 1u << 20};
  DecodedMessage message_;
};

TEST_F(ChangeAnswersTest, BothDone) {
  const DecodedMessage& message =
      decode({{"id", kReplaceId},
              {"status", 200},
              {"result", halves("SUCCESS", "SUCCESS", canceled(), placed())}});
  ASSERT_EQ(message.kind, MessageKind::kResult);
  ASSERT_EQ(message.reports.size(), 2U);
  EXPECT_EQ(message.reports[0].order_id, kOld);
  EXPECT_EQ(message.reports[0].exec_type, ExecType::kCanceled);
  EXPECT_EQ(message.reports[0].venue_order_id, VenueOrderId{125690984230});
  EXPECT_EQ(message.reports[0].cum_qty, qty("0.00001"));
  EXPECT_EQ(message.reports[1].order_id, kOrder);
  EXPECT_EQ(message.reports[1].exec_type, ExecType::kNew);
  EXPECT_EQ(message.reports[1].source, ReportSource::kReply);
  EXPECT_EQ(message.request, (RequestId{RequestTag::kReplace, kOrder.raw()}));
}

TEST_F(ChangeAnswersTest, CancelFailedAndStopped) {
  const DecodedMessage& message = decode(error(
      400, -2022, halves("FAILURE", "NOT_ATTEMPTED", no(-2011, "Unknown order sent."), nullptr)));
  ASSERT_EQ(message.kind, MessageKind::kFailure);
  EXPECT_TRUE(message.reports.empty());
  EXPECT_EQ(message.failure.venue_code, -2022);
  EXPECT_EQ(message.replace.cancel.failure, FailureClass::kNoSuchOrder);
  EXPECT_EQ(message.replace.cancel.venue_code, -2011);
  EXPECT_EQ(message.replace.placement.word, ReplaceWord::kNotAttempted);
}

TEST_F(ChangeAnswersTest, CancelDoneAndTheNewOrderFailed) {
  const DecodedMessage& message =
      decode(error(409, -2021,
                   halves("SUCCESS", "FAILURE", canceled(),
                          no(-2010, "Account has insufficient balance for requested action."))));
  ASSERT_EQ(message.kind, MessageKind::kFailure);
  ASSERT_EQ(message.reports.size(), 1U);
  EXPECT_EQ(message.reports[0].order_id, kOld);
  EXPECT_EQ(message.reports[0].state, OrderState::kCanceled);
  EXPECT_EQ(message.replace.placement.failure, FailureClass::kRejected);
  EXPECT_EQ(message.replace.placement.venue_code, -2010);
  EXPECT_FALSE(message.replace.cancel.has_failed());
}

TEST_F(ChangeAnswersTest, CancelFailedAndTheNewOrderDone) {
  const DecodedMessage& message = decode(
      error(409, -2021, halves("FAILURE", "SUCCESS", no(-2011, "Unknown order sent."), placed())));
  ASSERT_EQ(message.kind, MessageKind::kFailure);
  ASSERT_EQ(message.reports.size(), 1U);
  EXPECT_EQ(message.reports[0].order_id, kOrder);
  EXPECT_TRUE(message.replace.cancel.has_failed());
  EXPECT_EQ(message.replace.placement.word, ReplaceWord::kSuccess);
}

TEST_F(ChangeAnswersTest, BothFailed) {
  const DecodedMessage& message =
      decode(error(400, -2022,
                   halves("FAILURE", "FAILURE", no(-2011, "Unknown order sent."),
                          no(-2010, "Order would immediately match and take."))));
  ASSERT_EQ(message.kind, MessageKind::kFailure);
  EXPECT_TRUE(message.replace.cancel.has_failed());
  EXPECT_TRUE(message.replace.placement.has_failed());
}

TEST_F(ChangeAnswersTest, AHalfWhoseOutcomeIsUnknownIsInDoubtAlone) {
  const DecodedMessage& message = decode(
      error(409, -2021, halves("SUCCESS", "FAILURE", canceled(), no(-1007, "Timeout waiting."))));
  EXPECT_EQ(message.replace.placement.failure, FailureClass::kUnknown);
  EXPECT_EQ(message.reports.size(), 1U);
}

TEST_F(ChangeAnswersTest, APlainErrorIsAboutTheWholeRequest) {
  const auto plain = [this](int status, int code) {
    const DecodedMessage& message =
        decode({{"id", kReplaceId},
                {"status", status},
                {"error", {{"code", code}, {"msg", "Too many new orders."}}}});
    EXPECT_FALSE(message.replace.is_told());
    EXPECT_EQ(message.failure.kind, RequestKind::kNewOrder);
    EXPECT_EQ(message.failure.order_id, kOrder);
    return message.failure.failure;
  };
  EXPECT_EQ(plain(429, -1015), FailureClass::kRateLimited);
  EXPECT_EQ(plain(400, -1013), FailureClass::kRejected);
  EXPECT_EQ(plain(503, -1008), FailureClass::kUnknown);
  EXPECT_EQ(plain(409, -2021), FailureClass::kUnknown);  // half done, and not which half
}

TEST_F(ChangeAnswersTest, WhatContradictsItselfLeavesBothInDoubt) {
  const Json unknown = no(-2011, "Unknown order sent.");
  expect_both_in_doubt(error(409, -2021, halves("SUCCESS", "FAILURE", unknown, unknown)));
  expect_both_in_doubt(error(409, -2021, halves("SUCCESS", "FAILURE", canceled(), placed())));
  expect_both_in_doubt(error(409, -2021, halves("SUCCESS", "MAYBE", canceled(), placed())));
  expect_both_in_doubt(error(400, -2022, halves("FAILURE", "NOT_ATTEMPTED", unknown, placed())));
  expect_both_in_doubt(error(409, -2021, {{"cancelResult", "SUCCESS"}}));
  expect_both_in_doubt({{"id", kReplaceId},
                        {"status", 200},
                        {"result", halves("SUCCESS", "FAILURE", canceled(), unknown)}});
  expect_both_in_doubt({{"id", kReplaceId}, {"status", 200}, {"result", Json::object()}});
  Json cut = canceled();
  cut.erase("origQty");
  expect_both_in_doubt(error(409, -2021, halves("SUCCESS", "FAILURE", cut, unknown)));
}

TEST_F(ChangeAnswersTest, TheHalvesOfAnotherRequestsErrorAreNobodys) {
  Json answer = error(409, -2021, halves("SUCCESS", "FAILURE", canceled(), no(-2010, "no")));
  answer["id"] = "n00002a00000001f4";
  const DecodedMessage& message = decode(answer);
  EXPECT_EQ(message.kind, MessageKind::kFailure);
  EXPECT_FALSE(message.replace.is_told());
  EXPECT_TRUE(message.reports.empty());
}

// "Order amend keep priority", the example of a single order.
TEST_F(ChangeAnswersTest, AnAmendedOrderIsStatedWithItsNewQuantity) {
  const DecodedMessage& message = decode({{"id", "e00002a00000001f4"},
                                          {"status", 200},
                                          {"result",
                                           {{"transactTime", 1741923284382},
                                            {"executionId", 16},
                                            {"amendedOrder",
                                             {{"symbol", "BTCUSDT"},
                                              {"orderId", 12},
                                              {"orderListId", -1},
                                              {"origClientOrderId", client_id(kOrder)},
                                              {"clientOrderId", client_id(kOrder)},
                                              {"price", "5.00000000"},
                                              {"qty", "5.00000000"},
                                              {"executedQty", "1.00000000"},
                                              {"preventedQty", "0.00000000"},
                                              {"quoteOrderQty", "0.00000000"},
                                              {"cumulativeQuoteQty", "5.00000000"},
                                              {"status", "PARTIALLY_FILLED"},
                                              {"timeInForce", "GTC"},
                                              {"type", "LIMIT"},
                                              {"side", "BUY"},
                                              {"workingTime", 1741923284364},
                                              {"selfTradePreventionMode", "NONE"}}}}}});
  ASSERT_EQ(message.kind, MessageKind::kResult);
  ASSERT_EQ(message.reports.size(), 1U);
  const VenueReport& report = message.reports[0];
  EXPECT_EQ(report.order_id, kOrder);
  EXPECT_EQ(report.qty, qty("5"));
  EXPECT_EQ(report.cum_qty, qty("1"));
  EXPECT_EQ(report.cum_quote, *Notional::parse("5"));
  EXPECT_EQ(report.state, OrderState::kPartiallyFilled);
  EXPECT_EQ(report.source, ReportSource::kReply);
  EXPECT_EQ(report.venue_time, wall_time(1741923284382'000'000));
}

TEST_F(ChangeAnswersTest, ARefusedAmendmentIsAFailureOfItsOwnKind) {
  const DecodedMessage& message = decode(
      {{"id", "e00002a00000001f4"},
       {"status", 400},
       {"error", {{"code", -2038}, {"msg", "The requested action would change no state."}}}});
  ASSERT_EQ(message.kind, MessageKind::kFailure);
  EXPECT_EQ(message.failure.kind, RequestKind::kAmend);
  EXPECT_EQ(message.failure.failure, FailureClass::kRejected);
  EXPECT_EQ(message.failure.order_id, kOrder);
}

}  // namespace
}  // namespace portcullis::oms::binance::test
