#include "sim/mirror/venue_url.hpp"

#include <string>

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

TEST(VenueUrl, KnowsTlsHostPortAndPath) {
  const auto live = VenueUrl::parse("wss://stream.binance.com:9443", "ws");
  ASSERT_TRUE(live);
  EXPECT_TRUE(live->is_tls);
  EXPECT_EQ(live->host, "stream.binance.com");
  EXPECT_EQ(live->port, "9443");
  EXPECT_EQ(live->path, "");
  const auto plain = VenueUrl::parse("http://127.0.0.1/prefix/", "http");
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->is_tls);
  EXPECT_EQ(plain->port, "80");
  EXPECT_EQ(plain->path, "/prefix");
  EXPECT_EQ(VenueUrl::parse("https://api.binance.com", "http")->port, "443");
}

TEST(VenueUrl, SaysWhatItIsNot) {
  for (const char* bad :
       {"", "stream.binance.com", "ws:/x", "ws://", "ws://:80", "ws://h:", "ws://h:x",
        "ws://h:123456", "ws://a b", "ws://user@h", "wsss://h", "https://h"}) {
    const auto url = VenueUrl::parse(bad, "ws");
    ASSERT_FALSE(url) << bad;
    EXPECT_EQ(url.error(), "\"" + std::string{bad} + "\" is not ws[s]://HOST[:PORT]");
  }
}

}  // namespace
}  // namespace portcullis::sim
