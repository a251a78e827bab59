#include <string>
#include <vector>

#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"

namespace portcullis::sim::test {
namespace {

constexpr std::chrono::milliseconds kShort{1'000};

class RobustnessTest : public SimFixture {};

TEST_F(RobustnessTest, ServesTlsToWhoTrustsItsOwnAuthority) {
  start();
  const auto answer =
      http_call(server_->tls_port(), {.target = "/api/v3/ping"}, server_->ca_file());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "{}");
  WsClient client{server_->tls_port(), "/ws-api/v3", server_->ca_file()};
  EXPECT_EQ(client.call(logon_request("main")).at("status"), 200);
  WsClient stream{server_->tls_port(), "/ws/btcusdt@bookTicker", server_->ca_file()};
  stream.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  fill_book();
  EXPECT_TRUE(stream.receive());
  TempDirectory elsewhere;
  const auto stranger = ensure_certificates(elsewhere.path());
  ASSERT_TRUE(stranger);
  EXPECT_THROW((void)http_call(server_->tls_port(), {.target = "/api/v3/ping"}, stranger->ca),
               std::exception);
}

TEST_F(RobustnessTest, AnswersHostileHttpAndGoesOn) {
  start();
  const std::uint16_t port = server_->plain_port();
  const std::string long_header(64 * 1024, 'x');
  EXPECT_TRUE(raw_exchange(port, "GET / HTTP/1.1\r\nX: " + long_header + "\r\n\r\n", kShort)
                  .starts_with("HTTP/1.1 431"));
  EXPECT_TRUE(
      raw_exchange(port, "POST /api/v3/order HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", kShort)
          .starts_with("HTTP/1.1 413"));
  EXPECT_TRUE(raw_exchange(port, "\x16\x03\x01 this is no HTTP\r\n\r\n", kShort)
                  .starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(raw_exchange(port, "BREW /api/v3/ping HTTP/1.1\r\nConnection: close\r\n\r\n", kShort)
                  .starts_with("HTTP/1.1 405"));
  EXPECT_TRUE(raw_exchange(port,
                           "GET /api/v3/depth?symbol=%zz HTTP/1.1\r\nConnection: close\r\n\r\n",
                           kShort)
                  .starts_with("HTTP/1.1 400"));
  // An upgrade without its key, and one on the admin's port.
  (void)raw_exchange(port, "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
                     kShort);
  EXPECT_TRUE(raw_exchange(server_->admin_port(),
                           "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
                           kShort)
                  .starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(
      raw_exchange(server_->tls_port(), "GET / HTTP/1.1\r\n\r\n", kShort).find("HTTP/1.1 200") ==
      std::string::npos);
  EXPECT_EQ(get("/api/v3/ping").body, "{}");
}

TEST_F(RobustnessTest, ASlowHeaderIsGivenUp) {
  ConnectionLimits limits;
  limits.http_timeout = std::chrono::milliseconds{200};
  start(limits);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(raw_exchange(server_->plain_port(), "GET /api/v3/pi", kPatience), "");
  EXPECT_LT(std::chrono::steady_clock::now() - before, kPatience);
  EXPECT_EQ(get("/api/v3/ping").body, "{}");
}

TEST_F(RobustnessTest, ATooLongMessageEndsItsConnectionOnly) {
  start();
  WsClient client{server_->plain_port(), "/ws-api/v3"};
  // The server may hang up in the middle of it.
  try {
    client.send(std::string(1u << 20, ' '));
  } catch (const std::exception&) {
    EXPECT_EQ(get("/api/v3/ping").body, "{}");
  }
  EXPECT_FALSE(client.receive());
  EXPECT_TRUE(client.has_ended());
  EXPECT_EQ(get("/api/v3/ping").body, "{}");
}

TEST_F(RobustnessTest, ASlowConsumerIsCutAndTheOthersHearAll) {
  ConnectionLimits limits;
  limits.queue_max = 20;
  start(limits);
  WsClient slow{server_->plain_port(), "/ws/btcusdt@trade"};
  WsClient quick{server_->plain_port(), "/ws-api/v3"};
  slow.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  // Far more than the kernel buffers of a connection hold.
  for (int round = 0; round < 200; ++round) {
    on_server([](Exchange& exchange) {
      for (int i = 0; i < 1'000; ++i) {
        for (const Side side : {Side::kBuy, Side::kSell}) {
          (void)exchange.place(kCrowd, 0,
                               {.client_order_id = "",
                                .side = side,
                                .px = Price::from_units(60'000),
                                .qty = Qty::from_units(1)},
                               wall_time(1));
        }
      }
    });
  }
  EXPECT_EQ(quick.call({{"id", 1}, {"method", "ping"}}).at("status"), 200);
  int heard = 0;
  while (slow.receive()) ++heard;
  EXPECT_TRUE(slow.has_ended());
  EXPECT_LT(heard, 200'000);
}

TEST_F(RobustnessTest, BookTickersConflateForASlowConsumer) {
  ConnectionLimits limits;
  limits.queue_max = 20;
  start(limits);
  WsClient slow{server_->plain_port(), "/ws/btcusdt@bookTicker"};
  slow.call({{"id", 1}, {"method", "LIST_SUBSCRIPTIONS"}});
  constexpr int kMoves = 100'000;
  on_server([](Exchange& exchange) {
    for (int i = 1; i <= kMoves; ++i) {
      exchange.set_crowd_level(
          0, Side::kBuy, {Price::from_units(60'000), Qty::from_units(1 + i % 2)}, wall_time(1));
    }
  });
  const Json best = get("/api/v3/depth?symbol=BTCUSDT&limit=1").json();
  Json last;
  int heard = 0;
  do {
    last = slow.next();
    ++heard;
  } while (last.at("u") != best.at("lastUpdateId"));
  EXPECT_EQ(last.at("B"), best.at("bids")[0][1]);
  EXPECT_LT(heard, kMoves);
  EXPECT_FALSE(slow.has_ended());
}

}  // namespace
}  // namespace portcullis::sim::test
