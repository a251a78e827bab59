// What stream connections are told, in the venue's own words.
#include "sim/streams/control_message.hpp"

#include <array>

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

using Method = ControlMessage::Method;

TEST(ControlMessages, KeepTheIdsTypeAndTheParams) {
  const auto message = parse_control_message(
      R"( {"method":"SET_PROPERTY","params":["combined",true,7],"id":"a-1"} )");
  ASSERT_TRUE(message) << message.error().text;
  EXPECT_EQ(message->method, Method::kSetProperty);
  EXPECT_EQ(message->id_json, R"("a-1")");
  ASSERT_EQ(message->params.size(), 3U);
  EXPECT_EQ(message->params[0].text, "combined");
  EXPECT_EQ(message->params[1].kind, ControlMessage::Value::Kind::kBoolean);
  EXPECT_TRUE(message->params[1].boolean);
  EXPECT_EQ(message->params[2].kind, ControlMessage::Value::Kind::kOther);
  for (const char* id : {"1", "-9223372036854775808", "9223372036854775807", "null", R"("")",
                         R"("123456789012345678901234567890123456")"}) {
    const auto listed =
        parse_control_message(R"({"method":"LIST_SUBSCRIPTIONS","id":)" + std::string{id} + "}");
    ASSERT_TRUE(listed) << id;
    EXPECT_EQ(listed->id_json, id);
  }
  EXPECT_EQ(parse_control_message(R"({"method":"LIST_SUBSCRIPTIONS"})")->id_json, "null");
}

struct Bad {
  const char* text;
  int code;
  const char* message;
  const char* id;
};
constexpr auto kBad = std::to_array<Bad>({
    {"", 3, "Invalid JSON: EOF while parsing a value at line 1 column 0", ""},
    {"junk", 3, "Invalid JSON: expected value at line 1 column 1", ""},
    {"{\"id\":1,\n  oops}", 3, "Invalid JSON: expected value at line 2 column 3", ""},
    {R"({"id":1)", 3, "Invalid JSON: EOF while parsing a value at line 1 column 7", ""},
    {"[1]", 2, "Invalid request: request must be an object", ""},
    {"5", 2, "Invalid request: request must be an object", ""},
    {R"({"params":["a@b"],"id":1})", 2,
     "Invalid request: missing field `method` at line 1 column 25", "1"},
    {R"({"method":"SUBSCRIBED","id":4})", 2,
     "Invalid request: unknown variant `SUBSCRIBED`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, "
     "`LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 column 22",
     "4"},
    {R"({"method":"SUBSCRIBE","id":1.5})", 2,
     "Invalid request: request ID must be an unsigned integer", ""},
    {R"({"method":"SUBSCRIBE","id":9223372036854775808})", 2,
     "Invalid request: request ID must be an unsigned integer", ""},
    {R"({"method":"SUBSCRIBE","id":{}})", 2,
     "Invalid request: request ID must be an unsigned integer", ""},
    {R"({"method":"SUBSCRIBE","id":"1234567890123456789012345678901234567"})", 2,
     "Invalid request: request ID must be an unsigned integer", ""},
});

TEST(ControlMessages, BadOnesGetCodeAndTextOfTheVenue) {
  for (const Bad& bad : kBad) {
    const auto message = parse_control_message(bad.text);
    ASSERT_FALSE(message) << bad.text;
    EXPECT_EQ(message.error().code, bad.code) << bad.text;
    EXPECT_EQ(message.error().text, bad.message) << bad.text;
    EXPECT_EQ(message.error().id_json, bad.id) << bad.text;
  }
}

TEST(ControlMessages, AHostileDepthCostsNothing) {
  const std::string deep = R"({"method":"SUBSCRIBE","params":)" + std::string(100'000, '[');
  const auto message = parse_control_message(deep);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, ControlError::kInvalidJson);
}

}  // namespace
}  // namespace portcullis::sim
