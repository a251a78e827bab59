#include "core/instrument.hpp"

#include <array>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/reject_reason.hpp"

namespace portcullis {
namespace {

Instrument instrument(const char* symbol, const char* base, const char* quote) {
  Instrument made;
  made.symbol = symbol;
  made.base_asset_name = base;
  made.quote_asset_name = quote;
  return made;
}

TEST(InstrumentTable, InternsSymbolsAndAssets) {
  InstrumentTable table;
  const SymbolId btc = table.add(instrument("BTCUSDT", "BTC", "USDT"));
  const SymbolId eth = table.add(instrument("ETHUSDT", "ETH", "USDT"));
  EXPECT_EQ(table.find("ETHUSDT"), eth);
  EXPECT_FALSE(table.find("ethusdt"));
  EXPECT_EQ(table.at(btc).quote_asset, table.at(eth).quote_asset);
  EXPECT_EQ(table.asset_count(), 3U);
  EXPECT_EQ(table.asset_name(*table.find_asset("ETH")), "ETH");
  EXPECT_FALSE(table.contains(kNoSymbol));
}

TEST(InstrumentTableDeathTest, ASymbolTwiceIsABug) {
  InstrumentTable table;
  table.add(instrument("BTCUSDT", "BTC", "USDT"));
  EXPECT_DEATH(table.add(instrument("BTCUSDT", "BTC", "USDT")), "added twice");
}

TEST(RejectReason, EachHasItsOwnName) {
  std::set<std::string> names;
  constexpr auto kCount = static_cast<std::size_t>(RejectReason::kCount);
  for (std::size_t i = 0; i < kCount; ++i) names.insert(to_string(static_cast<RejectReason>(i)));
  EXPECT_EQ(names.size(), kCount);
  EXPECT_FALSE(names.contains("?"));
}

TEST(RejectReason, TheVerdictIsReadableAndBounded) {
  const Reject reject{.reason = RejectReason::kMaxPosition,
                      .unit = RejectUnit::kQty,
                      .limit = 200'000'000,
                      .value = 150'000'000,
                      .projected = 250'000'000};
  std::array<char, 128> text{};
  const std::size_t length = format_reject(reject, text.data(), text.size());
  EXPECT_EQ(std::string(text.data(), length),
            "max_position: limit 2, value 1.5, projected 2.5 (base qty)");
  EXPECT_EQ(format_reject(reject, text.data(), 10), 10U);
}

}  // namespace
}  // namespace portcullis
