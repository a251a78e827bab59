#include "core/net/http_session.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/net/ws_fixture.hpp"

namespace portcullis::net::test {
namespace {

using testing::HasSubstr;
using Method = HttpSession::Method;

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class HttpSessionTest : public testing::TestWithParam<bool> {
 protected:
  // `script` is run for each connection.
  void serve(LoopbackServer::Script script) {
    ServerOptions options;
    if (GetParam()) options.credentials = authority_.issue();
    server_.emplace(options, [this, script = std::move(script)](ServerPeer& peer) mutable {
      ++connections_;
      script(peer);
    });
    session_.emplace(endpoint_of(*server_, GetParam() ? &authority_ : nullptr), kPatience);
  }

  TestAuthority authority_{"portcullis test CA"};
  std::atomic<int> connections_{0};
  std::optional<LoopbackServer> server_;
  std::optional<HttpSession> session_;
};
INSTANTIATE_TEST_SUITE_P(Transports, HttpSessionTest, testing::Bool(), transport_name);

TEST_P(HttpSessionTest, RequestsShareAConnection) {
  std::string heads;
  serve([&heads](ServerPeer& peer) {
    for (int i = 0; i < 3; ++i) {
      heads += peer.read_head();
      peer.send_raw(kOk);
    }
  });
  for (const Method method : {Method::kGet, Method::kDelete, Method::kPost}) {
    const auto answer = session_->request(method, "/api?a=1", {{"X-MBX-APIKEY", "key"}});
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(answer->body, "ok");
    EXPECT_TRUE(session_->is_connected());
  }
  EXPECT_EQ(connections_, 1);
  EXPECT_THAT(heads, HasSubstr("GET /api?a=1 HTTP/1.1\r\n"));
  EXPECT_THAT(heads, HasSubstr("DELETE /api?a=1 HTTP/1.1\r\n"));
  EXPECT_THAT(heads, HasSubstr("POST /api?a=1 HTTP/1.1\r\n"));
}

TEST_P(HttpSessionTest, AServerThatHasClosedMeanwhileIsConnectedToAgain) {
  serve([](ServerPeer& peer) {
    (void)peer.read_head();
    peer.send_raw(kOk);
  });
  for (int i = 0; i < 3; ++i) {
    const auto answer = session_->request(Method::kDelete, "/orders");
    ASSERT_TRUE(answer) << answer.error();
  }
  EXPECT_EQ(connections_, 3);
}

TEST_P(HttpSessionTest, AnAnswerThatSaysCloseEndsTheConnection) {
  serve([](ServerPeer& peer) {
    (void)peer.read_head();
    peer.send_raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    peer.await_end();
  });
  ASSERT_TRUE(session_->request(Method::kGet, "/"));
  EXPECT_FALSE(session_->is_connected());
  ASSERT_TRUE(session_->request(Method::kGet, "/"));
  EXPECT_EQ(connections_, 2);
}

TEST_P(HttpSessionTest, APostIsNotSentTwice) {
  std::atomic<int> heads{0};
  serve([&heads](ServerPeer& peer) {
    (void)peer.read_head();
    ++heads;
    peer.send_raw(kOk);
    // The second is heard and not answered.
    (void)peer.read_head();
    ++heads;
  });
  ASSERT_TRUE(session_->request(Method::kGet, "/"));
  const auto lost = session_->request(Method::kPost, "/order?signature=abc");
  ASSERT_FALSE(lost);
  EXPECT_THAT(lost.error(), HasSubstr("/order: HTTP answer"));
  EXPECT_THAT(lost.error(), testing::Not(HasSubstr("abc")));
  EXPECT_EQ(connections_, 1);
  EXPECT_EQ(heads, 2);
  EXPECT_FALSE(session_->is_connected());
}

}  // namespace
}  // namespace portcullis::net::test
