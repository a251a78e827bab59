#include "watchdog/rest_venue.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What the venue's answers mean. That they come about as they should is tried against the real
// simulator (tests/system/watchdog_system_test.cpp).

namespace portcullis::watchdog {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

struct Case {
  int status;
  const char* retry_after;
  const char* body;
  AnswerKind kind;
};

class ClassifyTest : public testing::TestWithParam<Case> {};

TEST_P(ClassifyTest, IsWhatTheVenueMeans) {
  const Answer answer = classify(GetParam().status, GetParam().retry_after, GetParam().body);
  EXPECT_STREQ(to_string(answer.kind), to_string(GetParam().kind)) << GetParam().body;
  EXPECT_EQ(answer.text.starts_with("HTTP "), answer.kind != AnswerKind::kDone);
}
INSTANTIATE_TEST_SUITE_P(
    Answers, ClassifyTest,
    testing::Values(
        Case{200, "", "[]", AnswerKind::kDone},
        Case{400, "", R"({"code":-2011,"msg":"Unknown order sent."})", AnswerKind::kNothingOpen},
        Case{400, "", R"({"code":-1021,"msg":"Timestamp"})", AnswerKind::kClockOff},
        Case{400, "", R"({"code":-1022,"msg":"Signature"})", AnswerKind::kKeyRefused},
        Case{401, "", R"({"code":-2015,"msg":"Invalid API-key"})", AnswerKind::kKeyRefused},
        Case{401, "", R"({"code":-2014,"msg":"API-key format"})", AnswerKind::kKeyRefused},
        Case{429, "3", R"({"code":-1003,"msg":"Too much"})", AnswerKind::kHeld},
        Case{418, "120", R"({"code":-1003,"msg":"banned"})", AnswerKind::kHeld},
        Case{403, "", "<html>forbidden</html>", AnswerKind::kHeld},
        Case{400, "", R"({"code":-1121,"msg":"Invalid symbol."})", AnswerKind::kUnknown},
        Case{500, "", "", AnswerKind::kUnknown},
        Case{503, "", R"({"code":-1007,"msg":"Timeout"})", AnswerKind::kUnknown},
        Case{0, "", "{", AnswerKind::kUnknown}));

TEST(Classify, TakesTheVenuesMomentAndTellsABan) {
  EXPECT_EQ(classify(429, "3", "").retry_after, seconds{3});
  EXPECT_FALSE(classify(429, "3", "").is_ban);
  EXPECT_TRUE(classify(418, "7", "").is_ban);
  EXPECT_EQ(classify(429, "", "").retry_after, Nanos{});
  EXPECT_EQ(classify(429, "-5", "").retry_after, Nanos{});
  EXPECT_EQ(classify(429, "99999999999", "").retry_after, std::chrono::hours{72});
  EXPECT_EQ(classify(500, "3", "").retry_after, Nanos{}) << "of no meaning there";
}

TEST(Classify, TheTextIsOneLineOfBoundedLength) {
  const Answer answer = classify(500, "", std::string(10'000, '\n'));
  EXPECT_LT(answer.text.size(), 300U);
  EXPECT_EQ(answer.text.find('\n'), std::string::npos);
}

TEST(RestVenue, ARefusedSettingIsNamed) {
  WatchdogSettings bad_url;
  bad_url.rest_url = "venue";
  EXPECT_THAT(RestVenue::create(bad_url).error(), HasSubstr("watchdog.rest_url"));
  WatchdogSettings bad_key;
  bad_key.rest_url = "https://localhost:1";
  bad_key.secret = signing::Secret{"no pem"};
  EXPECT_THAT(RestVenue::create(bad_key).error(), HasSubstr("watchdog.secret_file"));
}

}  // namespace
}  // namespace portcullis::watchdog
