#include "oms/position.hpp"

#include <cstdint>
#include <random>

#include <gtest/gtest.h>

#include "core/instrument.hpp"
#include "oms/position_keeper.hpp"

namespace portcullis::oms {
namespace {

Qty qty(const char* text) {
  return *Qty::parse(text);
}
Price px(const char* text) {
  return *Price::parse(text);
}
std::string realized(const Position& position) {
  return position.realized().rounded().str();
}

TEST(Position, AverageCostOfALong) {
  Position position;
  position.on_fill(Side::kBuy, px("100"), qty("1"));
  position.on_fill(Side::kBuy, px("110"), qty("1"));
  EXPECT_EQ(position.qty(), qty("2"));
  EXPECT_EQ(position.avg_px(), px("105"));
  position.on_fill(Side::kSell, px("120"), qty("1"));
  EXPECT_EQ(realized(position), "15");
  EXPECT_EQ(position.avg_px(), px("105"));
  EXPECT_EQ(position.bought(), qty("2"));
  EXPECT_EQ(position.sold(), qty("1"));
}

TEST(Position, AverageCostOfAShort) {
  Position position;
  position.on_fill(Side::kSell, px("100"), qty("2"));
  EXPECT_EQ(position.qty(), qty("-2"));
  EXPECT_EQ(position.avg_px(), px("100"));
  position.on_fill(Side::kBuy, px("90"), qty("1"));
  EXPECT_EQ(realized(position), "10");
  EXPECT_EQ(position.avg_px(), px("100"));
}

TEST(Position, CrossingZeroClosesOneSideAndOpensTheOther) {
  Position position;
  position.on_fill(Side::kBuy, px("100"), qty("1"));
  position.on_fill(Side::kSell, px("105"), qty("3"));
  EXPECT_EQ(realized(position), "5");
  EXPECT_EQ(position.qty(), qty("-2"));
  EXPECT_EQ(position.avg_px(), px("105"));
}

// 10 bought for 1 in all: thirds do not come out even, and nothing may be lost over it.
TEST(Position, RoundingStaysInTheCostAndComesOutAtTheClose) {
  Position position;
  position.on_fill(Side::kBuy, px("0.33333333"), qty("0.00000001"));
  position.on_fill(Side::kBuy, px("0.33333334"), qty("0.00000002"));
  for (int i = 0; i < 3; ++i) position.on_fill(Side::kSell, px("1"), qty("0.00000001"));
  EXPECT_TRUE(position.qty().is_zero());
  EXPECT_TRUE(position.cost().raw == 0);
  const Int128 expected = Int128{3} * 100'000'000 - (33'333'333 + Int128{2} * 33'333'334);
  EXPECT_TRUE(position.realized().raw == expected);
}

TEST(Position, AFeeInBaseIsBaseSoldForNothing) {
  Position position;
  position.on_fill(Side::kBuy, px("100"), qty("1"));
  position.on_fee_in_base(qty("0.001"));
  EXPECT_EQ(position.qty(), qty("0.999"));
  EXPECT_EQ(position.avg_px(), px("100"));
  EXPECT_EQ(realized(position), "-0.1");
  EXPECT_EQ(position.sold(), Qty{});
  position.on_fee_in_base(qty("-0.001"));  // a rebate
  EXPECT_EQ(position.qty(), qty("1"));
}

TEST(Position, AFeeInQuoteIsTakenFromTheResult) {
  Position position;
  position.on_fill(Side::kBuy, px("100"), qty("1"));
  position.on_fee_in_quote(*Notional::parse("0.075"));
  EXPECT_EQ(realized(position), "-0.075");
  EXPECT_EQ(position.qty(), qty("1"));
}

TEST(Position, HugeCostsKeepEveryDigit) {
  Position position;
  position.on_fill(Side::kBuy, px("90000000000"), qty("90000000000"));
  position.on_fill(Side::kSell, px("90000000000"), qty("30000000001"));
  EXPECT_TRUE(position.realized().raw == 0);
  EXPECT_EQ(position.avg_px(), px("90000000000"));
}

// The same method written differently: signed lots of money in 128 bits, the share by binary long
// division, one bit of the multiplier at a time.
class SlowPosition {
 public:
  void trade(int sign, std::int64_t price, std::int64_t quantity) {
    while (quantity > 0) {
      const bool is_against = qty_ != 0 && (qty_ > 0) != (sign > 0);
      const std::int64_t open = qty_ < 0 ? -qty_ : qty_;
      const std::int64_t part = is_against && quantity > open ? open : quantity;
      const Int128 paid = Int128{price} * part * sign;
      if (is_against) {
        const Int128 share = share_of(cost_, part, open);
        realized_ += -share - paid;
        cost_ -= share;
      } else {
        cost_ += paid;
      }
      qty_ += sign * part;
      quantity -= part;
    }
  }
  static Int128 share_of(Int128 cost, std::int64_t part, std::int64_t whole) {
    const bool is_negative = cost < 0;
    const Int128 size = is_negative ? -cost : cost;
    Int128 quotient = 0;
    Int128 rest = 0;
    for (int bit = 62; bit >= 0; --bit) {
      quotient *= 2;
      rest *= 2;
      if ((part >> bit & 1) != 0) {
        quotient += size / whole;
        rest += size % whole;
      }
      quotient += rest / whole;
      rest %= whole;
    }
    return is_negative ? -quotient : quotient;
  }
  std::int64_t qty_{0};
  Int128 cost_{0};
  Int128 realized_{0};
};

TEST(Position, AgreesWithASlowModelOnRandomFillsAndFees) {
  Position position;
  SlowPosition slow;
  Int128 cash = 0;  // what the trades alone brought in
  std::mt19937_64 random{20'260'101};
  for (int i = 0; i < 200'000; ++i) {
    const bool is_buy = random() % 2 == 0;
    const auto price = static_cast<std::int64_t>(random() % 12'000'000'000'000 + 1);
    const auto quantity =
        static_cast<std::int64_t>(random() % (random() % 3 == 0 ? 10 : 500'000'000) + 1);
    const int sign = is_buy ? 1 : -1;
    position.on_fill(is_buy ? Side::kBuy : Side::kSell, Price::from_raw(price),
                     Qty::from_raw(quantity));
    slow.trade(sign, price, quantity);
    cash -= Int128{price} * quantity * sign;
    if (random() % 4 == 0) {
      const auto fee = static_cast<std::int64_t>(random() % 1'000);
      position.on_fee_in_base(Qty::from_raw(fee));
      slow.trade(-1, 0, fee);
    }
    ASSERT_EQ(position.qty().raw(), slow.qty_) << "step " << i;
    ASSERT_TRUE(position.cost().raw == slow.cost_) << "step " << i;
    ASSERT_TRUE(position.realized().raw == slow.realized_) << "step " << i;
    ASSERT_TRUE(position.realized().raw - position.cost().raw == cash) << "step " << i;
  }
}

TEST(FineNotional, RoundsTowardZeroAndSaturates) {
  EXPECT_EQ(FineNotional{Int128{199'999'999}}.rounded().raw(), 1);
  EXPECT_EQ(FineNotional{-Int128{199'999'999}}.rounded().raw(), -1);
  EXPECT_EQ(FineNotional{Int128{1} << 120}.rounded(), Notional::max());
}

class PositionKeeperTest : public testing::Test {
 protected:
  PositionKeeperTest() {
    Instrument instrument;
    instrument.symbol = "BTCUSDT";
    instrument.base_asset_name = "BTC";
    instrument.quote_asset_name = "USDT";
    symbol = instruments.add(instrument);
    bnb = instruments.intern_asset("BNB");
  }
  PositionKeeper::Fill fill(const char* fee, AssetId asset) {
    return {.symbol = symbol,
            .side = Side::kBuy,
            .px = px("100"),
            .qty = qty("1"),
            .fee = *Fee::parse(fee),
            .fee_asset = asset};
  }
  InstrumentTable instruments;
  SymbolId symbol;
  AssetId bnb;
};

TEST_F(PositionKeeperTest, FeesGoWhereTheyAreTaken) {
  PositionKeeper keeper{instruments};
  const AssetId btc = *instruments.find_asset("BTC");
  const AssetId usdt = *instruments.find_asset("USDT");
  keeper.on_fill(fill("0.001", btc));
  keeper.on_fill(fill("0.1", usdt));
  EXPECT_TRUE(keeper.is_fee_complete(symbol));
  EXPECT_EQ(keeper.at(symbol).qty(), qty("1.999"));
  EXPECT_EQ(keeper.at(symbol).fee_in_quote(), *Notional::parse("0.1"));
  EXPECT_EQ(keeper.at(symbol).fee_in_base(), qty("0.001"));
  EXPECT_EQ(keeper.fees_by_asset()[btc.raw()], *Fee::parse("0.001"));
  EXPECT_EQ(keeper.fees_by_asset()[usdt.raw()], *Fee::parse("0.1"));
}

TEST_F(PositionKeeperTest, AFeeInAThirdAssetIsKeptApartAndSaid) {
  PositionKeeper keeper{instruments};
  keeper.on_fill(fill("0.002", bnb));
  EXPECT_FALSE(keeper.is_fee_complete(symbol));
  EXPECT_EQ(keeper.at(symbol).qty(), qty("1"));
  EXPECT_TRUE(keeper.at(symbol).realized().raw == 0);
  EXPECT_EQ(keeper.fees_by_asset()[bnb.raw()], *Fee::parse("0.002"));
}

TEST_F(PositionKeeperTest, AFeeInAnAssetNobodyNamedIsNotGuessed) {
  PositionKeeper keeper{instruments};
  keeper.on_fill(fill("0", kNoAsset));
  EXPECT_TRUE(keeper.is_fee_complete(symbol));
  keeper.on_fill(fill("0.5", kNoAsset));
  EXPECT_FALSE(keeper.is_fee_complete(symbol));
}

}  // namespace
}  // namespace portcullis::oms
