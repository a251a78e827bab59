#include "oms/position_account.hpp"

#include <cstdint>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "core/instrument.hpp"
#include "oms/position_keeper.hpp"
#include "tests/oms/money_text.hpp"

namespace portcullis::oms::test {
namespace {

constexpr AssetId kBnb{7};
constexpr AssetId kOther{8};

Fee fee(const char* text) {
  return *Fee::parse(text);
}

TEST(PositionAccount, AFeeInAThirdAssetIsTakenFromBothResultsAtItsPrice) {
  PositionAccount account;
  account.on_fill(Side::kBuy, px("100"), qty("1"));
  account.on_fee_in_third(fee("0.00012345"), px("600.12345678"));
  EXPECT_EQ(account.snapshot().realized.str(), "-0.074085240739491");
  EXPECT_EQ(account.snapshot().fifo_realized.str(), "-0.074085240739491");
  EXPECT_EQ(account.fee_in_third().str(), "0.074085240739491");
  account.on_fee_in_third(fee("-0.00012345"), px("600.12345678"));  // a rebate
  EXPECT_EQ(account.snapshot().realized.str(), "0");
}

TEST(PositionAccount, AFeeWithoutAPriceWaitsForOne) {
  PositionAccount account;
  account.on_fee_without_px(kBnb, fee("0.5"));
  account.on_fee_without_px(kBnb, fee("0.25"));
  EXPECT_FALSE(account.is_fee_complete());
  EXPECT_FALSE(account.snapshot().is_fee_complete);
  EXPECT_FALSE(account.settle(kOther, px("600")));
  EXPECT_FALSE(account.is_fee_complete());
  EXPECT_TRUE(account.settle(kBnb, px("600")));
  EXPECT_TRUE(account.is_fee_complete());
  EXPECT_EQ(account.snapshot().realized.str(), "-450");
  EXPECT_FALSE(account.settle(kBnb, px("600"))) << "once";
}

TEST(PositionAccount, ASecondWaitingAssetLeavesTheResultUnknownForGood) {
  PositionAccount account;
  account.on_fee_without_px(kBnb, fee("0.5"));
  account.on_fee_without_px(kOther, fee("0.5"));
  EXPECT_TRUE(account.settle(kBnb, px("600")));
  EXPECT_FALSE(account.is_fee_complete());
}

TEST(PositionAccount, AFeeInANamelessAssetLeavesTheResultUnknownForGood) {
  PositionAccount account;
  account.on_fee_without_px(kNoAsset, fee("0.5"));
  EXPECT_FALSE(account.is_fee_complete());
  EXPECT_FALSE(account.settle(kNoAsset, px("600")));
  EXPECT_FALSE(account.is_fee_complete());
}

TEST(PositionAccount, AWaitingAssetThatTheNextRunDoesNotKnowIsNameless) {
  PositionAccount account;
  account.on_fee_without_px(kBnb, fee("0.5"));
  account.set_waiting_asset(kNoAsset);
  EXPECT_FALSE(account.is_fee_complete());
}

// Money counted by hand, in one sum: what trades and fees brought in, whatever the method.
TEST(PositionAccount, BothMethodsAddUpToTheMoneyOnRandomFillsWithFeesOfAllKinds) {
  PositionAccount account;
  PositionAccount crowded{2};
  std::mt19937_64 random{20'260'202};
  Int128 cash = 0;
  Int128 waiting = 0;
  std::int64_t held = 0;
  std::int64_t bought = 0;
  std::int64_t sold = 0;
  int flat_count = 0;
  for (int i = 0; i < 300'000; ++i) {
    const bool is_buy = random() % 100 < (held > 0 ? 45U : 55U);
    const auto price = static_cast<std::int64_t>(random() % 12'000'000'000'000 + 1);
    auto quantity = static_cast<std::int64_t>(random() % 500'000 + 1);
    const bool is_closing = random() % 16 == 0 && held != 0 && is_buy == (held < 0);
    if (is_closing) quantity = held > 0 ? held : -held;
    held += is_buy ? quantity : -quantity;
    (is_buy ? bought : sold) += quantity;
    cash += Int128{price} * quantity * (is_buy ? -1 : 1);
    const auto amount = static_cast<std::int64_t>(random() % 2'000) - 200;  // some are rebates
    const auto rate = static_cast<std::int64_t>(random() % 90'000'000'000 + 1);
    const auto kind = is_closing ? 0 : random() % 5;
    if (kind == 1) held -= amount;
    if (kind == 2) cash -= Int128{amount} * kDecimalScale;
    if (kind == 3) cash -= Int128{amount} * rate;
    if (kind == 4) waiting += amount;
    for (PositionAccount* each : {&account, &crowded}) {
      each->on_fill(is_buy ? Side::kBuy : Side::kSell, Price::from_raw(price),
                    Qty::from_raw(quantity));
      if (kind == 1) each->on_fee_in_base(Qty::from_raw(amount));
      if (kind == 2) each->on_fee_in_quote(Notional::from_raw(amount));
      if (kind == 3) each->on_fee_in_third(Fee::from_raw(amount), Price::from_raw(rate));
      if (kind == 4) each->on_fee_without_px(kBnb, Fee::from_raw(amount));
    }
    if (random() % 50 == 0) {
      const bool has_waited = !account.is_fee_complete();
      EXPECT_EQ(account.settle(kBnb, Price::from_raw(rate)), has_waited);
      EXPECT_EQ(crowded.settle(kBnb, Price::from_raw(rate)), has_waited);
      cash -= waiting * rate;
      waiting = 0;
    }
    for (const PositionAccount* each : {&account, &crowded}) {
      const PositionSnapshot now = each->snapshot();
      ASSERT_EQ(now.qty.raw(), held) << "step " << i;
      ASSERT_EQ(now.bought.raw(), bought);
      ASSERT_EQ(now.sold.raw(), sold);
      ASSERT_EQ(each->lots().qty().raw(), held);
      ASSERT_TRUE(now.realized.raw - now.cost.raw == cash) << "step " << i;
      ASSERT_TRUE(now.fifo_realized.raw - now.fifo_cost.raw == cash) << "step " << i;
      if (held != 0) continue;
      ASSERT_TRUE(now.realized.raw == now.fifo_realized.raw) << "flat at step " << i;
      ASSERT_TRUE(now.cost.raw == 0);
      ++flat_count;
    }
  }
  EXPECT_GT(flat_count, 1'000);
  EXPECT_GT(crowded.snapshot().merged_lots, 1'000U);
}

class PositionsByStrategy : public testing::Test {
 protected:
  PositionsByStrategy() {
    for (const char* base : {"BTC", "ETH"}) {
      Instrument instrument;
      instrument.symbol = std::string{base} + "USDT";
      instrument.base_asset_name = base;
      instrument.quote_asset_name = "USDT";
      symbols.push_back(instruments.add(instrument));
    }
    bnb = instruments.intern_asset("BNB");
    usdt = *instruments.find_asset("USDT");
  }
  InstrumentTable instruments;
  std::vector<SymbolId> symbols;
  AssetId bnb{};
  AssetId usdt{};
};

TEST_F(PositionsByStrategy, AStrategysSaleDoesNotCloseAnothersPurchaseButInTheSum) {
  PositionKeeper keeper{instruments, 2};
  keeper.on_fill({.symbol = symbols[0],
                  .strategy = StrategyId{0},
                  .side = Side::kBuy,
                  .px = px("100"),
                  .qty = qty("1")});
  keeper.on_fill({.symbol = symbols[0],
                  .strategy = StrategyId{1},
                  .side = Side::kSell,
                  .px = px("110"),
                  .qty = qty("1")});
  EXPECT_EQ(keeper.account(StrategyId{0}, symbols[0]).snapshot().cost.str(), "100");
  EXPECT_EQ(keeper.account(StrategyId{1}, symbols[0]).snapshot().cost.str(), "-110");
  EXPECT_EQ(keeper.account(StrategyId{1}, symbols[0]).snapshot().realized.str(), "0");
  EXPECT_TRUE(keeper.at(symbols[0]).qty().is_zero());
  EXPECT_EQ(keeper.account(symbols[0]).snapshot().realized.str(), "10");
}

// Result and open cost of a symbol are the strategies' in sum, to the last digit.
TEST_F(PositionsByStrategy, TheRowsAddUpToTheSymbolOnRandomFills) {
  PositionKeeper keeper{instruments, 3};
  const std::vector<StrategyId> rows{StrategyId{0}, StrategyId{1}, StrategyId{2}, kNoStrategy};
  const std::vector<AssetId> fee_assets{*instruments.find_asset("BTC"),
                                        *instruments.find_asset("ETH"), usdt, bnb};
  std::mt19937_64 random{20'260'203};
  for (int i = 0; i < 100'000; ++i) {
    if (random() % 8 == 0) {
      (void)keeper.on_fee_rate(
          bnb, usdt,
          Price::from_raw(static_cast<std::int64_t>(random() % 3 * (random() % 60'000'000'000))));
      (void)keeper.on_fee_rate(fee_assets[random() % 2], usdt,
                               Price::from_raw(static_cast<std::int64_t>(random() % 900'000 + 1)));
    }
    keeper.on_fill({.symbol = symbols[random() % 2],
                    .strategy = rows[random() % 4],
                    .side = random() % 2 == 0 ? Side::kBuy : Side::kSell,
                    .px = Price::from_raw(static_cast<std::int64_t>(random() % 9'000'000'000 + 1)),
                    .qty = Qty::from_raw(static_cast<std::int64_t>(random() % 90'000'000 + 1)),
                    .fee = Fee::from_raw(static_cast<std::int64_t>(random() % 2'000) - 200),
                    .fee_asset = fee_assets[random() % 4]});
    for (const SymbolId symbol : symbols) {
      PositionSnapshot sum;
      bool is_complete = true;
      for (const StrategyId row : rows) {
        const PositionSnapshot part = keeper.account(row, symbol).snapshot();
        sum.qty += part.qty;
        sum.bought += part.bought;
        sum.fee_in_base += part.fee_in_base;
        sum.fee_in_quote += part.fee_in_quote;
        sum.fee_in_third.raw += part.fee_in_third.raw;
        sum.realized.raw += part.realized.raw - part.cost.raw;
        is_complete = is_complete && part.is_fee_complete;
      }
      const PositionSnapshot all = keeper.account(symbol).snapshot();
      ASSERT_EQ(all.qty, sum.qty) << "step " << i;
      ASSERT_EQ(all.bought, sum.bought);
      ASSERT_EQ(all.fee_in_base, sum.fee_in_base);
      ASSERT_EQ(all.fee_in_quote, sum.fee_in_quote);
      ASSERT_TRUE(all.fee_in_third.raw == sum.fee_in_third.raw) << "step " << i;
      ASSERT_TRUE(all.realized.raw - all.cost.raw == sum.realized.raw) << "step " << i;
      ASSERT_EQ(all.is_fee_complete, is_complete) << "step " << i;
      ASSERT_TRUE(is_complete || keeper.has_waiting_fee());
    }
  }
}

TEST_F(PositionsByStrategy, APriceSettlesTheFeesOfItsQuoteAssetAlone) {
  Instrument cross;
  cross.symbol = "ETHBTC";
  cross.base_asset_name = "ETH";
  cross.quote_asset_name = "BTC";
  const SymbolId ethbtc = instruments.add(cross);
  PositionKeeper keeper{instruments};
  for (const SymbolId symbol : {symbols[0], ethbtc}) {
    keeper.on_fill({.symbol = symbol,
                    .side = Side::kBuy,
                    .px = px("1"),
                    .qty = qty("1"),
                    .fee = fee("2"),
                    .fee_asset = bnb});
  }
  EXPECT_TRUE(keeper.on_fee_rate(bnb, usdt, px("600")));
  EXPECT_TRUE(keeper.is_fee_complete(symbols[0]));
  EXPECT_FALSE(keeper.is_fee_complete(ethbtc));
  EXPECT_TRUE(keeper.has_waiting_fee());
  EXPECT_TRUE(keeper.on_fee_rate(bnb, *instruments.find_asset("BTC"), px("0.01")));
  EXPECT_TRUE(keeper.is_fee_complete(ethbtc));
  EXPECT_FALSE(keeper.has_waiting_fee());
  EXPECT_EQ(keeper.account(ethbtc).snapshot().realized.str(), "-0.02");
}

TEST_F(PositionsByStrategy, APriceThatIsNotKnownAnyMoreIsNotUsed) {
  PositionKeeper keeper{instruments};
  (void)keeper.on_fee_rate(bnb, usdt, px("600"));
  (void)keeper.on_fee_rate(bnb, usdt, Price{});
  keeper.on_fill({.symbol = symbols[0],
                  .side = Side::kBuy,
                  .px = px("1"),
                  .qty = qty("1"),
                  .fee = fee("2"),
                  .fee_asset = bnb});
  EXPECT_FALSE(keeper.is_fee_complete(symbols[0]));
}

}  // namespace
}  // namespace portcullis::oms::test
