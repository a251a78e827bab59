#include "feeds/binance/exchange_info.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/feeds/feed_world.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::feeds::binance {
namespace {

using test::px;
using test::qty;
using testing::HasSubstr;

std::string read_gzip(const std::string& path) {
  const gzFile file = gzopen(path.c_str(), "rb");
  std::string text;
  std::string chunk(1u << 20, '\0');
  int count = 0;
  while ((count = gzread(file, chunk.data(), static_cast<unsigned>(chunk.size()))) > 0) {
    text.append(chunk, 0, static_cast<std::size_t>(count));
  }
  gzclose(file);
  return text;
}

std::string symbol_json(const std::string& symbol, const std::string& filters) {
  return R"({"symbol":")" + symbol +
         R"(","status":"TRADING","baseAsset":"A","quoteAsset":"B","orderTypes":["LIMIT","NOVEL",)" +
         R"("STOP_LOSS"],"allowedSelfTradePreventionModes":["NONE","DECREMENT","EXPIRE_BOTH"],)" +
         R"("icebergAllowed":true,"amendAllowed":false,"filters":[)" + filters + "]}";
}
std::string info_json(const std::string& symbols) {
  return R"({"serverTime":1,"rateLimits":[],"symbols":[)" + symbols + "]}";
}
constexpr const char* kPrices =
    R"({"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"1000.0","tickSize":"0.01"})";
constexpr const char* kLots =
    R"({"filterType":"LOT_SIZE","minQty":"0.1","maxQty":"900.0","stepSize":"0.1"})";
constexpr const char* kMinNotional =
    R"({"filterType":"MIN_NOTIONAL","minNotional":"5","applyToMarket":true,"avgPriceMins":5})";

TEST(ExchangeInfo, ReadsTheRealOne) {
  const std::string path = shared_data("exchangeinfo/spot_20240908.json.gz");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "recorded data is absent: " << path;
  const std::vector<std::string> symbols{"ETHUSDT", "BTCUSDT"};
  const auto info = parse_exchange_info(read_gzip(path), symbols);
  ASSERT_TRUE(info) << info.error();
  ASSERT_EQ(info->instruments.size(), 2U);
  EXPECT_EQ(info->instruments.at(SymbolId{0}).symbol, "ETHUSDT");
  const Instrument& btc = info->instruments.at(SymbolId{1});
  EXPECT_TRUE(btc.is_trading);
  EXPECT_EQ(info->instruments.asset_name(btc.base_asset), "BTC");
  EXPECT_EQ(info->instruments.asset_name(btc.quote_asset), "USDT");
  EXPECT_EQ(btc.quote_asset, info->instruments.at(SymbolId{0}).quote_asset);
  EXPECT_EQ(btc.tick_size, px("0.01"));
  EXPECT_EQ(btc.px_min, px("0.01"));
  EXPECT_EQ(btc.px_max, px("1000000"));
  EXPECT_EQ(btc.lot_size, qty("0.00001"));
  EXPECT_EQ(btc.qty_min, qty("0.00001"));
  EXPECT_EQ(btc.qty_max, qty("9000"));
  EXPECT_EQ(btc.notional_min, Notional::from_units(5));
  EXPECT_EQ(btc.notional_max, Notional::from_units(9'000'000));
  EXPECT_TRUE(btc.apply_notional_min_to_market);
  EXPECT_FALSE(btc.apply_notional_max_to_market);
  EXPECT_TRUE(btc.market_qty_max.is_positive());
  EXPECT_GT(count_ns(info->server_time), 0);
  EXPECT_EQ(btc.ord_types, bit_of(OrdType::kLimit) | bit_of(OrdType::kLimitMaker) |
                               bit_of(OrdType::kMarket) | bit_of(OrdType::kStopLossLimit) |
                               bit_of(OrdType::kTakeProfitLimit));
  EXPECT_EQ(btc.stp_modes, kEveryStpMode & ~bit_of(StpMode::kVenueDefault));
  EXPECT_TRUE(btc.has_iceberg && btc.has_quote_qty && btc.has_trailing_stop);
  EXPECT_TRUE(btc.has_cancel_replace);
  EXPECT_FALSE(btc.has_peg || btc.has_amend) << "the venue did not know them in 2024";
  EXPECT_EQ(btc.iceberg_parts_max, 10);
  EXPECT_EQ(btc.trailing_above_bips_min, 10);
  EXPECT_EQ(btc.trailing_above_bips_max, 2'000);
  EXPECT_EQ(btc.trailing_below_bips_min, 10);
  EXPECT_EQ(btc.trailing_below_bips_max, 2'000);

  const auto limit = [&info](RateLimitKind kind, std::chrono::seconds interval) {
    for (const RateLimit& entry : info->rate_limits) {
      if (entry.kind == kind && entry.interval == interval) return entry.limit;
    }
    return std::int64_t{-1};
  };
  EXPECT_EQ(limit(RateLimitKind::kRequestWeight, std::chrono::minutes{1}), 6000);
  EXPECT_EQ(limit(RateLimitKind::kOrders, std::chrono::seconds{10}), 50);
  EXPECT_EQ(limit(RateLimitKind::kOrders, std::chrono::hours{24}), 160'000);
  EXPECT_EQ(limit(RateLimitKind::kRawRequests, std::chrono::minutes{5}), 61'000);
}

TEST(ExchangeInfo, EveryRealSymbolCanBeHeld) {
  const std::string path = shared_data("exchangeinfo/spot_20240908.json.gz");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "recorded data is absent: " << path;
  const std::string json = read_gzip(path);
  std::vector<std::string> symbols;
  const auto document = nlohmann::json::parse(json);
  for (const auto& entry : document["symbols"]) symbols.push_back(entry["symbol"]);
  ASSERT_EQ(symbols.size(), 1248U);
  const auto info = parse_exchange_info(json, symbols);
  ASSERT_TRUE(info) << info.error();
  EXPECT_EQ(info->instruments.size(), 1248U);
}

TEST(ExchangeInfo, ReadsTheNewestShape) {
  const std::string path = shared_data("exchangeinfo/binanceus_BTCUSD_20260904.json");
  std::ifstream file{path};
  if (!file) GTEST_SKIP() << "recorded data is absent: " << path;
  std::ostringstream text;
  text << file.rdbuf();
  const std::vector<std::string> symbols{"BTCUSD"};
  const auto info = parse_exchange_info(text.str(), symbols);
  ASSERT_TRUE(info) << info.error();
  const Instrument& instrument = info->instruments.at(SymbolId{0});
  EXPECT_TRUE(instrument.tick_size.is_positive());
  EXPECT_TRUE(instrument.has_oco && instrument.has_oto && instrument.has_opo);
}

TEST(ExchangeInfo, TakesMinNotionalAndDoesWithoutMarketLotSize) {
  const std::string filters = std::string{kPrices} + "," + kLots + "," + kMinNotional;
  const std::vector<std::string> symbols{"AB"};
  const auto info = parse_exchange_info(info_json(symbol_json("AB", filters)), symbols);
  ASSERT_TRUE(info) << info.error();
  const Instrument& instrument = info->instruments.at(SymbolId{0});
  EXPECT_EQ(instrument.notional_min, Notional::from_units(5));
  EXPECT_TRUE(instrument.apply_notional_min_to_market);
  EXPECT_TRUE(instrument.market_lot_size.is_zero());
}

// Of a symbol that has the plain filters and one more.
auto parse_with(const std::string& filter) {
  const std::string filters =
      std::string{kPrices} + "," + kLots + "," + kMinNotional + "," + filter;
  const std::vector<std::string> symbols{"AB"};
  return parse_exchange_info(info_json(symbol_json("AB", filters)), symbols);
}

TEST(ExchangeInfo, ReadsTheLimitsOfOpenOrdersAmendmentsAndPosition) {
  const auto info = parse_with(R"({"filterType":"MAX_NUM_ORDERS","maxNumOrders":200},)"
                               R"({"filterType":"MAX_NUM_ALGO_ORDERS","maxNumAlgoOrders":5},)"
                               R"({"filterType":"MAX_NUM_ICEBERG_ORDERS","maxNumIcebergOrders":6},)"
                               R"({"filterType":"MAX_NUM_ORDER_AMENDS","maxNumOrderAmends":10},)"
                               R"({"filterType":"MAX_POSITION","maxPosition":"12.5"})");
  ASSERT_TRUE(info) << info.error();
  const Instrument& instrument = info->instruments.at(SymbolId{0});
  EXPECT_EQ(instrument.open_orders_max, 200);
  EXPECT_EQ(instrument.open_algo_orders_max, 5);
  EXPECT_EQ(instrument.open_iceberg_orders_max, 6);
  EXPECT_EQ(instrument.amends_max, 10);
  EXPECT_EQ(instrument.position_max, qty("12.5"));
}

TEST(ExchangeInfo, ReadsThePercentPriceOfBothAndOfEachSide) {
  const auto both =
      parse_with(R"({"filterType":"PERCENT_PRICE","multiplierUp":"5","multiplierDown":"0.2",)"
                 R"("avgPriceMins":0})");
  ASSERT_TRUE(both) << both.error();
  const Instrument& one = both->instruments.at(SymbolId{0});
  EXPECT_EQ(one.buy_px_factor_max, PriceFactor::from_units(5));
  EXPECT_EQ(one.sell_px_factor_max, PriceFactor::from_units(5));
  EXPECT_EQ(one.buy_px_factor_min, PriceFactor::from_raw(20'000'000));
  EXPECT_EQ(one.sell_px_factor_min, PriceFactor::from_raw(20'000'000));
  EXPECT_EQ(one.average_px_minutes, 0);
  const auto sides = parse_with(
      R"({"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"1.2","bidMultiplierDown":"0.2",)"
      R"("askMultiplierUp":"5","askMultiplierDown":"0.8","avgPriceMins":3})");
  ASSERT_TRUE(sides) << sides.error();
  const Instrument& two = sides->instruments.at(SymbolId{0});
  EXPECT_EQ(two.buy_px_factor_max, PriceFactor::from_raw(120'000'000));
  EXPECT_EQ(two.buy_px_factor_min, PriceFactor::from_raw(20'000'000));
  EXPECT_EQ(two.sell_px_factor_max, PriceFactor::from_units(5));
  EXPECT_EQ(two.sell_px_factor_min, PriceFactor::from_raw(80'000'000));
  EXPECT_EQ(two.average_px_minutes, 3);
}

// A rule of the venue's that cannot be read is not a rule that is off.
TEST(ExchangeInfo, AFilterThatCannotBeReadIsAProblemAndNotOff) {
  for (const char* const filter :
       {R"({"filterType":"MAX_NUM_ORDERS"})",
        R"({"filterType":"MAX_NUM_ALGO_ORDERS","maxNumAlgoOrders":-1})",
        R"({"filterType":"MAX_NUM_ICEBERG_ORDERS","maxNumIcebergOrders":"6"})",
        R"({"filterType":"MAX_NUM_ORDER_AMENDS","maxNumOrderAmends":1.5})",
        R"({"filterType":"MAX_POSITION","maxPosition":12})",
        R"({"filterType":"PERCENT_PRICE","multiplierUp":"5","avgPriceMins":5})",
        R"({"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"x","bidMultiplierDown":"0.2",)"
        R"("askMultiplierUp":"5","askMultiplierDown":"0.8","avgPriceMins":3})"}) {
    const auto info = parse_with(filter);
    ASSERT_FALSE(info.has_value()) << filter;
    EXPECT_THAT(info.error(), HasSubstr("AB")) << filter;
  }
}

TEST(ExchangeInfo, WhatItHasNoWordForIsNotOffered) {
  const std::string filters = std::string{kPrices} + "," + kLots + "," + kMinNotional;
  const std::vector<std::string> symbols{"AB"};
  const auto info = parse_exchange_info(info_json(symbol_json("AB", filters)), symbols);
  ASSERT_TRUE(info) << info.error();
  const Instrument& instrument = info->instruments.at(SymbolId{0});
  EXPECT_EQ(instrument.ord_types, bit_of(OrdType::kLimit) | bit_of(OrdType::kStopLoss));
  EXPECT_EQ(instrument.stp_modes, bit_of(StpMode::kNone) | bit_of(StpMode::kExpireBoth));
  EXPECT_TRUE(instrument.has_iceberg);
  EXPECT_FALSE(instrument.has_amend || instrument.has_cancel_replace || instrument.has_peg);
  EXPECT_FALSE(instrument.has_oco || instrument.has_oto || instrument.has_opo);
}

TEST(ExchangeInfo, ListsEveryProblemByItsSymbol) {
  const std::string json = info_json(symbol_json("AB", kPrices) + "," +
                                     symbol_json("CD", std::string{kLots} + "," + kMinNotional));
  const std::vector<std::string> symbols{"AB", "CD", "EF"};
  const auto info = parse_exchange_info(json, symbols);
  ASSERT_FALSE(info);
  EXPECT_THAT(info.error(), HasSubstr("AB: no LOT_SIZE"));
  EXPECT_THAT(info.error(), HasSubstr("AB: neither NOTIONAL nor MIN_NOTIONAL"));
  EXPECT_THAT(info.error(), HasSubstr("CD: no PRICE_FILTER"));
  EXPECT_THAT(info.error(), HasSubstr("EF: not listed"));
}

TEST(ExchangeInfo, RefusesASymbolTwiceAndANumberItCannotHold) {
  const std::string good = std::string{kPrices} + "," + kLots + "," + kMinNotional;
  const std::vector<std::string> twice{"AB", "AB"};
  EXPECT_THAT(parse_exchange_info(info_json(symbol_json("AB", good)), twice).error(),
              HasSubstr("configured twice"));
  const std::string bad =
      R"({"filterType":"LOT_SIZE","minQty":"0.1","maxQty":"99999999999999","stepSize":"0.1"},)" +
      std::string{kPrices} + "," + kMinNotional;
  const std::vector<std::string> once{"AB"};
  EXPECT_THAT(parse_exchange_info(info_json(symbol_json("AB", bad)), once).error(),
              HasSubstr("maxQty \"99999999999999\""));
}

TEST(ExchangeInfo, SaysThatItIsNotJson) {
  const std::vector<std::string> symbols{"AB"};
  EXPECT_THAT(parse_exchange_info("<html>403</html>", symbols).error(), HasSubstr("not a JSON"));
  EXPECT_THAT(parse_exchange_info("{}", symbols).error(), HasSubstr("no symbols"));
}

TEST(ExchangeInfo, AHaltedSymbolIsNotTrading) {
  std::string json =
      info_json(symbol_json("AB", std::string{kPrices} + "," + kLots + "," + kMinNotional));
  json.replace(json.find("TRADING"), 7, "HALT");
  const std::vector<std::string> symbols{"AB"};
  const auto info = parse_exchange_info(json, symbols);
  ASSERT_TRUE(info) << info.error();
  EXPECT_FALSE(info->instruments.at(SymbolId{0}).is_trading);
}

}  // namespace
}  // namespace portcullis::feeds::binance
