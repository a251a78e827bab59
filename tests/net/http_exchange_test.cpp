#include "core/net/http_exchange.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace portcullis::net::test {
namespace {

// What a server says, in pieces of a given size.
class ScriptedStream final : public ByteStream {
 public:
  ScriptedStream(std::string says, std::size_t piece, bool ends)
      : says_{std::move(says)},
        piece_{piece},
        ends_{ends} {}

  IoCount receive(ReceiveBuffer& into) noexcept override {
    if (says_.empty()) {
      return ends_ ? IoCount{IoCount::Kind::kEnd, 0, "the peer has closed"} : IoCount{};
    }
    const std::size_t count = std::min(piece_, says_.size());
    const auto space = into.prepare(count);
    std::copy_n(says_.data(), count, space.data());
    into.commit(count);
    says_.erase(0, count);
    return {IoCount::Kind::kBytes, count, ""};
  }
  bool has_room(std::size_t) noexcept override { return true; }
  Sent send(std::string_view bytes) noexcept override {
    heard = bytes;
    return Sent::kAll;
  }
  const char* cause() const noexcept override { return ""; }
  std::expected<void, std::string> receive_some(ReceiveBuffer&, const Deadline&) override {
    return std::unexpected{std::string{"not used"}};
  }
  std::expected<void, std::string> send_all(std::string_view, const Deadline&) override {
    return std::unexpected{std::string{"not used"}};
  }
  void shut_down() noexcept override {}

  std::string heard;

 private:
  std::string says_;
  std::size_t piece_;
  bool ends_;
};

struct Outcome {
  HttpExchange::Status status{HttpExchange::Status::kNothing};
  int code{0};
  std::string body;
};

Outcome exchange(const std::string& says, std::size_t piece, bool ends = false,
                 std::size_t body_max = 4096) {
  ScriptedStream stream{says, piece, ends};
  HttpExchange exchange{body_max};
  exchange.attach(stream);
  EXPECT_EQ(exchange.send("GET / HTTP/1.1\r\n\r\n"), ByteStream::Sent::kAll);
  EXPECT_EQ(exchange.send("GET / HTTP/1.1\r\n\r\n"), ByteStream::Sent::kNone) << "one at a time";
  Outcome outcome;
  for (std::size_t i = 0; i < says.size() + 2; ++i) {
    outcome.status = exchange.poll();
    if (outcome.status != HttpExchange::Status::kNothing) break;
  }
  outcome.code = exchange.status();
  outcome.body = exchange.body();
  return outcome;
}

constexpr const char* kWithLength =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}";
constexpr const char* kChunked =
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Too Many\r\nTransfer-Encoding: chunked\r\n"
    "Retry-After: 13\r\n\r\n3;x=y\r\n{\"a\r\n4\r\n\":1}\r\n0\r\nTrailer: 1\r\n\r\n";

TEST(HttpExchange, ABodyComesWholeHoweverItIsCut) {
  for (const char* says : {kWithLength, kChunked}) {
    for (std::size_t piece = 1; piece < 200; ++piece) {
      const Outcome outcome = exchange(says, piece);
      ASSERT_EQ(outcome.status, HttpExchange::Status::kAnswer) << says << " in pieces of " << piece;
      EXPECT_EQ(outcome.body, "{\"a\":1}");
    }
  }
  EXPECT_EQ(exchange(kWithLength, 10).code, 200);
  EXPECT_EQ(exchange(kChunked, 10).code, 429);
}

TEST(HttpExchange, CutShortAtAnyByteItIsLost) {
  for (const std::string says : {kWithLength, kChunked}) {
    for (std::size_t cut = 0; cut < says.size(); ++cut) {
      EXPECT_EQ(exchange(says.substr(0, cut), 64, true).status, HttpExchange::Status::kLost) << cut;
    }
  }
}

TEST(HttpExchange, WithoutALengthTheEndOfTheConnectionIsTheEnd) {
  const Outcome outcome = exchange("HTTP/1.1 403 Forbidden\r\n\r\n<html>no</html>", 5, true);
  EXPECT_EQ(outcome.status, HttpExchange::Status::kAnswer);
  EXPECT_EQ(outcome.body, "<html>no</html>");
}

TEST(HttpExchange, HeadersAreFoundInAnyCase) {
  ScriptedStream stream{
      "HTTP/1.1 418 I'm\r\nretry-AFTER:  120 \r\nConnection: Close\r\n"
      "content-length: 0\r\n\r\n",
      1'000, false};
  HttpExchange exchange{64};
  exchange.attach(stream);
  ASSERT_EQ(exchange.send("x"), ByteStream::Sent::kAll);
  ASSERT_EQ(exchange.poll(), HttpExchange::Status::kAnswer);
  EXPECT_EQ(exchange.header_number("retry-after"), 120);
  EXPECT_EQ(exchange.header("x-none"), std::nullopt);
  EXPECT_TRUE(exchange.is_last());
  EXPECT_FALSE(exchange.is_busy());
}

TEST(HttpExchange, WhatIsNoHttpIsLost) {
  for (const char* says : {"SSH-2.0-x\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    EXPECT_EQ(exchange(says, 1'000).status, HttpExchange::Status::kLost) << says;
  }
  EXPECT_EQ(exchange(kWithLength, 1'000, false, 6).status, HttpExchange::Status::kLost)
      << "the body is too long";
}

TEST(HttpExchange, BytesThatNobodyAskedForAreLoss) {
  ScriptedStream stream{"HTTP/1.1 200 OK\r\n", 1'000, false};
  HttpExchange exchange{64};
  exchange.attach(stream);
  EXPECT_EQ(exchange.poll(), HttpExchange::Status::kLost);
}

}  // namespace
}  // namespace portcullis::net::test
