// Market orders by quote quantity, and what a symbol or an account does not allow.
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

NewOrder by_quote(Side side, std::string_view quote) {
  NewOrder order = market(side, "0");
  order.quote_order_qty = Notional::parse(quote).value();
  return order;
}

class QuoteOrders : public ExchangeTest {
 protected:
  void SetUp() override {
    crowd(Side::kSell, "60000", "1");
    crowd(Side::kSell, "61000", "1");
    crowd(Side::kBuy, "59000", "1");
    last_price("60000");
    ExchangeTest::SetUp();
  }
};

TEST_F(QuoteOrders, SpendsAsMuchOfTheQuoteAsWholeLotsCan) {
  const auto bought = place(alice, by_quote(Side::kBuy, "90500"));
  EXPECT_EQ(bought.order.status, OrderStatus::kFilled);
  EXPECT_EQ(bought.order.qty, qty("1.5"));
  EXPECT_EQ(bought.order.cum_quote.str(), "90500");
  EXPECT_EQ(bought.order.quote_order_qty.str(), "90500");
  EXPECT_EQ(free(alice, "USDT"), "909500");
}

TEST_F(QuoteOrders, NeverBreaksTheLot) {
  const auto bought = place(alice, by_quote(Side::kBuy, "1000"));
  EXPECT_EQ(bought.order.qty, qty("0.01666"));  // 0.016666...
  EXPECT_EQ(bought.order.cum_quote.str(), "999.6");
  const auto sold = place(alice, by_quote(Side::kSell, "1000"));
  EXPECT_EQ(sold.order.qty, qty("0.01694"));
  EXPECT_EQ(sold.order.status, OrderStatus::kFilled);
}

TEST_F(QuoteOrders, ExpiresWhenTheBookRunsOut) {
  const auto bought = place(alice, by_quote(Side::kBuy, "182000"));
  EXPECT_EQ(bought.order.status, OrderStatus::kExpired);
  EXPECT_EQ(bought.order.cum_qty, qty("2"));
  EXPECT_EQ(bought.order.qty, qty("3"));  // 61000 left, at the last price there was
  EXPECT_EQ(bought.order.expiry_reason, ExpiryReason::kInsufficientLiquidity);
  EXPECT_EQ(listener.types(alice), "NEW TRADE TRADE EXPIRED");
}

TEST_F(QuoteOrders, NeverSpendsMoreWhenItsOwnOrdersAreInTheWay) {
  ASSERT_TRUE(exchange.cancel_crowd(0, 1, now));
  place(alice, limit(Side::kSell, "60000", "1"));
  const auto bought = place(alice, by_quote(Side::kBuy, "60000"));
  EXPECT_EQ(bought.prevented.size(), 1U);
  EXPECT_EQ(bought.order.cum_qty, qty("0.9836"));  // of one lot less than 60000 / 61000
  EXPECT_LE(bought.order.cum_quote, Notional::from_units(60'000));
}

TEST_F(QuoteOrders, NeedsItsFunds) {
  constexpr std::string_view kText = "Account has insufficient balance for requested action.";
  ASSERT_TRUE(exchange.deposit(alice, "USDT", qty("-999000")));
  expect_refused(by_quote(Side::kBuy, "1500"), -2010, kText);
  ASSERT_TRUE(exchange.deposit(alice, "BTC", qty("-9.99")));
  expect_refused(by_quote(Side::kSell, "800"), -2010, kText);
}

TEST_F(QuoteOrders, Refusals) {
  expect_refused(by_quote(Side::kBuy, "4.99"), -1013, "Filter failure: NOTIONAL");
  SymbolSpec spec = btcusdt();
  spec.filters.lot_size = {.qty_min = qty("0.1"), .qty_max = qty("10"), .lot_size = qty("0.1")};
  exchange.replace_spec(0, spec);
  expect_refused(by_quote(Side::kBuy, "5000"), -1013, "Filter failure: LOT_SIZE");
  expect_refused(by_quote(Side::kBuy, "900000"), -1013, "Filter failure: LOT_SIZE");
  spec.filters.lot_size->qty_min = qty("5");
  exchange.replace_spec(0, spec);
  exchange.set_crowd_level(0, Side::kSell, level("1", "0.1"), now);
  ASSERT_TRUE(exchange.cancel_crowd(0, 1, now));
  ASSERT_TRUE(exchange.cancel_crowd(0, 2, now));
  expect_refused(by_quote(Side::kBuy, "4.9"), -1013, "Filter failure: NOTIONAL");
  spec.filters.notional.reset();
  exchange.replace_spec(0, spec);
  expect_refused(by_quote(Side::kBuy, "4.9"), -2010,
                 "Order book liquidity is less than `LOT_SIZE` filter minimum quantity.");
  spec.filters.lot_size.reset();
  spec.filters.market_lot_size = {.qty_min = qty("5"), .qty_max = qty("10"), .lot_size = {}};
  exchange.replace_spec(0, spec);
  expect_refused(by_quote(Side::kBuy, "4.9"), -2010,
                 "Order book liquidity is less than `MARKET_LOT_SIZE` filter minimum quantity.");
  exchange.set_crowd_level(0, Side::kSell, level("1", "0"), now);
  expect_refused(by_quote(Side::kBuy, "100"), -2010,
                 "Order book liquidity is less than symbol minimum quantity.");
  spec.allows_quote_order_qty_market = false;
  exchange.replace_spec(0, spec);
  expect_refused(by_quote(Side::kBuy, "100"), -1013,
                 "Quote order qty market orders are not support for this symbol.");
  NewOrder both = by_quote(Side::kBuy, "100");
  both.qty = qty("1");
  spec.allows_quote_order_qty_market = true;
  exchange.replace_spec(0, spec);
  expect_refused(both, -1014, "Unsupported order combination.");
}

// ---- what a symbol does not allow

struct Forbidden {
  OrderType type;
  const char* text;
};

class ForbiddenType : public ExchangeTest, public ::testing::WithParamInterface<Forbidden> {};

TEST_P(ForbiddenType, IsRefusedByName) {
  SymbolSpec spec = btcusdt();
  spec.order_types.reset(static_cast<std::size_t>(GetParam().type));
  exchange.replace_spec(0, spec);
  NewOrder order;
  order.type = GetParam().type;
  order.qty = qty("1");
  if (has_limit_price(order.type)) order.px = px("50000");
  if (is_contingent(order.type)) order.stop_px = px("50000");
  expect_refused(order, -1013, GetParam().text);
  expect_error(exchange.test(alice, 0, order, now), -1013, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ForbiddenType,
    ::testing::Values(
        Forbidden{kMarket, "Market orders are not supported for this symbol."},
        Forbidden{kStopLoss, "Stop loss orders are not supported for this symbol."},
        Forbidden{kStopLossLimit, "Stop loss limit orders are not supported for this symbol."},
        Forbidden{kTakeProfit, "Take profit orders are not supported for this symbol."},
        Forbidden{kTakeProfitLimit,
                  "Take profit limit orders are not supported for this symbol."}));

TEST_F(QuoteOrders, TrailingStopsThatASymbolDoesNotAllow) {
  SymbolSpec spec = btcusdt();
  spec.allows_trailing_stop = false;
  exchange.replace_spec(0, spec);
  expect_refused(trailing(stop(kStopLoss, Side::kSell, "0", "1"), 100), -1013,
                 "Trailing stop orders are not supported for this symbol.");
}

// ---- what an account may not

TEST_F(QuoteOrders, PermissionSetsAreOneOfEach) {
  SymbolSpec spec = btcusdt();
  spec.permission_sets = {{"SPOT", "MARGIN"}, {"TRD_GRP_004", "TRD_GRP_005"}};
  exchange.replace_spec(0, spec);
  const NewOrder order = limit(Side::kBuy, "50000", "1");
  constexpr std::string_view kText = "This symbol is not permitted for this account.";
  expect_refused(order, -2010, kText);
  exchange.set_settings(alice, {.permissions = {"TRD_GRP_005"}});
  expect_refused(order, -2010, kText);
  exchange.set_settings(alice, {.permissions = {"TRD_GRP_005", "MARGIN"}});
  EXPECT_TRUE(exchange.place(alice, 0, order, now).has_value());
  spec.permission_sets = {{}};
  exchange.replace_spec(0, spec);
  EXPECT_TRUE(exchange.place(bob, 0, order, now).has_value());
}

TEST_F(QuoteOrders, AccountsThatAreShut) {
  const NewOrder order = limit(Side::kBuy, "50000", "1");
  exchange.set_settings(alice, {.is_disabled = true});
  expect_refused(order, -2010, "This action is disabled on this account.");
  exchange.set_settings(alice, {});
  SymbolSpec spec = btcusdt();
  spec.is_spot_allowed = false;
  exchange.replace_spec(0, spec);
  expect_refused(order, -2010, "This symbol is restricted for this account.");
  EXPECT_EQ(exchange.settings(alice).trade_group_id, -1);
}

// A test order is looked at by the venue's front, not by its engine.
TEST_F(QuoteOrders, ATestSeesFiltersAndNotTheFundsOrTheBook) {
  EXPECT_TRUE(exchange.test(alice, 0, limit(Side::kBuy, "60000", "100"), now).has_value());
  EXPECT_TRUE(exchange.test(alice, 0, limit_maker(Side::kBuy, "60000", "1"), now).has_value());
  expect_error(exchange.test(alice, 0, limit(Side::kBuy, "60000.001", "1"), now), -1013,
               "Filter failure: PRICE_FILTER");
  EXPECT_TRUE(exchange.open_orders(alice, 0).empty());
  EXPECT_TRUE(listener.events.empty());
}

}  // namespace
}  // namespace portcullis::sim
