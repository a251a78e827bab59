#include "sim/net/wire_fault.hpp"

#include <string>

#include "tests/sim_net/net_fixture.hpp"

namespace portcullis::sim::test {
namespace {

using std::chrono::milliseconds;

constexpr ConnectionFilter kApi{.kind = WsKind::kApi};

class WireFaults : public NetFixture {
 protected:
  WireFaults() { start(); }

  // An upgraded connection that has been heard of.
  RawWs api(const RawClient::Options& options = {}) {
    RawWs ws{options.is_tls ? tls_->port() : plain_->port(), "/api", options};
    ws.send_text("ready");
    EXPECT_EQ(ws.frame().payload, "ready");
    return ws;
  }
};

TEST(WireFaultNames, EveryKindHasOneAndIsFoundByIt) {
  for (std::size_t i = 0; i < kWireFaultKinds; ++i) {
    const auto kind = static_cast<WireFaultKind>(i);
    EXPECT_EQ(wire_fault_named(name_of(kind)), kind);
  }
  EXPECT_EQ(name_of(WireFaultKind::kReset), "reset");
  EXPECT_FALSE(wire_fault_named("no such fault"));
}

TEST_F(WireFaults, AServerThatDoesNotReadLetsTheWindowClose) {
  RawWs ws = api();
  inject(kApi, {.kind = WireFaultKind::kStopReading});
  const std::string block(1u << 20, 'x');
  bool is_taken = true;
  for (int i = 0; i < 64 && is_taken; ++i) is_taken = ws.line().send(block, milliseconds{500});
  EXPECT_FALSE(is_taken) << "the kernels' buffers never filled";
  EXPECT_EQ(fault_count(WireFaultKind::kStopReading), 1U);
  // The other direction lives, and so do others.
  on_loop([this] { service_.sinks().front()->send_text("still talking"); });
  EXPECT_EQ(ws.frame().payload, "still talking");
  EXPECT_EQ(api().line().end(), RawClient::End::kNone);
}

TEST_F(WireFaults, ReadingGoesOnWhenItsTimeIsOver) {
  RawWs ws = api();
  inject(kApi, {.kind = WireFaultKind::kStopReading, .lasts = milliseconds{100}});
  const auto before = std::chrono::steady_clock::now();
  ws.send_text("late");
  EXPECT_EQ(ws.frame().payload, "late");
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds{90});
}

TEST_F(WireFaults, ASlowReaderTakesItsTime) {
  RawWs ws = api();
  inject(kApi, {.kind = WireFaultKind::kSlowReading, .bytes = 10, .interval = milliseconds{5}});
  const auto before = std::chrono::steady_clock::now();
  ws.send_text(std::string(200, 'x'));
  EXPECT_EQ(ws.frame().payload, std::string(200, 'x'));
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds{95});
}

TEST_F(WireFaults, ATrickleComesInPortionsAndWhole) {
  for (const bool is_tls : {false, true}) {
    RawWs ws = api({.is_tls = is_tls});
    inject(kApi, {.kind = WireFaultKind::kTrickle, .bytes = 7, .interval = milliseconds{2}});
    ws.send_text(std::string(200, 'x'));
    const auto before = std::chrono::steady_clock::now();
    EXPECT_LE(ws.line().readable_now(), 7U * 50) << "more than so many portions in so short a time";
    EXPECT_EQ(ws.frame().payload, std::string(200, 'x'));
    EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds{40});
    ws.send_text("close");
    EXPECT_EQ(ws.frame().close_code(), 1008);
    ws.send(client_frame(close_payload(1008), 0x88));
    EXPECT_FALSE(ws.next());
  }
  EXPECT_EQ(fault_count(WireFaultKind::kTrickle), 2U);
}

TEST_F(WireFaults, FramesHeldBackComeTogether) {
  RawWs ws = api();
  inject(kApi, {.kind = WireFaultKind::kHoldBack, .bytes = 60});
  for (int i = 0; i < 5; ++i) {
    ws.send_text("0123456789");
    EXPECT_EQ(ws.line().readable_now(milliseconds{i < 4 ? 20 : 15'000}), i < 4 ? 0U : 60U);
  }
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ws.frame().payload, "0123456789");
  inject(kApi, {.kind = WireFaultKind::kHoldBack, .bytes = 1'000'000, .lasts = milliseconds{50}});
  ws.send_text("by time");
  EXPECT_EQ(ws.frame().payload, "by time");
}

TEST_F(WireFaults, ASilentServerHearsButNeverSpeaks) {
  RawWs ws = api();
  inject(kApi, {.kind = WireFaultKind::kSilence});
  ws.send_text("anybody?");
  ws.send(client_frame("", 0x89));
  EXPECT_FALSE(ws.next(milliseconds{100}));
  EXPECT_EQ(ws.line().end(), RawClient::End::kNone);
}

TEST_F(WireFaults, AMessageComesInFragments) {
  RawWs ws = api();
  inject(kApi, {.kind = WireFaultKind::kFragment, .bytes = 4, .count = 2});
  for (int i = 0; i < 2; ++i) {
    ws.send_text("0123456789");
    const auto first = ws.next();
    EXPECT_EQ(first->first, 0x01U);
    EXPECT_EQ(first->payload, "0123");
    EXPECT_EQ(ws.frame().first, 0x00U);
    const auto last = ws.next();
    EXPECT_EQ(last->first, 0x80U);
    EXPECT_EQ(last->payload, "89");
  }
  ws.send_text("whole");
  EXPECT_EQ(ws.frame().first, 0x81U);
  EXPECT_EQ(fault_count(WireFaultKind::kFragment), 2U);
}

TEST_F(WireFaults, FramesAreMalformedInTheWayThatIsAskedFor) {
  RawWs ws = api();
  const auto next_after = [&](WireFaultKind kind, std::size_t bytes = 0) {
    inject(kApi, {.kind = kind, .bytes = bytes});
    ws.send_text("payload");
    return ws.next().value_or(ServerFrame{});
  };
  EXPECT_EQ(next_after(WireFaultKind::kBadOpcode).first, 0x83U);
  EXPECT_EQ(next_after(WireFaultKind::kReservedBits).first, 0xC1U);
  const ServerFrame masked = next_after(WireFaultKind::kMasked);
  EXPECT_TRUE(masked.is_masked);
  EXPECT_EQ(masked.payload, "payload");
  EXPECT_EQ(next_after(WireFaultKind::kBadUtf8).payload, "payload\xFF");
  EXPECT_EQ(next_after(WireFaultKind::kOversized, 200'000).payload,
            "payload" + std::string(199'993, ' '));
  // The header lies by three bytes, which the next frame has to give.
  inject(kApi, {.kind = WireFaultKind::kWrongLength, .bytes = 3});
  ws.send_text("payload");
  ws.send_text("xyz");
  EXPECT_EQ(ws.frame().payload,
            "payload\x81\x03"
            "x");
  for (const WireFaultKind kind :
       {WireFaultKind::kBadOpcode, WireFaultKind::kReservedBits, WireFaultKind::kMasked,
        WireFaultKind::kBadUtf8, WireFaultKind::kOversized, WireFaultKind::kWrongLength}) {
    EXPECT_EQ(fault_count(kind), 1U) << name_of(kind);
  }
}

TEST_F(WireFaults, ADisconnectComesAfterExactlySoManyBytes) {
  for (const bool is_tls : {false, true}) {
    for (const WireFaultKind kind :
         {WireFaultKind::kEnd, WireFaultKind::kEndWithoutNotify, WireFaultKind::kReset}) {
      for (const std::size_t bytes : {0U, 1U, 5U, 12U, 25U}) {
        SCOPED_TRACE(std::string{name_of(kind)} + " " + std::to_string(bytes));
        RawWs ws = api({.is_tls = is_tls});
        inject(kApi, {.kind = kind, .bytes = bytes});
        // Twelve bytes come back for each. In one send: a second one could meet the reset, and the
        // reading after it would hear of no error any more.
        const std::string frame = client_frame("0123456789");
        ws.send(frame + frame + frame);
        const std::string heard = ws.line().receive_all();
        EXPECT_EQ(heard.size(), bytes);
        EXPECT_EQ(ws.line().end() == RawClient::End::kReset, kind == WireFaultKind::kReset);
        EXPECT_EQ(ws.line().has_tls_closed(), is_tls && kind == WireFaultKind::kEnd);
        EXPECT_TRUE(eventually([this] { return connections_->size() == 0; }));
      }
    }
  }
  EXPECT_EQ(fault_count(WireFaultKind::kReset), 10U);
}

TEST_F(WireFaults, AnHttpReplyIsCutAfterSoManyBytes) {
  RawClient client{plain_->port()};
  client.send("GET /keep HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(eventually([this] { return !service_.kept().empty(); }));
  on_loop([this] {
    service_.kept().front().reply(
        {.body = "0123456789",
         .wire_fault = WireFault{.kind = WireFaultKind::kEndWithoutNotify, .bytes = 20}});
  });
  EXPECT_EQ(client.receive_all(), "HTTP/1.1 200 OK\r\ncon");
}

TEST_F(WireFaults, WhatTheClientSaysIsHeardToExactlySoManyBytes) {
  const std::string frame = client_frame("0123456789");
  std::uint64_t told = 0;
  for (const bool is_tls : {false, true}) {
    for (std::size_t bytes = 0; bytes <= frame.size(); ++bytes) {
      SCOPED_TRACE(bytes);
      RawWs ws = api({.is_tls = is_tls});
      inject(kApi, {.kind = WireFaultKind::kEndOfHearing, .bytes = frame.size() + bytes});
      // The first is answered, unless the last byte heard was its own.
      ws.send(frame);
      const std::string answer = bytes > 0 ? ws.frame().payload : "0123456789";
      EXPECT_EQ(answer, "0123456789");
      ws.send(frame + frame);
      EXPECT_EQ(ws.line().receive_all(), "");
      EXPECT_FALSE(ws.line().has_tls_closed());
      EXPECT_TRUE(eventually([this] { return connections_->size() == 0; }));
      EXPECT_EQ(fault_count(WireFaultKind::kEndOfHearing), ++told);
    }
  }
}

TEST_F(WireFaults, AcceptedAndLeftInSilence) {
  on_loop([this] {
    connections_->inject_on_accept({.kind = WireFaultKind::kSilence}, 1, 2);
    connections_->inject_on_accept({.kind = WireFaultKind::kReset}, 3, 1);
  });
  const auto speaks = [this](const char* from) {
    RawClient client{plain_->port(), {.from = from}};
    client.send("GET / HTTP/1.0\r\n\r\n");
    const std::string answer = client.receive_all(milliseconds{300});
    return answer.empty() ? client.end() : RawClient::End::kFin;
  };
  EXPECT_EQ(speaks("127.0.0.1"), RawClient::End::kFin);
  EXPECT_EQ(speaks("127.0.0.2"), RawClient::End::kNone);
  EXPECT_EQ(speaks("127.0.0.3"), RawClient::End::kNone);
  EXPECT_EQ(speaks("127.0.0.4"), RawClient::End::kReset);
  EXPECT_EQ(speaks("127.0.0.5"), RawClient::End::kFin);
  EXPECT_EQ(fault_count(WireFaultKind::kSilence), 2U);
}

TEST_F(WireFaults, SilenceBeforeTheTlsHandshake) {
  on_loop([this] { connections_->inject_on_accept({.kind = WireFaultKind::kStopReading}, 0, 1); });
  RawClient client{tls_->port()};
  client.send("\x16\x03\x01");
  EXPECT_EQ(client.receive(milliseconds{100}), "");
  EXPECT_EQ(client.end(), RawClient::End::kNone);
  EXPECT_TRUE(RawWs(tls_->port(), "/api", {.is_tls = true}).send_text("x"));
}

}  // namespace
}  // namespace portcullis::sim::test
