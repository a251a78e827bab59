// Whoever attacks the venue gets its error or a clean cut, while somebody else goes on trading.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>

#include "tests/sim/sim_fixture.hpp"
#include "tests/sim_net/raw_client.hpp"

namespace portcullis::sim::test {
namespace {

using std::chrono::milliseconds;

class HostileTest : public SimFixture {
 protected:
  void SetUp() override {
    ServerConfig config = usual_config();
    config.venue_limits.is_enforced = false;
    config.limits.http_timeout = milliseconds{2'000};
    start(std::move(config));
  }

  // Trades for as long as the attack lasts, and after it; each answer has to come and be good.
  template <class Attack>
  void while_somebody_trades(Attack attack) {
    std::atomic<int> answers{0};
    std::atomic<bool> is_over{false};
    std::thread trader{[&] {
      auto client = logged_on("other");
      while (!is_over) {
        const Json placed = client->call(request("order.place", limit_order("BUY", "1000", "0.1")));
        if (placed.at("status") != 200) break;
        const Json cancelled =
            client->call(request("order.cancel", {{"symbol", "BTCUSDT"},
                                                  {"orderId", placed.at("result").at("orderId")}}));
        if (cancelled.at("status") != 200) break;
        ++answers;
      }
    }};
    const auto wait_for = [&answers](int count) {
      const auto deadline = std::chrono::steady_clock::now() + kPatience;
      while (answers < count && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(milliseconds{1});
      }
      return answers >= count;
    };
    EXPECT_TRUE(wait_for(5));
    attack();
    EXPECT_TRUE(wait_for(answers + 20)) << "the trader was not served any more";
    is_over = true;
    trader.join();
  }

  [[nodiscard]] std::uint16_t port() const { return server_->plain_port(); }
};

TEST_F(HostileTest, SlowLorises) {
  while_somebody_trades([this] {
    std::vector<RawClient> lorises;
    for (int i = 0; i < 300; ++i) lorises.emplace_back(port());
    const std::string request = "GET /api/v3/time HTTP/1.1\r\nHost: localhost\r\nX-Slow: aaaaaaaa";
    for (const char byte : request) {
      for (RawClient& loris : lorises) loris.send({&byte, 1});
    }
    // Given up by the server in its time, without a word.
    for (RawClient& loris : lorises) {
      EXPECT_EQ(loris.receive_all(), "");
      EXPECT_NE(loris.end(), RawClient::End::kNone);
    }
  });
}

TEST_F(HostileTest, SlowWebSocketFrames) {
  while_somebody_trades([this] {
    std::vector<RawWs> slow;
    for (int i = 0; i < 100; ++i) slow.emplace_back(port(), "/ws-api/v3");
    const std::string frame = client_frame(R"({"id":1,"method":"time"})");
    for (const char byte : frame) {
      for (RawWs& ws : slow) ws.send({&byte, 1});
    }
    for (RawWs& ws : slow) {
      EXPECT_NE(ws.frame().payload.find("serverTime"), std::string::npos);
    }
  });
}

TEST_F(HostileTest, GiantHeadersAndBodies) {
  while_somebody_trades([this] {
    for (int i = 0; i < 50; ++i) {
      RawClient header{port()};
      header.send("GET /api/v3/time HTTP/1.1\r\nX: " + std::string(1u << 20, 'x') + "\r\n\r\n");
      EXPECT_TRUE(header.receive_all().starts_with("HTTP/1.1 431"));
      RawClient many{port()};
      std::string headers = "GET /api/v3/time HTTP/1.1\r\n";
      for (int h = 0; h < 5'000; ++h) headers += "X-" + std::to_string(h) + ": y\r\n";
      many.send(headers + "\r\n");
      EXPECT_TRUE(many.receive_all().starts_with("HTTP/1.1 431"));
      RawClient body{port()};
      body.send("POST /api/v3/order HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n" +
                std::string(1u << 20, 'x'));
      EXPECT_TRUE(body.receive_all().starts_with("HTTP/1.1 413"));
    }
  });
}

// A request of the WebSocket API and the code of its refusal.
TEST_F(HostileTest, JsonThatIsTooDeepTooLongOrNone) {
  const auto deep = [](int depth) {
    return R"({"id":1,"method":"order.place","params":)" +
           std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  while_somebody_trades([&] {
    for (const std::string& text :
         {deep(1'000), deep(30'000), std::string(60'000, '['), std::string(60'000, '{'),
          std::string{"{\"a\":"}, std::string{"null"}, std::string{"\"\\ud800\""},
          std::string{"{\"id\":1,\"method\":7}"}, std::string{"{\"id\":{},\"method\":\"ping\"}"},
          std::string{"{\"id\":1e999,\"method\":\"ping\"}"}, std::string{"[]"}, std::string{"{}"},
          std::string{"\xEF\xBB\xBF{}"}, R"({"id":1,"method":")" + std::string(60'000, 'm') + "\"}",
          std::string{R"({"id":1,"method":"depth","params":{"symbol":["BTCUSDT"]}})"},
          std::string{R"({"id":1,"method":"depth","params":{"symbol":"BTCUSDT","limit":{}}})"},
          std::string{R"({"id":1,"method":"order.place","params":{"symbol":null,"side":1}})"}}) {
      RawWs ws{port(), "/ws-api/v3"};
      ws.send_text(text);
      const auto frame = ws.next();
      ASSERT_TRUE(frame) << text.substr(0, 80);
      if (frame->opcode() == 0x8) continue;  // a clean cut
      const Json reply = Json::parse(frame->payload);
      EXPECT_GE(reply.at("status"), 400) << text.substr(0, 80);
      EXPECT_LT(reply.at("status"), 500) << text.substr(0, 80);
      EXPECT_LT(reply.at("error").at("code"), -1'000) << frame->payload;
    }
  });
}

TEST_F(HostileTest, WrongMethodsAndPaths) {
  while_somebody_trades([this] {
    for (const char* method : {"BREW", "PATCH", "TRACE", "CONNECT", "get", "PRI"}) {
      for (const char* path :
           {"/api/v3/order", "/api/v3/time", "/", "*", "/%00", "/../../etc/passwd",
            "/api/v3/order?%zz=1", "/api/v3/depth?symbol=BTCUSDT&symbol=%FF"}) {
        RawClient client{port()};
        client.send(std::string{method} + " " + path +
                    " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        const std::string answer = client.receive_all();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 4")) << method << " " << path << answer;
        EXPECT_NE(answer.find("{\"code\":-1"), std::string::npos)
            << method << " " << path << answer;
      }
    }
  });
}

TEST_F(HostileTest, GarbageWhereTlsIsSpoken) {
  while_somebody_trades([this] {
    std::uint64_t seed = 1;
    for (int i = 0; i < 200; ++i) {
      std::string garbage{i % 2 == 0 ? "\x16\x03\x01\x02\x05\x01" : ""};
      for (int b = 0; b < 700; ++b) {
        seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        garbage += static_cast<char>(seed >> 56U);
      }
      RawClient client{server_->tls_port()};
      client.send(garbage);
      client.half_close();
      EXPECT_EQ(client.receive_all().find("HTTP"), std::string::npos);
      EXPECT_NE(client.end(), RawClient::End::kNone);
    }
    // Plain HTTP to the TLS port, and TLS to the plain one.
    RawClient plain{server_->tls_port()};
    plain.send("GET /api/v3/ping HTTP/1.1\r\n\r\n");
    EXPECT_EQ(plain.receive_all().find("HTTP/1.1"), std::string::npos);
    EXPECT_THROW(RawClient(port(), {.is_tls = true}), std::exception);
  });
}

TEST_F(HostileTest, HalfOpenConnections) {
  while_somebody_trades([this] {
    std::vector<RawClient> clients;
    for (int i = 0; i < 200; ++i) {
      clients.emplace_back(i % 2 == 0 ? port() : server_->tls_port());
      if (i % 3 == 0) clients.back().half_close();
      if (i % 3 == 1) clients.back().reset();
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (i % 3 == 1) continue;
      EXPECT_EQ(clients[i].receive_all(), "");
      EXPECT_NE(clients[i].end(), RawClient::End::kNone) << i;
    }
  });
}

TEST_F(HostileTest, TenThousandConnectionAttempts) {
  while_somebody_trades([this] {
    for (int wave = 0; wave < 50; ++wave) {
      std::vector<RawClient> clients;
      for (int i = 0; i < 200; ++i) {
        clients.emplace_back(i % 20 == 0 ? server_->tls_port() : port());
        switch (i % 4) {
          case 0: break;
          case 1: clients.back().send("GET /api/v3/ti"); break;
          case 2: clients.back().send(upgrade_request("/ws/btcusdt@trade")); break;
          default: clients.back().reset(); break;
        }
      }
      for (RawClient& client : clients) client.reset();
    }
  });
  EXPECT_EQ(get("/api/v3/ping").body, "{}");
}

TEST_F(HostileTest, ThousandsOfIdleConnectionsAtOnce) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  // Both ends are in this process.
  const auto count = std::min<std::size_t>(4'000, files.rlim_cur / 2 - 100);
  while_somebody_trades([this, count] {
    std::vector<RawClient> idle;
    for (std::size_t i = 0; i < count; ++i) idle.emplace_back(port());
    for (RawClient& client : idle) {
      EXPECT_EQ(client.receive_all(), "");
      EXPECT_NE(client.end(), RawClient::End::kNone);
    }
  });
}

}  // namespace
}  // namespace portcullis::sim::test
