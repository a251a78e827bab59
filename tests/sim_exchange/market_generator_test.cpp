#include "sim/markets/market_generator.hpp"

#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

// FNV-1a over everything told.
class HashingListener : public ExchangeListener {
 public:
  void on_trade(const PublicTrade& trade) override {
    add(trade.symbol);
    add(trade.trade_id);
    add(static_cast<std::uint64_t>(trade.px.raw()));
    add(static_cast<std::uint64_t>(trade.qty.raw()));
    add(trade.buyer_is_maker ? 1 : 0);
    (trade.buyer_is_maker ? sells : buys) += 1;
  }
  void on_best_prices(std::size_t symbol, const BestPrices& best, WallTime) override {
    add(symbol);
    for (const Level& each : {best.bid, best.ask}) {
      add(static_cast<std::uint64_t>(each.px.raw()));
      add(static_cast<std::uint64_t>(each.qty.raw()));
    }
    if (best.bid.px >= best.ask.px && !best.ask.qty.is_zero()) ++crossed;
    if (best.bid.qty.is_zero() || best.ask.qty.is_zero()) ++empty_sides;
    ++tops;
  }
  void on_list_event(SimAccountId, const OrderList&) override {}
  void on_account_event(SimAccountId, const AccountEvent&) override { ++account_events; }

  std::uint64_t hash{0xcbf29ce484222325U};
  int buys{0};
  int sells{0};
  int tops{0};
  int crossed{0};
  int empty_sides{0};
  int account_events{0};

 private:
  void add(std::uint64_t value) { hash = (hash ^ value) * 0x100000001b3U; }
};

std::vector<SymbolSpec> two_symbols() {
  SymbolSpec eth = btcusdt();
  eth.symbol = "ETHUSDT";
  eth.base_asset = "ETH";
  eth.filters.lot_size->lot_size = eth.filters.lot_size->qty_min = Qty::from_raw(10'000);
  return {btcusdt(), eth};
}

struct History {
  explicit History(std::uint64_t seed, int steps = 20'000) {
    exchange.set_listener(&listener);
    MarketGenerator generator{
        exchange, {.seed = seed, .events_per_second = 1'000, .levels = 20, .start_prices = {}}};
    WallTime time = wall_time(1'723'161'255'000'000'000);
    for (int i = 0; i < steps; ++i) {
      generator.step(time);
      time += std::chrono::milliseconds{1};
    }
    events = generator.event_count();
  }
  Exchange exchange{two_symbols()};
  HashingListener listener;
  std::uint64_t events{0};
};

TEST(MarketGenerator, SameSeedSameHistory) {
  const History first{1};
  const History again{1};
  const History other{2};
  EXPECT_EQ(first.listener.hash, again.listener.hash);
  EXPECT_NE(first.listener.hash, other.listener.hash);
  EXPECT_EQ(first.events, 2U * 19'999U);  // one event a millisecond and symbol
}

TEST(MarketGenerator, KeepsABookAndTradesBothWays) {
  const History run{42};
  for (std::size_t symbol = 0; symbol < 2; ++symbol) {
    const DepthSnapshot depth = run.exchange.depth(symbol, 1'000);
    EXPECT_GE(depth.bids.size(), 8U);
    EXPECT_LE(depth.bids.size(), 60U);
    EXPECT_GE(depth.asks.size(), 8U);
    EXPECT_LE(depth.asks.size(), 60U);
  }
  EXPECT_GT(run.listener.buys, 500);
  EXPECT_GT(run.listener.sells, 500);
  EXPECT_GT(run.listener.tops, 5'000);
  EXPECT_EQ(run.listener.crossed, 0);
  EXPECT_LT(run.listener.empty_sides, run.listener.tops / 100 + 10);
  EXPECT_EQ(run.listener.account_events, 0);
}

TEST(MarketGenerator, FillsAnAccountsRestingOrder) {
  Exchange exchange{two_symbols()};
  const SimAccountId account =
      exchange.add_account({{.asset = "USDT", .free = Qty::from_units(1'000'000)}});
  MarketGenerator generator{exchange, {.seed = 3, .events_per_second = 1'000, .start_prices = {}}};
  WallTime time = wall_time(1'723'161'255'000'000'000);
  generator.step(time);
  NewOrder order = limit(Side::kBuy, "1", "0.01");
  order.px = exchange.best(0).bid.px + Price::from_units(0) + btcusdt().tick_size();
  if (order.px >= exchange.best(0).ask.px) order.px = exchange.best(0).bid.px;
  const auto placed = exchange.place(account, 0, order, time);
  ASSERT_TRUE(placed.has_value());
  for (int i = 0; i < 5'000; ++i) generator.step(time += std::chrono::milliseconds{1});
  EXPECT_EQ(exchange.find_order(account, 0, order_name(placed->order.order_id))->status,
            OrderStatus::kFilled);
}

TEST(MarketGenerator, ALateCallIsBounded) {
  Exchange exchange{two_symbols()};
  MarketGenerator generator{exchange,
                            {.seed = 3, .events_per_second = 100'000, .start_prices = {}}};
  WallTime time = wall_time(1'723'161'255'000'000'000);
  generator.step(time);
  generator.step(time + std::chrono::hours{1});
  EXPECT_EQ(generator.event_count(),
            2U * static_cast<std::uint64_t>(MarketGenerator::kMaxEventsPerStep));
  generator.step(time);  // a clock that goes back is no time passed
  EXPECT_EQ(generator.event_count(),
            2U * static_cast<std::uint64_t>(MarketGenerator::kMaxEventsPerStep));
}

TEST(MarketGenerator, AClosedMarketIsLeftAlone) {
  Exchange exchange{two_symbols()};
  MarketGenerator generator{exchange, {.seed = 3, .events_per_second = 1'000, .start_prices = {}}};
  WallTime time = wall_time(1'723'161'255'000'000'000);
  generator.step(time);
  exchange.set_status(0, SymbolStatus::kHalt);
  for (int i = 0; i < 1'000; ++i) generator.step(time += std::chrono::milliseconds{1});
  exchange.set_status(0, SymbolStatus::kTrading);
  for (int i = 0; i < 1'000; ++i) generator.step(time += std::chrono::milliseconds{1});
  EXPECT_FALSE(exchange.best(0).bid.qty.is_zero());
  EXPECT_FALSE(exchange.best(0).ask.qty.is_zero());
}

}  // namespace
}  // namespace portcullis::sim
