// Whom the client refuses to talk to, and what it says.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/net/ws_fixture.hpp"

namespace portcullis::net::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class TlsTrustTest : public testing::Test {
 protected:
  std::string refusal(const ServerOptions& options, const std::string& host = "localhost") {
    const LoopbackServer server{options, [](ServerPeer& peer) { peer.accept_upgrade(); }};
    Endpoint endpoint = endpoint_of(server, &authority_);
    endpoint.host = host;
    if (is_system_trust_) endpoint.ca_file.clear();
    const auto connected = WsConnection::connect(endpoint, small_limits());
    return connected ? "connected" : connected.error();
  }
  ServerOptions with(const LeafOptions& leaf) { return {.credentials = authority_.issue(leaf)}; }

  TestAuthority authority_{"portcullis test CA"};
  bool is_system_trust_{false};
};

TEST_F(TlsTrustTest, TheRightCertificateIsAccepted) {
  EXPECT_EQ(refusal(with({})), "connected");
  EXPECT_EQ(refusal(with({}), "127.0.0.1"), "connected");
}

TEST_F(TlsTrustTest, WrongHost) {
  EXPECT_THAT(refusal(with({.subject_alt_name = "DNS:stream.binance.com"})),
              AllOf(HasSubstr("TLS handshake: certificate refused: hostname mismatch"),
                    HasSubstr("localhost:"), HasSubstr("check the host in the URL")));
}

TEST_F(TlsTrustTest, WrongAddress) {
  EXPECT_THAT(refusal(with({.subject_alt_name = "DNS:localhost,IP:127.0.0.2"}), "127.0.0.1"),
              HasSubstr("certificate refused: IP address mismatch"));
}

TEST_F(TlsTrustTest, UnknownAuthority) {
  const TestAuthority other{"somebody else"};
  EXPECT_THAT(refusal({.credentials = other.issue()}),
              AllOf(HasSubstr("certificate refused: unable to get local issuer certificate"),
                    HasSubstr("check ca_file")));
}

TEST_F(TlsTrustTest, TheSystemStoreDoesNotTrustTheTestAuthority) {
  is_system_trust_ = true;
  EXPECT_THAT(refusal(with({})), HasSubstr("certificate refused: unable to get local issuer"));
}

TEST_F(TlsTrustTest, Expired) {
  EXPECT_THAT(refusal(with({.valid_from_s = -7200, .valid_to_s = -3600})),
              AllOf(HasSubstr("certificate refused: certificate has expired"), HasSubstr("clock")));
}

TEST_F(TlsTrustTest, NotYetValid) {
  EXPECT_THAT(refusal(with({.valid_from_s = 3600, .valid_to_s = 7200})),
              HasSubstr("certificate refused: certificate is not yet valid"));
}

TEST_F(TlsTrustTest, SelfSigned) {
  EXPECT_THAT(refusal({.credentials = make_self_signed()}),
              HasSubstr("certificate refused: self-signed certificate"));
}

TEST_F(TlsTrustTest, Tls11OnlyServerIsRefused) {
  EXPECT_THAT(refusal({.credentials = authority_.issue(), .is_tls11_only = true}),
              AllOf(HasSubstr("TLS handshake: "), HasSubstr("TLS 1.2 or later")));
}

// The answers of servers that are no TLS 1.2 server, byte by byte; they wait for the client to
// leave so that the kernel does not turn the answer into a reset.
std::string handshake_error_on(const std::string& answer, const TestAuthority& authority) {
  const LoopbackServer server{{}, [answer](ServerPeer& peer) {
                                peer.send_raw(answer);
                                peer.await_end();
                              }};
  const auto connected = WsConnection::connect(endpoint_of(server, &authority), small_limits());
  return connected ? "connected" : connected.error();
}

TEST_F(TlsTrustTest, APlainServerIsRefused) {
  EXPECT_THAT(handshake_error_on("HTTP/1.1 400 Bad Request\r\n\r\n", authority_),
              HasSubstr("TLS handshake: wrong version number"));
}

TEST_F(TlsTrustTest, TheServersAlertIsNamed) {
  const std::string protocol_version_alert{"\x15\x03\x01\x00\x02\x02\x46", 7};
  EXPECT_THAT(handshake_error_on(protocol_version_alert, authority_),
              AllOf(HasSubstr("TLS handshake: tlsv1 alert protocol version"),
                    HasSubstr("TLS 1.2 or later")));
}

TEST_F(TlsTrustTest, AMissingCaFileIsNamed) {
  const Endpoint endpoint{
      .host = "localhost", .port = 1, .path = "/", .is_tls = true, .ca_file = "/no/such/ca.crt"};
  const auto connected = WsConnection::connect(endpoint, small_limits());
  ASSERT_FALSE(connected.has_value());
  EXPECT_THAT(connected.error(), HasSubstr("cannot load ca_file \"/no/such/ca.crt\""));
}

}  // namespace
}  // namespace portcullis::net::test
