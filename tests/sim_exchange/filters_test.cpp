// Every filter of exchangeInfo: what passes, what does not, and by which average.
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

class Filters : public ExchangeTest {
 protected:
  // A symbol without any filter but those that a test sets.
  template <class Change>
  void with(Change change) {
    SymbolSpec spec = btcusdt();
    spec.filters = {};
    change(spec);
    exchange.replace_spec(0, spec);
  }
  void expect_passes(const NewOrder& order) {
    const auto tested = exchange.test(alice, 0, order, now);
    EXPECT_TRUE(tested.has_value()) << tested.error().message;
  }
  void expect_fails(const NewOrder& order, std::string_view filter) {
    const std::string text = "Filter failure: " + std::string{filter};
    expect_error(exchange.test(alice, 0, order, now), -1013, text);
    expect_refused(order, -1013, text);
    EXPECT_TRUE(exchange.open_orders(alice, 0).empty());
  }
};

TEST_F(Filters, PriceFilterRulesPriceAndStopPriceAndEachRuleCanBeOff) {
  with([](SymbolSpec& spec) {
    spec.filters.price = {.px_min = px("10"), .px_max = px("100"), .tick_size = px("0.5")};
  });
  for (const char* price : {"9.5", "100.5", "10.3", "0"}) {
    expect_fails(limit(Side::kBuy, price, "1"), "PRICE_FILTER");
  }
  expect_fails(stop(kStopLoss, Side::kBuy, "10.3", "1"), "PRICE_FILTER");
  expect_fails(stop_limit(kStopLossLimit, Side::kBuy, "10.3", "10.5", "1"), "PRICE_FILTER");
  expect_fails(stop_limit(kStopLossLimit, Side::kBuy, "10.5", "10.3", "1"), "PRICE_FILTER");
  for (const char* price : {"10", "100"}) expect_passes(limit(Side::kBuy, price, "1"));
  with([](SymbolSpec& spec) { spec.filters.price = {.px_min = px("10")}; });
  expect_passes(limit(Side::kBuy, "12345.12345678", "1"));
  expect_fails(limit(Side::kBuy, "9.99999999", "1"), "PRICE_FILTER");
}

TEST_F(Filters, PercentPriceIsOffUntilSomethingTraded) {
  with([](SymbolSpec& spec) {
    spec.filters.percent_price = {.up = 1'300'000, .down = 700'000, .avg_price_mins = 5};
  });
  expect_passes(limit(Side::kBuy, "1", "1"));
  last_price("100");
  for (const Side side : {Side::kBuy, Side::kSell}) {
    expect_passes(limit(side, "130", "1"));
    expect_passes(limit(side, "70", "1"));
    expect_fails(limit(side, "130.01", "1"), "PERCENT_PRICE");
    expect_fails(limit(side, "69.99", "1"), "PERCENT_PRICE");
  }
}

TEST_F(Filters, PercentPriceBySideHasTwoBands) {
  with([](SymbolSpec& spec) {
    spec.filters.percent_price_by_side = {.bid_up = 1'200'000,
                                          .bid_down = 200'000,
                                          .ask_up = 5'000'000,
                                          .ask_down = 800'000,
                                          .avg_price_mins = 1};
  });
  last_price("100");
  expect_passes(limit(Side::kBuy, "120", "1"));
  expect_passes(limit(Side::kBuy, "20", "1"));
  expect_fails(limit(Side::kBuy, "120.01", "1"), "PERCENT_PRICE_BY_SIDE");
  expect_fails(limit(Side::kBuy, "19.99", "1"), "PERCENT_PRICE_BY_SIDE");
  expect_passes(limit(Side::kSell, "500", "1"));
  expect_passes(limit(Side::kSell, "80", "1"));
  expect_fails(limit(Side::kSell, "500.01", "1"), "PERCENT_PRICE_BY_SIDE");
  expect_fails(limit(Side::kSell, "79.99", "1"), "PERCENT_PRICE_BY_SIDE");
  expect_passes(market(Side::kBuy, "1"));
}

// The average: of the minutes, the last price for none, the reference price where there is one.
TEST_F(Filters, WhichAverage) {
  const auto use = [this](int minutes, bool has_reference) {
    with([&](SymbolSpec& spec) {
      spec.filters.percent_price = {.up = 1'000'000, .avg_price_mins = minutes};
      if (has_reference) {
        spec.reference_price =
            ReferencePriceRule{.kind = ReferencePriceRule::Kind::kExternal, .external_id = 2};
      }
    });
  };
  use(5, false);
  exchange.print_crowd_trade(0, Side::kBuy, level("100", "3"), now);
  now += std::chrono::minutes{2};
  exchange.print_crowd_trade(0, Side::kBuy, level("200", "1"), now);
  expect_passes(limit(Side::kBuy, "125", "1"));
  expect_fails(limit(Side::kBuy, "125.01", "1"), "PERCENT_PRICE");
  use(1, false);
  expect_passes(limit(Side::kBuy, "200", "1"));
  use(0, false);
  expect_passes(limit(Side::kBuy, "200", "1"));
  use(5, true);
  expect_fails(limit(Side::kBuy, "125.01", "1"), "PERCENT_PRICE");  // null still
  exchange.set_reference_price(0, px("80"));
  expect_passes(limit(Side::kBuy, "80", "1"));
  expect_fails(limit(Side::kBuy, "80.01", "1"), "PERCENT_PRICE");
}

TEST_F(Filters, LotSizeRulesQuantityByWholeSteps) {
  with([](SymbolSpec& spec) {
    spec.filters.lot_size = {.qty_min = qty("0.3"), .qty_max = qty("9"), .lot_size = qty("0.2")};
  });
  expect_passes(limit(Side::kBuy, "100", "0.4"));  // of zero, not of the least
  for (const char* quantity : {"0.2", "0.5", "9.2", "0"}) {
    expect_fails(limit(Side::kBuy, "100", quantity), "LOT_SIZE");
    expect_fails(market(Side::kBuy, quantity), "LOT_SIZE");
  }
}

TEST_F(Filters, MarketLotSizeRulesMarketOrdersOnly) {
  with([](SymbolSpec& spec) {
    spec.filters.market_lot_size = {.qty_min = qty("1"), .qty_max = qty("5"), .lot_size = {}};
  });
  expect_passes(limit(Side::kBuy, "100", "6"));
  expect_passes(market(Side::kBuy, "4.99999999"));
  expect_fails(market(Side::kBuy, "5.00000001"), "MARKET_LOT_SIZE");
  expect_fails(market(Side::kBuy, "0.9"), "MARKET_LOT_SIZE");
}

TEST_F(Filters, MinNotionalMayLeaveMarketOrdersAlone) {
  const auto use = [this](bool applies) {
    with([&](SymbolSpec& spec) {
      spec.filters.min_notional = {.notional_min = Notional::from_units(10),
                                   .applies_to_market = applies,
                                   .avg_price_mins = 0};
    });
  };
  use(true);
  last_price("100");
  expect_passes(limit(Side::kBuy, "50", "0.2"));
  expect_fails(limit(Side::kBuy, "50", "0.19999999"), "MIN_NOTIONAL");
  expect_passes(market(Side::kSell, "0.1"));
  expect_fails(market(Side::kSell, "0.09999999"), "MIN_NOTIONAL");
  use(false);
  expect_passes(market(Side::kSell, "0.09999999"));
  expect_fails(limit(Side::kBuy, "50", "0.19999999"), "MIN_NOTIONAL");
}

TEST_F(Filters, NotionalHasTwoEndsAndEachMayLeaveMarketOrdersAlone) {
  const auto use = [this](bool min, bool max) {
    with([&](SymbolSpec& spec) {
      spec.filters.notional = {.notional_min = Notional::from_units(10),
                               .applies_min_to_market = min,
                               .notional_max = Notional::from_units(1'000),
                               .applies_max_to_market = max,
                               .avg_price_mins = 5};
    });
  };
  last_price("100");
  use(true, true);
  expect_passes(limit(Side::kBuy, "100", "10"));
  expect_fails(limit(Side::kBuy, "100", "10.00000001"), "NOTIONAL");
  expect_fails(limit(Side::kBuy, "100", "0.09"), "NOTIONAL");
  expect_fails(market(Side::kSell, "0.09"), "NOTIONAL");
  expect_fails(market(Side::kSell, "10.1"), "NOTIONAL");
  use(false, false);
  expect_passes(market(Side::kSell, "0.09"));
  expect_passes(market(Side::kSell, "10.1"));
  use(true, false);
  NewOrder by_quote = market(Side::kBuy, "0");
  by_quote.quote_order_qty = Notional::from_raw(999'999'999);
  expect_error(exchange.test(alice, 0, by_quote, now), -1013, "Filter failure: NOTIONAL");
}

TEST_F(Filters, TrailingDeltaHasOneRangeAboveAndOneBelow) {
  with([](SymbolSpec& spec) {
    spec.filters.trailing_delta = {
        .above_min = 10, .above_max = 20, .below_min = 100, .below_max = 200};
  });
  struct Case {
    OrderType type;
    Side side;
    bool is_above;
  };
  for (const Case& each :
       {Case{kStopLoss, Side::kBuy, true}, Case{kTakeProfit, Side::kSell, true},
        Case{kStopLoss, Side::kSell, false}, Case{kTakeProfit, Side::kBuy, false}}) {
    const NewOrder order = stop(each.type, each.side, "0", "1");
    for (const std::int64_t bips : {10, 20}) {
      if (each.is_above) expect_passes(trailing(order, bips));
      if (!each.is_above) expect_passes(trailing(order, bips * 10));
    }
    for (const std::int64_t bips : {9, 21, 99, 201}) {
      expect_fails(trailing(order, bips), "TRAILING_DELTA");
    }
  }
}

TEST_F(Filters, MaxPositionCountsWhatIsThereAndWhatIsBeingBought) {
  with([](SymbolSpec& spec) { spec.filters.position_max = qty("12"); });
  place(alice, limit(Side::kSell, "200", "4"));  // locked counts, too
  place(alice, limit(Side::kBuy, "100", "1.5"));
  constexpr std::string_view kText = "Filter failure: MAX_POSITION";
  expect_error(exchange.test(alice, 0, limit(Side::kBuy, "100", "0.50000001"), now), -1013, kText);
  expect_passes(limit(Side::kBuy, "100", "0.5"));
  expect_passes(limit(Side::kSell, "200", "6"));
  crowd(Side::kSell, "100", "1");  // bought: no longer open, but there
  expect_error(exchange.test(alice, 0, limit(Side::kBuy, "100", "0.51"), now), -1013, kText);
}

TEST_F(Filters, MaxNumOrdersOfEachKind) {
  const auto full = [this](auto change, const NewOrder& order, std::string_view filter) {
    with(change);
    ASSERT_TRUE(exchange.place(alice, 0, order, now).has_value()) << filter;
    expect_error(exchange.place(alice, 0, order, now), -1013,
                 "Filter failure: " + std::string{filter});
    ASSERT_TRUE(exchange.cancel_all(alice, 0, now).has_value());
    ASSERT_TRUE(exchange.place(alice, 0, order, now).has_value()) << "freed by the cancel";
    ASSERT_TRUE(exchange.cancel_all(alice, 0, now).has_value());
  };
  full([](SymbolSpec& spec) { spec.filters.orders_max = 1; }, limit(Side::kBuy, "100", "1"),
       "MAX_NUM_ORDERS");
  full([](SymbolSpec& spec) { spec.filters.algo_orders_max = 1; },
       stop(kStopLoss, Side::kBuy, "100", "1"), "MAX_NUM_ALGO_ORDERS");
  full([](SymbolSpec& spec) { spec.filters.iceberg_orders_max = 1; },
       iceberg(limit(Side::kBuy, "100", "1"), "0.5"), "MAX_NUM_ICEBERG_ORDERS");
}

TEST_F(Filters, ListsAreHeldToTheCountsToo) {
  const NewOrderList oco{
      .kind = ListKind::kOco,
      .orders = {limit_maker(Side::kSell, "200", "1"), stop(kStopLoss, Side::kSell, "50", "1")}};
  const auto refuse = [&](auto change, std::string_view filter) {
    with(change);
    expect_error(exchange.place_list(alice, 0, oco, now), -1013,
                 "Filter failure: " + std::string{filter});
  };
  refuse([](SymbolSpec& spec) { spec.filters.orders_max = 1; }, "MAX_NUM_ORDERS");
  refuse([](SymbolSpec& spec) { spec.filters.algo_orders_max = 0; }, "MAX_NUM_ALGO_ORDERS");
  with([](SymbolSpec& spec) { spec.filters.order_lists_max = 1; });
  ASSERT_TRUE(exchange.place_list(alice, 0, oco, now).has_value());
  expect_error(exchange.place_list(alice, 0, oco, now), -1013,
               "Filter failure: MAX_NUM_ORDER_LISTS");
  ASSERT_TRUE(exchange.cancel_all(alice, 0, now).has_value());
  EXPECT_TRUE(exchange.place_list(alice, 0, oco, now).has_value());
}

TEST_F(Filters, ExchangeFiltersCountOverAllSymbols) {
  SymbolSpec first = btcusdt();
  first.filters = {};
  SymbolSpec second = first;
  second.symbol = "ETHUSDT";
  second.base_asset = "ETH";
  const NewOrderList oto{.kind = ListKind::kOto,
                         .orders = {limit(Side::kBuy, "100", "1"), market(Side::kSell, "1")}};
  Exchange venue{
      {first, second},
      {.filters = {
           .orders_max = 4, .algo_orders_max = 1, .iceberg_orders_max = 1, .order_lists_max = 1}}};
  const SimAccountId account = venue.add_account(rich());
  const auto place_both = [&](const NewOrder& order, std::string_view filter) {
    EXPECT_TRUE(venue.place(account, 0, order, now).has_value()) << filter;
    expect_error(venue.place(account, 1, order, now), -1013,
                 "Filter failure: " + std::string{filter});
  };
  place_both(stop(kStopLoss, Side::kBuy, "100", "1"), "EXCHANGE_MAX_NUM_ALGO_ORDERS");
  place_both(iceberg(limit(Side::kBuy, "100", "1"), "0.5"), "EXCHANGE_MAX_NUM_ICEBERG_ORDERS");
  EXPECT_TRUE(venue.place_list(account, 0, oto, now).has_value());
  expect_error(venue.place_list(account, 1, oto, now), -1013,
               "Filter failure: EXCHANGE_MAX_NUM_ORDERS");
  ASSERT_TRUE(venue.cancel(account, 0, by_id(2), now).has_value());
  ASSERT_TRUE(venue.cancel(account, 0, by_id(1), now).has_value());
  expect_error(venue.place_list(account, 1, oto, now), -1013,
               "Filter failure: EXCHANGE_MAX_NUM_ORDER_LISTS");
}

TEST_F(Filters, MaxAssetIsTheAccountsOwn) {
  with([](SymbolSpec&) {});
  AccountSettings settings;
  settings.asset_limits = {{.asset = "BTC", .limit = qty("2")},
                           {.asset = "USDT", .limit = qty("150")}};
  exchange.set_settings(alice, settings);
  expect_passes(limit(Side::kBuy, "75", "2"));
  expect_fails(limit(Side::kBuy, "1", "2.00000001"), "MAX_ASSET");
  expect_fails(limit(Side::kBuy, "75.1", "2"), "MAX_ASSET");
  NewOrder by_quote = market(Side::kBuy, "0");
  by_quote.quote_order_qty = Notional::from_units(151);
  expect_error(exchange.test(alice, 0, by_quote, now), -1013, "Filter failure: MAX_ASSET");
}

}  // namespace
}  // namespace portcullis::sim
