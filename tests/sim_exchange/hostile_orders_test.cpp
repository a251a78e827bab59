// Orders that no protocol lets through: the exchange refuses or carries them out, and lives on.
#include <array>
#include <limits>

#include <gtest/gtest.h>

#include "sim/random.hpp"
#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

class HostileOrders : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  std::int64_t any_raw() {
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    constexpr std::array<std::int64_t, 14> kValues{0,
                                                   0,
                                                   0,
                                                   1,
                                                   -1,
                                                   2,
                                                   1'000,
                                                   kDecimalScale,
                                                   -kDecimalScale,
                                                   123'456'789'012,
                                                   kMax / 2,
                                                   kMax,
                                                   kMax - 1,
                                                   -kMax};
    return kValues[static_cast<std::size_t>(random.below(kValues.size()))];
  }
  template <class Enum>
  Enum any(std::int64_t count) {
    return static_cast<Enum>(random.below(count));
  }
  NewOrder any_order() {
    NewOrder order;
    order.side = any<Side>(2);
    order.type = any<OrderType>(static_cast<std::int64_t>(OrderType::kCount));
    order.tif = any<TimeInForce>(3);
    order.px = Price::from_raw(any_raw());
    order.qty = Qty::from_raw(any_raw());
    order.quote_order_qty = Notional::from_raw(random.chance(20) ? any_raw() : 0);
    const bool is_apt = random.chance(70);  // only what goes with the type
    if (!is_apt || is_contingent(order.type)) order.stop_px = Price::from_raw(any_raw());
    if (!is_apt || random.chance(10)) order.iceberg_qty = Qty::from_raw(any_raw());
    if (!is_apt || (is_contingent(order.type) && random.chance(20))) {
      order.trailing_bips = any_raw();
    }
    if (random.chance(50)) order.stp = any<StpMode>(static_cast<std::int64_t>(StpMode::kCount));
    if (random.chance(10)) {
      order.peg = {.price_type = any<PegPriceType>(3),
                   .offset_levels = static_cast<int>(any_raw() % 200)};
    }
    if (random.chance(20)) order.client_order_id = std::to_string(random.below(5));
    return order;
  }
  Random random{GetParam()};
};

TEST_P(HostileOrders, AreRefusedOrCarriedOut) {
  SymbolSpec spec = btcusdt();
  spec.filters = {};
  Exchange exchange{{spec}};
  const SimAccountId account =
      exchange.add_account({{.asset = "BTC", .free = Qty::from_raw(Qty::max().raw() / 2)},
                            {.asset = "USDT", .free = Qty::max()}});
  const SimAccountId poor = exchange.add_account({{.asset = "USDT", .free = Qty::from_raw(5)}});
  WallTime now = wall_time(1'723'161'255'000'000'000);
  int accepted = 0;
  int refused = 0;
  const auto count = [&](bool is_accepted) { ++(is_accepted ? accepted : refused); };
  for (int i = 0; i < 50'000; ++i) {
    now += Nanos{random.below(1'000'000'000)};
    const SimAccountId who = random.chance(80) ? account : poor;
    const auto id = static_cast<std::uint64_t>(random.below(accepted + 2));
    switch (random.below(7)) {
      case 0:
        count(exchange
                  .place_list(who, 0,
                              {.kind = any<ListKind>(5),
                               .orders = std::vector<NewOrder>(
                                   static_cast<std::size_t>(random.below(5)), any_order())},
                              now)
                  .has_value());
        break;
      case 1:
        count(
            exchange
                .amend(who, 0, {.target = order_name(id), .new_qty = Qty::from_raw(any_raw())}, now)
                .has_value());
        break;
      case 2: count(exchange.cancel(who, 0, by_id(id), now).has_value()); break;
      case 3:
        count(exchange
                  .cancel_replace(who, 0,
                                  {.cancel = by_id(id),
                                   .order = any_order(),
                                   .stops_on_failure = random.chance(50)},
                                  now)
                  .has_value());
        break;
      default: count(exchange.place(who, 0, any_order(), now).has_value());
    }
    for (const Balance& balance : exchange.balances(who)) {
      ASSERT_FALSE(balance.free.is_negative());
      ASSERT_FALSE(balance.locked.is_negative());
    }
  }
  EXPECT_GT(accepted, 1'000);
  EXPECT_GT(refused, 10'000);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HostileOrders,
                         ::testing::Range(std::uint64_t{1}, std::uint64_t{6}));

using ExchangeActs = ExchangeTest;

TEST_F(ExchangeActs, TheVenueExpiresWhatIsOpenAndListsAsAWhole) {
  last_price("60000");
  const auto plain = place(alice, limit(Side::kBuy, "50000", "1"));
  const auto list =
      exchange.place_list(bob, 0,
                          {.kind = ListKind::kOco,
                           .orders = {limit_maker(Side::kSell, "61000", "1"),
                                      stop(OrderType::kStopLoss, Side::kSell, "59000", "1")}},
                          now);
  EXPECT_EQ(exchange.expire_orders(0, now), 2U);
  EXPECT_EQ(order_of(alice, plain.order.order_id).expiry_reason, ExpiryReason::kExchangeCanceled);
  for (const auto& leg : list->list.legs) {
    EXPECT_EQ(order_of(bob, leg.order_id).status, OrderStatus::kExpired);
    EXPECT_EQ(order_of(bob, leg.order_id).expiry_reason, ExpiryReason::kExchangeCanceled);
  }
  EXPECT_TRUE(exchange.open_lists(bob).empty());
  EXPECT_EQ(locked(bob, "BTC"), "0");
  EXPECT_EQ(listener.story(bob),
            "NEW NEW list:EXEC_STARTED position EXPIRED EXPIRED list:ALL_DONE position");
  EXPECT_EQ(exchange.expire_orders(0, now), 0U);
}

TEST_F(ExchangeActs, AHaltedSymbolShowsTheMarketAndFillsAndTriggersNothing) {
  last_price("60000");
  const auto resting = place(alice, limit(Side::kBuy, "59000", "1"));
  const auto waiting = place(alice, stop(OrderType::kStopLoss, Side::kSell, "58500", "1"));
  exchange.set_status(0, SymbolStatus::kHalt);
  exchange.set_crowd_level(0, Side::kSell, level("58000", "5"), now);
  exchange.print_crowd_trade(0, Side::kSell, level("58000", "5"), now);
  EXPECT_EQ(exchange.last_price(0), px("58000"));
  EXPECT_EQ(exchange.best(0).ask.px, px("58000"));
  EXPECT_EQ(order_of(alice, resting.order.order_id).cum_qty, Qty{});
  EXPECT_FALSE(order_of(alice, waiting.order.order_id).is_working());
  exchange.set_status(0, SymbolStatus::kTrading);
  exchange.set_crowd_level(0, Side::kSell, level("58000", "5"), now);
  EXPECT_EQ(order_of(alice, resting.order.order_id).status, OrderStatus::kFilled);
  last_price("58000");
  EXPECT_NE(order_of(alice, waiting.order.order_id).status, OrderStatus::kNew);
}

TEST_F(ExchangeActs, MoreThanCanBeHeldIsRefused) {
  SymbolSpec spec = btcusdt();
  spec.filters = {};
  exchange.replace_spec(0, spec);
  ASSERT_TRUE(exchange.deposit(alice, "BTC", Qty::max() - Qty::from_units(10)));
  NewOrder order = limit(Side::kBuy, "1", "1");
  order.qty = Qty::from_raw(1);
  order.px = Price::from_units(1);
  expect_refused(order, -1013, "Filter failure: MAX_POSITION");
}

// A symbol that no filter guards, and money without end.
class Unfiltered : public ExchangeTest {
 protected:
  static SymbolSpec spec() {
    SymbolSpec unguarded = btcusdt();
    unguarded.filters = {};
    return unguarded;
  }

  SimAccountId rich_in(std::string_view asset) {
    return exchange.add_account({{.asset = std::string{asset}, .free = Qty::max(), .locked = {}}});
  }

  Order place(SimAccountId owner, const NewOrder& order) {
    const auto result = exchange.place(owner, 0, order, now);
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
    return result ? result->order : Order{};
  }

  Exchange exchange{{spec()}};
};

TEST_F(Unfiltered, AnIcebergOfMoreThanAThousandPartsIsRefused) {
  const SimAccountId seller = rich_in("BTC");
  const NewOrder order = limit(Side::kSell, "60000", "1");
  EXPECT_EQ(place(seller, iceberg(order, "0.001")).status, OrderStatus::kNew);
  expect_error(exchange.place(seller, 0, iceberg(order, "0.00099999"), now), -1013,
               "Filter failure: ICEBERG_PARTS");
}

TEST_F(Unfiltered, AnOrderThatItsLevelHasNoNumberForEnds) {
  const SimAccountId first = rich_in("BTC");
  const SimAccountId second = rich_in("BTC");
  NewOrder order = limit(Side::kSell, "1", "1");
  order.qty = Qty::max();
  EXPECT_EQ(place(first, order).status, OrderStatus::kNew);
  order.qty = Qty::from_raw(1);
  const Order over = place(second, order);
  EXPECT_EQ(over.status, OrderStatus::kExpired);
  EXPECT_EQ(over.expiry_reason, ExpiryReason::kExchangeCanceled);
  EXPECT_EQ(exchange.best(0).ask.qty, Qty::max());
}

TEST_F(Unfiltered, ATrailingBuyWithAnEndlessDeltaNeverTriggers) {
  exchange.print_crowd_trade(0, Side::kBuy, level("40000", "0.00001"), now);
  NewOrder order = limit(Side::kBuy, "1", "1");
  order.type = OrderType::kStopLossLimit;
  order.trailing_bips = std::numeric_limits<std::int64_t>::max();
  const SimAccountId buyer = rich_in("USDT");
  const Order placed = place(buyer, order);
  for (const char* price : {"40000", "1", "90000"}) {
    exchange.print_crowd_trade(0, Side::kBuy, level(price, "0.00001"), now);
  }
  const auto found = exchange.find_order(buyer, 0, order_name(placed.order_id));
  ASSERT_TRUE(found.has_value());
  EXPECT_FALSE(found->is_working());
}

}  // namespace
}  // namespace portcullis::sim
