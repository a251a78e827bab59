#include "oms/fill_ledger.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <random>

#include <gtest/gtest.h>

namespace portcullis::oms {
namespace {

constexpr SymbolId kBtc{0};
constexpr SymbolId kEth{1};

TEST(FillLedger, CountsATradeOnce) {
  FillLedger ledger{8};
  EXPECT_TRUE(ledger.record(kBtc, TradeId{1}, Side::kBuy));
  EXPECT_FALSE(ledger.record(kBtc, TradeId{1}, Side::kBuy));
  EXPECT_TRUE(ledger.record(kBtc, TradeId{2}, Side::kBuy));
}

TEST(FillLedger, TheSameIdOnAnotherSymbolOrOnOurOtherSideIsAnotherFill) {
  FillLedger ledger{8};
  EXPECT_TRUE(ledger.record(kBtc, TradeId{1}, Side::kBuy));
  EXPECT_TRUE(ledger.record(kEth, TradeId{1}, Side::kBuy));
  EXPECT_TRUE(ledger.record(kBtc, TradeId{1}, Side::kSell)) << "a trade with ourselves";
  EXPECT_FALSE(ledger.record(kBtc, TradeId{1}, Side::kSell));
}

TEST(FillLedger, IsExactOverItsWindowAndForgetsTheOldestBeyondIt) {
  constexpr std::size_t kWindow = 64;
  FillLedger ledger{kWindow};
  std::deque<std::uint64_t> model;
  std::mt19937_64 random{11};
  for (int i = 0; i < 50'000; ++i) {
    const std::uint64_t id = random() % 150;
    const bool is_known = std::find(model.begin(), model.end(), id) != model.end();
    ASSERT_EQ(ledger.record(kBtc, TradeId{id}, Side::kBuy), !is_known) << "step " << i;
    if (is_known) continue;
    if (model.size() == kWindow) model.pop_front();
    model.push_back(id);
    ASSERT_EQ(ledger.size(), model.size());
  }
}

}  // namespace
}  // namespace portcullis::oms
