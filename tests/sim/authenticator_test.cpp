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
    const std::string_view signature = *request->params.find("signature");
    EXPECT_FALSE(authenticator.verify(kDocumentedKey, payload, signature)) << line;
    EXPECT_TRUE(authenticator.verify(kDocumentedKey, payload + "x", signature));
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
    EXPECT_FALSE(authenticator.verify(kDocumentedKey, payload, signature)) << vector.at("name");
    for (char& c : signature) c = static_cast<char>(std::toupper(c));
    EXPECT_FALSE(authenticator.verify(kDocumentedKey, payload, signature)) << "upper case";
    signature.back() = signature.back() == '0' ? '1' : '0';
    EXPECT_EQ(authenticator.verify(kDocumentedKey, payload, signature)->code, -1022);
  }
}

TEST(Authenticator, NamesKeysThatAreNone) {
  Authenticator authenticator;
  const auto code = [&authenticator](const std::string& key) {
    const auto identity = authenticator.identify(key, Security::kUserData, "127.0.0.1");
    return identity ? 0 : identity.error().code * 1'000 - identity.error().http_status;
  };
  EXPECT_EQ(code(""), -2'014'401);
  EXPECT_EQ(code("short"), -2'014'401);
  EXPECT_EQ(code(std::string(64, '!')), -2'014'401);
  EXPECT_EQ(code(std::string(64, 'a')), -2'015'401);
}

TEST(Authenticator, RefusesOddEd25519Signatures) {
  Authenticator authenticator;
  EXPECT_FALSE(authenticator.add_public_key(kDocumentedKey, "no key", kAccount));
  // Public key of RFC 8410, section 10.1.
  ASSERT_TRUE(
      authenticator.add_public_key(kDocumentedKey,
                                   "-----BEGIN PUBLIC KEY-----\n"
                                   "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                                   "-----END PUBLIC KEY-----\n",
                                   kAccount));
  for (const std::string& signature :
       {std::string{}, std::string(87, 'A'), std::string(88, 'A'), std::string(88, '!'),
        std::string(86, 'A') + "==", std::string(100'000, 'A')}) {
    EXPECT_EQ(authenticator.verify(kDocumentedKey, "x", signature)->code, -1022);
  }
}

constexpr const char* kOther = "otherKeyOtherKeyOtherKeyOtherKeyOtherKeyOtherKeyOtherKeyOtherKey";

TEST(Authenticator, AllowsAKeyWhatItMayDoAndFromWhereItMay) {
  Authenticator authenticator;
  authenticator.add_hmac_key(kDocumentedKey, "secret", kAccount);
  authenticator.add_hmac_key(kOther, "secret", kAccount);
  const auto code = [&authenticator](Security security, const char* address) {
    const auto identity = authenticator.identify(kDocumentedKey, security, address);
    return identity ? 0 : identity.error().code;
  };
  EXPECT_EQ(code(Security::kTrade, "10.0.0.1"), 0);
  ASSERT_TRUE(authenticator.set_rights(
      kDocumentedKey,
      {.may_trade = false, .may_read = true, .may_stream = true, .addresses = {"10.0.0.1"}}));
  EXPECT_EQ(code(Security::kTrade, "10.0.0.1"), -2015) << "a key for reading";
  EXPECT_EQ(code(Security::kUserData, "10.0.0.1"), 0);
  EXPECT_EQ(code(Security::kUserStream, "10.0.0.1"), 0);
  EXPECT_EQ(code(Security::kUserData, "10.0.0.2"), -2015) << "an address that is not listed";
  EXPECT_EQ(authenticator.keys_of(kAccount).size(), 2U);
  EXPECT_TRUE(authenticator.revoke(kDocumentedKey));
  EXPECT_FALSE(authenticator.revoke(kDocumentedKey));
  EXPECT_FALSE(authenticator.set_rights(kDocumentedKey, {}));
  EXPECT_EQ(code(Security::kUserData, "10.0.0.1"), -2015) << "a revoked key";
  EXPECT_EQ(authenticator.keys_of(kAccount), std::vector<std::string>{kOther});
}

TEST(Authenticator, VerifiesRsaSignaturesByTheLetter) {
  const auto key = test::SigningKey::rsa();
  Authenticator authenticator;
  ASSERT_TRUE(authenticator.add_public_key(kDocumentedKey, key.public_pem(), kAccount));
  const std::string signature = key.sign("symbol=BTCUSDT&timestamp=1");
  EXPECT_FALSE(authenticator.verify(kDocumentedKey, "symbol=BTCUSDT&timestamp=1", signature));
  EXPECT_TRUE(authenticator.verify(kDocumentedKey, "symbol=BTCUSDT&timestamp=2", signature));
  std::string other_case = signature;
  for (char& c : other_case) {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      c = static_cast<char>(c ^ 0x20);
      break;
    }
  }
  EXPECT_TRUE(authenticator.verify(kDocumentedKey, "symbol=BTCUSDT&timestamp=1", other_case));
  EXPECT_TRUE(authenticator.verify(kDocumentedKey, "symbol=BTCUSDT&timestamp=1", ""));
  EXPECT_TRUE(
      authenticator.verify(kDocumentedKey, "symbol=BTCUSDT&timestamp=1", std::string(344, 'A')));
}

std::string timing_error(const std::string& timestamp, const std::string& window,
                         std::int64_t now_us) {
  Params params;
  if (!timestamp.empty()) params.add("timestamp", timestamp);
  if (!window.empty()) params.add("recvWindow", window);
  const auto result = Authenticator::check_timing(params, wall_time(now_us * 1'000));
  return result ? "" : std::to_string(result.error().code) + " " + result.error().message;
}

TEST(Authenticator, TellsUntilWhenARequestIsInTime) {
  Params millis;
  millis.add("timestamp", "1700000000000");
  millis.add("recvWindow", "100.5");
  const auto deadline = Authenticator::check_timing(millis, wall_time(1'700'000'000'050'000'000));
  EXPECT_EQ(count_ns(*deadline), 1'700'000'000'100'999'999);
  Params micros;
  micros.add("timestamp", "1700000000000000");
  micros.add("recvWindow", "0.5");
  EXPECT_EQ(count_ns(*Authenticator::check_timing(micros, wall_time(1'700'000'000'000'000'000))),
            1'700'000'000'000'500'999);
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
