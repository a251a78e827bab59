#include <string>

#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"
#include "tests/sim_net/raw_client.hpp"

namespace portcullis::sim::test {
namespace {

// The line goes away after byte k of an order, for each k: the order is accepted when all of it was
// heard and not otherwise, and in neither case is there an answer.
class CutRequestTest : public SimFixture {
 protected:
  CutRequestTest() {
    ServerConfig config = usual_config();
    config.venue_limits.is_enforced = false;
    start(std::move(config));
  }

  // All of one length, so that k means the same in each request.
  static std::string client_id(std::size_t k) {
    const std::string digits = std::to_string(k);
    return std::string(6 - digits.size(), '0') + digits;
  }

  std::string rest_order(std::size_t k) const {
    const ApiKeys& keys = server_->keys().at("main");
    const std::string query =
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=50000"
        "&newClientOrderId=" +
        client_id(k) + "&timestamp=" + now_ms_text();
    return "POST /api/v3/order?" + query + "&signature=" + hmac_hex(keys.hmac_secret, query) +
           " HTTP/1.1\r\nHost: venue\r\nX-MBX-APIKEY: " + keys.hmac_api_key + "\r\n\r\n";
  }
  static std::string ws_order(std::size_t k) {
    const Json order = limit_order("BUY", "50000", "0.001", client_id(k));
    return client_frame(request("order.place", order).dump());
  }

  std::size_t accepted() {
    return admin("GET", "/truth?account=main").json().at("accounts").at("main").at("orders").size();
  }
  void cut_after(std::size_t k, const char* what) {
    add_fault({{"action", "wire"}, {"what", what}, {"fault", "end_of_hearing"}, {"bytes", k}});
  }

  // What the client hears of its order when the line is cut after `k` bytes of it. The line has
  // been used before, so that it is open for certain when the fault comes.
  std::string heard_of_rest_order(std::size_t k, bool is_tls) {
    RawClient client{is_tls ? server_->tls_port() : server_->plain_port(), {.is_tls = is_tls}};
    client.send("GET /api/v3/ping HTTP/1.1\r\nHost: venue\r\n\r\n");
    EXPECT_TRUE(client.receive_until("{}").ends_with("{}"));
    cut_after(k, "http");
    client.send(rest_order(k));
    return client.receive_all();
  }
  std::string heard_of_ws_order(std::size_t k, bool is_tls) {
    RawWs client{
        is_tls ? server_->tls_port() : server_->plain_port(), "/ws-api/v3", {.is_tls = is_tls}};
    client.send_text(logon_request("main").dump());
    EXPECT_NE(client.frame().payload.find(R"("status":200)"), std::string::npos);
    cut_after(k, "ws-api");
    client.send(ws_order(k));
    return client.line().receive_all();
  }
};

TEST_F(CutRequestTest, ARestOrderIsAcceptedWithItsLastByteAndNeverAnswered) {
  const std::size_t size = rest_order(0).size();
  for (std::size_t k = 0; k <= size; ++k) {
    ASSERT_EQ(heard_of_rest_order(k, false), "") << "byte " << k;
    ASSERT_EQ(accepted(), k == size ? 1U : 0U) << "byte " << k << " of " << size;
  }
  const Json faults = admin("GET", "/faults").json();
  EXPECT_EQ(faults.at("neverFired"), Json::array());
  EXPECT_EQ(
      signed_call("GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=" + client_id(size))
          .json()
          .at("status"),
      "NEW")
      << "who asks is told what became of it";
}

TEST_F(CutRequestTest, AWebSocketOrderIsAcceptedWithItsLastByteAndNeverAnswered) {
  const std::size_t size = ws_order(0).size();
  for (std::size_t k = 0; k <= size; ++k) {
    ASSERT_EQ(heard_of_ws_order(k, false), "") << "byte " << k;
    ASSERT_EQ(accepted(), k == size ? 1U : 0U) << "byte " << k << " of " << size;
  }
}

TEST_F(CutRequestTest, OverTlsTheBytesOfTheRequestAreCounted) {
  for (const bool is_whole : {false, true}) {
    const std::size_t before = accepted();
    const std::size_t missing = is_whole ? 0 : 1;
    EXPECT_EQ(heard_of_rest_order(rest_order(0).size() - missing, true), "");
    EXPECT_EQ(heard_of_ws_order(ws_order(0).size() - missing, true), "");
    EXPECT_EQ(accepted() - before, is_whole ? 2U : 0U);
  }
}

TEST_F(CutRequestTest, ARequestBeforeTheLastByteIsAnswered) {
  const std::size_t size = rest_order(0).size();
  RawClient client{server_->plain_port()};
  client.send("GET /api/v3/ping HTTP/1.1\r\nHost: venue\r\n\r\n");
  ASSERT_TRUE(client.receive_until("{}").ends_with("{}"));
  cut_after(size + 10, "http");
  client.send(rest_order(1));
  EXPECT_TRUE(client.receive_until("}").starts_with("HTTP/1.1 200 OK"));
  client.send(rest_order(2));
  (void)client.receive_all();
  EXPECT_EQ(accepted(), 1U) << "the second was cut after ten bytes";
}

}  // namespace
}  // namespace portcullis::sim::test
