// Random requests of every kind from several accounts: whatever happens, money is conserved, what
// is locked is what open orders need, the book is not crossed, and the events tell the state.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/random.hpp"
#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

constexpr std::uint32_t kAccounts = 5;
constexpr int kOperations = 250'000;

SymbolSpec coarse(std::string_view name, std::string_view tick, std::string_view lot) {
  SymbolSpec spec = symbol_spec_by_name(name).value();
  spec.filters = {};
  spec.filters.price = {.px_min = px(tick), .px_max = px("1000"), .tick_size = px(tick)};
  spec.filters.lot_size = {.qty_min = qty(lot), .qty_max = qty("500"), .lot_size = qty(lot)};
  spec.filters.order_amends_max = 10;
  spec.filters.orders_max = 60;
  spec.commission = {.standard = {.maker = Rate::from_raw(100'000),
                                  .taker = Rate::from_raw(123'457),
                                  .buyer = Rate::from_raw(10'001),
                                  .seller = Rate::from_raw(7'777)},
                     .special = {.taker = Rate::from_raw(33'333)},
                     .tax = {.maker = Rate::from_raw(1'111), .seller = Rate::from_raw(2'222)}};
  spec.base_commission_precision = 7;
  return spec;
}

// The newest of everything each account was told.
class LastTold : public ExchangeListener {
 public:
  using OrderKey = std::pair<std::size_t, std::uint64_t>;

  void on_trade(const PublicTrade& trade) override {
    EXPECT_EQ(trade.trade_id, ++last_trade_id[trade.symbol]);
    ++trades;
  }
  void on_best_prices(std::size_t symbol, const BestPrices& prices, WallTime) override {
    best[symbol] = prices;
  }
  void on_list_event(SimAccountId, const OrderList& list) override {
    lists[list.list_id] = list;
    if (list.order_status == ListOrderStatus::kAllDone) ++lists_done;
  }
  void on_account_event(SimAccountId account, const AccountEvent& event) override {
    const Order& order = event.order;
    EXPECT_EQ(account, order.account);
    EXPECT_GT(event.execution_id, last_execution_id[order.symbol]);
    last_execution_id[order.symbol] = event.execution_id;
    ++types[event.type];
    if (event.type == AccountEvent::Type::kRejected) return;
    Order& known = orders[{order.symbol, order.order_id}];
    if (known.order_id != 0) {
      EXPECT_TRUE(known.is_open()) << "an event after the last";
      EXPECT_GE(order.cum_qty, known.cum_qty);
      EXPECT_GE(order.prevented_qty, known.prevented_qty);
    }
    if (event.fill) filled[{order.symbol, order.order_id}] += event.fill->qty;
    EXPECT_GE(order.leaves().raw(), 0);
    known = order;
    ++reasons[order.expiry_reason];
  }
  void on_account_position(SimAccountId account, const std::vector<Balance>& told,
                           WallTime) override {
    for (const Balance& balance : told) balances[{account.raw(), balance.asset}] = balance;
  }

  std::map<std::size_t, std::uint64_t> last_trade_id;
  std::map<std::size_t, std::uint64_t> last_execution_id;
  std::map<std::size_t, BestPrices> best;
  std::map<OrderKey, Order> orders;
  std::map<OrderKey, Qty> filled;
  std::map<std::int64_t, OrderList> lists;
  std::map<std::pair<std::uint32_t, std::string>, Balance> balances;
  std::map<AccountEvent::Type, int> types;
  std::map<ExpiryReason, int> reasons;
  int trades{0};
  int lists_done{0};
};

class ExchangeProperty : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    exchange.set_listener(&told);
    for (std::uint32_t i = 0; i < kAccounts; ++i) {
      AccountSettings settings;
      settings.has_discount = i % 2 == 0;
      if (i >= 2) settings.trade_group_id = 7;
      exchange.add_account({{.asset = "BTC", .free = start},
                            {.asset = "USDT", .free = start},
                            {.asset = "BNB", .free = i == 0 ? Qty::from_raw(12'345) : start}},
                           settings);
    }
  }

  std::int64_t below(std::int64_t bound) { return random.below(bound); }
  SimAccountId any_account() {
    return SimAccountId{static_cast<std::uint32_t>(1 + below(kAccounts))};
  }
  std::size_t any_symbol() { return static_cast<std::size_t>(below(2)); }
  // Around 100, mostly near.
  Price any_px(std::size_t symbol) {
    const std::int64_t ticks = 1'000 + below(41) - 20 + (random.chance(10) ? below(201) - 100 : 0);
    return Price::from_raw(ticks * exchange.symbols()[symbol].tick_size().raw());
  }
  Qty any_qty(std::size_t symbol) {
    const std::int64_t lots = 1 + below(random.chance(5) ? 4'000 : 60);
    return Qty::from_raw(lots * exchange.symbols()[symbol].lot_size().raw());
  }

  void add_trigger(NewOrder& order, std::size_t symbol) {
    if (random.chance(75)) order.stop_px = any_px(symbol);
    if (order.stop_px.is_zero() || random.chance(30)) order.trailing_bips = 1 + below(300);
  }

  NewOrder any_order(std::size_t symbol) {
    NewOrder order;
    order.type = static_cast<OrderType>(below(static_cast<std::int64_t>(OrderType::kCount)));
    if (random.chance(50)) order.type = OrderType::kLimit;
    order.side = random.chance(50) ? Side::kBuy : Side::kSell;
    order.qty = any_qty(symbol);
    if (has_limit_price(order.type)) order.px = any_px(symbol);
    if (is_contingent(order.type)) add_trigger(order, symbol);
    if (order.type == OrderType::kMarket && random.chance(30)) {
      order.quote_order_qty = Notional::from_raw(order.qty.raw() * 90);
      order.qty = {};
    }
    const bool may_be_immediate =
        has_limit_price(order.type) && order.type != OrderType::kLimitMaker;
    if (may_be_immediate && random.chance(30)) {
      order.tif = random.chance(50) ? TimeInForce::kIoc : TimeInForce::kFok;
    } else if (has_limit_price(order.type) && random.chance(20)) {
      order.iceberg_qty = any_qty(symbol);
    }
    if (has_limit_price(order.type) && random.chance(10)) {
      const bool is_primary = random.chance(50);
      order.peg = {.price_type = is_primary ? PegPriceType::kPrimary : PegPriceType::kMarket,
                   .offset_levels = static_cast<int>(below(4)),
                   .has_offset = true};
      if (random.chance(50)) order.px = {};
    }
    if (random.chance(70)) {
      order.stp = static_cast<StpMode>(below(static_cast<std::int64_t>(StpMode::kCount)));
    }
    return order;
  }

  NewOrder leg(std::size_t symbol, OrderType type, Side side, Qty quantity) {
    NewOrder order;
    order.type = type;
    order.side = side;
    order.qty = quantity;
    if (has_limit_price(type)) order.px = any_px(symbol);
    if (is_contingent(type)) add_trigger(order, symbol);
    return order;
  }

  NewOrderList any_list(std::size_t symbol) {
    NewOrderList list;
    list.kind = static_cast<ListKind>(below(5));
    const bool is_opo = list.kind == ListKind::kOpo || list.kind == ListKind::kOpoco;
    const bool has_pair = list.kind == ListKind::kOco || list.kind == ListKind::kOtoco ||
                          list.kind == ListKind::kOpoco;
    const Qty quantity = is_opo ? Qty{} : any_qty(symbol);
    const Side side = is_opo || random.chance(50) ? Side::kSell : Side::kBuy;
    if (list.kind != ListKind::kOco) {
      const Side working_side = is_opo || random.chance(50) ? Side::kBuy : Side::kSell;
      const OrderType type = random.chance(80) ? OrderType::kLimit : OrderType::kLimitMaker;
      list.orders.push_back(leg(symbol, type, working_side, any_qty(symbol)));
      if (random.chance(15) && type == OrderType::kLimit) {
        list.orders[0].tif = random.chance(50) ? TimeInForce::kIoc : TimeInForce::kFok;
      }
    }
    constexpr std::array kProfits{OrderType::kLimitMaker, OrderType::kTakeProfit,
                                  OrderType::kTakeProfitLimit};
    constexpr std::array kStops{OrderType::kStopLoss, OrderType::kStopLossLimit};
    const auto pick = [this](const auto& all) {
      return all[static_cast<std::size_t>(below(static_cast<std::int64_t>(all.size())))];
    };
    if (has_pair) {
      NewOrder profit = leg(symbol, pick(kProfits), side, quantity);
      NewOrder stop = leg(symbol, pick(kStops), side, quantity);
      const bool is_sell = side == Side::kSell;
      list.orders.push_back(is_sell ? profit : stop);
      list.orders.push_back(is_sell ? stop : profit);
    } else {
      const auto type = static_cast<OrderType>(below(static_cast<std::int64_t>(OrderType::kCount)));
      list.orders.push_back(leg(symbol, type, side, quantity));
    }
    return list;
  }

  OrderName any_open(SimAccountId account, std::size_t symbol) {
    const auto open = exchange.open_orders(account, symbol);
    if (open.empty()) return {.order_id = 1};
    const auto index = static_cast<std::size_t>(below(static_cast<std::int64_t>(open.size())));
    return {.order_id = open[index].order_id};
  }

  void count(bool is_done, const char* what) { ++outcomes[{what, is_done}]; }

  void step() {
    const SimAccountId account = any_account();
    const std::size_t symbol = any_symbol();
    now += Nanos{1 + below(50'000'000)};
    const std::int64_t roll = below(100);
    if (roll < 40) {
      count(exchange.place(account, symbol, any_order(symbol), now).has_value(), "place");
    } else if (roll < 48) {
      count(exchange.place_list(account, symbol, any_list(symbol), now).has_value(), "list");
    } else if (roll < 58) {
      const CancelRequest cancel{.target = any_open(account, symbol)};
      count(exchange.cancel(account, symbol, cancel, now).has_value(), "cancel");
    } else if (roll < 66) {
      amend(account, symbol);
    } else if (roll < 72) {
      const CancelReplaceRequest request{.cancel = {.target = any_open(account, symbol)},
                                         .order = any_order(symbol),
                                         .stops_on_failure = random.chance(50)};
      count(exchange.cancel_replace(account, symbol, request, now).has_value(), "replace");
    } else if (roll < 73) {
      count(exchange.cancel_all(account, symbol, now).has_value(), "cancel all");
    } else {
      crowd(symbol, roll);
    }
  }

  void amend(SimAccountId account, std::size_t symbol) {
    const OrderName name = any_open(account, symbol);
    const auto order = exchange.find_order(account, symbol, name);
    Qty new_qty = any_qty(symbol);
    if (order && order->qty.is_positive() && random.chance(80)) {
      const std::int64_t lot = exchange.symbols()[symbol].lot_size().raw();
      new_qty = Qty::from_raw(lot * (1 + below(order->qty.raw() / lot)));
    }
    count(exchange.amend(account, symbol, {.target = name, .new_qty = new_qty}, now).has_value(),
          "amend");
  }

  void crowd(std::size_t symbol, std::int64_t roll) {
    const Side side = random.chance(50) ? Side::kBuy : Side::kSell;
    if (roll < 94) {
      const bool is_market = random.chance(15);
      const auto placed = exchange.place_crowd(
          symbol,
          {.side = side, .px = is_market ? Price{} : any_px(symbol), .qty = any_qty(symbol)}, now);
      if (placed->order_id != 0) crowd_orders.emplace_back(symbol, placed->order_id);
    } else if (roll < 98 && !crowd_orders.empty()) {
      const auto index =
          static_cast<std::size_t>(below(static_cast<std::int64_t>(crowd_orders.size())));
      exchange.cancel_crowd(crowd_orders[index].first, crowd_orders[index].second, now);
      crowd_orders[index] = crowd_orders.back();
      crowd_orders.pop_back();
    } else {
      exchange.print_crowd_trade(symbol, side, {.px = any_px(symbol), .qty = any_qty(symbol)}, now);
    }
  }

  void expect_money_conserved() {
    const auto fees = exchange.fees_collected();
    std::vector<Qty> sums;
    for (const Balance& fee : fees) sums.push_back(fee.free);
    for (std::uint32_t account = 0; account <= kAccounts; ++account) {
      const auto balances = exchange.balances(SimAccountId{account});
      for (std::size_t asset = 0; asset < balances.size(); ++asset) {
        sums[asset] += balances[asset].free + balances[asset].locked;
        if (account == 0) continue;
        ASSERT_GE(balances[asset].free.raw(), 0);
      }
    }
    for (std::size_t asset = 0; asset < sums.size(); ++asset) {
      const Qty first = fees[asset].asset == "BNB" ? Qty::from_raw(12'345) : start;
      Qty expected = first;
      for (std::uint32_t i = 1; i < kAccounts; ++i) expected += start;
      ASSERT_EQ(sums[asset], expected) << fees[asset].asset;
    }
  }

  // By the rules of the documentation, from the orders alone.
  static Qty needs(const Order& order) {
    if (order.status == OrderStatus::kPendingNew) return {};
    if (order.side == Side::kSell) return order.leaves();
    Price value_px = order.limit_px();
    if (is_market_like(order.type) || value_px.is_zero()) value_px = order.stop_px;
    return Qty::from_raw(notional(value_px, order.leaves(), Rounding::kUp).raw());
  }

  void expect_locks_fit(SimAccountId account) {
    std::map<std::string, Qty> locked;
    std::map<std::int64_t, Qty> of_list;
    std::map<std::string, std::pair<Qty, Qty>> held;  // by an OPO: the least and the most
    for (const Order& order : exchange.open_orders(account, std::nullopt)) {
      const SymbolSpec& spec = exchange.symbols()[order.symbol];
      const std::string& asset = order.side == Side::kBuy ? spec.quote_asset : spec.base_asset;
      const Qty need = needs(order);
      const auto list = exchange.find_list(account, order.list_id, "");
      const bool is_leg_of_pair =
          list && (list->kind == ListKind::kOco ||
                   (list->kind != ListKind::kOto && list->kind != ListKind::kOpo &&
                    list->legs[0].order_id != order.order_id));
      if (!is_leg_of_pair) {
        locked[asset] += need;
      } else if (need > of_list[order.list_id]) {
        locked[asset] += need - of_list[order.list_id];
        of_list[order.list_id] = need;
      }
      const bool is_opo_working =
          list && (list->kind == ListKind::kOpo || list->kind == ListKind::kOpoco) &&
          list->legs[0].order_id == order.order_id;
      if (!is_opo_working) continue;
      HistoryQuery query;
      query.order_id = order.order_id;
      for (const Fill& fill : exchange.fills(account, order.symbol, query)) {
        held[asset == spec.quote_asset ? spec.base_asset : asset].second += fill.qty;
        if (fill.fee_asset == spec.base_asset) {
          held[spec.base_asset].first -= Qty::from_raw(fill.fee.raw());
        }
        held[spec.base_asset].first += fill.qty;
      }
    }
    for (const Balance& balance : exchange.balances(account)) {
      const Qty rest = balance.locked - locked[balance.asset];
      ASSERT_GE(rest, held[balance.asset].first) << balance.asset;
      ASSERT_LE(rest, held[balance.asset].second) << balance.asset;
    }
  }

  void expect_book_is_sound(std::size_t symbol) {
    const BestPrices best = exchange.best(symbol);
    if (best.bid.qty.is_positive() && best.ask.qty.is_positive()) {
      ASSERT_LT(best.bid.px, best.ask.px);
    }
    ASSERT_EQ(told.best[symbol].bid.qty, best.bid.qty);
    ASSERT_EQ(told.best[symbol].ask.px, best.ask.px);
  }

  void expect_lists_fit(SimAccountId account) {
    std::set<std::int64_t> with_open_legs;
    for (const Order& order : exchange.open_orders(account, std::nullopt)) {
      if (order.list_id >= 0) with_open_legs.insert(order.list_id);
    }
    std::set<std::int64_t> open;
    for (const OrderList& list : exchange.open_lists(account)) open.insert(list.list_id);
    ASSERT_EQ(open, with_open_legs);
  }

  void expect_invariants() {
    expect_money_conserved();
    for (std::uint32_t i = 1; i <= kAccounts; ++i) {
      expect_locks_fit(SimAccountId{i});
      expect_lists_fit(SimAccountId{i});
    }
    for (const std::size_t symbol : {0U, 1U}) expect_book_is_sound(symbol);
  }

  void expect_events_tell_the_state() {
    for (const auto& [key, order] : told.orders) {
      const auto found = exchange.find_order(order.account, key.first, {.order_id = key.second});
      ASSERT_TRUE(found.has_value());
      ASSERT_EQ(found->status, order.status);
      ASSERT_EQ(found->cum_qty, order.cum_qty);
      ASSERT_EQ(found->qty, order.qty);
      ASSERT_EQ(found->client_order_id, order.client_order_id);
      ASSERT_EQ(found->expiry_reason, order.expiry_reason);
      ASSERT_EQ(told.filled[key], order.cum_qty);
    }
    for (const auto& [id, list] : told.lists) {
      const auto found = exchange.find_list(list.account, id, "");
      ASSERT_TRUE(found.has_value());
      ASSERT_EQ(found->order_status, list.order_status);
    }
    for (const auto& [key, balance] : told.balances) {
      for (const Balance& now_has : exchange.balances(SimAccountId{key.first})) {
        if (now_has.asset != key.second) continue;
        // Without the discount an account is not told of the discount asset by other symbols.
        ASSERT_EQ(now_has.free, balance.free) << key.second;
        ASSERT_EQ(now_has.locked, balance.locked) << key.second;
      }
    }
  }

  static std::vector<SymbolSpec> specs() {
    std::vector<SymbolSpec> out{coarse("BTCUSDT", "0.1", "0.001"),
                                coarse("BNBUSDT", "0.1", "0.01")};
    out[0].price_range = {.bid_up = 1'030'000, .ask_down = 970'000};
    out[0].reference_price = ReferencePriceRule{.bucket_count = 5, .bucket_width_ms = 200};
    return out;
  }

  const Qty start = qty("30000");
  Random random{GetParam()};
  WallTime now = wall_time(1'723'161'255'000'000'000);
  Exchange exchange{specs()};
  LastTold told;
  std::vector<std::pair<std::size_t, std::uint64_t>> crowd_orders;
  std::map<std::pair<std::string, bool>, int> outcomes;
};

TEST_P(ExchangeProperty, HoldsWhateverIsAsked) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  for (int i = 0; i < kOperations; ++i) {
    step();
    if (i < 2'000 || i % 64 == 0) expect_invariants();
    if (HasFatalFailure() || HasNonfatalFailure()) FAIL() << "at operation " << i;
  }
  expect_events_tell_the_state();
  // The run means something only when every way was taken often.
  for (const char* what : {"place", "list", "cancel", "amend", "replace", "cancel all"}) {
    EXPECT_GT((outcomes[{what, true}]), 300) << what;
  }
  for (const char* what : {"place", "list", "amend", "replace"}) {
    EXPECT_GT((outcomes[{what, false}]), 300) << what;
  }
  EXPECT_GT(told.trades, 20'000);
  EXPECT_GT(told.lists_done, 1'000);
  using Type = AccountEvent::Type;
  for (const Type type : {Type::kNew, Type::kTrade, Type::kCanceled, Type::kExpired,
                          Type::kReplaced, Type::kRejected, Type::kTradePrevention}) {
    EXPECT_GT(told.types[type], 100) << venue_text(type);
  }
  using Why = ExpiryReason;
  for (const Why reason :
       {Why::kRejected, Why::kOcoTrigger, Why::kOtoPhaseOneExpired, Why::kUnfilledIoc,
        Why::kUnfilledFok, Why::kInsufficientLiquidity, Why::kPriceRangeExceeded}) {
    EXPECT_GT(told.reasons[reason], 30) << venue_text(reason);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ExchangeProperty, ::testing::Values(1U, 2U, 3U, 20'240'808U));

}  // namespace
}  // namespace portcullis::sim
