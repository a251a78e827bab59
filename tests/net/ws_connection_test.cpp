// Ordinary life of a WebSocket connection against a real server, plain and TLS.
#include "core/net/ws_connection.hpp"

#include <atomic>
#include <future>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/no_alloc.hpp"
#include "tests/net/ws_fixture.hpp"

namespace portcullis::net::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using WriteStatus = WsConnection::WriteStatus;

using WsConnectionTest = WsTest;
INSTANTIATE_TEST_SUITE_P(Transports, WsConnectionTest, testing::Bool(), transport_name);

void echo(ServerPeer& peer) {
  peer.accept_upgrade();
  while (const auto message = peer.read_message()) peer.send_text(*message);
}

TEST_P(WsConnectionTest, EchoesBothWays) {
  WsConnection& connection = connect(echo);
  for (const std::size_t size : {1U, 125U, 126U, 1000U, 65'535U, 65'536U}) {
    const std::string text(size, 'x');
    ASSERT_EQ(connection.try_write(text), WriteStatus::kSent);
    const WsMessage answer = read_until(connection, mono_time(777));
    ASSERT_EQ(answer.status, WsStatus::kMessage) << connection.close_reason();
    EXPECT_EQ(answer.payload, text);
    EXPECT_EQ(answer.received, mono_time(777));
    EXPECT_EQ(connection.last_received(), mono_time(777));
  }
  EXPECT_TRUE(connection.is_open());
  EXPECT_EQ(connection.close_reason(), "");
}

// The guard aborts the program on any use of the heap.
TEST_P(WsConnectionTest, AWholeLifeUnderTheAllocationGuard) {
  WsConnection& connection = connect([](ServerPeer& peer) {
    peer.accept_upgrade();
    for (int i = 0; i < 100; ++i) {
      peer.send_raw(server_frame(0x89, "ping"));
      if (const auto message = peer.read_message()) peer.send_text(*message);
    }
    peer.send_raw(server_frame(0x88, "\x03\xe8 enough"));
    peer.await_end();
  });
  int answers = 0;
  std::thread hot{[&connection, &answers] {
    const NoAllocScope no_alloc{"net test"};
    for (int i = 0; i < 100; ++i) {
      if (connection.try_write("an order") != WriteStatus::kSent) return;
      if (read_until(connection).payload == "an order") ++answers;
    }
    static_cast<void>(read_until(connection));
  }};
  hot.join();
  EXPECT_EQ(answers, 100);
  EXPECT_EQ(connection.close_reason(), "closed by the peer: 1000  enough");
}

// Served from the heap, yet it must not trip the guard: the peer decides when it comes.
TEST_P(WsConnectionTest, AKeyUpdateIsServedUnderTheAllocationGuard) {
  WsConnection& connection = connect([](ServerPeer& peer) {
    peer.accept_upgrade();
    while (const auto message = peer.read_message()) {
      peer.update_keys();
      peer.send_text(*message);
    }
  });
  int answers = 0;
  std::thread hot{[&connection, &answers] {
    const NoAllocScope no_alloc{"net test"};
    for (int i = 0; i < 20; ++i) {
      if (connection.try_write("an order") != WriteStatus::kSent) return;
      if (read_until(connection).payload == "an order") ++answers;
    }
  }};
  hot.join();
  EXPECT_EQ(answers, 20) << connection.close_reason();
}

TEST_P(WsConnectionTest, SendsOneMaskedTextFrameToTheRightTarget) {
  std::promise<std::pair<std::string, std::optional<ServerFrame>>> seen;
  WsConnection& connection = connect([&seen](ServerPeer& peer) {
    std::string target = peer.accept_upgrade();
    seen.set_value({std::move(target), peer.read_frame()});
    peer.await_end();
  });
  const std::string text(40'000, 'y');
  ASSERT_EQ(connection.try_write(text), WriteStatus::kSent);
  const auto [target, frame] = seen.get_future().get();
  EXPECT_EQ(target, "/ws/test?x=1");
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->opcode, 1);
  EXPECT_TRUE(frame->is_last);
  EXPECT_TRUE(frame->is_masked);
  EXPECT_EQ(frame->payload, text);
}

TEST_P(WsConnectionTest, PayloadIsFollowedByReadableSlack) {
  const WsLimits limits = small_limits();
  WsConnection& connection =
      connect_to_bytes(server_frame(0x82, std::string(limits.message_bytes_max, 'z')), limits);
  const WsMessage message = read_until(connection);
  ASSERT_EQ(message.status, WsStatus::kMessage) << connection.close_reason();
  ASSERT_EQ(message.payload.size(), limits.message_bytes_max);
  int sum = 0;  // AddressSanitizer is the judge
  for (std::size_t i = 0; i < 64; ++i) sum += message.payload.data()[message.payload.size() + i];
  EXPECT_NE(sum, 1);
}

TEST_P(WsConnectionTest, AMessageSentWithTheUpgradeIsNotLost) {
  WsConnection& connection = connect([](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.send_raw(server_frame(0x81, "first") + server_frame(0x81, "second"));
    peer.await_end();
  });
  EXPECT_EQ(read_until(connection).payload, "first");
  EXPECT_EQ(read_until(connection).payload, "second");
}

TEST_P(WsConnectionTest, OurPingIsAnsweredAndTimed) {
  WsConnection& connection = connect([](ServerPeer& peer) {
    peer.accept_upgrade();
    static_cast<void>(peer.read_message());  // Beast answers the ping meanwhile
    peer.send_text("done");
    peer.await_end();
  });
  EXPECT_EQ(connection.last_pong(), MonoTime{});
  ASSERT_EQ(connection.try_ping(), WriteStatus::kSent);
  ASSERT_EQ(connection.try_write("go on"), WriteStatus::kSent);
  EXPECT_EQ(read_until(connection, mono_time(4242)).payload, "done");
  EXPECT_EQ(connection.last_pong(), mono_time(4242));
  EXPECT_EQ(connection.control_frames_sent(), 0U);
}

TEST_P(WsConnectionTest, ClosingTellsTheServer) {
  std::promise<std::optional<ServerFrame>> seen;
  static_cast<void>(connect([&seen](ServerPeer& peer) {
    peer.accept_upgrade();
    seen.set_value(peer.read_frame());
  }));
  connection_.reset();
  const auto frame = seen.get_future().get();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->opcode, 8);
  EXPECT_THAT(frame->payload, StartsWith("\x03\xe8"));  // 1000
}

TEST_P(WsConnectionTest, AServerThatStopsReadingFillsUpAndNeverHangsUs) {
  std::promise<void> may_read;
  std::atomic<std::uint64_t> bytes_read{0};
  WsConnection& connection = connect([&](ServerPeer& peer) {
    peer.accept_upgrade();
    may_read.get_future().wait();
    while (const auto message = peer.read_message()) bytes_read += message->size();
  });
  const std::string order(500, 'o');
  std::uint64_t sent = 0;
  WriteStatus status = WriteStatus::kSent;
  while (status == WriteStatus::kSent && sent < 200'000) {
    status = connection.try_write(order);
    if (status == WriteStatus::kSent) ++sent;
  }
  ASSERT_EQ(status, WriteStatus::kFull) << sent << ' ' << connection.close_reason();
  EXPECT_TRUE(connection.is_open());
  EXPECT_EQ(connection.try_write(order), WriteStatus::kFull);
  EXPECT_EQ(connection.try_ping(), WriteStatus::kFull);
  // Full is not broken: what was sent arrives whole, and it goes on.
  may_read.set_value();
  ASSERT_TRUE(eventually([&] { return connection.try_write(order) == WriteStatus::kSent; }));
  EXPECT_TRUE(eventually([&] { return bytes_read == (sent + 1) * order.size(); })) << bytes_read;
}

TEST_P(WsConnectionTest, LargeWritesAgainstAFullKernelNeverHangAndNeverLie) {
  WsConnection& connection = connect([](ServerPeer& peer) {
    peer.accept_upgrade();
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
  });
  const std::string text(WsConnection::kTextBytesMax, 't');
  WriteStatus status = WriteStatus::kSent;
  for (int i = 0; i < 10'000 && status == WriteStatus::kSent; ++i) {
    status = connection.try_write(text);
  }
  ASSERT_NE(status, WriteStatus::kSent);
  EXPECT_EQ(connection.is_open(), status == WriteStatus::kFull);
}

TEST_P(WsConnectionTest, AMessageOverTheLimitIsRefusedUnsent) {
  WsConnection& connection = connect_to_bytes("");
  EXPECT_EQ(connection.try_write(std::string(WsConnection::kTextBytesMax + 1, 'x')),
            WriteStatus::kClosed);
  EXPECT_FALSE(connection.is_open());
  EXPECT_THAT(std::string{connection.close_reason()}, HasSubstr("over the limit"));
}

TEST_P(WsConnectionTest, PeerResetClosesAndStaysClosed) {
  WsConnection& connection = connect([](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.reset();
  });
  EXPECT_EQ(read_until(connection).status, WsStatus::kClosed);
  EXPECT_THAT(std::string{connection.close_reason()}, HasSubstr("reset"));
  EXPECT_FALSE(connection.is_open());
  EXPECT_EQ(connection.try_read(mono_time(1)).status, WsStatus::kClosed);
  EXPECT_EQ(connection.try_write("x"), WriteStatus::kClosed);
  EXPECT_EQ(connection.try_ping(), WriteStatus::kClosed);
}

TEST_P(WsConnectionTest, WhatCameBeforeTheEndIsDeliveredFirst) {
  WsConnection& connection = connect([](ServerPeer& peer) {
    peer.accept_upgrade();
    peer.send_raw(server_frame(0x81, "one") + server_frame(0x81, "two"));
  });
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_EQ(read_until(connection).payload, "one");
  EXPECT_EQ(read_until(connection).payload, "two");
  EXPECT_EQ(read_until(connection).status, WsStatus::kClosed);
  EXPECT_THAT(std::string{connection.close_reason()}, HasSubstr("the peer ended"));
}

TEST_P(WsConnectionTest, ARefusedUpgradeNamesTheStatus) {
  ServerOptions options;
  if (GetParam()) options.credentials = authority_.issue();
  const LoopbackServer server{options, [](ServerPeer& peer) {
                                peer.read_head();
                                peer.send_raw(
                                    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 120\r\n"
                                    "Content-Length: 5\r\n\r\nbanned");
                              }};
  Endpoint endpoint = endpoint_of(server, authority());
  endpoint.address = std::make_shared<AddressBudget>();
  const auto refused = WsConnection::connect(endpoint, small_limits());
  ASSERT_FALSE(refused.has_value());
  // The whole process knows, and nobody knocks again before.
  EXPECT_GT(endpoint.address->limited_until(),
            AddressBudget::cold_now() + std::chrono::seconds{100});
  const auto held = WsConnection::connect(endpoint, small_limits());
  ASSERT_FALSE(held.has_value());
  EXPECT_THAT(held.error(), HasSubstr("not connected: the venue has limited"));
  EXPECT_THAT(refused.error(), HasSubstr("HTTP 429 Too Many Requests"));
  EXPECT_THAT(refused.error(), HasSubstr("retry after 120 s"));
  EXPECT_THAT(refused.error(), HasSubstr("/ws/test: WebSocket upgrade"));
  EXPECT_THAT(refused.error(), testing::Not(HasSubstr("x=1")));
}

TEST_P(WsConnectionTest, ASilentServerTimesOut) {
  ServerOptions options;
  if (GetParam()) options.credentials = authority_.issue();
  const LoopbackServer server{options, [](ServerPeer& peer) { peer.await_end(); }};
  WsLimits limits = small_limits();
  limits.connect_timeout = std::chrono::milliseconds{100};
  const auto refused = WsConnection::connect(endpoint_of(server, authority()), limits);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr("timed out"));
}

TEST(WsConnect, NobodyListening) {
  Endpoint endpoint{.host = "127.0.0.1", .port = 1, .path = "/", .is_tls = false, .ca_file = ""};
  const auto refused = WsConnection::connect(endpoint, small_limits());
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr("127.0.0.1:1/: TCP connect: Connection refused"));
  endpoint.host = "no-such-host.invalid";
  const auto unresolved = WsConnection::connect(endpoint, small_limits());
  ASSERT_FALSE(unresolved.has_value());
  EXPECT_THAT(unresolved.error(), HasSubstr("cannot resolve"));
}

TEST(WsConnect, CanBeCalledOff) {
  const LoopbackServer server{{}, [](ServerPeer& peer) { peer.await_end(); }};
  WsLimits limits = small_limits();
  limits.connect_timeout = std::chrono::minutes{10};
  std::atomic<bool> abandon{false};
  auto connecting = std::async(std::launch::async, [&] {
    return WsConnection::connect(endpoint_of(server, nullptr), limits, &abandon);
  });
  ASSERT_TRUE(eventually([&] { return server.connection_count() == 1; }));
  abandon = true;
  const auto refused = connecting.get();
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr("called off"));
}

}  // namespace
}  // namespace portcullis::net::test
