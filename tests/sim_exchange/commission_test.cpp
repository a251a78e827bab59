// Commission: the FAQ's worked example, rounding, the discount asset and when it is not used.
#include "sim/exchange/commission.hpp"

#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

Rate rate(std::string_view text) {
  return Rate::parse(text).value();
}

// The configuration of Binance's commission FAQ.
SymbolCommission faq() {
  return {.standard = {.maker = rate("0.00000010"),
                       .taker = rate("0.00000020"),
                       .buyer = rate("0.00000030"),
                       .seller = rate("0.00000040")},
          .special = {.maker = rate("0.01"),
                      .taker = rate("0.02"),
                      .buyer = rate("0.03"),
                      .seller = rate("0.04")},
          .tax = {.maker = rate("0.00000112"),
                  .taker = rate("0.00000114"),
                  .buyer = rate("0.00000118"),
                  .seller = rate("0.00000116")}};
}
constexpr std::string_view kValue = "17491.25";  // 35000 * 0.49975

TEST(CommissionFaq, RatesAreThoseOfTheMakerOrTakerAndOfTheSide) {
  const CommissionRate sell = commission_rate(faq(), Side::kSell, false);
  EXPECT_EQ(sell.standard, rate("0.00000060"));
  EXPECT_EQ(sell.special, rate("0.06"));
  EXPECT_EQ(sell.tax, rate("0.00000230"));
  const CommissionRate buy = commission_rate(faq(), Side::kBuy, true);
  EXPECT_EQ(buy.standard, rate("0.00000040"));
  EXPECT_EQ(buy.special, rate("0.04"));
  EXPECT_EQ(buy.tax, rate("0.00000230"));
}

TEST(CommissionFaq, EachPartOfTheExample) {
  const CommissionRate all = commission_rate(faq(), Side::kSell, false);
  EXPECT_EQ(commission_on(qty(kValue), {.standard = all.standard}, 8).str(), "0.01049475");
  EXPECT_EQ(commission_on(qty(kValue), {.tax = all.tax}, 8).str(), "0.04022987");  // ...9875
  EXPECT_EQ(commission_on(qty(kValue), {.special = all.special}, 8).str(), "1049.475");
  EXPECT_EQ(commission_on(qty(kValue), all, 8).str(), "1049.52572462");
}

// 1 BNB = 260 USDT; the FAQ has 4.036607129 before it is cut.
TEST(CommissionFaq, InTheDiscountAsset) {
  const CommissionRate all = commission_rate(faq(), Side::kSell, false);
  const Rate quarter = rate("0.25");
  EXPECT_EQ(discounted_commission(qty(kValue), all, quarter, px("260")).str(), "4.03660712");
  EXPECT_EQ(
      discounted_commission(qty(kValue), {.standard = all.standard}, quarter, px("260")).str(),
      "0.00001009");
  EXPECT_EQ(discounted_commission(qty(kValue), {.special = all.special}, quarter, px("260")).str(),
            "4.0364423");
}

TEST(Commission, RoundsTowardZeroAlsoARebateAndToTheAssetsPrecision) {
  const CommissionRate tenth{.standard = rate("0.001")};
  EXPECT_EQ(commission_on(Qty::from_raw(999), tenth, 8).raw(), 0);
  EXPECT_EQ(commission_on(Qty::from_raw(1'999), tenth, 8).raw(), 1);
  EXPECT_EQ(commission_on(Qty::from_raw(1'999), {.standard = -rate("0.001")}, 8).raw(), -1);
  EXPECT_EQ(commission_on(qty("1.23456789"), {.standard = rate("1")}, 3).str(), "1.234");
  EXPECT_EQ(commission_on(qty("90000000000"), tenth, 8).str(), "90000000");
}

TEST(Commission, ADiscountedOneHoldsTheWholeRange) {
  EXPECT_EQ(
      discounted_commission(qty("90000000000"), {.standard = rate("1")}, rate("1"), px("1")).str(),
      "90000000000");
}

// ---- at the venue

class Discount : public ::testing::Test {
 protected:
  static std::vector<SymbolSpec> specs() {
    std::vector<SymbolSpec> out;
    for (const char* name : {"BTCUSDT", "BNBUSDT", "BNBBTC"}) {
      SymbolSpec spec = symbol_spec_by_name(name).value();
      spec.filters = {};
      out.push_back(spec);
    }
    return out;
  }
  SimAccountId add(std::string_view bnb, bool has_discount = true) {
    return exchange.add_account({{.asset = "BTC", .free = qty("100")},
                                 {.asset = "USDT", .free = qty("1000000")},
                                 {.asset = "BNB", .free = qty(bnb)}},
                                {.has_discount = has_discount});
  }
  void last_price(std::size_t symbol, std::string_view price) {
    exchange.print_crowd_trade(symbol, Side::kBuy, level(price, "0.001"), now);
  }
  Fill take(SimAccountId account, Side side, std::size_t symbol = 0) {
    exchange.set_crowd_level(symbol, opposite(side), level("50000", "1"), now);
    const auto placed = exchange.place(account, symbol, market(side, "1"), now);
    EXPECT_TRUE(placed.has_value());
    return placed->fills.at(0);
  }
  std::string free(SimAccountId account, std::string_view asset) {
    for (const Balance& each : exchange.balances(account)) {
      if (each.asset == asset) return each.free.str();
    }
    return {};
  }

  const WallTime now = wall_time(1'723'161'255'000'000'000);
  Exchange exchange{specs()};
};

TEST_F(Discount, IsPaidInTheDiscountAssetAtItsLastPrice) {
  const SimAccountId account = add("1");
  last_price(1, "500");
  const Fill sold = take(account, Side::kSell);
  EXPECT_EQ(sold.fee_asset, "BNB");
  EXPECT_EQ(sold.fee.str(), "0.075");  // 50000 * 0.1% * 75% / 500
  EXPECT_EQ(free(account, "BNB"), "0.925");
  EXPECT_EQ(free(account, "USDT"), "1050000");
  // A buy brings in BTC: the market of the two, or what the trade was worth.
  EXPECT_EQ(take(account, Side::kBuy).fee.str(), "0.075");
  last_price(2, "0.02");
  EXPECT_EQ(take(account, Side::kBuy).fee.str(), "0.0375");
  for (const Balance& fee : exchange.fees_collected()) {
    EXPECT_EQ(fee.free.str(), fee.asset == "BNB" ? "0.1875" : "0");
  }
}

TEST_F(Discount, IsNotTakenWithoutEnoughOfTheAssetItsPriceOrConsent) {
  const SimAccountId poor = add("0.07499999");
  last_price(1, "500");
  EXPECT_EQ(take(poor, Side::kSell).fee_asset, "USDT");
  EXPECT_EQ(take(poor, Side::kSell).fee.str(), "50");  // the full rate
  EXPECT_EQ(free(poor, "BNB"), "0.07499999");
  const SimAccountId unwilling = add("1", false);
  EXPECT_EQ(take(unwilling, Side::kSell).fee_asset, "USDT");
  SymbolSpec spec = specs()[0];
  spec.commission.has_discount = false;
  exchange.replace_spec(0, spec);
  EXPECT_EQ(take(add("1"), Side::kSell).fee_asset, "USDT");
}

TEST_F(Discount, WithoutAPriceThereIsNone) {
  EXPECT_EQ(take(add("1"), Side::kSell).fee_asset, "USDT");
}

TEST_F(Discount, WhatIsReceivedMayPayForItself) {
  const SimAccountId account = add("0");
  const Fill bought = take(account, Side::kBuy, 1);  // one BNB at 50000
  EXPECT_EQ(bought.fee_asset, "BNB");
  EXPECT_EQ(bought.fee.str(), "0.00075");
  EXPECT_EQ(free(account, "BNB"), "0.99925");
}

TEST_F(Discount, AConfiguredPriceStandsBeforeTheMarkets) {
  ExchangeRules rules;
  rules.discount_asset = "KCS";
  rules.discount = rate("0.5");
  rules.discount_prices = {{.asset = "USDT", .px = px("10")}};
  Exchange other{specs(), rules};
  const SimAccountId account =
      other.add_account({{.asset = "BTC", .free = qty("1")}, {.asset = "KCS", .free = qty("10")}},
                        {.has_discount = true});
  other.set_crowd_level(0, Side::kBuy, level("50000", "1"), now);
  const auto sold = other.place(account, 0, market(Side::kSell, "1"), now);
  EXPECT_EQ(sold->fills.at(0).fee_asset, "KCS");
  EXPECT_EQ(sold->fills.at(0).fee.str(), "2.5");
}

TEST_F(Discount, ThePositionAfterItTellsTheDiscountAssetToo) {
  RecordingListener listener;
  const SimAccountId account = add("1");
  last_price(1, "500");
  exchange.set_listener(&listener);
  take(account, Side::kSell);
  ASSERT_EQ(listener.positions.size(), 1U);
  ASSERT_EQ(listener.positions[0].balances.size(), 3U);
  EXPECT_EQ(listener.positions[0].balances[2].asset, "BNB");
  EXPECT_EQ(listener.positions[0].balances[2].free.str(), "0.925");
}

TEST_F(Discount, AnAccountsOwnRatesStandBeforeTheSymbols) {
  const SimAccountId own = add("0");
  const SimAccountId usual = add("0");
  exchange.set_commission(own, 0, {.standard = {.taker = rate("0.0002")}});
  EXPECT_EQ(take(own, Side::kSell).fee.str(), "10");
  EXPECT_EQ(take(usual, Side::kSell).fee.str(), "50");
  EXPECT_EQ(exchange.commission(own, 0).standard.taker, rate("0.0002"));
  EXPECT_EQ(exchange.commission(own, 1).standard.taker, rate("0.001"));
}

TEST_F(Discount, ARebateIsPaidOut) {
  const SimAccountId account = add("0", false);
  exchange.set_commission(account, 0, {.standard = {.taker = -rate("0.0001")}});
  const Fill sold = take(account, Side::kSell);
  EXPECT_EQ(sold.fee.str(), "-5");
  EXPECT_EQ(free(account, "USDT"), "1050005");
  for (const Balance& fee : exchange.fees_collected()) {
    EXPECT_EQ(fee.free.str(), fee.asset == "USDT" ? "-5" : "0");
  }
}

}  // namespace
}  // namespace portcullis::sim
