// The encoder's requests as REST has them, each signed over its query.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oms/binance/order_encoder.hpp"
#include "tests/oms_binance/binance_world.hpp"
#include "tests/oms_binance/hmac_oracle.hpp"

namespace portcullis::oms::binance::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class RestRequestsTest : public testing::Test {
 protected:
  static OrderEncoder make(const InstrumentTable& instruments) {
    EncoderSettings settings;
    settings.api_key = kApiKey;
    settings.rest_host = "api.example:8443";
    auto encoder = OrderEncoder::make(settings, *Signer::hmac_sha256(Secret{kHmacSecret}),
                                      instruments, codec());
    return std::move(encoder.value());
  }
  // The request line's target; checks the signature and the headers on the way.
  static std::string target_of(std::string_view http, bool is_signed = true) {
    EXPECT_THAT(std::string{http}, EndsWith("\r\n\r\n"));
    EXPECT_THAT(std::string{http}, HasSubstr("\r\nHost: api.example:8443\r\n"));
    EXPECT_THAT(std::string{http}, HasSubstr("\r\nX-MBX-APIKEY: " + std::string{kApiKey} + "\r\n"));
    const std::size_t begin = http.find(' ') + 1;
    std::string target{http.substr(begin, http.find(" HTTP/1.1\r\n") - begin)};
    if (!is_signed) return target;
    const std::size_t query = target.find('?') + 1;
    const std::size_t signature = target.find("&signature=");
    EXPECT_NE(signature, std::string::npos);
    EXPECT_EQ(target.substr(signature + 11),
              hmac_oracle(kHmacSecret, target.substr(query, signature - query)));
    return target.substr(0, signature);
  }

  InstrumentTable instruments_ = make_instruments();
  OrderEncoder encoder_ = make(instruments_);
};

TEST_F(RestRequestsTest, ACancelIsADeleteOfItsOrder) {
  const std::string http{encoder_.order_cancel(kOrder, kBtc, VenueOrderId{4711}, kWall)};
  EXPECT_THAT(http, StartsWith("DELETE "));
  EXPECT_EQ(target_of(http),
            "/api/v3/order?orderId=4711&recvWindow=5000&symbol=BTCUSDT&timestamp=" +
                std::to_string(count_ms(kWall)));
}

TEST_F(RestRequestsTest, EachMethodHasItsVerbAndPath) {
  const auto begins = [](std::string_view http, const char* with) {
    EXPECT_THAT(std::string{http}, StartsWith(with));
    (void)target_of(http);
  };
  begins(encoder_.cancel_all(RequestTag::kMassCancel, kBtc, kWall), "DELETE /api/v3/openOrders?");
  begins(encoder_.order_status(kOrder, kBtc, kWall), "GET /api/v3/order?origClientOrderId=");
  begins(encoder_.open_orders(1, kWall), "GET /api/v3/openOrders?recvWindow=");
  begins(encoder_.account_status(1, kWall), "GET /api/v3/account?recvWindow=");
  begins(encoder_.my_trades(kOrder, kBtc, VenueOrderId{1}, kWall), "GET /api/v3/myTrades?limit=");
  begins(encoder_.order_amend(kOrder, kBtc, VenueOrderId{1}, Qty::from_units(1), kWall),
         "PUT /api/v3/order/amend/keepPriority?newClientOrderId=");
  begins(encoder_.order_place(limit_order(), kOrder, kWall), "POST /api/v3/order?");
  begins(encoder_.order_replace(limit_order(), kOrder, {.id = kOrder}, kWall),
         "POST /api/v3/order/cancelReplace?cancelOrigClientOrderId=");
}

TEST_F(RestRequestsTest, TheTimeIsAskedForWithoutASignature) {
  EXPECT_EQ(target_of(encoder_.server_time(1), false), "/api/v3/time");
}

}  // namespace
}  // namespace portcullis::oms::binance::test
