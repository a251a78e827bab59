// Self-trade prevention: the scenarios of Binance's STP FAQ, then what it says between the lines.
#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

class SelfTrade : public ::testing::Test {
 protected:
  static SymbolSpec plain() {
    SymbolSpec spec = btcusdt();
    spec.filters = {};
    spec.commission.standard = {};
    return spec;
  }
  SimAccountId add(std::int64_t group = -1) {
    return exchange.add_account(
        {{.asset = "BTC", .free = qty("20000")}, {.asset = "USDT", .free = qty("20000")}},
        {.trade_group_id = group});
  }
  PlaceResult place(SimAccountId account, Side side, std::string_view quantity,
                    std::string_view price, StpMode mode) {
    auto placed = exchange.place(account, 0, with_stp(limit(side, price, quantity), mode), now);
    EXPECT_TRUE(placed.has_value());
    return placed.value_or(PlaceResult{});
  }
  Order now_is(const PlaceResult& placed) {
    return exchange.find_order(placed.order.account, 0, order_name(placed.order.order_id)).value();
  }
  std::string balance(SimAccountId account, std::string_view asset) {
    for (const Balance& each : exchange.balances(account)) {
      if (each.asset == asset) return each.free.str() + "+" + each.locked.str();
    }
    return {};
  }
  static void expect_prevented(const Order& order, OrderStatus status, std::string_view quantity) {
    EXPECT_EQ(order.status, status);
    EXPECT_EQ(order.cum_qty, Qty{});
    EXPECT_EQ(order.prevented_qty, qty(quantity));
    EXPECT_EQ(order.prevented_match_id.has_value(), quantity != "0");
  }
  void SetUp() override { exchange.set_listener(&listener); }

  const WallTime now = wall_time(1'670'217'090'310'000'000);
  Exchange exchange{{plain()}};
  RecordingListener listener;
  const SimAccountId user = add();
};

using enum StpMode;
constexpr auto kGone = OrderStatus::kExpiredInMatch;

TEST_F(SelfTrade, ScenarioANoneTrades) {
  const auto maker = place(user, Side::kBuy, "1", "1", kNone);
  const auto taker = place(user, Side::kSell, "1", "1", kNone);
  EXPECT_EQ(now_is(maker).status, OrderStatus::kFilled);
  EXPECT_EQ(taker.order.status, OrderStatus::kFilled);
  EXPECT_EQ(taker.order.cum_quote.str(), "1");
  ASSERT_EQ(taker.fills.size(), 1U);
  EXPECT_TRUE(taker.prevented.empty());
  EXPECT_EQ(balance(user, "BTC"), "20000+0");
  EXPECT_EQ(balance(user, "USDT"), "20000+0");
}

TEST_F(SelfTrade, ScenarioBExpireMakerTakesTheMakersAndRests) {
  const auto first = place(user, Side::kBuy, "1.2", "1.2", kNone);
  const auto second = place(user, Side::kBuy, "1.3", "1.1", kNone);
  const auto third = place(user, Side::kBuy, "8.1", "1", kNone);
  listener.clear();
  const auto taker = place(user, Side::kSell, "3", "1", kExpireMaker);
  expect_prevented(now_is(first), kGone, "1.2");
  expect_prevented(now_is(second), kGone, "1.3");
  expect_prevented(now_is(third), kGone, "8.1");
  expect_prevented(now_is(taker), OrderStatus::kNew, "0");
  ASSERT_EQ(taker.prevented.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(taker.prevented[i].prevented_match_id, i);
    EXPECT_EQ(taker.prevented[i].taker_order_id, taker.order.order_id);
    EXPECT_TRUE(taker.prevented[i].taker_prevented_qty.is_zero());
    EXPECT_EQ(taker.prevented[i].mode, kExpireMaker);
    EXPECT_EQ(taker.prevented[i].trade_group_id, -1);
  }
  EXPECT_EQ(taker.prevented[1].maker_order_id, second.order.order_id);
  EXPECT_EQ(taker.prevented[1].px, px("1.1"));
  EXPECT_EQ(taker.prevented[1].maker_prevented_qty, qty("1.3"));
  EXPECT_EQ(listener.types(user), "NEW TRADE_PREVENTION TRADE_PREVENTION TRADE_PREVENTION");
  const AccountEvent& event = listener.events.at(1).event;
  EXPECT_EQ(event.order.order_id, first.order.order_id);
  EXPECT_EQ(event.last_prevented_qty, qty("1.2"));
  ASSERT_TRUE(event.prevented.has_value());
  EXPECT_EQ(event.prevented->match_qty, qty("1.2"));  // what would have traded
  EXPECT_EQ(exchange.best(0).ask.qty, qty("3"));
  EXPECT_TRUE(exchange.best(0).bid.qty.is_zero());
  EXPECT_EQ(balance(user, "USDT"), "20000+0");
}

TEST_F(SelfTrade, ScenarioCExpireTakerLeavesTheMakers) {
  const auto first = place(user, Side::kBuy, "1.2", "1.2", kNone);
  place(user, Side::kBuy, "1.3", "1.1", kNone);
  place(user, Side::kBuy, "8.1", "1", kNone);
  const auto taker = place(user, Side::kSell, "3", "1", kExpireTaker);
  expect_prevented(taker.order, kGone, "3");
  EXPECT_EQ(taker.order.prevented_match_id, 0U);
  EXPECT_EQ(exchange.open_orders(user, 0).size(), 3U);
  expect_prevented(now_is(first), OrderStatus::kNew, "0");
  EXPECT_EQ(balance(user, "BTC"), "20000+0");
}

TEST_F(SelfTrade, ScenarioDExpireBoth) {
  const SimAccountId member = add(1);
  const auto maker = place(member, Side::kBuy, "1", "1", kNone);
  const auto taker = place(member, Side::kSell, "3", "1", kExpireBoth);
  expect_prevented(now_is(maker), kGone, "1");
  expect_prevented(taker.order, kGone, "3");
  ASSERT_EQ(taker.prevented.size(), 1U);
  EXPECT_EQ(taker.prevented[0].taker_prevented_qty, qty("3"));
  EXPECT_EQ(taker.prevented[0].maker_prevented_qty, qty("1"));
  EXPECT_EQ(taker.prevented[0].match_qty, qty("1"));
  EXPECT_EQ(taker.prevented[0].trade_group_id, 1);
}

TEST_F(SelfTrade, ScenarioETheTakersModeDecides) {
  const auto maker = place(user, Side::kBuy, "1", "1", kExpireMaker);
  const auto taker = place(user, Side::kSell, "1", "1", kExpireTaker);
  expect_prevented(now_is(maker), OrderStatus::kNew, "0");
  expect_prevented(taker.order, kGone, "1");
  EXPECT_EQ(taker.prevented.at(0).taker_prevented_qty, qty("1"));
  EXPECT_TRUE(taker.prevented.at(0).maker_prevented_qty.is_zero());
}

TEST_F(SelfTrade, ScenarioFAMarketOrderExpiresForWantOfLiquidity) {
  const auto maker = place(user, Side::kBuy, "1", "1", kNone);
  const auto taker = exchange.place(user, 0, with_stp(market(Side::kSell, "1"), kExpireMaker), now);
  ASSERT_TRUE(taker.has_value());
  expect_prevented(now_is(maker), kGone, "1");
  expect_prevented(taker->order, OrderStatus::kExpired, "0");
  EXPECT_EQ(taker->order.expiry_reason, ExpiryReason::kInsufficientLiquidity);
  EXPECT_EQ(taker->prevented.size(), 1U);
}

TEST_F(SelfTrade, ScenarioGDecrementTakesTheSameFromBoth) {
  const auto maker = place(user, Side::kBuy, "6", "2", kNone);
  EXPECT_EQ(balance(user, "USDT"), "19988+12");
  listener.clear();
  const auto taker = place(user, Side::kSell, "2", "2", kDecrement);
  expect_prevented(now_is(maker), OrderStatus::kNew, "2");
  expect_prevented(taker.order, kGone, "2");
  EXPECT_EQ(now_is(maker).prevented_match_id, taker.order.prevented_match_id);
  EXPECT_EQ(exchange.best(0).bid.qty, qty("4"));
  EXPECT_EQ(balance(user, "USDT"), "19992+8");
  EXPECT_EQ(balance(user, "BTC"), "20000+0");
  EXPECT_EQ(listener.types(user), "NEW TRADE_PREVENTION TRADE_PREVENTION");
  // A second one adds up.
  place(user, Side::kSell, "1", "2", kDecrement);
  expect_prevented(now_is(maker), OrderStatus::kNew, "3");
  EXPECT_EQ(listener.events.back().event.last_prevented_qty, qty("1"));
}

TEST_F(SelfTrade, ScenarioHTransferMovesTheMoneyBetweenAccounts) {
  const SimAccountId maker_account = add(1);
  const SimAccountId taker_account = add(1);
  const auto maker = place(maker_account, Side::kBuy, "0.6", "0.2", kTransfer);
  const auto taker = place(taker_account, Side::kSell, "0.2", "0.2", kTransfer);
  expect_prevented(now_is(maker), OrderStatus::kNew, "0.2");
  expect_prevented(taker.order, kGone, "0.2");
  EXPECT_EQ(balance(maker_account, "BTC"), "20000.2+0");
  EXPECT_EQ(balance(maker_account, "USDT"), "19999.88+0.08");
  EXPECT_EQ(balance(taker_account, "BTC"), "19999.8+0");
  EXPECT_EQ(balance(taker_account, "USDT"), "20000.04+0");
  EXPECT_TRUE(listener.trades.empty());
  EXPECT_TRUE(exchange.fills(taker_account, 0, fills_of(0, 10)).empty());
  EXPECT_EQ(taker.prevented.at(0).mode, kTransfer);
  EXPECT_EQ(exchange.last_price(0), Price{});
}

// ---- the table of effective modes

TEST_F(SelfTrade, TransferNeedsTheMakersConsent) {
  const SimAccountId maker_account = add(1);
  const SimAccountId taker_account = add(1);
  place(maker_account, Side::kBuy, "0.6", "0.2", kExpireTaker);
  const auto taker = place(taker_account, Side::kSell, "0.2", "0.2", kTransfer);
  EXPECT_EQ(taker.prevented.at(0).mode, kDecrement);
  EXPECT_EQ(balance(taker_account, "USDT"), "20000+0");
  EXPECT_EQ(taker.order.stp, kTransfer);
}

TEST_F(SelfTrade, TransferWithinOneAccountIsDecrement) {
  place(user, Side::kBuy, "0.6", "0.2", kTransfer);
  place(user, Side::kSell, "0.2", "0.2", kTransfer);
  EXPECT_EQ(balance(user, "BTC"), "20000+0");
  EXPECT_EQ(balance(user, "USDT"), "19999.92+0.08");
}

TEST_F(SelfTrade, AMakersTransferDoesNotBindTheTaker) {
  const SimAccountId maker_account = add(1);
  const SimAccountId taker_account = add(1);
  place(maker_account, Side::kBuy, "0.6", "0.2", kTransfer);
  EXPECT_EQ(place(taker_account, Side::kSell, "0.2", "0.2", kNone).order.status,
            OrderStatus::kFilled);
}

// ---- groups

TEST_F(SelfTrade, AccountsWithoutAGroupAndOfOtherGroupsTrade) {
  const SimAccountId one = add(1);
  const SimAccountId two = add(2);
  place(user, Side::kBuy, "1", "1", kExpireMaker);
  EXPECT_EQ(place(one, Side::kSell, "1", "1", kExpireMaker).order.status, OrderStatus::kFilled);
  place(one, Side::kBuy, "1", "1", kExpireMaker);
  EXPECT_EQ(place(two, Side::kSell, "1", "1", kExpireMaker).order.status, OrderStatus::kFilled);
  const SimAccountId another = add();  // -1 is no group
  place(user, Side::kBuy, "1", "1", kExpireMaker);
  EXPECT_EQ(place(another, Side::kSell, "1", "1", kExpireMaker).order.status, OrderStatus::kFilled);
}

TEST_F(SelfTrade, AGroupChangedLaterCountsAtOnce) {
  const SimAccountId one = add(1);
  place(user, Side::kBuy, "1", "1", kExpireMaker);
  AccountSettings settings = exchange.settings(user);
  settings.trade_group_id = 1;
  exchange.set_settings(user, settings);
  EXPECT_EQ(place(one, Side::kSell, "1", "1", kExpireTaker).order.status, kGone);
}

// ---- in between

TEST_F(SelfTrade, TheTakerTradesOnWithOthersBehindItsOwn) {
  const SimAccountId other = add();
  place(user, Side::kBuy, "1", "3", kNone);
  place(other, Side::kBuy, "1", "2", kNone);
  const auto taker = place(user, Side::kSell, "3", "1", kDecrement);
  EXPECT_EQ(taker.order.status, OrderStatus::kPartiallyFilled);
  EXPECT_EQ(taker.order.cum_qty, qty("1"));
  EXPECT_EQ(taker.order.prevented_qty, qty("1"));
  EXPECT_EQ(exchange.best(0).ask.qty, qty("1"));
}

TEST_F(SelfTrade, APartlyFilledOrderEndsExpiredInMatchWhenTheRestIsPrevented) {
  const SimAccountId other = add();
  place(other, Side::kBuy, "1", "3", kNone);
  place(user, Side::kBuy, "5", "2", kNone);
  const auto taker = place(user, Side::kSell, "3", "1", kDecrement);
  EXPECT_EQ(taker.order.status, kGone);
  EXPECT_EQ(taker.order.cum_qty, qty("1"));
  EXPECT_EQ(taker.order.prevented_qty, qty("2"));
  EXPECT_EQ(balance(user, "BTC"), "19999+0");
}

TEST_F(SelfTrade, AnIcebergIsDecrementedSliceBySliceAndExpiredWhole) {
  const auto maker =
      exchange.place(user, 0, with_stp(iceberg(limit(Side::kBuy, "2", "6"), "2"), kNone), now);
  place(user, Side::kSell, "3", "2", kDecrement);
  EXPECT_EQ(now_is(*maker).prevented_qty, qty("3"));
  EXPECT_EQ(exchange.best(0).bid.qty, qty("1"));
  const auto taker = place(user, Side::kSell, "1", "2", kExpireMaker);
  expect_prevented(now_is(*maker), kGone, "6");
  EXPECT_EQ(taker.prevented.at(0).maker_prevented_qty, qty("3"));
  EXPECT_TRUE(exchange.best(0).bid.qty.is_zero());
}

TEST_F(SelfTrade, AFillOrKillDoesNotCountWhatItMayNotHave) {
  const SimAccountId other = add();
  place(user, Side::kBuy, "1", "2", kNone);
  place(other, Side::kBuy, "1", "2", kNone);
  for (const StpMode mode : {kExpireTaker, kExpireMaker, kExpireBoth, kDecrement, kTransfer}) {
    NewOrder order = with_stp(limit(Side::kSell, "2", "2", TimeInForce::kFok), mode);
    EXPECT_EQ(exchange.place(user, 0, order, now)->order.status, OrderStatus::kExpired);
  }
  EXPECT_EQ(exchange.best(0).bid.qty, qty("2"));
  NewOrder order = with_stp(limit(Side::kSell, "2", "2", TimeInForce::kFok), kNone);
  EXPECT_EQ(exchange.place(user, 0, order, now)->order.status, OrderStatus::kFilled);
}

TEST_F(SelfTrade, PreventedMatchesAreFoundByIdAndByOrderOfBothAccounts) {
  const SimAccountId one = add(1);
  const SimAccountId two = add(1);
  for (int i = 0; i < 3; ++i) {
    place(one, Side::kBuy, "1", "1", kNone);
    place(two, Side::kSell, "1", "1", kExpireMaker);
    ASSERT_TRUE(exchange.cancel_all(two, 0, now).has_value());
  }
  for (const SimAccountId account : {one, two}) {
    EXPECT_EQ(exchange.prevented_matches(account, 0, {}).size(), 3U);
    const auto from = exchange.prevented_matches(account, 0, {.from_id = 1, .limit = 1});
    ASSERT_EQ(from.size(), 1U);
    EXPECT_EQ(from[0].prevented_match_id, 1U);
    const auto of_order =
        exchange.prevented_matches(account, 0, {.order_id = from[0].maker_order_id});
    ASSERT_EQ(of_order.size(), 1U);
    EXPECT_EQ(of_order[0].prevented_match_id, 1U);
    EXPECT_EQ(exchange.prevented_matches(account, 0, {.limit = 2})[0].prevented_match_id, 1U);
  }
  EXPECT_TRUE(exchange.prevented_matches(user, 0, {}).empty());
}

TEST_F(SelfTrade, AModeTheSymbolDoesNotAllowIsRefusedAndItsDefaultTaken) {
  SymbolSpec spec = plain();
  spec.default_stp = kExpireBoth;
  spec.allowed_stp.reset(static_cast<std::size_t>(kTransfer));
  exchange.replace_spec(0, spec);
  const auto refused =
      exchange.place(user, 0, with_stp(limit(Side::kBuy, "1", "1"), kTransfer), now);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, -1013);
  EXPECT_EQ(refused.error().message,
            "This symbol does not allow the specified self-trade prevention mode.");
  EXPECT_EQ(exchange.place(user, 0, limit(Side::kBuy, "1", "1"), now)->order.stp, kExpireBoth);
}

}  // namespace
}  // namespace portcullis::sim
