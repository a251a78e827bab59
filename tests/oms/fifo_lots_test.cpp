#include "oms/fifo_lots.hpp"

#include <cstdint>
#include <deque>
#include <random>

#include <gtest/gtest.h>

#include "tests/oms/money_text.hpp"

namespace portcullis::oms::test {
namespace {

TEST(FineNotional, TextIsExactAndShort) {
  EXPECT_EQ(FineNotional{}.str(), "0");
  EXPECT_EQ(FineNotional{Int128{1}}.str(), "0.0000000000000001");
  EXPECT_EQ((FineNotional{Int128{-15} * kDecimalScale * kDecimalScale}.str()), "-15");
  EXPECT_EQ((FineNotional{Int128{-105} * kDecimalScale * kDecimalScale / 10}.str()), "-10.5");
  EXPECT_EQ((FineNotional{(Int128{1} << 127)}.str()), "-17014118346046923173168.7303715884105728");
}

TEST(FifoLots, TheOldestIsClosedFirst) {
  FifoLots lots{8};
  lots.trade(Side::kBuy, px("100"), qty("1"));
  lots.trade(Side::kBuy, px("110"), qty("1"));
  lots.trade(Side::kSell, px("120"), qty("1"));
  EXPECT_EQ(lots.realized().str(), "20") << "the one bought for 100";
  EXPECT_EQ(lots.cost().str(), "110");
  lots.trade(Side::kSell, px("120"), qty("0.25"));
  EXPECT_EQ(lots.realized().str(), "22.5");
  EXPECT_EQ(lots.cost().str(), "82.5");
  EXPECT_EQ(lots.qty(), qty("0.75"));
}

TEST(FifoLots, AShortIsBoughtBackInItsOrder) {
  FifoLots lots{8};
  lots.trade(Side::kSell, px("100"), qty("1"));
  lots.trade(Side::kSell, px("90"), qty("1"));
  EXPECT_EQ(lots.cost().str(), "-190");
  lots.trade(Side::kBuy, px("80"), qty("1"));
  EXPECT_EQ(lots.realized().str(), "20");
  EXPECT_EQ(lots.cost().str(), "-90");
}

TEST(FifoLots, CrossingZeroClosesEveryLotAndOpensTheOtherSide) {
  FifoLots lots{8};
  lots.trade(Side::kBuy, px("100"), qty("1"));
  lots.trade(Side::kBuy, px("110"), qty("1"));
  lots.trade(Side::kSell, px("120"), qty("3"));
  EXPECT_EQ(lots.realized().str(), "30");
  EXPECT_EQ(lots.qty(), qty("-1"));
  EXPECT_EQ(lots.cost().str(), "-120");
  EXPECT_EQ(lots.lot_count(), 1U);
}

TEST(FifoLots, AFillAtThePriceOfTheNewestJoinsIt) {
  FifoLots lots{2};
  for (int i = 0; i < 100; ++i) lots.trade(Side::kBuy, px("100"), qty("0.1"));
  EXPECT_EQ(lots.lot_count(), 1U);
  EXPECT_EQ(lots.merged_count(), 0U);
  lots.trade(Side::kSell, px("101"), qty("0.3"));
  EXPECT_EQ(lots.realized().str(), "0.3");
}

// What is closed next stays first in, first out; only the end of the row is averaged.
TEST(FifoLots, WhenTheLotsRunOutTheNewestIsAveragedAndCounted) {
  FifoLots lots{2};
  lots.trade(Side::kBuy, px("100"), qty("1"));
  lots.trade(Side::kBuy, px("110"), qty("1"));
  EXPECT_EQ(lots.merged_count(), 0U);
  lots.trade(Side::kBuy, px("130"), qty("1"));
  EXPECT_EQ(lots.merged_count(), 1U);
  EXPECT_EQ(lots.lot_count(), 2U);
  EXPECT_EQ(lots.cost().str(), "340");
  lots.trade(Side::kSell, px("200"), qty("1"));
  EXPECT_EQ(lots.realized().str(), "100") << "against the one bought for 100";
  lots.trade(Side::kSell, px("200"), qty("1"));
  EXPECT_EQ(lots.realized().str(), "180") << "against 120, the average of the two";
  lots.trade(Side::kSell, px("200"), qty("1"));
  EXPECT_EQ(lots.realized().str(), "260") << "3 sold for 200 each, bought for 340";
  EXPECT_EQ(lots.cost().str(), "0");
  EXPECT_EQ(lots.lot_count(), 0U);
}

TEST(FifoLots, ThirdsOfAMergedLotLoseNothing) {
  FifoLots lots{1};
  lots.trade(Side::kBuy, px("0.33333333"), qty("0.00000001"));
  lots.trade(Side::kBuy, px("0.33333334"), qty("0.00000002"));
  for (int i = 0; i < 3; ++i) lots.trade(Side::kSell, px("1"), qty("0.00000001"));
  EXPECT_TRUE(lots.cost().raw == 0);
  const Int128 expected = Int128{3} * 100'000'000 - (33'333'333 + Int128{2} * 33'333'334);
  EXPECT_TRUE(lots.realized().raw == expected);
}

TEST(FifoLots, TheLargestCostsKeepEveryDigit) {
  FifoLots lots{1};
  lots.trade(Side::kBuy, px("90000000000"), qty("30000000000"));
  lots.trade(Side::kBuy, px("89999999999"), qty("30000000000"));
  lots.trade(Side::kSell, px("90000000000"), qty("59999999999.99999999"));
  lots.trade(Side::kSell, px("90000000000"), qty("0.00000001"));
  EXPECT_EQ(lots.realized().str(), "30000000000");
  EXPECT_TRUE(lots.qty().is_zero());
}

// Lots as they would be kept by hand: one for each fill, taken from the front.
class SlowLots {
 public:
  void trade(int sign, std::int64_t price, std::int64_t quantity) {
    while (quantity > 0 && !lots_.empty() && lots_.front().sign != sign) {
      Lot& lot = lots_.front();
      const std::int64_t part = lot.qty < quantity ? lot.qty : quantity;
      realized += (Int128{price} - lot.px) * part * lot.sign;
      lot.qty -= part;
      quantity -= part;
      if (lot.qty == 0) lots_.pop_front();
    }
    if (quantity > 0) lots_.push_back({sign, price, quantity});
  }
  [[nodiscard]] Int128 cost() const {
    Int128 sum = 0;
    for (const Lot& lot : lots_) sum += Int128{lot.px} * lot.qty * lot.sign;
    return sum;
  }
  [[nodiscard]] std::size_t size() const { return lots_.size(); }
  Int128 realized{0};

 private:
  struct Lot {
    int sign;
    std::int64_t px;
    std::int64_t qty;
  };
  std::deque<Lot> lots_;
};

TEST(FifoLots, AgreesWithLotsKeptByHandOnRandomFills) {
  FifoLots lots{4'096};
  FifoLots few{3};
  SlowLots slow;
  std::mt19937_64 random{20'260'201};
  Int128 cash = 0;
  std::int64_t held = 0;
  std::int64_t crossings = 0;
  std::size_t deepest = 0;
  for (int i = 0; i < 300'000; ++i) {
    // Leans against the position, so that it comes back and crosses zero.
    const bool is_buy = random() % 100 < (held > 0 ? 46U : 54U);
    const auto price =
        static_cast<std::int64_t>(random() % (random() % 2 == 0 ? 4 : 12'000'000'000'000) + 1);
    auto quantity =
        static_cast<std::int64_t>(random() % (random() % 3 == 0 ? 10 : 500'000'000) + 1);
    if (random() % 64 == 0 && held != 0) quantity = held > 0 ? held : -held;  // often flat
    const int sign = is_buy ? 1 : -1;
    const Side side = is_buy ? Side::kBuy : Side::kSell;
    lots.trade(side, Price::from_raw(price), Qty::from_raw(quantity));
    few.trade(side, Price::from_raw(price), Qty::from_raw(quantity));
    slow.trade(sign, price, quantity);
    const std::int64_t before = held;
    held += sign * quantity;
    crossings += (before > 0 && held < 0) || (before < 0 && held > 0) ? 1 : 0;
    cash -= Int128{price} * quantity * sign;
    deepest = std::max(deepest, slow.size());
    ASSERT_EQ(lots.qty().raw(), held) << "step " << i;
    ASSERT_TRUE(lots.realized().raw == slow.realized) << "step " << i;
    ASSERT_TRUE(lots.cost().raw == slow.cost()) << "step " << i;
    ASSERT_TRUE(few.realized().raw - few.cost().raw == cash) << "step " << i;
    if (held == 0) {
      ASSERT_TRUE(few.realized().raw == slow.realized) << "step " << i;
    }
  }
  EXPECT_EQ(lots.merged_count(), 0U);
  EXPECT_GT(few.merged_count(), 1'000U);
  EXPECT_GT(crossings, 1'000);
  EXPECT_GT(deepest, 20U);
}

}  // namespace
}  // namespace portcullis::oms::test
