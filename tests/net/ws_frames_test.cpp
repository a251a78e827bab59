// What a server may put on the wire, well-formed and not.
#include <future>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/net/ws_fixture.hpp"

namespace portcullis::net::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace std::string_literals;

constexpr std::uint8_t kText = 0x81;
constexpr std::uint8_t kTextPart = 0x01;
constexpr std::uint8_t kPart = 0x00;
constexpr std::uint8_t kLastPart = 0x80;
constexpr std::uint8_t kClose = 0x88;
constexpr std::uint8_t kPing = 0x89;
constexpr std::uint8_t kPong = 0x8a;

using WsFramesTest = WsTest;
INSTANTIATE_TEST_SUITE_P(Transports, WsFramesTest, testing::Bool(), transport_name);

TEST_P(WsFramesTest, PingIsAnsweredWithItsPayload) {
  std::promise<std::optional<ServerFrame>> answer;
  WsConnection& connection = connect([&answer](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.send_raw(server_frame(kPing, "1690000000000"));
    answer.set_value(peer.read_frame());
    peer.await_end();
  });
  auto future = answer.get_future();
  // A ping alone is answered at once: no message has to come behind it.
  ASSERT_TRUE(eventually([&] {
    EXPECT_EQ(connection.try_read(mono_time(5)).status, WsStatus::kNothing);
    return future.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
  }));
  const auto frame = future.get();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->opcode, 10);
  EXPECT_TRUE(frame->is_masked);
  EXPECT_EQ(frame->payload, "1690000000000");
  EXPECT_EQ(connection.control_frames_sent(), 1U);
  EXPECT_TRUE(connection.is_open());
}

TEST_P(WsFramesTest, OnlyTheNewestOfSeveralPingsIsAnswered) {
  std::promise<std::optional<ServerFrame>> answer;
  WsConnection& connection = connect([&answer](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.send_raw(server_frame(kPing, "old") + server_frame(kPing, "older") +
                  server_frame(kPing, "new") + server_frame(kText, "x"));
    answer.set_value(peer.read_frame());
    peer.await_end();
  });
  EXPECT_EQ(read_until(connection).payload, "x");
  EXPECT_EQ(answer.get_future().get()->payload, "new");
  EXPECT_EQ(connection.control_frames_sent(), 1U);
}

TEST_P(WsFramesTest, UnaskedPongsAreTakenQuietly) {
  WsConnection& connection = connect_to_bytes(server_frame(kPong, "") + server_frame(kText, "x"));
  EXPECT_EQ(read_until(connection, mono_time(9)).payload, "x");
  EXPECT_EQ(connection.last_pong(), mono_time(9));
}

TEST_P(WsFramesTest, ManyFramesInOnePieceComeOutOneByOne) {
  std::string bytes;
  for (int i = 0; i < 2000; ++i) bytes += server_frame(kText, std::to_string(i));
  WsConnection& connection = connect_to_bytes(bytes);
  for (int i = 0; i < 2000; ++i) {
    const WsMessage message = read_until(connection);
    ASSERT_EQ(message.status, WsStatus::kMessage) << i << connection.close_reason();
    ASSERT_EQ(message.payload, std::to_string(i));
  }
  EXPECT_EQ(connection.try_read(mono_time(1)).status, WsStatus::kNothing);
}

TEST_P(WsFramesTest, FramesArrivingByteByByte) {
  const std::string bytes = server_frame(kText, "hello") + server_frame(kPing, "p") +
                            server_frame(kText, std::string(300, 'w'));
  WsConnection& connection = connect([bytes](ServerPeer& peer) {
    peer.accept_upgrade();
    for (const char byte : bytes) peer.send_raw({&byte, 1});
    peer.await_end();
  });
  EXPECT_EQ(read_until(connection).payload, "hello");
  EXPECT_EQ(read_until(connection).payload, std::string(300, 'w'));
  EXPECT_EQ(connection.control_frames_sent(), 1U);
}

TEST_P(WsFramesTest, FragmentsAreAssembledAroundControlFrames) {
  WsConnection& connection = connect_to_bytes(
      server_frame(kText, "before") + server_frame(kTextPart, "one ") + server_frame(kPing, "a") +
      server_frame(kPart, "") + server_frame(kPart, "two ") + server_frame(kPong, "b") +
      server_frame(kLastPart, "three") + server_frame(kText, "after"));
  EXPECT_EQ(read_until(connection).payload, "before");
  EXPECT_EQ(read_until(connection, mono_time(3)).payload, "one two three");
  EXPECT_EQ(read_until(connection).payload, "after");
  EXPECT_EQ(connection.control_frames_sent(), 1U);
  EXPECT_EQ(connection.last_pong(), mono_time(3)) << connection.close_reason();
}

TEST_P(WsFramesTest, APingInsideAnUnfinishedMessageIsAnsweredAtOnce) {
  std::promise<std::optional<ServerFrame>> answer;
  WsConnection& connection = connect([&answer](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.send_raw(server_frame(kTextPart, "begin ") + server_frame(kPing, "now"));
    answer.set_value(peer.read_frame());  // the message goes on only after the pong
    peer.send_raw(server_frame(kLastPart, "end"));
    peer.await_end();
  });
  EXPECT_EQ(read_until(connection).payload, "begin end");
  EXPECT_EQ(answer.get_future().get()->payload, "now");
}

TEST_P(WsFramesTest, TextMaySplitACharacterBetweenFragments) {
  WsConnection& connection =
      connect_to_bytes(server_frame(kTextPart, "\xe2\x82") + server_frame(kPing, "") +
                       server_frame(kLastPart, "\xac"));
  EXPECT_EQ(read_until(connection).payload, "\xe2\x82\xac");
}

TEST_P(WsFramesTest, EmptyMessagesAreMessages) {
  WsConnection& connection =
      connect_to_bytes(server_frame(kText, "") + server_frame(kTextPart, "") +
                       server_frame(kLastPart, "") + server_frame(0x82, "x"));
  for (int i = 0; i < 2; ++i) {
    const WsMessage message = read_until(connection);
    EXPECT_EQ(message.status, WsStatus::kMessage);
    EXPECT_EQ(message.payload, "");
  }
  EXPECT_EQ(read_until(connection).payload, "x");
}

TEST_P(WsFramesTest, ASmallReceiveBufferIsReusedForever) {
  WsLimits limits = small_limits();
  limits.message_bytes_max = 10'000;
  limits.receive_buffer_bytes = 0;
  std::string bytes;
  for (int i = 0; i < 500; ++i)
    bytes += server_frame(kText, std::string(9000, static_cast<char>('a' + i % 26)));
  WsConnection& connection = connect_to_bytes(bytes, limits);
  for (int i = 0; i < 500; ++i) {
    const WsMessage message = read_until(connection);
    ASSERT_EQ(message.status, WsStatus::kMessage) << i << connection.close_reason();
    ASSERT_EQ(message.payload, std::string(9000, static_cast<char>('a' + i % 26)));
  }
}

TEST_P(WsFramesTest, AMessageOfEndlessFragmentsIsGivenUp) {
  WsLimits limits = small_limits();
  limits.message_bytes_max = 1000;
  limits.receive_buffer_bytes = 0;
  std::string bytes = server_frame(kTextPart, "x");
  while (bytes.size() < 400'000) bytes += server_frame(kPart, "");
  WsConnection& connection = connect_to_bytes(bytes, limits);
  EXPECT_EQ(read_until(connection).status, WsStatus::kClosed);
  EXPECT_EQ(connection.close_reason(), "the receive buffer is full");
}

TEST_P(WsFramesTest, CloseCarriesTheServersReason) {
  std::promise<std::optional<ServerFrame>> answer;
  WsConnection& connection = connect([&answer](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.send_raw(server_frame(kText, "last") + server_frame(kClose, "\x03\xe9going down"));
    answer.set_value(peer.read_frame());
  });
  EXPECT_EQ(read_until(connection).payload, "last");
  EXPECT_EQ(read_until(connection).status, WsStatus::kClosed);
  EXPECT_EQ(connection.close_reason(), "closed by the peer: 1001 going down");
  EXPECT_FALSE(connection.is_open());
  const auto frame = answer.get_future().get();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->opcode, 8);
  EXPECT_THAT(frame->payload, StartsWith("\x03\xe9"));
}

TEST_P(WsFramesTest, CloseWithoutACode) {
  WsConnection& connection = connect_to_bytes(server_frame(kClose, ""));
  EXPECT_EQ(read_until(connection).status, WsStatus::kClosed);
  EXPECT_THAT(std::string{connection.close_reason()}, StartsWith("closed by the peer: "));
}

struct Violation {
  const char* name;
  std::string bytes;
  const char* reason;
  const char* close_code;  // two bytes
};

class ViolationTest : public testing::TestWithParam<Violation> {};

// The bytes stop at the point where the mistake shows: nothing more is waited for.
TEST_P(ViolationTest, ClosesWithTheReasonAndTellsThePeer) {
  std::promise<std::optional<ServerFrame>> answer;
  const LoopbackServer server{{}, [&answer](ServerPeer& peer) {
                                peer.accept_upgrade();
                                peer.send_raw(GetParam().bytes);
                                answer.set_value(peer.read_frame());
                                peer.await_end();
                              }};
  auto connection = WsConnection::connect(endpoint_of(server, nullptr), small_limits());
  ASSERT_TRUE(connection.has_value()) << connection.error();
  const WsMessage message = read_until(**connection);
  EXPECT_EQ(message.status, WsStatus::kClosed);
  EXPECT_EQ((*connection)->close_reason(), GetParam().reason);
  const auto frame = answer.get_future().get();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->opcode, 8);
  EXPECT_EQ(frame->payload.substr(0, 2), GetParam().close_code);
}

constexpr const char* kProtocolError = "\x03\xea";  // 1002
constexpr const char* kBadPayload = "\x03\xef";     // 1007
constexpr const char* kTooBig = "\x03\xf1";         // 1009

INSTANTIATE_TEST_SUITE_P(
    Cases, ViolationTest,
    testing::Values(
        Violation{"LengthOver2To63", "\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00"s,
                  "protocol error: message over the size limit", kTooBig},
        Violation{"LengthOfAllOnes", "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s,
                  "protocol error: message over the size limit", kTooBig},
        Violation{"OneOverTheLimit", "\x82\x7f\x00\x00\x00\x00\x00\x10\x00\x01"s,
                  "protocol error: message over the size limit", kTooBig},
        Violation{"FragmentsOverTheLimit",
                  server_frame(0x02, std::string(1u << 20, 'x')) + "\x80\x01"s,
                  "protocol error: message over the size limit", kTooBig},
        Violation{"MaskedServerFrame", "\x81\x82maskhi"s,
                  "protocol error: masked frame from a server", kProtocolError},
        Violation{"ReservedBit", "\xc1\x02"s, "protocol error: reserved bits set", kProtocolError},
        Violation{"UnknownOpcode", "\x83\x00"s, "protocol error: unknown opcode", kProtocolError},
        Violation{"ControlOver125", "\x89\x7e\x00\x7e"s,
                  "protocol error: control frame over 125 bytes", kProtocolError},
        Violation{"ControlInFragments", "\x09\x00"s, "protocol error: control frame fragmented",
                  kProtocolError},
        Violation{"LengthNotShortest", "\x81\x7e\x00\x02hi"s,
                  "protocol error: length not in its shortest form", kProtocolError},
        Violation{"ContinuationOfNothing", server_frame(kLastPart, "x"),
                  "protocol error: a continuation of no message", kProtocolError},
        Violation{"NewMessageInsideOne", server_frame(kTextPart, "x") + server_frame(kText, "y"),
                  "protocol error: a new message inside an unfinished one", kProtocolError},
        Violation{"TextNotUtf8", server_frame(kText, "\xff\xfe"),
                  "protocol error: text is not UTF-8", kBadPayload},
        Violation{"CloseCode1005", server_frame(kClose, "\x03\xed"),
                  "protocol error: close code not allowed", kProtocolError},
        Violation{"CloseOfOneByte", server_frame(kClose, "x"),
                  "protocol error: close frame of one byte", kProtocolError}),
    [](const testing::TestParamInfo<Violation>& one) { return std::string{one.param.name}; });

}  // namespace
}  // namespace portcullis::net::test
