#include "sim/api/authenticator.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include <gtest/gtest.h>

#include "sim/request/json_request.hpp"
#include "tests/sim/signing.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::sim {
namespace {

constexpr const char* kDocumentedKey =
    "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
constexpr SimAccountId kAccount{3};

std::string shared(const char* name) {
  return shared_data("signature-vectors/") + name;
}

TEST(Authenticator, VerifiesTheDocumentedWebSocketApiRequests) {
  std::ifstream in{shared("wsapi_requests_hmac_verified.jsonl")};
  if (!in) GTEST_SKIP() << "signature-vectors/wsapi_requests_hmac_verified.jsonl is not there";
  int count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    const auto vector = nlohmann::json::parse(line);
    Authenticator authenticator;
    authenticator.add_hmac_key(kDocumentedKey, vector.at("secret"), kAccount);
    const auto request = parse_json_request(vector.at("request").dump());
    ASSERT_TRUE(request) << request.error().text;
    const std::string payload = request->params.sorted_payload();
    EXPECT_EQ(payload, vector.at("payload").get<std::string>());
    const auto verified =
        authenticator.verify(kDocumentedKey, payload, *request->params.find("signature"));
    ASSERT_TRUE(verified) << line;
    EXPECT_EQ(verified->account, kAccount);
    EXPECT_FALSE(
        authenticator.verify(kDocumentedKey, payload + "x", *request->params.find("signature")));
  }
  EXPECT_GE(count, 17);
}

TEST(Authenticator, VerifiesTheDocumentedPayloads) {
  std::ifstream in{shared("vectors.json")};
  if (!in) GTEST_SKIP() << "signature-vectors/vectors.json is not there";
  const auto document = nlohmann::json::parse(in);
  for (const auto& vector : document.at("vectors")) {
    Authenticator authenticator;
    authenticator.add_hmac_key(kDocumentedKey, vector.at("secret"), kAccount);
    std::string signature = vector.at("expected");
    const std::string payload = vector.at("payload");
    EXPECT_TRUE(authenticator.verify(kDocumentedKey, payload, signature)) << vector.at("name");
    for (char& c : signature) c = static_cast<char>(std::toupper(c));
    EXPECT_TRUE(authenticator.verify(kDocumentedKey, payload, signature)) << "upper case";
    signature.back() = signature.back() == '0' ? '1' : '0';
    EXPECT_EQ(authenticator.verify(kDocumentedKey, payload, signature).error().code, -1022);
  }
}

TEST(Authenticator, NamesKeysThatAreNone) {
  Authenticator authenticator;
  EXPECT_EQ(authenticator.identify("").error().code, -2014);
  EXPECT_EQ(authenticator.identify("short").error().code, -2014);
  EXPECT_EQ(authenticator.identify(std::string(64, '!')).error().code, -2014);
  EXPECT_EQ(authenticator.identify(std::string(64, 'a')).error().code, -2015);
  EXPECT_EQ(authenticator.identify(std::string(64, 'a')).error().http_status, 401);
}

TEST(Authenticator, RefusesOddEd25519Signatures) {
  Authenticator authenticator;
  EXPECT_FALSE(authenticator.add_ed25519_key(kDocumentedKey, "no key", kAccount));
  // Public key of RFC 8410, section 10.1.
  ASSERT_TRUE(
      authenticator.add_ed25519_key(kDocumentedKey,
                                    "-----BEGIN PUBLIC KEY-----\n"
                                    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                                    "-----END PUBLIC KEY-----\n",
                                    kAccount));
  for (const std::string& signature :
       {std::string{}, std::string(87, 'A'), std::string(88, 'A'), std::string(88, '!'),
        std::string(86, 'A') + "==", std::string(100'000, 'A')}) {
    EXPECT_EQ(authenticator.verify(kDocumentedKey, "x", signature).error().code, -1022);
  }
}

std::string timing_error(const std::string& timestamp, const std::string& window,
                         std::int64_t now_us) {
  Params params;
  if (!timestamp.empty()) params.add("timestamp", timestamp);
  if (!window.empty()) params.add("recvWindow", window);
  const auto result = Authenticator::check_timing(params, wall_time(now_us * 1'000));
  return result ? "" : std::to_string(result.error().code) + " " + result.error().message;
}

TEST(Authenticator, JudgesTimeAsTheVenueDoes) {
  constexpr std::int64_t kNowUs = 1'700'000'000'000'000;
  const std::string late = "-1021 Timestamp for this request is outside of the recvWindow.";
  const std::string ahead =
      "-1021 Timestamp for this request was 1000ms ahead of the server's time.";
  EXPECT_EQ(timing_error("1700000000000", "", kNowUs), "");
  EXPECT_EQ(timing_error("1700000000999", "", kNowUs), "");
  EXPECT_EQ(timing_error("1700000001000", "", kNowUs), ahead);
  EXPECT_EQ(timing_error("1699999995000", "", kNowUs), "");
  EXPECT_EQ(timing_error("1699999994999", "", kNowUs), late);
  EXPECT_EQ(timing_error("1699999994999", "5001", kNowUs), "");
  EXPECT_EQ(timing_error("1699999999999", "0.5", kNowUs), late);
  // Microseconds, with a window that has them too.
  EXPECT_EQ(timing_error("1699999999999500", "0.5", kNowUs), "");
  EXPECT_EQ(timing_error("1699999999999499", "0.5", kNowUs), late);
  EXPECT_EQ(timing_error("1700000000999999", "", kNowUs), "");
  EXPECT_EQ(timing_error("1700000001000000", "", kNowUs), ahead);
  EXPECT_EQ(timing_error("1", "60000", kNowUs), late);
  EXPECT_TRUE(timing_error("1700000000000", "60001", kNowUs).starts_with("-1102 'recvWindow'"));
  EXPECT_TRUE(timing_error("1700000000000", "1.2345", kNowUs).starts_with("-1111"));
  EXPECT_TRUE(timing_error("", "", kNowUs).starts_with("-1102"));
  EXPECT_TRUE(timing_error("now", "", kNowUs).starts_with("-1100"));
  EXPECT_TRUE(timing_error("99999999999999999999", "", kNowUs).starts_with("-1108"));
}

}  // namespace
}  // namespace portcullis::sim
