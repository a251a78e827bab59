#include "sim/request/json_scanner.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include <gtest/gtest.h>

#include "sim/random.hpp"
#include "sim/request/json_request.hpp"

namespace portcullis::sim {
namespace {

using Json = nlohmann::json;

bool is_json(const std::string& text) {
  JsonScanner scanner{text};
  return is_utf8(text) && scanner.skip_value(100) && scanner.is_at_end();
}

constexpr const char* kSeeds[] = {
    R"({"id":"e2a85d9f","method":"order.place","params":{"symbol":"BTCUSDT","price":"0.1"}})",
    R"({"quantity":1.50e-2,"list":["A","\u00e9\ud83d\ude00\n"],"flag":true,"none":null})",
    R"([0,-1,1.5,1e5,-0.0e+10,"\"\\\/\b\f\n\r\t",{"a":{"b":[[]]}},false])",
    "{\"k\":\"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\", \"s\" : [ ] }",
    R"("lone")",
    "  null\t",
};

// The parser that everybody trusts is the oracle; what both accept has to mean the same.
TEST(JsonScanner, AcceptsExactlyWhatTheTrustedParserAccepts) {
  constexpr std::string_view kBytes = "{}[]\",:\\u0019aeEdtrfnlsX.+-\x80\xc3\xa9\xf0\x9f \t\x01";
  Random random{20'260'901};
  int accepted = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text = kSeeds[random.next() % std::size(kSeeds)];
    for (std::uint64_t changes = random.next() % 4; changes > 0; --changes) {
      const std::size_t at = random.next() % text.size();
      const char byte = kBytes[random.next() % kBytes.size()];
      switch (random.next() % 4) {
        case 0: text[at] = byte; break;
        case 1: text.insert(at, 1, byte); break;
        case 2: text.erase(at, 1); break;
        default: text.resize(at); break;
      }
      if (text.empty()) text = "7";
    }
    const bool is_expected = Json::accept(text);
    ASSERT_EQ(is_json(text), is_expected) << text;
    accepted += is_expected ? 1 : 0;
  }
  EXPECT_GT(accepted, 20'000);
}

TEST(JsonScanner, ReadsStringsAsTheTrustedParserDoes) {
  for (const char* text : {R"("plain")", R"("")", R"("\u0041\u00e9\u4e2d\ud83d\ude00")",
                           R"("a\"b\\c\/d\b\f\n\r\t")", "\"\xe8\xbf\x99\"", R"("\u0000")"}) {
    JsonScanner scanner{text};
    std::string read;
    ASSERT_TRUE(scanner.read_string(read)) << text;
    EXPECT_EQ(read, Json::parse(text).get<std::string>()) << text;
  }
}

TEST(JsonScanner, StopsAtADepthThatNoRequestNeeds) {
  JsonScanner shallow{"[[1]]"};
  EXPECT_TRUE(shallow.skip_value(2));
  JsonScanner deep{"[[[1]]]"};
  EXPECT_FALSE(deep.skip_value(2));
  const std::string hostile(1'000'000, '[');
  JsonScanner scanner{hostile};
  EXPECT_FALSE(scanner.skip_value(kJsonDepthMax));
}

using Kind = JsonRequestError::Kind;

TEST(JsonRequest, SaysWhichPartOfARequestIsWrong) {
  struct Case {
    const char* text;
    Kind kind;
  };
  for (const Case& test :
       {Case{"", Kind::kSyntax}, Case{"{", Kind::kSyntax}, Case{"[1,2", Kind::kSyntax},
        Case{R"({"id":1,"method":"m",})", Kind::kSyntax}, Case{"\"\xff\"", Kind::kSyntax},
        Case{R"({"id":01})", Kind::kSyntax}, Case{"[]", Kind::kRequest}, Case{"7", Kind::kRequest},
        Case{R"({"id":1.5})", Kind::kId}, Case{R"({"id":true})", Kind::kId},
        Case{R"({"id":""})", Kind::kId}, Case{R"({"id":"a b"})", Kind::kId},
        Case{R"({"id":{"a":1}})", Kind::kId},
        Case{R"({"id":"0123456789012345678901234567890123456"})", Kind::kId},
        Case{R"({"method":5})", Kind::kMethod}, Case{R"({"params":5})", Kind::kParams},
        Case{R"({"params":{"a":{"b":1}}})", Kind::kParams},
        Case{R"({"params":{"a":[["b"]]}})", Kind::kParams},
        Case{R"({"params":[["a"]]})", Kind::kParams}}) {
    const auto request = parse_json_request(test.text);
    ASSERT_FALSE(request) << test.text;
    EXPECT_EQ(request.error().kind, test.kind) << test.text << ": " << request.error().text;
  }
  EXPECT_EQ(parse_json_request(R"({"id":"a1","params":5})").error().id_json, "\"a1\"");
}

TEST(JsonRequest, KeepsDuplicatesNullsAndUnknownMembersApart) {
  const auto request = parse_json_request(
      R"({"extra":[{"deep":1}],"params":{"a":"1","a":"2","b":null,"c":[1,"x",true]},"id":-5})");
  ASSERT_TRUE(request) << request.error().text;
  EXPECT_TRUE(request->params.has_duplicates());
  EXPECT_EQ(request->params.find("a"), "1");
  EXPECT_FALSE(request->params.has("b"));
  EXPECT_EQ(request->params.size(), 3U);
  EXPECT_EQ(request->params.find("c"), R"([1,"x",true])");
  EXPECT_EQ(request->id_json, "-5");
  EXPECT_FALSE(parse_json_request(R"({"params":null})")->params.has_duplicates());
  EXPECT_EQ(parse_json_request(R"({"params":[]})")->params_kind, JsonRequest::ParamsKind::kList);
}

}  // namespace
}  // namespace portcullis::sim
