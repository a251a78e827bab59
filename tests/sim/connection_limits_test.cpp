#include <string>

#include "tests/sim/sim_fixture.hpp"
#include "tests/sim_net/raw_client.hpp"

namespace portcullis::sim::test {
namespace {

class ConnectionLimitsTest : public SimFixture {
 protected:
  void start_with(const LimitsConfig& limits) {
    ServerConfig config = usual_config();
    config.venue_limits = limits;
    config.limits.incoming_per_second_max = 5;
    start(std::move(config));
  }

  // The status line and headers of an attempt to upgrade.
  [[nodiscard]] std::string attempt(std::string_view target, const std::string& from) const {
    RawClient client{server_->plain_port(), {.from = from}};
    client.send(upgrade_request(target));
    return client.receive_until("\r\n\r\n");
  }
};

TEST_F(ConnectionLimitsTest, StreamsAndApiAreCountedApartForEachAddress) {
  start_with({.connections_per_5m = 3});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(attempt("/ws", "127.0.0.1").starts_with("HTTP/1.1 101"));
    EXPECT_TRUE(attempt("/ws-api/v3", "127.0.0.1").starts_with("HTTP/1.1 101"));
  }
  for (const char* target : {"/ws", "/stream?streams=btcusdt@trade", "/ws-api/v3"}) {
    const std::string refused = attempt(target, "127.0.0.1");
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 429")) << refused;
    EXPECT_NE(refused.find("\r\nretry-after: "), std::string::npos);
  }
  EXPECT_TRUE(attempt("/ws", "127.0.0.2").starts_with("HTTP/1.1 101"));
  EXPECT_EQ(get("/api/v3/ping").status, 200);
}

TEST_F(ConnectionLimitsTest, GoingOnAfterRefusalsIsABanForEverythingFromThatAddress) {
  start_with({.connections_per_5m = 1, .refusals_before_ban = 2});
  WsClient client{server_->plain_port(), "/ws-api/v3"};
  EXPECT_TRUE(attempt("/ws-api/v3", "127.0.0.1").starts_with("HTTP/1.1 429"));
  EXPECT_TRUE(attempt("/ws-api/v3", "127.0.0.1").starts_with("HTTP/1.1 429"));
  const std::string banned = attempt("/ws-api/v3", "127.0.0.1");
  EXPECT_TRUE(banned.starts_with("HTTP/1.1 418")) << banned;
  EXPECT_NE(banned.find("\r\nretry-after: 120\r\n"), std::string::npos) << banned;
  EXPECT_TRUE(attempt("/ws", "127.0.0.1").starts_with("HTTP/1.1 418"));
  EXPECT_EQ(get("/api/v3/ping").status, 418);
  // A ban also ends what is open.
  EXPECT_FALSE(client.receive());
  EXPECT_TRUE(client.has_ended());
  EXPECT_TRUE(attempt("/ws", "127.0.0.2").starts_with("HTTP/1.1 101"));
}

TEST_F(ConnectionLimitsTest, AFloodIsACutAndRepeatedFloodsAreABan) {
  start_with({.floods_before_ban = 2});
  const auto flood = [this] {
    RawWs ws{server_->plain_port(), "/ws"};
    std::string pings;
    for (int i = 0; i < 6; ++i) pings += client_frame("", 0x89);
    ws.send(pings);
    std::uint16_t code = 0;
    while (const auto frame = ws.next()) code = frame->opcode() == 0x8 ? frame->close_code() : code;
    return code;
  };
  EXPECT_EQ(flood(), 1008);
  EXPECT_EQ(flood(), 1008);
  EXPECT_EQ(get("/api/v3/ping").status, 200);
  EXPECT_EQ(flood(), 1008);
  EXPECT_EQ(get("/api/v3/ping").status, 418);
  EXPECT_TRUE(attempt("/ws", "127.0.0.1").starts_with("HTTP/1.1 418"));
}

TEST_F(ConnectionLimitsTest, LimitsThatAreOffRefuseNobody) {
  start_with({.is_enforced = false, .connections_per_5m = 1});
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(attempt("/ws", "127.0.0.1").starts_with("HTTP/1.1 101"));
  }
}

}  // namespace
}  // namespace portcullis::sim::test
