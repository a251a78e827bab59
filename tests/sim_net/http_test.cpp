#include <string>

#include "tests/sim_net/net_fixture.hpp"

namespace portcullis::sim::test {
namespace {

class HttpTest : public NetFixture {
 protected:
  HttpTest() { start(); }

  [[nodiscard]] std::uint16_t port() const { return plain_->port(); }
};

std::string body_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string{"no body"} : answer.substr(end + 4);
}

// One whole reply of a connection that stays open.
std::string next_reply(RawClient& client) {
  const std::string head = client.receive_until("\r\n\r\n");
  const std::size_t at = head.find("content-length: ");
  if (at == std::string::npos) return head;
  return head + client.receive_exactly(std::stoul(head.substr(at + 16)));
}

TEST_F(HttpTest, TellsTheServiceWhatWasAsked) {
  const std::string answer = ask(port(),
                                 "POST /path?a=1&b=%20 HTTP/1.1\r\nHost: x\r\nX-TEST: Seen\r\n"
                                 "Content-Length: 4\r\nConnection: close\r\n\r\nbody");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_EQ(body_of(answer), "POST /path a=1&b=%20 [body] 127.0.0.1 Seen");
}

TEST_F(HttpTest, NamesOfHeadersGoOutInLowerCase) {
  const std::string answer = ask(port(), "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  for (const char* header : {"\r\ncontent-type: application/json;charset=UTF-8\r\n",
                             "\r\ncontent-length: 20\r\n", "\r\nconnection: close\r\n"}) {
    EXPECT_NE(answer.find(header), std::string::npos) << answer;
  }
}

TEST_F(HttpTest, AnotherLoopbackAddressIsAnotherSender) {
  RawClient client{port(), {.from = "127.0.0.77"}};
  client.send("GET /a HTTP/1.1\r\n\r\n");
  EXPECT_EQ(body_of(next_reply(client)), "GET /a  [] 127.0.0.77 ");
}

TEST_F(HttpTest, AConnectionServesOneRequestAfterTheOther) {
  RawClient client{port()};
  for (const std::string path : {"/one", "/two", "/three"}) {
    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string reply = next_reply(client);
    EXPECT_NE(reply.find("connection: keep-alive"), std::string::npos);
    EXPECT_EQ(body_of(reply), "GET " + path + "  [] 127.0.0.1 ");
  }
}

TEST_F(HttpTest, PipelinedRequestsAreAnsweredInTheirOrderThoughOneIsLate) {
  RawClient client{port()};
  std::string requests = "GET /later HTTP/1.1\r\n\r\n";
  for (int i = 0; i < 200; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\n\r\n";
  client.send(requests);
  EXPECT_EQ(body_of(next_reply(client)), "GET /later  [] 127.0.0.1 ");
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(body_of(next_reply(client)), "GET /" + std::to_string(i) + "  [] 127.0.0.1 ");
  }
}

TEST_F(HttpTest, PipeliningWithoutEndWaitsForItsRepliesAndLosesNone) {
  RawClient client{port()};
  client.send("GET /keep HTTP/1.1\r\n\r\n");
  std::string requests;
  constexpr int kRequests = 20'000;
  for (int i = 0; i < kRequests; ++i) requests += "GET /x HTTP/1.1\r\n\r\n";
  // More than the server is willing to hold: the line fills up and the client has to wait.
  std::thread writer{[&] { EXPECT_TRUE(client.send(requests)); }};
  ASSERT_TRUE(eventually([this] { return !service_.kept().empty(); }));
  on_loop([this] { service_.kept().front().reply({.body = "kept"}); });
  EXPECT_EQ(body_of(next_reply(client)), "kept");
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_EQ(body_of(next_reply(client)), "GET /x  [] 127.0.0.1 ") << i;
  }
  writer.join();
}

TEST_F(HttpTest, TakesChunkedBodies) {
  const std::string answer =
      ask(port(),
          "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
          "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n");
  EXPECT_EQ(body_of(answer), "POST /p  [abcdefg] 127.0.0.1 ");
}

TEST_F(HttpTest, SaysContinueToWhoWaitsForIt) {
  RawClient client{port()};
  client.send("POST /p HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_EQ(body_of(next_reply(client)), "POST /p  [body] 127.0.0.1 ");
}

TEST_F(HttpTest, WhoWouldSendTooMuchIsToldSoInsteadOfContinue) {
  RawClient client{port()};
  client.send("POST /p HTTP/1.1\r\nContent-Length: 999999\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 413"));
}

TEST_F(HttpTest, AHeadGetsTheLengthAndNoBody) {
  RawClient client{port()};
  client.send("HEAD /head HTTP/1.1\r\n\r\nGET /get HTTP/1.1\r\n\r\n");
  const std::string head = client.receive_until("\r\n\r\n");
  EXPECT_NE(head.find("content-length: 24"), std::string::npos) << head;
  EXPECT_EQ(body_of(next_reply(client)), "GET /get  [] 127.0.0.1 ");
}

TEST_F(HttpTest, OptionsNamesTheMethods) {
  const std::string answer = ask(port(), "OPTIONS /p HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 204 No Content\r\n")) << answer;
  EXPECT_NE(answer.find("access-control-allow-methods: GET, HEAD, POST"), std::string::npos);
  EXPECT_EQ(answer.find("content-length"), std::string::npos);
}

TEST_F(HttpTest, WhoClosesItsHalfStillGetsItsReply) {
  for (const char* path : {"/now", "/later"}) {
    RawClient client{port()};
    client.send("GET " + std::string{path} + " HTTP/1.1\r\n\r\n");
    client.half_close();
    EXPECT_EQ(body_of(client.receive_all()), "GET " + std::string{path} + "  [] 127.0.0.1 ");
    EXPECT_EQ(client.end(), RawClient::End::kFin);
  }
}

TEST_F(HttpTest, AnOldClientsConnectionClosesAfterItsReply) {
  EXPECT_TRUE(ask(port(), "GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 200"));
  RawClient client{port()};
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(next_reply(client).starts_with("HTTP/1.1 200"));
  client.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 200"));
}

TEST_F(HttpTest, TheFormThatProxiesSendMeansThePath) {
  EXPECT_EQ(
      body_of(ask(port(), "GET http://localhost:1/p?q=1 HTTP/1.1\r\nConnection: close\r\n\r\n")),
      "GET /p q=1 [] 127.0.0.1 ");
  EXPECT_EQ(body_of(ask(port(), "GET http://localhost HTTP/1.1\r\nConnection: close\r\n\r\n")),
            "GET /  [] 127.0.0.1 ");
}

TEST_F(HttpTest, BadHttpIsToldSoAndTheConnectionEnds) {
  struct Case {
    const char* bytes;
    const char* status;
  };
  const std::string long_header = "GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x');
  for (const Case& bad :
       {Case{"nonsense\r\n\r\n", "400"}, Case{"GET\r\n\r\n", "400"},
        Case{"GET / HTTP/2.7\r\n\r\n", "400"}, Case{"GET / HTTP/1.1\r\nno colon\r\n\r\n", "400"},
        Case{"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "400"},
        Case{"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"},
        Case{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
        Case{"\x16\x03\x01\x02\r\n\r\n", "400"},
        Case{"POST / HTTP/1.1\r\nContent-Length: 70000\r\n\r\n", "413"},
        Case{long_header.c_str(), "431"}}) {
    RawClient client{port()};
    client.send(bad.bytes);
    const std::string answer = client.receive_all();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string{bad.status})) << bad.bytes << answer;
    EXPECT_NE(answer.find("{\"code\":-1000,"), std::string::npos);
    EXPECT_NE(answer.find("connection: close"), std::string::npos);
    EXPECT_NE(client.end(), RawClient::End::kNone);
  }
}

TEST_F(HttpTest, ALargeReplyArrivesWholeThoughTheReaderIsSlow) {
  for (const bool is_tls : {false, true}) {
    RawClient client{is_tls ? tls_->port() : port(), {.is_tls = is_tls, .receive_buffer = 4'096}};
    client.send("GET /big/5000000 HTTP/1.1\r\nConnection: close\r\n\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    EXPECT_EQ(body_of(client.receive_all()), std::string(5'000'000, 'b'));
    EXPECT_EQ(client.has_tls_closed(), is_tls);
  }
}

TEST_F(HttpTest, NoReplyMeansAnOpenAndSilentLine) {
  RawClient client{port()};
  client.send("GET /never HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.receive(std::chrono::milliseconds{100}), "");
  EXPECT_EQ(client.end(), RawClient::End::kNone);
  EXPECT_EQ(ask(port(), "GET /cut HTTP/1.1\r\n\r\n"), "");
  client.half_close();
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_EQ(client.end(), RawClient::End::kFin);
}

TEST_F(HttpTest, AReplyForAConnectionThatHasGoneIsForgotten) {
  {
    RawClient client{port()};
    client.send("GET /keep HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(eventually([this] { return !service_.kept().empty(); }));
    client.reset();
  }
  ASSERT_TRUE(eventually([this] { return connections_->size() == 0; }));
  on_loop([this] { service_.kept().front().reply({.body = "too late"}); });
  EXPECT_TRUE(ask(port(), "GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 200"));
}

class ImpatientHttp : public NetFixture {
 protected:
  ImpatientHttp() { start({.http_timeout = std::chrono::milliseconds{150}}); }
};

TEST_F(ImpatientHttp, AHeaderThatComesByteByByteIsGivenUpInTime) {
  RawClient client{plain_->port()};
  const std::string request = "GET /" + std::string(10'000, 'x');
  for (const char byte : request) {
    if (!client.send({&byte, 1})) break;
    if (client.receive(std::chrono::milliseconds{1}).empty() &&
        client.end() != RawClient::End::kNone) {
      break;
    }
  }
  EXPECT_NE(client.end(), RawClient::End::kNone);
}

TEST_F(ImpatientHttp, ALateReplyIsNoReasonToGiveUpAClient) {
  RawClient client{plain_->port()};
  client.send("GET /keep HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.receive(std::chrono::milliseconds{500}), "");
  EXPECT_EQ(client.end(), RawClient::End::kNone);
  on_loop([this] { service_.kept().front().reply({.body = "late"}); });
  EXPECT_EQ(body_of(next_reply(client)), "late");
}

TEST_F(ImpatientHttp, AConnectionThatNeverFinishesItsHandshakeIsGivenUp) {
  RawClient client{tls_->port()};
  client.send("\x16\x03\x01\x02");
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_NE(client.end(), RawClient::End::kNone);
}

}  // namespace
}  // namespace portcullis::sim::test
