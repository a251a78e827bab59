#include <string>

#include <gtest/gtest.h>

#include "sim/json/json_out.hpp"
#include "sim/request/json_request.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {
namespace {

TEST(JsonOut, PlacesCommasAndEscapes) {
  JsonOut out;
  out.open_object()
      .field("a", "q\"\\\n")
      .field("n", -5)
      .field("b", true)
      .field("d", Price::from_raw(1))
      .key("list")
      .open_array()
      .number(1)
      .null()
      .open_object()
      .close_object()
      .close_array()
      .key("raw")
      .raw("{}")
      .close_object();
  EXPECT_EQ(out.str(), R"({"a":"q\"\\\u000a","n":-5,"b":true,"d":"0.00000001",)"
                       R"("list":[1,null,{}],"raw":{}})");
}

TEST(Params, QueryWinsOverBodyAndEscapesAreUndone) {
  Params params;
  ASSERT_TRUE(params.add_encoded("a=1&b=%5B%22X%22%5D&c=x+y&flag"));
  ASSERT_TRUE(params.add_encoded("a=2&d=4"));
  EXPECT_EQ(params.find("a"), "1");
  EXPECT_EQ(params.find("b"), "[\"X\"]");
  EXPECT_EQ(params.find("c"), "x y");
  EXPECT_EQ(params.find("d"), "4");
  EXPECT_FALSE(params.has("flag"));
  EXPECT_FALSE(Params{}.add_encoded("a=%"));
  EXPECT_FALSE(Params{}.add_encoded("a=%1"));
  EXPECT_FALSE(Params{}.add_encoded("a=%zz"));
  EXPECT_FALSE(params.has_duplicates());
  ASSERT_TRUE(params.add_encoded("e=1&e=1"));
  EXPECT_TRUE(params.has_duplicates());
}

TEST(Params, SurvivesBeingCopiedAndMoved) {
  Params params;
  params.add("symbol", "X");
  const Params copy = params;
  const Params moved = std::move(params);
  EXPECT_EQ(copy.find("symbol"), "X");
  EXPECT_EQ(moved.find("symbol"), "X");
}

TEST(Params, ReadsListsOfNamesAsStrictlyAsTheVenue) {
  const auto read = [](const char* text) {
    Params params;
    params.add("symbols", text);
    return params.names("symbols");
  };
  EXPECT_EQ(**read(R"(["BTCUSDT","A-B_1."])"), (std::vector<std::string>{"BTCUSDT", "A-B_1."}));
  EXPECT_TRUE((*read("[]"))->empty());
  for (const char* text : {"x", "[", R"(["BTCUSDT", "ETHUSDT"])", R"(["btcusdt"])", R"(["A",])",
                           R"(["A""B"])", R"([A])", R"(["A])", R"([""])"}) {
    ASSERT_FALSE(read(text)) << text;
    EXPECT_EQ(read(text).error().code, -1100) << text;
  }
}

TEST(Params, TellsMillisecondsFromMicrosecondsBySize) {
  Params params;
  params.add("ms", "1700000000000");
  params.add("us", "1700000000000123");
  params.add("far", "9223372036854775807");
  params.add("flag", "yes");
  EXPECT_EQ(count_ns(**params.time("ms")), 1'700'000'000'000'000'000);
  EXPECT_EQ(count_ns(**params.time("us")), 1'700'000'000'000'123'000);
  EXPECT_GT(count_ns(**params.time("far")), 9'000'000'000'000'000'000);
  EXPECT_EQ(params.boolean("flag").error().code, -1130);
}

TEST(Params, ReadsAmountsStrictly) {
  struct Case {
    const char* text;
    int code;  // 0: fine
    std::int64_t raw;
  };
  for (const Case& test :
       {Case{"1.5", 0, 150'000'000}, Case{"0.00000001", 0, 1},
        Case{"92233720368", 0, 9'223'372'036'800'000'000}, Case{"0.000000001", -1111, 0},
        Case{"1.000000000", -1111, 0}, Case{"-1", -1100, 0}, Case{"1e3", -1100, 0},
        Case{"1.", -1100, 0}, Case{".5", -1100, 0}, Case{"1.2.3", -1100, 0}, Case{"+1", -1100, 0},
        Case{"123456789012345678901", -1100, 0}, Case{"92233720369", -1108, 0}}) {
    Params params;
    params.add("quantity", test.text);
    const auto value = params.fixed8("quantity");
    if (test.code == 0) {
      ASSERT_TRUE(value) << test.text;
      EXPECT_EQ(**value, test.raw) << test.text;
    } else {
      ASSERT_FALSE(value) << test.text;
      EXPECT_EQ(value.error().code, test.code) << test.text;
    }
  }
  EXPECT_FALSE(Params{}.fixed8("quantity")->has_value());
}

TEST(Params, ReadsWholeNumbersAndClientIdsStrictly) {
  Params params;
  params.add("big", "9223372036854775808");
  params.add("bad", "12x");
  params.add("good", "9223372036854775807");
  params.add("id", "pc1-00002a_Z");
  params.add("long", std::string(37, 'a'));
  params.add("odd", "a b");
  EXPECT_EQ(params.whole("big").error().code, -1108);
  EXPECT_EQ(params.whole("bad").error().code, -1100);
  EXPECT_EQ(**params.whole("good"), 9'223'372'036'854'775'807U);
  EXPECT_EQ(**params.client_id("id"), "pc1-00002a_Z");
  EXPECT_EQ(params.client_id("long").error().code, -1100);
  EXPECT_EQ(params.client_id("odd").error().code, -1100);
}

TEST(JsonRequest, KeepsTypesOfIdsAndTextOfNumbers) {
  const auto request = parse_json_request(
      R"({"id":"a-1","method":"m","params":{"recvWindow":5000.125,"n":12,"t":true,"s":"x",)"
      R"("list":["A","B"]}})");
  ASSERT_TRUE(request) << request.error().text;
  EXPECT_EQ(request->id_json, "\"a-1\"");
  EXPECT_EQ(request->method, "m");
  EXPECT_EQ(request->params.find("recvWindow"), "5000.125");
  EXPECT_EQ(request->params.find("list"), R"(["A","B"])");
  EXPECT_EQ(request->params.sorted_payload(),
            R"(list=["A","B"]&n=12&recvWindow=5000.125&s=x&t=true)");
  EXPECT_EQ(
      parse_json_request(R"({"method":"m","params":{"list":[null,"A"]}})")->params.find("list"),
      R"([null,"A"])")
      << "a member that is null is not left out";
  EXPECT_EQ(parse_json_request(R"({"id":7,"method":"m"})")->id_json, "7");
  EXPECT_EQ(parse_json_request(R"({"id":null,"method":"m"})")->id_json, "null");
  EXPECT_EQ(parse_json_request(R"({"method":"S","params":["a","b",true]})")->list.size(), 3U);
}

TEST(JsonRequest, RefusesWhatIsNoRequest) {
  for (const char* text :
       {"", "[]", "7", "{", R"({"id":1.5,"method":"m"})", R"({"id":[1],"method":"m"})",
        R"({"method":5})", R"({"method":"m","params":{"a":{"b":1}}})",
        R"({"method":"m","params":[["a"]]})", R"({"method":"m","params":{"a":[["b"]]}})",
        R"({"method":"m"} trailing)",
        R"({"id":"0123456789012345678901234567890123456","method":"m"})"}) {
    EXPECT_FALSE(parse_json_request(text)) << text;
  }
  EXPECT_FALSE(parse_json_request(std::string(1'000'000, '[')));
  EXPECT_FALSE(parse_json_request(R"({"params":)" + std::string(1'000'000, '[')));
}

}  // namespace
}  // namespace portcullis::sim
