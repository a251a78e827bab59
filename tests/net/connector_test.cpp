#include "core/net/connector.hpp"

#include <future>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/net/ws_fixture.hpp"

namespace portcullis::net::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr BackoffPolicy kQuick{.first = milliseconds{1}, .max = milliseconds{4}};

void serve_until_the_end(ServerPeer& peer) {
  peer.accept_upgrade();
  peer.send_text("hello");
  peer.await_end();
}

WsConnection* take_soon(Connector& connector) {
  WsConnection* connection = nullptr;
  static_cast<void>(eventually([&] {
    connector.request();  // as an agent does, at every turn: it must count once
    connection = connector.take();
    return connection != nullptr;
  }));
  return connection;
}

TEST(Connector, ConnectsOnlyWhenAskedAndOnce) {
  LoopbackServer server{{}, serve_until_the_end};
  Connector connector{endpoint_of(server, nullptr), small_limits(), kQuick, 1};
  EXPECT_EQ(connector.take(), nullptr);
  EXPECT_EQ(connector.attempts(), 0U);
  WsConnection* connection = take_soon(connector);
  ASSERT_NE(connection, nullptr);
  EXPECT_EQ(read_until(*connection).payload, "hello");
  EXPECT_EQ(connector.attempts(), 1U);
  EXPECT_EQ(connector.failures(), 0U);
  EXPECT_EQ(connector.last_error(), "");
  EXPECT_EQ(connector.take(), nullptr);
  connector.retire(connection);
}

TEST(Connector, ReconnectsAfterTheServerCloses) {
  LoopbackServer server{{}, [](ServerPeer& peer) {
                          peer.accept_upgrade();
                          peer.send_text("hello");
                        }};
  Connector connector{endpoint_of(server, nullptr), small_limits(), kQuick, 1};
  for (int life = 0; life < 5; ++life) {
    WsConnection* connection = take_soon(connector);
    ASSERT_NE(connection, nullptr) << connector.last_error();
    EXPECT_EQ(read_until(*connection).payload, "hello");
    EXPECT_EQ(read_until(*connection).status, WsStatus::kClosed);
    connector.retire(connection);
  }
  EXPECT_EQ(connector.attempts(), 5U);
  EXPECT_EQ(server.connection_count(), 5);
}

TEST(Connector, AServerThatDropsAtOnceIsNotHammered) {
  LoopbackServer server{{}, [](ServerPeer& peer) { peer.accept_upgrade(); }};
  const BackoffPolicy slow{.first = milliseconds{600'000}, .max = milliseconds{600'000}};
  Connector connector{endpoint_of(server, nullptr), small_limits(), slow, 1};
  WsConnection* connection = take_soon(connector);
  ASSERT_NE(connection, nullptr);
  EXPECT_EQ(read_until(*connection).status, WsStatus::kClosed);
  connector.retire(connection);
  connector.request();
  std::this_thread::sleep_for(milliseconds{100});
  EXPECT_EQ(connector.attempts(), 1U);
}

TEST(Connector, KeepsTryingAndSaysWhatWentWrong) {
  std::uint16_t port = 0;
  {
    const LoopbackServer gone{{}, serve_until_the_end};
    port = gone.port();
  }
  const Endpoint endpoint{
      .host = "127.0.0.1", .port = port, .path = "/", .is_tls = false, .ca_file = ""};
  Connector connector{endpoint, small_limits(), kQuick, 1};
  connector.request();
  EXPECT_TRUE(eventually([&] { return connector.failures() >= 3; }));
  EXPECT_THAT(connector.last_error(), HasSubstr("TCP connect: Connection refused"));
  EXPECT_EQ(connector.take(), nullptr);
}

TEST(Connector, RetiringClosesOnTheColdThread) {
  std::promise<std::optional<ServerFrame>> seen;
  LoopbackServer server{{}, [&seen](ServerPeer& peer) {
                          peer.accept_upgrade();
                          seen.set_value(peer.read_frame());
                        }};
  Connector connector{endpoint_of(server, nullptr), small_limits(), kQuick, 1};
  WsConnection* connection = take_soon(connector);
  ASSERT_NE(connection, nullptr);
  connector.retire(connection);
  const auto frame = seen.get_future().get();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->opcode, 8);
}

TEST(Connector, DestructorCallsOffAConnectUnderWay) {
  LoopbackServer server{{}, [](ServerPeer& peer) { peer.await_end(); }};
  WsLimits limits = small_limits();
  limits.connect_timeout = std::chrono::minutes{10};
  {
    Connector connector{endpoint_of(server, nullptr), limits, kQuick, 1};
    connector.request();
    ASSERT_TRUE(eventually([&] { return server.connection_count() == 1; }));
  }
  SUCCEED() << "the test's own time limit is the judge";
}

TEST(Connector, DestructorFreesAConnectionNobodyTook) {
  LoopbackServer server{{}, serve_until_the_end};
  Connector connector{endpoint_of(server, nullptr), small_limits(), kQuick, 1};
  connector.request();
  EXPECT_TRUE(eventually([&] { return server.connection_count() == 1; }));
  EXPECT_TRUE(eventually([&] { return connector.attempts() == 1; }));
}

}  // namespace
}  // namespace portcullis::net::test
