#include "core/net/endpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portcullis::net {
namespace {

using testing::HasSubstr;

TEST(ParseWsUrl, TakesItsParts) {
  const auto endpoint = parse_ws_url("wss://stream.binance.com:9443/stream?streams=btcusdt@trade");
  ASSERT_TRUE(endpoint.has_value()) << endpoint.error();
  EXPECT_EQ(endpoint->host, "stream.binance.com");
  EXPECT_EQ(endpoint->port, 9443);
  EXPECT_EQ(endpoint->path, "/stream?streams=btcusdt@trade");
  EXPECT_TRUE(endpoint->is_tls);
}

TEST(ParseWsUrl, FillsInPortAndPath) {
  const auto tls = parse_ws_url("wss://example.com");
  ASSERT_TRUE(tls.has_value());
  EXPECT_EQ(tls->port, 443);
  EXPECT_EQ(tls->path, "/");
  const auto plain = parse_ws_url("ws://localhost?x=1");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->port, 80);
  EXPECT_EQ(plain->path, "/?x=1");
  EXPECT_FALSE(plain->is_tls);
}

TEST(ParseWsUrl, TakesIpv6InBrackets) {
  const auto endpoint = parse_ws_url("ws://[::1]:8080/ws");
  ASSERT_TRUE(endpoint.has_value());
  EXPECT_EQ(endpoint->host, "::1");
  EXPECT_EQ(endpoint->port, 8080);
  EXPECT_EQ(host_header(*endpoint), "[::1]:8080");
  EXPECT_EQ(parse_ws_url("wss://[::1]")->port, 443);
}

struct BadUrl {
  const char* url;
  const char* cause;
};

class RefusedUrl : public testing::TestWithParam<BadUrl> {};

TEST_P(RefusedUrl, SaysWhy) {
  const auto endpoint = parse_ws_url(GetParam().url);
  ASSERT_FALSE(endpoint.has_value());
  EXPECT_THAT(endpoint.error(), HasSubstr(GetParam().cause));
  EXPECT_THAT(endpoint.error(), HasSubstr("write wss://"));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RefusedUrl,
    testing::Values(BadUrl{"https://x/", "scheme"}, BadUrl{"", "scheme"}, BadUrl{"x", "scheme"},
                    BadUrl{"WSS//x", "scheme"}, BadUrl{"wss://", "host is missing"},
                    BadUrl{"wss://:443/x", "host is missing"}, BadUrl{"wss://x:0/", "port"},
                    BadUrl{"wss://x:65536/", "port"}, BadUrl{"wss://x:/", "port"},
                    BadUrl{"wss://x:44a/", "port"}, BadUrl{"wss://x:-1/", "port"},
                    BadUrl{"wss://[::1/", "not closed"}, BadUrl{"wss://[::1]9/", "only a port"},
                    BadUrl{"wss://::1/", "port"}, BadUrl{"wss://x/a b", "space"},
                    BadUrl{"wss://x/\r\nHost: y", "space"}, BadUrl{"wss://x/#y", "fragment"}));

TEST(ParseWsUrl, DoesNotRepeatCredentials) {
  const auto endpoint = parse_ws_url("wss://user:geheim@x/");
  ASSERT_FALSE(endpoint.has_value());
  EXPECT_THAT(endpoint.error(), HasSubstr("credentials"));
  EXPECT_THAT(endpoint.error(), testing::Not(HasSubstr("geheim")));
}

TEST(ParseHttpUrl, WantsAnHttpScheme) {
  const auto endpoint = parse_http_url("https://api.binance.com/api/v3/exchangeInfo");
  ASSERT_TRUE(endpoint.has_value());
  EXPECT_EQ(endpoint->port, 443);
  EXPECT_EQ(host_header(*endpoint), "api.binance.com");
  EXPECT_EQ(parse_http_url("http://x:8080/")->is_tls, false);
  const auto refused = parse_http_url("wss://x/");
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr("https://host"));
}

TEST(EndpointText, LeavesTheQueryOut) {
  EXPECT_EQ(to_string(*parse_http_url("https://x/api?signature=abc")), "x:443/api");
}

}  // namespace
}  // namespace portcullis::net
