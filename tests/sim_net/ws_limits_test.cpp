#include <string>

#include "tests/sim_net/net_fixture.hpp"

namespace portcullis::sim::test {
namespace {

using std::chrono::milliseconds;

constexpr unsigned kPingCode = 0x9;
constexpr unsigned kCloseCode = 0x8;

class WsLimits : public NetFixture {};

TEST_F(WsLimits, APingComesWithAPayloadAndItsPongKeepsTheConnection) {
  start({.ping_interval = milliseconds{30}, .pong_timeout = milliseconds{300}});
  RawWs ws{plain_->port(), "/api"};
  std::string last;
  for (int i = 0; i < 20; ++i) {
    const auto ping = ws.next();
    ASSERT_TRUE(ping);
    ASSERT_EQ(ping->opcode(), kPingCode);
    EXPECT_FALSE(ping->payload.empty());
    EXPECT_NE(ping->payload, last);
    last = ping->payload;
    ws.send(client_frame(ping->payload, 0x8A));
  }
}

TEST_F(WsLimits, PongsThatAnswerNoPingKeepNothingAlive) {
  start({.ping_interval = milliseconds{30}, .pong_timeout = milliseconds{200}});
  RawWs ws{plain_->port(), "/api"};
  while (ws.next(milliseconds{1'000})) {
    if (!ws.send(client_frame("", 0x8A)) || !ws.send(client_frame("no ping had this", 0x8A))) break;
  }
  EXPECT_TRUE(eventually([this] { return connections_->size() == 0; }));
}

TEST_F(WsLimits, APongAnswersThePingsBeforeItToo) {
  start({.ping_interval = milliseconds{25}, .pong_timeout = milliseconds{400}});
  RawWs ws{plain_->port(), "/api"};
  for (int i = 0; i < 40; ++i) {
    const auto ping = ws.next();
    ASSERT_TRUE(ping);
    if (i % 4 == 3) ws.send(client_frame(ping->payload, 0x8A));
  }
}

TEST_F(WsLimits, AConnectionEndsAtTheEndOfItsLife) {
  start({.ping_interval = milliseconds{20}, .ws_life = milliseconds{200}});
  RawWs ws{plain_->port(), "/api"};
  while (const auto ping = ws.next()) ws.send(client_frame(ping->payload, 0x8A));
  EXPECT_EQ(ws.line().end(), RawClient::End::kFin);
}

TEST_F(WsLimits, TheSixthMessageOfASecondIsTheLast) {
  start();
  RawWs ws{plain_->port(), "/ws"};
  std::string burst;
  for (int i = 0; i < 4; ++i) burst += client_frame(std::to_string(i));
  // Pings and pongs count.
  burst += client_frame("", 0x89);
  burst += client_frame("", 0x8A);
  ws.send(burst);
  int echoes = 0;
  auto frame = ws.next();
  while (frame && frame->opcode() != kCloseCode) {
    ++echoes;
    frame = ws.next();
  }
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->close_code(), 1008);
  EXPECT_EQ(echoes, 5);
  EXPECT_FALSE(ws.next());
  ASSERT_TRUE(eventually([this] { return service_.floods().size() == 1; }));
  EXPECT_EQ(service_.floods().front(), "127.0.0.1");
}

TEST_F(WsLimits, FiveMessagesInEachSecondAreFine) {
  start();
  RawWs ws{plain_->port(), "/ws"};
  for (int second = 0; second < 2; ++second) {
    for (int i = 0; i < 5; ++i) {
      ws.send_text("x");
      ASSERT_TRUE(ws.next());
    }
    std::this_thread::sleep_for(milliseconds{1'100});
  }
}

TEST_F(WsLimits, TheApiTakesAsManyMessagesAsItsWeightAllows) {
  start();
  RawWs ws{plain_->port(), "/api"};
  for (int i = 0; i < 100; ++i) ws.send_text("x");
  for (int i = 0; i < 100; ++i) ASSERT_EQ(ws.frame().payload, "x");
}

TEST_F(WsLimits, TheServiceClosesInOrder) {
  start();
  RawWs ws{plain_->port(), "/api"};
  ws.send_text("before");
  ws.send_text("close");
  ws.send_text("after");
  EXPECT_EQ(ws.frame().payload, "before");
  const auto close = ws.next();
  ASSERT_TRUE(close);
  EXPECT_EQ(close->close_code(), 1008);
  EXPECT_EQ(close->payload.substr(2), "asked to");
  EXPECT_FALSE(ws.next(milliseconds{50}));
  EXPECT_EQ(ws.line().end(), RawClient::End::kNone) << "it waits for the client's close";
  ws.send(client_frame(close_payload(1008), 0x88));
  EXPECT_FALSE(ws.next());
  EXPECT_EQ(ws.line().end(), RawClient::End::kFin);
}

TEST_F(WsLimits, WhoDoesNotAnswerACloseIsNotWaitedForLong) {
  start({.close_timeout = milliseconds{100}});
  RawWs ws{plain_->port(), "/api"};
  ws.send_text("close");
  EXPECT_EQ(ws.frame().opcode(), kCloseCode);
  EXPECT_FALSE(ws.next());
  EXPECT_EQ(ws.line().end(), RawClient::End::kFin);
}

TEST_F(WsLimits, AShutdownIsAnnouncedThenComes) {
  start();
  RawWs api{plain_->port(), "/api"};
  RawWs stream{tls_->port(), "/ws", {.is_tls = true}};
  ASSERT_TRUE(eventually([this] { return connections_->count({}) == 2; })) << "HTTP has left";
  on_loop([this] {
    EXPECT_EQ(
        Connections::shut_down(connections_, loop_, {.kind = WsKind::kApi}, milliseconds{100}), 1U);
  });
  EXPECT_EQ(api.frame().payload, "going");
  RawWs newcomer{plain_->port(), "/api"};
  EXPECT_EQ(api.frame().close_code(), 1001);
  for (RawWs* ws : {&stream, &newcomer}) {
    ws->send_text("still served");
    EXPECT_EQ(ws->frame().payload, "still served");
  }
}

TEST_F(WsLimits, TheListKnowsWhoIsConnected) {
  start();
  RawWs api{plain_->port(), "/api"};
  RawWs stream{plain_->port(), "/ws", {.from = "127.0.0.5"}};
  RawClient http{plain_->port()};
  ASSERT_TRUE(eventually([this] { return connections_->size() == 3; }));
  on_loop([this] {
    EXPECT_EQ(connections_->count({.kind = WsKind::kApi}), 1U);
    EXPECT_EQ(connections_->count({.is_http = true}), 1U);
    EXPECT_EQ(connections_->count({.remote = "127.0.0.5"}), 1U);
    EXPECT_EQ(connections_->cut({.remote = "127.0.0.5"}), 1U);
  });
  EXPECT_FALSE(stream.next());
  api.send_text("x");
  EXPECT_EQ(api.frame().payload, "x");
  EXPECT_TRUE(
      eventually([this] { return connections_->size() == 2 && service_.sinks().size() == 1; }));
}

TEST_F(WsLimits, MoreConnectionsThanAllowedAreClosedAsTheyCome) {
  start({.connections_max = 3});
  RawClient first{plain_->port()};
  RawClient second{plain_->port()};
  RawClient third{plain_->port()};
  RawClient fourth{plain_->port()};
  EXPECT_EQ(fourth.receive_all(), "");
  EXPECT_NE(fourth.end(), RawClient::End::kNone);
  third.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(third.receive_all().starts_with("HTTP/1.1 200"));
  ASSERT_TRUE(eventually([this] { return connections_->size() == 2; }));
  EXPECT_TRUE(ask(plain_->port(), "GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 200"));
}

// Writing.

TEST_F(WsLimits, WhatIsSaidInOneTurnLeavesTogether) {
  start();
  RawWs ws{plain_->port(), "/api"};
  ws.send_text("ready");
  EXPECT_EQ(ws.frame().payload, "ready");
  ws.send_text("many 1000");
  // 1000 frames of 3 to 5 bytes are less than one batch: they are there at once or not at all.
  EXPECT_EQ(ws.line().readable_now(), 10U * 3 + 90U * 4 + 900U * 5);
  on_loop([this] {
    for (int i = 0; i < 500; ++i) service_.sinks().front()->send_text("out of the blue");
  });
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(ws.frame().payload, std::to_string(i));
  for (int i = 0; i < 500; ++i) EXPECT_EQ(ws.frame().payload, "out of the blue");
}

TEST_F(WsLimits, ManyMessagesToASlowReaderAllArriveInOrder) {
  for (const bool is_tls : {false, true}) {
    if (plain_ == nullptr) start();
    RawWs ws{is_tls ? tls_->port() : plain_->port(),
             "/api",
             {.is_tls = is_tls, .receive_buffer = 4'096}};
    constexpr int kMessages = 40'000;
    ws.send_text("many " + std::to_string(kMessages));
    std::this_thread::sleep_for(milliseconds{50});
    for (int i = 0; i < kMessages; ++i) ASSERT_EQ(ws.frame().payload, std::to_string(i));
  }
}

TEST_F(WsLimits, OnlyTheLatestOfAKeyWaitsForASlowReader) {
  start();
  RawWs ws{plain_->port(), "/api", {.receive_buffer = 4'096}};
  ws.send_text("ready");
  ws.next();
  on_loop([this] {
    TextSink& sink = *service_.sinks().front();
    const std::string padding(1'000, ' ');
    for (int i = 0; i < 20'000; ++i) {
      sink.send(std::make_shared<const std::string>(std::to_string(i) + padding),
                i % 2 == 0 ? 1U : 2U);
    }
  });
  int heard = 0;
  int last = -1;
  while (last != 19'999) {
    const auto frame = ws.next();
    ASSERT_TRUE(frame);
    EXPECT_GT(std::stoi(frame->payload), last);
    last = std::stoi(frame->payload);
    ++heard;
  }
  EXPECT_LT(heard, 20'000);
}

TEST_F(WsLimits, WhoseQueueIsFullIsCutByCountAndByBytes) {
  start({.queue_max = 100, .queue_bytes_max = 10'000'000});
  const auto fill = [this](std::size_t bytes) {
    RawWs ws{plain_->port(), "/api", {.receive_buffer = 4'096}};
    ws.send_text("ready");
    ws.next();
    on_loop([this, bytes] {
      const auto text = std::make_shared<const std::string>(std::string(bytes, 'x'));
      for (int i = 0; i < 30'000 && !service_.sinks().empty(); ++i) {
        service_.sinks().front()->send(text, 0);
      }
    });
    EXPECT_TRUE(eventually([this] { return connections_->size() == 0; }));
  };
  fill(1'000);
  fill(4'000'000);
}

TEST_F(WsLimits, PingsOfAClientThatDoesNotReadCostNoMemory) {
  start();
  RawWs ws{plain_->port(), "/api", {.receive_buffer = 4'096}};
  ws.send_text("many 200000");
  std::string pings;
  for (int i = 0; i < 1'000; ++i) pings += client_frame(std::string(120, 'p'), 0x89);
  for (int i = 0; i < 20; ++i) ws.send(pings);
  int pongs = 0;
  int echoes = 0;
  while (echoes < 200'000) {
    const auto frame = ws.next();
    ASSERT_TRUE(frame);
    frame->opcode() == 0xA ? ++pongs : ++echoes;
  }
  EXPECT_LE(pongs, 20'000);
}

}  // namespace
}  // namespace portcullis::sim::test
