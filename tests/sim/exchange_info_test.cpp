#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include <zlib.h>

#include "sim/exchange_info_file.hpp"
#include "tests/sim/signing.hpp"
#include "tests/sim/sim_fixture.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::sim::test {
namespace {

std::string unzipped(const std::string& file) {
  gzFile in = gzopen(file.c_str(), "rb");
  if (in == nullptr) return {};
  std::string text(64U << 20U, '\0');
  const int count = gzread(in, text.data(), static_cast<unsigned>(text.size()));
  gzclose(in);
  text.resize(static_cast<std::size_t>(std::max(count, 0)));
  return text;
}

// What came after the recording, and is off for symbols that are older.
bool is_younger_switch(const std::string& field) {
  return field == "opoAllowed" || field == "amendAllowed" || field == "pegInstructionsAllowed";
}

// Every field of the recording, and nothing but it.
void expect_served_as_recorded(const Json& recorded, const Json& served) {
  const std::string name = recorded.at("symbol");
  for (const auto& [field, value] : recorded.items()) {
    ASSERT_TRUE(served.contains(field)) << name << "." << field;
    EXPECT_EQ(served.at(field), value) << name << "." << field;
  }
  for (const auto& [field, value] : served.items()) {
    if (recorded.contains(field)) continue;
    EXPECT_TRUE(is_younger_switch(field) && value == false)
        << name << "." << field << ": " << value;
  }
}

class ExchangeInfoTest : public SimFixture {
 protected:
  void start_with(const std::string& file) {
    auto info = load_exchange_info(shared_data(file));
    ASSERT_TRUE(info) << info.error();
    EXPECT_TRUE(info->ignored.empty()) << info->ignored.front();
    ServerConfig config = usual_config();
    config.symbols = std::move(info->symbols);
    config.venue_limits = info->limits;
    config.rules.filters = info->filters;
    start(std::move(config));
  }
};

TEST_F(ExchangeInfoTest, ServesAllSymbolsOfARecordingAsTheyWere) {
  const std::string recording = unzipped(shared_data("exchangeinfo/spot_20240908.json.gz"));
  if (recording.empty()) GTEST_SKIP() << "exchangeinfo/spot_20240908.json.gz is not there";
  const Json recorded = Json::parse(recording);
  start_with("exchangeinfo/spot_20240908.json.gz");
  const Json served = get("/api/v3/exchangeInfo").json();
  EXPECT_EQ(served.at("rateLimits"), recorded.at("rateLimits"));
  EXPECT_EQ(served.at("exchangeFilters"), recorded.at("exchangeFilters"));
  ASSERT_EQ(served.at("symbols").size(), 1'248U);
  ASSERT_EQ(recorded.at("symbols").size(), 1'248U);
  for (std::size_t i = 0; i < recorded.at("symbols").size(); ++i) {
    expect_served_as_recorded(recorded.at("symbols")[i], served.at("symbols")[i]);
    if (HasFailure()) break;
  }
}

TEST_F(ExchangeInfoTest, ServesTheNewestShapeWordForWord) {
  const std::string recording =
      file_text(shared_data("exchangeinfo/binanceus_BTCUSD_20260904.json"));
  if (recording.empty()) GTEST_SKIP() << "exchangeinfo/binanceus_BTCUSD_20260904.json is not there";
  start_with("exchangeinfo/binanceus_BTCUSD_20260904.json");
  Json recorded = Json::parse(recording);
  Json served = get("/api/v3/exchangeInfo?symbol=BTCUSD").json();
  recorded.erase("serverTime");
  served.erase("serverTime");
  EXPECT_EQ(served, recorded);
}

TEST(ExchangeInfoFile, SaysWhatIsWrongAndWhere) {
  const auto problem = [](const char* json) {
    const auto info = parse_exchange_info(json);
    return info ? std::string{"none"} : info.error();
  };
  EXPECT_NE(problem("not json").find("parse error"), std::string::npos);
  EXPECT_NE(problem("{}").find("symbols"), std::string::npos);
  constexpr const char* kSymbol =
      R"({"symbols":[{"symbol":"AB","status":"%s","baseAsset":"A","quoteAsset":"B",)"
      R"("baseAssetPrecision":8,"quoteAssetPrecision":8,"orderTypes":["LIMIT"],)"
      R"("defaultSelfTradePreventionMode":"NONE","allowedSelfTradePreventionModes":["NONE"],)"
      R"("filters":[%s]}]})";
  const auto with = [&](const std::string& status, const std::string& filters) {
    std::string text = kSymbol;
    text.replace(text.find("%s"), 2, status);
    text.replace(text.find("%s"), 2, filters);
    return text;
  };
  EXPECT_EQ(problem(with("TRADING", "").c_str()), "none");
  EXPECT_EQ(problem(with("DREAMING", "").c_str()), "AB: status is \"DREAMING\", which is unknown");
  EXPECT_EQ(problem(with("TRADING",
                         R"({"filterType":"LOT_SIZE","minQty":"x","maxQty":"1","stepSize":"1"})")
                        .c_str())
                .substr(0, 13),
            "AB: minQty \"x");
  const auto odd = parse_exchange_info(with("HALT", R"({"filterType":"T_PLUS_SELL","endTime":1})"));
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->ignored, std::vector<std::string>{"filter T_PLUS_SELL of AB"});
  EXPECT_FALSE(load_exchange_info("/nowhere/at/all.json"));
}

}  // namespace
}  // namespace portcullis::sim::test
