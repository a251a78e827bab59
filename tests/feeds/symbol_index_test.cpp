#include "feeds/symbol_index.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/feeds/feed_world.hpp"

namespace portcullis::feeds {
namespace {

TEST(SymbolIndex, FindsEachOfManySymbolsAndNothingElse) {
  std::vector<std::string> names;
  for (int i = 0; i < 2000; ++i) names.push_back("S" + std::to_string(i * 7919) + "USDT");
  const SymbolIndex index{test::instruments_named(names)};
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSERT_EQ(index.find(names[i]), SymbolId{static_cast<SymbolId::rep>(i)}) << names[i];
    ASSERT_EQ(index.find(names[i] + "X"), kNoSymbol);
    ASSERT_EQ(index.find(std::string_view{names[i]}.substr(1)), kNoSymbol);
  }
}

TEST(SymbolIndex, KnowsNamesOutsideAscii) {
  const SymbolIndex index{test::instruments_named({"这是测试币456", "BTCUSDT"})};
  EXPECT_EQ(index.find("这是测试币456"), SymbolId{0});
  EXPECT_EQ(index.find("BTCUSDT"), SymbolId{1});
}

TEST(SymbolIndex, RefusesEmptyOverlongAndLowerCaseNames) {
  const SymbolIndex index{test::instruments_named({"BTCUSDT"})};
  EXPECT_EQ(index.find(""), kNoSymbol);
  EXPECT_EQ(index.find(std::string(SymbolIndex::kNameMax + 1, 'A')), kNoSymbol);
  EXPECT_EQ(index.find("btcusdt"), kNoSymbol);
}

TEST(SymbolIndex, AnEmptyTableFindsNothing) {
  const SymbolIndex index{InstrumentTable{}};
  EXPECT_EQ(index.find("BTCUSDT"), kNoSymbol);
}

}  // namespace
}  // namespace portcullis::feeds
