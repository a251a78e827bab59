// What RFC 6455 asks of a server, as a table like that of the Autobahn suite: bytes in, frames out.
// The names are what is feared.
#include <string>
#include <vector>

#include "tests/sim_net/net_fixture.hpp"

namespace portcullis::sim::test {
namespace {

constexpr unsigned kText = 0x81;
constexpr unsigned kPong = 0x8A;
constexpr unsigned kClose = 0x88;

struct Case {
  std::string name;
  std::string sent;
  std::vector<std::pair<unsigned, std::string>> frames;  // then the close
  std::uint16_t close_code;                              // 0: stays open
};

std::string frame(unsigned first, std::string_view payload = {}) {
  return client_frame(payload, first);
}

std::string unmasked(unsigned first, std::string_view payload) {
  std::string out;
  out += static_cast<char>(first);
  out += static_cast<char>(payload.size());
  return out + std::string{payload};
}

// The length of five bytes in the form of two, and of two in the form of eight.
std::string long_winded(bool is_longest) {
  std::string out{"\x81", 1};
  out += is_longest ? std::string{"\xFF\0\0\0\0\0\0\0\5", 9} : std::string{"\xFE\0\5", 3};
  return out + std::string{"\0\0\0\0hello", 9};
}

std::vector<Case> echo_cases() {
  std::vector<Case> cases;
  for (const std::size_t size : {0U, 1U, 124U, 125U, 126U, 127U, 128U, 65'534U, 65'535U, 65'536U}) {
    const std::string text(size, '*');
    cases.push_back({"Text" + std::to_string(size), frame(0x81, text), {{kText, text}}, 0});
    cases.push_back({"Binary" + std::to_string(size), frame(0x82, text), {{kText, text}}, 0});
  }
  cases.push_back({"PingIsAnsweredWithItsPayload", frame(0x89, "abc"), {{kPong, "abc"}}, 0});
  cases.push_back({"EmptyPing", frame(0x89), {{kPong, ""}}, 0});
  cases.push_back({"LongestPing",
                   frame(0x89, std::string(125, '\xFE')),
                   {{kPong, std::string(125, '\xFE')}},
                   0});
  cases.push_back(
      {"UnsolicitedPongIsIgnored", frame(0x8A, "x") + frame(0x89, "y"), {{kPong, "y"}}, 0});
  cases.push_back(
      {"Fragments", frame(0x01, "a") + frame(0x00, "b") + frame(0x80, "c"), {{kText, "abc"}}, 0});
  cases.push_back({"EmptyFragments", frame(0x01) + frame(0x00) + frame(0x80), {{kText, ""}}, 0});
  cases.push_back({"PingBetweenFragments",
                   frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "b"),
                   {{kPong, "p"}, {kText, "ab"}},
                   0});
  cases.push_back({"CharacterCutByFragments",
                   frame(0x01, "\xE2\x82") + frame(0x80, "\xAC"),
                   {{kText, "\xE2\x82\xAC"}},
                   0});
  std::string many;
  std::vector<std::pair<unsigned, std::string>> echoes;
  for (int i = 0; i < 100; ++i) {
    many += frame(0x81, std::to_string(i));
    echoes.emplace_back(kText, std::to_string(i));
  }
  cases.push_back({"ManyInOnePiece", many, echoes, 0});
  return cases;
}

std::vector<Case> violation_cases() {
  std::vector<Case> cases;
  for (const unsigned reserved : {0x40U, 0x20U, 0x10U}) {
    const std::string name = "ReservedBits" + std::to_string(reserved);
    cases.push_back({name, frame(0x81 | reserved, "x"), {}, 1002});
    cases.push_back({name + "OfAPing", frame(0x89 | reserved, "x"), {}, 1002});
  }
  for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
    cases.push_back({"Opcode" + std::to_string(opcode), frame(0x80 | opcode, "x"), {}, 1002});
  }
  cases.push_back({"UnmaskedText", unmasked(0x81, "hello"), {}, 1002});
  cases.push_back({"UnmaskedPing", unmasked(0x89, "hello"), {}, 1002});
  cases.push_back({"LengthInTwoBytesForNoReason", long_winded(false), {}, 1002});
  cases.push_back({"LengthInEightBytesForNoReason", long_winded(true), {}, 1002});
  cases.push_back({"FragmentedPing", frame(0x09, "x"), {}, 1002});
  cases.push_back({"FragmentedClose", frame(0x08, close_payload(1000)), {}, 1002});
  cases.push_back({"TooLongPing", frame(0x89, std::string(126, 'x')), {}, 1002});
  cases.push_back({"TooLongClose", frame(0x88, std::string(126, 'x')), {}, 1002});
  cases.push_back({"ContinuationOfNothing", frame(0x80, "x"), {}, 1002});
  cases.push_back({"ContinuationOfNothingGoingOn", frame(0x00, "x"), {}, 1002});
  cases.push_back({"ContinuationAfterAWholeMessage",
                   frame(0x81, "x") + frame(0x80, "y"),
                   {{kText, "x"}},
                   1002});
  cases.push_back({"NewMessageInsideFragments", frame(0x01, "a") + frame(0x81, "b"), {}, 1002});
  cases.push_back({"WhatCameBeforeIsAnswered",
                   frame(0x81, "fine") + frame(0x83, "x"),
                   {{kText, "fine"}},
                   1002});
  cases.push_back({"BrokenUtf8", frame(0x81, "\xCE\xBA\xED\xA0\x80"), {}, 1007});
  cases.push_back({"BrokenUtf8InTheFirstFragment", frame(0x01, "\xFF"), {}, 1007});
  cases.push_back({"UnfinishedCharacter", frame(0x81, "\xE2\x82"), {}, 1007});
  cases.push_back({"UnfinishedCharacterInTheLastFragment",
                   frame(0x01, "ok") + frame(0x80, "\xE2\x82"),
                   {},
                   1007});
  cases.push_back({"TooLongMessage", frame(0x81, std::string(65'537, 'x')), {}, 1009});
  cases.push_back({"TooLongTogether",
                   frame(0x01, std::string(65'000, 'x')) + frame(0x80, std::string(600, 'x')),
                   {},
                   1009});
  return cases;
}

std::vector<Case> close_cases() {
  std::vector<Case> cases;
  cases.push_back({"CloseWithoutACode", frame(0x88), {}, 1000});
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}) {
    cases.push_back({"Close" + std::to_string(code),
                     frame(0x88, close_payload(static_cast<std::uint16_t>(code), "why")),
                     {},
                     static_cast<std::uint16_t>(code)});
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65'535}) {
    cases.push_back({"CloseBad" + std::to_string(code),
                     frame(0x88, close_payload(static_cast<std::uint16_t>(code))),
                     {},
                     1002});
  }
  cases.push_back({"HalfACloseCode", frame(0x88, "\x03"), {}, 1002});
  cases.push_back({"CloseReasonNotUtf8", frame(0x88, close_payload(1000, "\xFF")), {}, 1007});
  cases.push_back({"NothingIsAnsweredAfterAClose",
                   frame(0x88, close_payload(1000)) + frame(0x81, "x") + frame(0x89, "y"),
                   {},
                   1000});
  cases.push_back(
      {"CloseInsideFragments", frame(0x01, "a") + frame(0x88, close_payload(1000)), {}, 1000});
  cases.push_back({"PingBeforeClose",
                   frame(0x89, "p") + frame(0x88, close_payload(1000)),
                   {{kPong, "p"}},
                   1000});
  return cases;
}

std::vector<Case> all_cases() {
  std::vector<Case> cases = echo_cases();
  for (const Case& each : violation_cases()) cases.push_back(each);
  for (const Case& each : close_cases()) cases.push_back(each);
  return cases;
}

class WsConformance : public NetFixture {
 protected:
  WsConformance() { start(); }

  void expect_answer(RawWs& ws, const Case& expected) {
    for (const auto& [first, payload] : expected.frames) {
      const auto frame = ws.next();
      ASSERT_TRUE(frame);
      EXPECT_EQ(frame->first, first);
      EXPECT_FALSE(frame->is_masked);
      EXPECT_EQ(frame->payload, payload);
    }
    if (expected.close_code == 0) {
      ws.send(client_frame("still here", 0x89));
      const auto pong = ws.next();
      ASSERT_TRUE(pong);
      EXPECT_EQ(pong->payload, "still here");
      return;
    }
    const auto close = ws.next();
    ASSERT_TRUE(close);
    EXPECT_EQ(close->first, kClose);
    EXPECT_EQ(close->close_code(), expected.close_code);
    EXPECT_FALSE(ws.next());
    EXPECT_EQ(ws.line().end(), RawClient::End::kFin);
  }
};

TEST_F(WsConformance, EveryCaseInOnePiece) {
  for (const Case& each : all_cases()) {
    SCOPED_TRACE(each.name);
    RawWs ws{plain_->port(), "/api"};
    ws.send(each.sent);
    expect_answer(ws, each);
  }
}

TEST_F(WsConformance, EveryCaseByteByByteOverTls) {
  for (const Case& each : all_cases()) {
    if (each.sent.size() > 200) continue;  // the long ones are cut at random in ws_reader_test
    SCOPED_TRACE(each.name);
    RawWs ws{tls_->port(), "/api", {.is_tls = true}};
    for (const char byte : each.sent) ws.send({&byte, 1});
    expect_answer(ws, each);
    EXPECT_EQ(ws.line().has_tls_closed(), each.close_code != 0);
  }
}

TEST_F(WsConformance, AMessageMayComeRightBehindTheUpgrade) {
  RawClient client{plain_->port()};
  client.send(upgrade_request("/api") + client_frame("early"));
  const std::string head = client.receive_until("\r\n\r\n");
  EXPECT_NE(head.find("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), std::string::npos);
  EXPECT_EQ(client.receive_exactly(7),
            "\x81\x05"
            "early");
}

TEST_F(WsConformance, CompressionIsDeclined) {
  std::string request = upgrade_request("/api");
  request.insert(request.size() - 2,
                 "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
                 "Sec-WebSocket-Protocol: chat\r\n");
  RawClient client{plain_->port()};
  client.send(request);
  const std::string head = client.receive_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 101"));
  EXPECT_EQ(head.find("extensions"), std::string::npos);
  EXPECT_EQ(head.find("protocol"), std::string::npos);
}

TEST_F(WsConformance, AnUpgradeThatIsNoneIsRefused) {
  const std::string good = upgrade_request("/api");
  const auto changed = [&good](const std::string& from, const std::string& to) {
    std::string request = good;
    return request.replace(request.find(from), from.size(), to);
  };
  EXPECT_TRUE(ask(plain_->port(), changed("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8"))
                  .starts_with("HTTP/1.1 426"));
  for (const std::string& bad :
       {changed("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X: y"),
        changed("dGhlIHNhbXBsZSBub25jZQ==", "short"), changed("GET /api", "POST /api")}) {
    EXPECT_TRUE(ask(plain_->port(), bad).starts_with("HTTP/1.1 400")) << bad;
  }
  RawClient elsewhere{plain_->port()};
  elsewhere.send(upgrade_request("/elsewhere"));
  EXPECT_TRUE(elsewhere.receive_until("\r\n").starts_with("HTTP/1.1 200"));
  EXPECT_EQ(ask(plain_->port(), upgrade_request("/ws/none")).find("sec-websocket-accept") ==
                std::string::npos,
            false);
}

TEST_F(WsConformance, WhoIsRefusedHearsTheServicesReply) {
  on_loop([this] { service_.refuse_from("127.0.0.9"); });
  RawClient banned{plain_->port(), {.from = "127.0.0.9"}};
  banned.send(upgrade_request("/api"));
  const std::string head = banned.receive_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 418")) << head;
  EXPECT_NE(head.find("retry-after: 120"), std::string::npos);
  RawWs other{plain_->port(), "/api"};
  other.send_text("x");
  EXPECT_EQ(other.frame().payload, "x");
}

}  // namespace
}  // namespace portcullis::sim::test
