// Random orders into the exchange and into a simple second one: same trades in the same order, same
// states, same book, same money to the last 1e-8.
#include <random>

#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"
#include "tests/sim_exchange/reference_exchange.hpp"

namespace portcullis::sim {
namespace {

using reference::Kind;

constexpr int kAccounts = 3;
constexpr std::int64_t kMakerPpm = 753;
constexpr std::int64_t kTakerPpm = 1'001;
constexpr std::int64_t kStartBase = 40 * kDecimalScale;
constexpr std::int64_t kStartQuote = 4'000 * kDecimalScale;

// Ticks and lots of one 1e-8, so that almost no product is exact and every rounding counts.
SymbolSpec finest_symbol() {
  SymbolSpec spec = btcusdt();
  spec.filters.price->tick_size = spec.filters.price->px_min = Price::from_raw(1);
  spec.filters.lot_size->lot_size = spec.filters.lot_size->qty_min = Qty::from_raw(1);
  spec.filters.notional->notional_min = {};
  spec.commission.standard = {.maker = Rate::from_raw(kMakerPpm * 100),
                              .taker = Rate::from_raw(kTakerPpm * 100)};
  return spec;
}

char state_letter(OrderStatus state) {
  if (state == OrderStatus::kNew) return 'n';
  if (state == OrderStatus::kPartiallyFilled) return 'p';
  if (state == OrderStatus::kFilled) return 'f';
  if (state == OrderStatus::kCanceled) return 'c';
  const bool is_expired = state == OrderStatus::kExpired || state == OrderStatus::kExpiredInMatch;
  return is_expired ? 'e' : '?';
}

NewOrder as_new_order(const reference::Order& order) {
  NewOrder out;
  out.side = order.is_buy ? Side::kBuy : Side::kSell;
  out.px = Price::from_raw(order.px);
  out.qty = Qty::from_raw(order.qty);
  if (order.kind == Kind::kMarket) out.type = OrderType::kMarket;
  if (order.kind == Kind::kMaker) out.type = OrderType::kLimitMaker;
  if (order.kind == Kind::kIoc) out.tif = TimeInForce::kIoc;
  if (order.kind == Kind::kFok) out.tif = TimeInForce::kFok;
  return out;
}

std::map<std::int64_t, std::int64_t> as_map(const std::vector<Level>& levels) {
  std::map<std::int64_t, std::int64_t> out;
  for (const Level& level : levels) out[level.px.raw()] = level.qty.raw();
  return out;
}

// The listener's own picture: the newest event of each order, the newest balances of each account.
class Journal : public ExchangeListener {
 public:
  void on_trade(const PublicTrade& trade) override {
    trades.push_back(
        {.px = trade.px.raw(), .qty = trade.qty.raw(), .is_buyer_maker = trade.buyer_is_maker});
    EXPECT_EQ(trade.trade_id, ++last_trade_id);
  }
  void on_best_prices(std::size_t, const BestPrices& prices, WallTime) override { best = prices; }
  void on_list_event(SimAccountId, const OrderList&) override {}
  void on_account_event(SimAccountId, const AccountEvent& event) override {
    EXPECT_GT(event.execution_id, last_execution_id);
    last_execution_id = event.execution_id;
    orders[event.order.order_id] = event.order;
    if (event.fill) filled[event.order.order_id] += event.fill->qty;
  }
  void on_account_position(SimAccountId account, const std::vector<Balance>& told,
                           WallTime) override {
    balances[account.raw()] = told;
  }

  std::vector<reference::Trade> trades;
  std::uint64_t last_trade_id{0};
  std::uint64_t last_execution_id{0};
  BestPrices best;
  std::map<std::uint64_t, Order> orders;
  std::map<std::uint64_t, Qty> filled;
  std::map<std::uint32_t, std::vector<Balance>> balances;
};

class ExchangeModel : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    exchange.set_listener(&journal);
    for (int account = 1; account <= kAccounts; ++account) {
      exchange.add_account({{.asset = "BTC", .free = Qty::from_raw(kStartBase)},
                            {.asset = "USDT", .free = Qty::from_raw(kStartQuote)}});
    }
  }

  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
  }

  void step() {
    if (below(100) < 30) {
      cancel_one();
    } else {
      place_one();
    }
  }

  void place_one() {
    constexpr Kind kKinds[] = {Kind::kLimit, Kind::kLimit, Kind::kLimit, Kind::kLimit,
                               Kind::kMaker, Kind::kMaker, Kind::kIoc,   Kind::kIoc,
                               Kind::kFok,   Kind::kMarket};
    reference::Order order;
    order.account = static_cast<int>(below(kAccounts + 1));
    order.is_buy = below(2) == 0;
    order.kind = kKinds[below(10)];
    order.px = 100 * kDecimalScale + 1'234'567 * below(16) + (order.is_buy ? 0 : 4'000'001);
    order.qty = 1 + below(below(10) == 0 ? 40 * kDecimalScale : 3 * kDecimalScale);

    const std::string refused = model.place(order);
    const auto result = exchange.place(SimAccountId{static_cast<std::uint32_t>(order.account)}, 0,
                                       as_new_order(order), wall_time(++time_ns));
    ASSERT_EQ(result.has_value(), refused.empty()) << refused;
    if (!result) {
      EXPECT_EQ(result.error().message,
                refused == "maker" ? "Order would immediately match and take."
                                   : "Account has insufficient balance for requested action.");
      ++refusals[refused];
      return;
    }
    const reference::Order& expected = model.order(model.last_id());
    ASSERT_EQ(result->order.order_id, expected.id);
    ASSERT_EQ(state_letter(result->order.status), expected.state);
    ASSERT_EQ(result->order.cum_qty.raw(), expected.done);
    ASSERT_EQ(result->order.cum_quote.raw(), expected.paid);
    ++states[expected.state];
  }

  void cancel_one() {
    const int account = static_cast<int>(below(kAccounts + 1));
    if (model.last_id() == 0) return;
    const auto open = model.open(account);
    std::uint64_t id =
        1 + static_cast<std::uint64_t>(below(static_cast<std::int64_t>(model.last_id())));
    if (!open.empty() && below(10) != 0) {
      id = *std::next(open.begin(), below(static_cast<std::int64_t>(open.size())));
    }
    const auto canceled = exchange.cancel(SimAccountId{static_cast<std::uint32_t>(account)}, 0,
                                          by_id(id), wall_time(++time_ns));
    ASSERT_EQ(canceled.has_value(), model.cancel(account, id));
    if (canceled) ++states['c'];
  }

  void compare_money() {
    for (int account = 0; account <= kAccounts; ++account) {
      const auto balances = exchange.balances(SimAccountId{static_cast<std::uint32_t>(account)});
      for (std::size_t asset = 0; asset < 2; ++asset) {
        const bool is_base = asset == 0;
        const std::int64_t locked = account == 0 ? 0 : model.locked(account, is_base);
        ASSERT_EQ(balances[asset].locked.raw(), locked);
        ASSERT_EQ(balances[asset].free.raw(), model.total(account, is_base) - locked);
      }
    }
  }

  void compare_all() {
    compare_money();
    const DepthSnapshot depth = exchange.depth(0, 1'000'000);
    ASSERT_EQ(as_map(depth.bids), model.depth(true));
    ASSERT_EQ(as_map(depth.asks), model.depth(false));
    ASSERT_EQ(journal.best.bid.qty, depth.bids.empty() ? Qty{} : depth.bids[0].qty);
    ASSERT_EQ(journal.best.ask.qty, depth.asks.empty() ? Qty{} : depth.asks[0].qty);
    for (std::uint32_t account = 1; account <= kAccounts; ++account) {
      std::set<std::uint64_t> open;
      for (const Order& order : exchange.open_orders(SimAccountId{account}, 0)) {
        open.insert(order.order_id);
      }
      ASSERT_EQ(open, model.open(static_cast<int>(account)));
    }
  }

  // Nothing came from nowhere and nothing went: accounts, crowd and the venue's fees.
  void expect_money_conserved() {
    const auto fees = exchange.fees_collected();
    for (std::size_t asset = 0; asset < 2; ++asset) {
      std::int64_t sum = fees[asset].free.raw();
      EXPECT_EQ(sum, model.fees(asset == 0));
      EXPECT_GT(sum, 0);
      for (std::uint32_t account = 0; account <= kAccounts; ++account) {
        const Balance balance = exchange.balances(SimAccountId{account})[asset];
        sum += balance.free.raw() + balance.locked.raw();
      }
      EXPECT_EQ(sum, kAccounts * (asset == 0 ? kStartBase : kStartQuote));
    }
  }

  void expect_events_tell_the_state() {
    for (const auto& [id, told] : journal.orders) {
      const auto found = exchange.find_order(told.account, 0, order_name(id));
      if (!found) continue;  // so old that it was forgotten
      ASSERT_EQ(found->status, told.status);
      ASSERT_EQ(found->cum_qty, told.cum_qty);
      ASSERT_EQ(journal.filled[id], told.cum_qty);
      ASSERT_EQ(state_letter(told.status), model.order(id).state);
      ASSERT_EQ(told.cum_quote.raw(), model.order(id).paid);
    }
    for (const auto& [account, told] : journal.balances) {
      const auto balances = exchange.balances(SimAccountId{account});
      for (std::size_t asset = 0; asset < 2; ++asset) {
        ASSERT_EQ(told[asset].free, balances[asset].free);
        ASSERT_EQ(told[asset].locked, balances[asset].locked);
      }
    }
  }

  std::mt19937_64 random{GetParam()};
  std::int64_t time_ns{0};
  Exchange exchange{{finest_symbol()}};
  reference::Exchange model{kMakerPpm, kTakerPpm, kAccounts, kStartBase, kStartQuote};
  Journal journal;
  std::map<std::string, int> refusals;
  std::map<char, int> states;
};

TEST_P(ExchangeModel, AgreesWithTheReference) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  constexpr int kOperations = 50'000;
  for (int i = 0; i < kOperations; ++i) {
    step();
    if (HasFatalFailure()) FAIL() << "at operation " << i;
    if (i % 16 == 0) compare_money();
    if (i % 256 == 0) compare_all();
    if (HasFatalFailure()) FAIL() << "after operation " << i;
  }
  compare_all();
  EXPECT_EQ(journal.trades, model.trades());
  expect_money_conserved();
  expect_events_tell_the_state();
  // The run means something only when every way out was taken often.
  EXPECT_GT(journal.trades.size(), 5'000U);
  EXPECT_GT(refusals["funds"], 100);
  EXPECT_GT(refusals["maker"], 100);
  for (const char state : {'n', 'p', 'f', 'c', 'e'}) EXPECT_GT(states[state], 500) << state;
}

INSTANTIATE_TEST_SUITE_P(Seeds, ExchangeModel, ::testing::Values(1U, 2U, 3U, 20'240'808U));

}  // namespace
}  // namespace portcullis::sim
