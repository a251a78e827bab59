#include "core/net/http_client.hpp"

#include <future>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/net/ws_fixture.hpp"

namespace portcullis::net::test {
namespace {

using testing::HasSubstr;

class HttpGetTest : public testing::TestWithParam<bool> {
 protected:
  std::expected<HttpResponse, std::string> get_answer(std::string answer,
                                                      std::chrono::milliseconds timeout = kPatience,
                                                      std::size_t body_bytes_max = 1u << 20) {
    return get([answer = std::move(answer)](ServerPeer& peer) { peer.send_raw(answer); }, timeout,
               body_bytes_max);
  }
  std::expected<HttpResponse, std::string> get(LoopbackServer::Script respond,
                                               std::chrono::milliseconds timeout = kPatience,
                                               std::size_t body_bytes_max = 1u << 20) {
    ServerOptions options;
    if (GetParam()) options.credentials = authority_.issue();
    auto script = [this, respond = std::move(respond)](ServerPeer& peer) mutable {
      head_ = peer.read_head();
      respond(peer);
    };
    const LoopbackServer server{options, std::move(script)};
    Endpoint endpoint = endpoint_of(server, GetParam() ? &authority_ : nullptr);
    endpoint.path = "/api/v3/depth?symbol=BTCUSDT";
    return http_get(endpoint, {{"X-MBX-APIKEY", "key"}}, timeout, body_bytes_max);
  }

  TestAuthority authority_{"portcullis test CA"};
  std::string head_;  // the request, as the server saw it
};
INSTANTIATE_TEST_SUITE_P(Transports, HttpGetTest, testing::Bool(), transport_name);

TEST_P(HttpGetTest, TakesStatusHeadersAndBody) {
  const auto response = get_answer(
      "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-MBX-USED-WEIGHT-1M: 42\r\n\r\n{\"ok\":true}");
  ASSERT_TRUE(response.has_value()) << response.error();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "{\"ok\":true}");
  EXPECT_EQ(response->headers.at("x-mbx-used-weight-1m"), "42");
  EXPECT_THAT(head_, testing::StartsWith("GET /api/v3/depth?symbol=BTCUSDT HTTP/1.1\r\n"));
  EXPECT_THAT(head_, HasSubstr("Host: localhost:"));
  EXPECT_THAT(head_, HasSubstr("X-MBX-APIKEY: key\r\n"));
}

TEST_P(HttpGetTest, AnErrorStatusIsAnAnswer) {
  const auto response =
      get_answer("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nRetry-After: 3\r\n\r\ngone");
  ASSERT_TRUE(response.has_value()) << response.error();
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->body, "gone");
  EXPECT_EQ(response->headers.at("retry-after"), "3");
}

TEST_P(HttpGetTest, ChunkedBody) {
  const auto response = get_answer(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  ASSERT_TRUE(response.has_value()) << response.error();
  EXPECT_EQ(response->body, "abcde");
}

TEST_P(HttpGetTest, BodyUpToTheEndOfTheConnection) {
  const auto response = get_answer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall there is");
  ASSERT_TRUE(response.has_value()) << response.error();
  EXPECT_EQ(response->body, "all there is");
}

TEST_P(HttpGetTest, LargeBodyInManyPieces) {
  const std::string body(900'000, 'b');
  const auto response = get([&body](ServerPeer& peer) {
    peer.send_raw("HTTP/1.1 200 OK\r\nContent-Le");
    peer.send_raw("ngth: " + std::to_string(body.size()) + "\r\n\r\n");
    for (std::size_t at = 0; at < body.size(); at += 7000) peer.send_raw(body.substr(at, 7000));
  });
  ASSERT_TRUE(response.has_value()) << response.error();
  EXPECT_EQ(response->body, body);
}

TEST_P(HttpGetTest, RedirectsAreNotFollowed) {
  const auto response =
      get_answer("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(response.has_value()) << response.error();
  EXPECT_EQ(response->status, 302);
}

TEST_P(HttpGetTest, ABodyOverTheLimitIsRefused) {
  const auto declared =
      get_answer("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", kPatience, 100);
  ASSERT_FALSE(declared.has_value());
  EXPECT_THAT(declared.error(), HasSubstr("over the limit"));
  const auto undeclared =
      get_answer("HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'x'), kPatience, 100);
  ASSERT_FALSE(undeclared.has_value());
  EXPECT_THAT(undeclared.error(), HasSubstr("over the limit"));
}

TEST_P(HttpGetTest, ATruncatedBodyIsAnError) {
  const auto response = get_answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  ASSERT_FALSE(response.has_value());
  EXPECT_THAT(response.error(), HasSubstr("/api/v3/depth: HTTP answer: the answer is incomplete"));
  EXPECT_THAT(response.error(), testing::Not(HasSubstr("BTCUSDT")));
}

TEST_P(HttpGetTest, ATruncatedHeadIsAnError) {
  const auto response = get_answer("HTTP/1.1 200 OK\r\nContent-Le");
  ASSERT_FALSE(response.has_value());
  EXPECT_THAT(response.error(), HasSubstr("incomplete"));
}

TEST_P(HttpGetTest, NonsenseIsAnError) {
  const auto response = get_answer("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  ASSERT_FALSE(response.has_value());
  EXPECT_THAT(response.error(), HasSubstr("not a valid HTTP answer"));
}

TEST_P(HttpGetTest, NoAnswerTimesOut) {
  const auto silent =
      get([](ServerPeer& peer) { peer.await_end(); }, std::chrono::milliseconds{100});
  ASSERT_FALSE(silent.has_value());
  EXPECT_THAT(silent.error(), HasSubstr("timed out"));
  const auto half = get(
      [](ServerPeer& peer) {
        peer.send_raw("HTTP/1.1 200 OK\r\n\r\nhalf of it");
        peer.await_end();
      },
      std::chrono::milliseconds{100});
  ASSERT_FALSE(half.has_value());
  EXPECT_THAT(half.error(), HasSubstr("timed out"));
}

TEST_P(HttpGetTest, AServerThatHangsUpIsAnError) {
  const auto response = get([](ServerPeer&) {});
  ASSERT_FALSE(response.has_value());
  EXPECT_THAT(response.error(), HasSubstr("the peer ended"));
}

}  // namespace
}  // namespace portcullis::net::test
