#include <cctype>
#include <set>

#include <gtest/gtest.h>

#include "oms/binance/enums_text.hpp"
#include "oms/binance/failure_class.hpp"
#include "oms/binance/request_id.hpp"
#include "tests/oms_binance/binance_world.hpp"

namespace portcullis::oms::binance::test {
namespace {

std::string text_of(RequestId id) {
  std::string text(RequestId::kTextSize, ' ');
  write_request_id(id, text.data());
  return text;
}

TEST(RequestIdTest, ReadsAsTheVenueShowsIt) {
  EXPECT_EQ(text_of({RequestTag::kNewOrder, kOrder.raw()}), "n00002a00000001f4");
}

TEST(RequestIdTest, EveryKindComesBackWithItsSubject) {
  for (const RequestTag tag :
       {RequestTag::kNewOrder, RequestTag::kCancel, RequestTag::kQuery, RequestTag::kTrades,
        RequestTag::kTradesSince, RequestTag::kOrderLookup, RequestTag::kMassCancel,
        RequestTag::kSymbolCancel, RequestTag::kAmend, RequestTag::kReplace, RequestTag::kListOfTwo,
        RequestTag::kListOfThree, RequestTag::kListCancel, RequestTag::kOpenOrders,
        RequestTag::kAccount, RequestTag::kLogon, RequestTag::kSubscribe, RequestTag::kTime}) {
    for (const std::uint64_t value : {std::uint64_t{0}, kOrder.raw(), ~std::uint64_t{0}}) {
      const RequestId id{tag, value};
      EXPECT_EQ(parse_request_id(text_of(id)), id);
    }
  }
  EXPECT_EQ((RequestId{RequestTag::kMassCancel, 1}.symbol()), kEth);
  EXPECT_EQ((RequestId{RequestTag::kMassCancel, 1}.order_id()), OrderId{});
  EXPECT_EQ((RequestId{RequestTag::kMassCancel, 0x12345}.symbol()), kNoSymbol);
  EXPECT_EQ((RequestId{RequestTag::kTrades, 7}.order_id()), OrderId{7});
  EXPECT_EQ((RequestId{RequestTag::kAmend, 7}.order_id()), OrderId{7});
  EXPECT_EQ((RequestId{RequestTag::kReplace, 7}.order_id()), OrderId{7});
  EXPECT_EQ((RequestId{RequestTag::kListOfTwo, 7}.order_id()), OrderId{7});
  EXPECT_EQ((RequestId{RequestTag::kSymbolCancel, 1}.symbol()), kEth);
  EXPECT_EQ((RequestId{RequestTag::kOrderLookup, 7}.order_id()), OrderId{});
  EXPECT_EQ((RequestId{RequestTag::kOrderLookup, 7}.venue_order_id()), VenueOrderId{7});
  const RequestId page = trades_since_id(kEth, TradeId{5'000'000'000});
  EXPECT_EQ(page.symbol(), kEth);
  EXPECT_EQ(page.from_trade(), TradeId{5'000'000'000});
  EXPECT_EQ(page.order_id(), OrderId{});
}

TEST(RequestIdTest, OtherPeoplesIdsAreNotOurs) {
  for (const char* text :
       {"", "n", "n00002a00000001f", "n00002a00000001f44", "z00002a00000001f4", "n00002A00000001f4",
        "n00002a 0000001f4", "e2a85d9f-07a5-4f94-8d5f-789dc3deb097"}) {
    EXPECT_FALSE(parse_request_id(text)) << text;
  }
}

TEST(WordsTest, EveryStatusOfTheVenueHasItsState) {
  const std::map<std::string, OrderState> expected{
      {"NEW", OrderState::kNew},
      {"PENDING_NEW", OrderState::kNew},
      {"PENDING_CANCEL", OrderState::kNew},
      {"PARTIALLY_FILLED", OrderState::kPartiallyFilled},
      {"FILLED", OrderState::kFilled},
      {"CANCELED", OrderState::kCanceled},
      {"REJECTED", OrderState::kRejected},
      {"EXPIRED", OrderState::kExpired},
      {"EXPIRED_IN_MATCH", OrderState::kExpired}};
  for (const auto& [text, state] : expected) EXPECT_EQ(parse_order_status(text), state) << text;
  EXPECT_FALSE(parse_order_status("CANCELLED"));
  EXPECT_FALSE(parse_order_status(""));
}

TEST(WordsTest, ExecutionTypesAreReadWithTheStatus) {
  EXPECT_EQ(parse_execution_type("TRADE", OrderState::kFilled), ExecType::kTrade);
  EXPECT_EQ(parse_execution_type("TRADE_PREVENTION", OrderState::kExpired), ExecType::kExpired);
  EXPECT_EQ(parse_execution_type("REPLACED", OrderState::kNew), ExecType::kNew);
  EXPECT_FALSE(parse_execution_type("INVENTED", OrderState::kNew));
}

struct FailureCase {
  RequestTag tag;
  std::int32_t status;
  std::int32_t code;
  const char* message;
  FailureClass expected;
};

class FailureClassTest : public testing::TestWithParam<FailureCase> {};

TEST_P(FailureClassTest, FollowsTheVenuesTable) {
  const FailureCase& c = GetParam();
  EXPECT_EQ(classify_failure(c.tag, c.status, c.code, c.message), c.expected)
      << c.status << ' ' << c.code << ' ' << c.message;
}

constexpr auto kNew = RequestTag::kNewOrder;
constexpr auto kCancel = RequestTag::kCancel;
INSTANTIATE_TEST_SUITE_P(
    EachCode, FailureClassTest,
    testing::Values(
        FailureCase{kNew, 400, -2010, "Account has insufficient balance for requested action.",
                    FailureClass::kRejected},
        FailureCase{kNew, 400, -1013, "Filter failure: LOT_SIZE", FailureClass::kRejected},
        FailureCase{kNew, 400, -1121, "Invalid symbol.", FailureClass::kRejected},
        FailureCase{kNew, 403, 0, "", FailureClass::kRateLimited},
        FailureCase{kNew, 400, -1000, "", FailureClass::kUnknown},
        FailureCase{kNew, 400, -1001, "", FailureClass::kUnknown},
        FailureCase{kNew, 400, -1006, "", FailureClass::kUnknown},
        FailureCase{kNew, 400, -1007, "", FailureClass::kUnknown},
        FailureCase{kNew, 500, -2010, "", FailureClass::kUnknown},
        FailureCase{kNew, 503, -1008, "", FailureClass::kUnknown},
        FailureCase{kNew, 504, 0, "", FailureClass::kUnknown},
        FailureCase{kNew, 0, 0, "", FailureClass::kUnknown},
        FailureCase{kNew, 200, 0, "", FailureClass::kUnknown},
        FailureCase{kNew, 429, -1003, "", FailureClass::kRateLimited},
        FailureCase{kNew, 418, -1003, "", FailureClass::kRateLimited},
        FailureCase{kNew, 400, -1015, "", FailureClass::kRateLimited},
        FailureCase{kNew, 400, -1008, "", FailureClass::kRateLimited},
        FailureCase{kNew, 400, -1021, "", FailureClass::kAuthentication},
        FailureCase{kNew, 400, -1022, "", FailureClass::kAuthentication},
        FailureCase{kNew, 401, -2014, "", FailureClass::kAuthentication},
        FailureCase{kNew, 401, -2015, "", FailureClass::kAuthentication},
        FailureCase{RequestTag::kQuery, 400, -2013, "Order does not exist.",
                    FailureClass::kNoSuchOrder},
        FailureCase{kCancel, 400, -2011, "Unknown order sent.", FailureClass::kNoSuchOrder},
        FailureCase{kCancel, 400, -2011, "Order was not canceled due to cancel restrictions.",
                    FailureClass::kRejected},
        FailureCase{kNew, 400, -2011, "Unknown order sent.", FailureClass::kRejected}));

TEST(FailureClassTest, RealErrorBodiesAreNeverTakenForUnknownAtStatus4xx) {
  const std::string name = "errors/real_error_bodies.jsonl";
  const auto lines = read_lines(name);
  SKIP_WITHOUT(lines, name);
  int limited = 0;
  for (const Json& line : lines) {
    const Json body = line.value("body", line);
    const auto status = line["http"].get<std::int32_t>();
    const auto result =
        classify_failure(kNew, status, body.value("code", 0), body.value("msg", ""));
    EXPECT_NE(result, FailureClass::kUnknown) << line;
    EXPECT_EQ(result == FailureClass::kRateLimited, status == 418 || status == 429 || status == 403)
        << line;
    limited += result == FailureClass::kRateLimited ? 1 : 0;
  }
  EXPECT_EQ(limited, 4);
}

}  // namespace
}  // namespace portcullis::oms::binance::test
