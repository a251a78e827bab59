#include "sim/faults/falsehood.hpp"

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

using Json = nlohmann::json;

constexpr const char* kDepth = R"({"stream":"btcusdt@depth","data":{"e":"depthUpdate","U":1,"u":2,)"
                               R"("b":[["100.00","1.0"]],"a":[["101.00","0.0"]]}})";
constexpr const char* kTicker = R"({"u":1,"s":"BTCUSDT","b":"100","B":"1","a":"101","A":"2"})";
constexpr const char* kSnapshot = R"({"lastUpdateId":9,"bids":[["100","1"]],"asks":[["101","1"]]})";
constexpr const char* kTrade = R"({"e":"trade","E":5,"s":"BTCUSDT","p":"100","q":"0.5"})";

std::string told(const char* message, Falsehood lie, std::size_t bytes = 0) {
  std::string text = message;
  EXPECT_TRUE(falsify(text, lie, bytes)) << name_of(lie);
  EXPECT_NE(text, message);
  return text;
}

TEST(Falsehood, EachHasItsNameBack) {
  for (int i = 0; i < static_cast<int>(Falsehood::kCount); ++i) {
    const auto lie = static_cast<Falsehood>(i);
    EXPECT_EQ(parse_falsehood(name_of(lie)), lie);
  }
  EXPECT_FALSE(parse_falsehood("white_lie"));
  EXPECT_EQ(falsehood_names().size(), static_cast<std::size_t>(Falsehood::kCount));
}

TEST(Falsehood, CrossesEveryKindOfBookMessage) {
  const Json depth = Json::parse(told(kDepth, Falsehood::kCrossedBook)).at("data");
  EXPECT_EQ(depth.at("b").size(), 2U);
  EXPECT_GT(std::stoi(depth.at("b")[0][0].get<std::string>()), 101);
  const Json ticker = Json::parse(told(kTicker, Falsehood::kCrossedBook));
  EXPECT_EQ(ticker.at("b"), "101");
  EXPECT_EQ(ticker.at("A"), "1");
  const Json snapshot = Json::parse(told(kSnapshot, Falsehood::kCrossedBook));
  EXPECT_EQ(snapshot.at("bids")[0][0], "101");
  std::string trade = kTrade;
  EXPECT_FALSE(falsify(trade, Falsehood::kCrossedBook, 0));
  EXPECT_EQ(trade, kTrade);
}

TEST(Falsehood, TellsAmountsThatCannotBe) {
  EXPECT_EQ(Json::parse(told(kTrade, Falsehood::kZeroPrice)).at("p"), "0.00000000");
  EXPECT_EQ(Json::parse(told(kTicker, Falsehood::kNegativePrice)).at("b"), "-1.00000000");
  EXPECT_EQ(Json::parse(told(kDepth, Falsehood::kNegativeQty)).at("data").at("b")[0][1],
            "-1.00000000");
  EXPECT_EQ(Json::parse(told(kSnapshot, Falsehood::kHugeNumber)).at("bids")[0][0], "1e400");
  EXPECT_EQ(Json::parse(told(kTrade, Falsehood::kLongNumber)).at("p").get<std::string>().size(),
            40U);
  std::string ping = R"({"id":1,"result":{}})";
  EXPECT_FALSE(falsify(ping, Falsehood::kZeroPrice, 0));
}

TEST(Falsehood, BreaksTheTextItself) {
  EXPECT_FALSE(Json::accept(told(kTrade, Falsehood::kTruncated)));
  EXPECT_FALSE(Json::accept(told(kTrade, Falsehood::kBadUtf8)));
  EXPECT_FALSE(Json::accept(told(kTrade, Falsehood::kNulByte)));
  EXPECT_EQ(told(kTrade, Falsehood::kNulByte).find('\0'), std::string{kTrade}.find("trade"));
  const std::string deep = told(kTrade, Falsehood::kDeepNesting);
  EXPECT_NE(deep.find(std::string(10'000, '[')), std::string::npos);
  EXPECT_TRUE(told(kTrade, Falsehood::kDuplicateKey).starts_with(R"({"e":null,"e":"trade")"));
  const std::string big = told(kTrade, Falsehood::kOversized, 4'096);
  EXPECT_EQ(big.size(), 4'096U);
  EXPECT_EQ(Json::parse(big).at("p"), "100");
}

TEST(Falsehood, ChangesWhatAFieldIs) {
  EXPECT_EQ(Json::parse(told(kDepth, Falsehood::kUnknownEvent)).at("data").at("e"), "noSuchEvent");
  EXPECT_FALSE(Json::parse(told(kTrade, Falsehood::kMissingField)).contains("E"));
  EXPECT_TRUE(Json::parse(told(kTrade, Falsehood::kRetypedField)).at("E").is_object());
}

TEST(Falsehood, ATextThatIsNoJsonIsLeftAlone) {
  std::string text = "<html>";
  EXPECT_FALSE(falsify(text, Falsehood::kZeroPrice, 0));
  EXPECT_FALSE(falsify(text, Falsehood::kDeepNesting, 0));
  EXPECT_FALSE(falsify(text, Falsehood::kBadUtf8, 0));
  EXPECT_EQ(text, "<html>");
}

}  // namespace
}  // namespace portcullis::sim
