// Ten million random operations into the exchange and into a simple second one: same trades in the
// same order, same states, same book, same money to the last 1e-8. A shard is one seed in one
// world; each is a test of its own, so that they run side by side and a failure names its seed.
#include <array>
#include <cstdio>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "tests/sim_model/exchange_journal.hpp"
#include "tests/sim_model/reference_exchange.hpp"

namespace portcullis::sim {
namespace {

using reference::Expires;
using reference::Kind;

constexpr int kWorlds = 5;
constexpr int kSeedsPerWorld = 2;
#ifdef PORTCULLIS_SANITIZED
constexpr int kOperationsPerShard = 50'000;  // a sanitizer makes each many times dearer
#else
constexpr int kOperationsPerShard = 1'000'000;
static_assert(kWorlds * kSeedsPerWorld * kOperationsPerShard >= 10'000'000);
#endif
constexpr int kAccounts = 3;
constexpr std::int64_t kUnit = kDecimalScale;

struct World {
  const char* name;
  reference::Rules rules;
  std::int64_t px_low;   // the lowest usual price
  std::int64_t px_step;  // between usual prices
  int levels;            // so many usual prices
  std::int64_t qty_usual;
  std::int64_t start_base;
  std::int64_t start_quote;
  int crowd_percent;
  int hostile_percent;
};

constexpr std::array<World, kWorlds> kAllWorlds{{
    // Ticks and lots of one 1e-8, so that almost no product is exact and every rounding counts.
    {.name = "finest",
     .rules = {.px_max = 1'000 * kUnit, .maker_rate = 75'300, .taker_rate = 100'100},
     .px_low = 100 * kUnit,
     .px_step = 1'234'567,
     .levels = 16,
     .qty_usual = 3 * kUnit,
     .start_base = 40 * kUnit,
     .start_quote = 4'000 * kUnit,
     .crowd_percent = 25,
     .hostile_percent = 1},
    // Filters as the venue's, prices in ticks.
    {.name = "filtered",
     .rules = {.tick = 1'000'000,
               .px_min = 1'000'000,
               .px_max = 1'000'000 * kUnit,
               .lot = 1'000,
               .qty_min = 1'000,
               .qty_max = 9'000 * kUnit,
               .notional_min = 5 * kUnit,
               .maker_rate = 100'000,
               .taker_rate = 100'000},
     .px_low = 61'600 * kUnit,
     .px_step = 1'000'000,
     .levels = 40,
     .qty_usual = kUnit / 10,
     .start_base = 2 * kUnit,
     .start_quote = 200'000 * kUnit,
     .crowd_percent = 30,
     .hostile_percent = 10},
    // Thousands of levels, most of them the crowd's.
    {.name = "deep",
     .rules = {.tick = 1'000'000,
               .px_min = 1'000'000,
               .px_max = 9'000 * kUnit,
               .lot = 1'000,
               .qty_min = 1'000,
               .maker_rate = 100'000,
               .taker_rate = 100'000},
     .px_low = 2'000 * kUnit,
     .px_step = 1'000'000,
     .levels = 4'000,
     .qty_usual = kUnit,
     .start_base = 20 * kUnit,
     .start_quote = 40'000 * kUnit,
     .crowd_percent = 70,
     .hostile_percent = 1},
    // Accounts that can hardly pay for anything.
    {.name = "poor",
     .rules = {.px_max = 10 * kUnit, .maker_rate = 1'000'000, .taker_rate = 1'500'000},
     .px_low = 3 * kUnit,
     .px_step = 333,
     .levels = 12,
     .qty_usual = kUnit,
     .start_base = 3 * kUnit,
     .start_quote = 9 * kUnit,
     .crowd_percent = 30,
     .hostile_percent = 5},
    // No filters, and a third of the orders with prices and quantities from nowhere.
    {.name = "hostile",
     .rules = {.has_price_filter = false, .has_lot_filter = false, .taker_rate = 99'999'999},
     .px_low = kUnit / 1'000,
     .px_step = 7,
     .levels = 20,
     .qty_usual = 1'000 * kUnit,
     .start_base = 100'000 * kUnit,
     .start_quote = 1'000 * kUnit,
     .crowd_percent = 40,
     .hostile_percent = 33},
}};

SymbolSpec spec_of(const reference::Rules& rules) {
  SymbolSpec spec;
  spec.symbol = "BTCUSDT";
  spec.base_asset = "BTC";
  spec.quote_asset = "USDT";
  if (rules.has_price_filter) {
    spec.filters.price = {.px_min = Price::from_raw(rules.px_min),
                          .px_max = Price::from_raw(rules.px_max),
                          .tick_size = Price::from_raw(rules.tick)};
  }
  if (rules.has_lot_filter) {
    spec.filters.lot_size = {.qty_min = Qty::from_raw(rules.qty_min),
                             .qty_max = Qty::from_raw(rules.qty_max),
                             .lot_size = Qty::from_raw(rules.lot)};
  }
  if (rules.notional_min != 0) {
    spec.filters.notional = {.notional_min = Notional::from_raw(rules.notional_min)};
  }
  spec.commission.standard = {.maker = Rate::from_raw(rules.maker_rate),
                              .taker = Rate::from_raw(rules.taker_rate)};
  return spec;
}

NewOrder as_new_order(const reference::Order& order) {
  NewOrder out;
  out.side = order.is_buy ? Side::kBuy : Side::kSell;
  if (order.kind != Kind::kMarket) out.px = Price::from_raw(order.px);
  out.qty = Qty::from_raw(order.qty);
  if (order.kind == Kind::kMarket) out.type = OrderType::kMarket;
  if (order.kind == Kind::kMaker) out.type = OrderType::kLimitMaker;
  if (order.kind == Kind::kIoc) out.tif = TimeInForce::kIoc;
  if (order.kind == Kind::kFok) out.tif = TimeInForce::kFok;
  constexpr StpMode kModes[] = {StpMode::kNone, StpMode::kExpireTaker, StpMode::kExpireMaker,
                                StpMode::kExpireBoth};
  out.stp = kModes[static_cast<int>(order.expires)];
  return out;
}

// The venue's words for the model's refusals.
std::string words_of(const std::string& refusal) {
  static const std::map<std::string, std::string> words{
      {"price", "Filter failure: PRICE_FILTER"},
      {"lot", "Filter failure: LOT_SIZE"},
      {"value", "Price * QTY is zero or less."},
      {"notional", "Filter failure: NOTIONAL"},
      {"position", "Filter failure: MAX_POSITION"},
      {"maker", "Order would immediately match and take."},
      {"funds", "Account has insufficient balance for requested action."}};
  return words.at(refusal);
}

std::map<std::int64_t, std::int64_t> as_map(const std::vector<Level>& levels) {
  std::map<std::int64_t, std::int64_t> out;
  for (const Level& level : levels) out[level.px.raw()] = level.qty.raw();
  return out;
}

SimAccountId account_id(int account) {
  return SimAccountId{static_cast<std::uint32_t>(account)};
}

class ExchangeModel : public ::testing::TestWithParam<int> {
 protected:
  ExchangeModel() {
    exchange.set_listener(&journal);
    for (int account = 1; account <= kAccounts; ++account) {
      exchange.add_account({{.asset = "BTC", .free = Qty::from_raw(world.start_base)},
                            {.asset = "USDT", .free = Qty::from_raw(world.start_quote)}});
    }
  }

  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
  }
  bool chance(int percent) { return below(100) < percent; }
  WallTime next_time() { return wall_time(time_ns += 1'000); }
  int some_account() {
    return chance(world.crowd_percent) ? 0 : static_cast<int>(1 + below(kAccounts));
  }
  void expect(bool holds, const char* what) { journal.expect(holds, what); }

  void step() {
    journal.begin_call();
    const std::int64_t roll = below(1'000);
    if (roll < 1) {
      cancel_everything();
    } else if (roll < 330) {
      cancel_one();
    } else {
      place_one();
    }
    journal.end_call();
    journal.expect_best(exchange.best(0));
  }

  reference::Order some_order() {
    constexpr Kind kKinds[] = {Kind::kLimit, Kind::kLimit, Kind::kLimit, Kind::kLimit,
                               Kind::kMaker, Kind::kMaker, Kind::kIoc,   Kind::kIoc,
                               Kind::kFok,   Kind::kMarket};
    reference::Order order;
    order.account = some_account();
    order.is_buy = chance(50);
    order.kind = kKinds[below(10)];
    // The crowd has money without end, but what it pays must still be countable.
    if (order.kind == Kind::kMarket && order.account == 0 && !world.rules.has_price_filter) {
      order.kind = Kind::kIoc;
    }
    order.expires = static_cast<Expires>(below(4));
    // Both sides from the middle outwards, more near it than far, overlapping by a sixth.
    const std::int64_t depth = std::min(below(world.levels), below(world.levels)) * 2 / 3;
    const std::int64_t overlap = world.levels / 12;
    const std::int64_t away = order.is_buy ? overlap - depth : depth - overlap;
    const std::int64_t level = std::max<std::int64_t>(0, world.levels / 2 + away);
    order.px = world.px_low + world.px_step * level;
    order.qty = 1 + below(chance(10) ? 13 * world.qty_usual : world.qty_usual);
    order.px -= order.px % world.rules.tick;
    order.qty = std::max(world.rules.lot, order.qty - order.qty % world.rules.lot);
    if (order.account != 0 && chance(world.hostile_percent)) make_hostile(order);
    return order;
  }
  void make_hostile(reference::Order& order) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    const std::array values{std::int64_t{0},
                            std::int64_t{1},
                            std::int64_t{-1},
                            -kUnit,
                            kMost,
                            kMost - 1,
                            -kMost,
                            kMost / 2,
                            order.px + 1,
                            world.rules.tick,
                            world.rules.px_max,
                            world.rules.qty_max + 1,
                            below(kMost),
                            1 + below(100'000)};
    const auto any = [&] {
      return values[static_cast<std::size_t>(below(static_cast<std::int64_t>(values.size())))];
    };
    if (chance(60)) order.px = any();
    if (chance(60)) order.qty = any();
  }

  void place_one() {
    const reference::Order order = some_order();
    const std::string refused = model.place(order);
    if (refused.empty()) {
      const reference::Order& placed = model.order(model.last_id());
      ++states[placed.state];
      if (placed.is_open())
        resting.at(static_cast<std::size_t>(order.account)).push_back(placed.id);
    } else {
      ++refusals[refused];
    }
    const bool is_plain = order.kind == Kind::kLimit || order.kind == Kind::kMarket;
    if (order.account == 0 && is_plain && chance(70)) {
      compare_crowd(order);
    } else {
      compare_placed(order, refused);
    }
  }
  void compare_placed(const reference::Order& order, const std::string& refused) {
    const auto result =
        exchange.place(account_id(order.account), 0, as_new_order(order), next_time());
    expect(result.has_value() == refused.empty(), "one accepts and the other refuses");
    if (result.has_value() != refused.empty()) return;
    if (!result) return expect(result.error().message == words_of(refused), "another refusal");
    const reference::Order& expected = model.order(model.last_id());
    expect(result->order.order_id == expected.id, "another order id");
    expect(state_letter(result->order.status) == expected.state, "another state");
    expect(result->order.cum_qty.raw() == expected.done, "another quantity done");
    expect(result->order.cum_quote.raw() == expected.paid, "another sum paid");
  }
  // The crowd's own way in.
  void compare_crowd(const reference::Order& order) {
    const auto placed =
        exchange.place_crowd(0,
                             {.side = order.is_buy ? Side::kBuy : Side::kSell,
                              .px = Price::from_raw(order.kind == Kind::kMarket ? 0 : order.px),
                              .qty = Qty::from_raw(order.qty)},
                             next_time());
    if (!placed) return expect(false, "the crowd was refused");
    const reference::Order& expected = model.order(model.last_id());
    expect(placed->order_id == (expected.is_open() ? expected.id : 0), "what rests of the crowd's");
    expect(placed->filled.raw() == expected.done, "another quantity done");
    expect(placed->paid.raw() == expected.paid, "another sum paid");
  }

  std::uint64_t some_resting(int account) {
    std::vector<std::uint64_t>& ids = resting.at(static_cast<std::size_t>(account));
    while (!ids.empty()) {
      std::uint64_t& chosen =
          ids[static_cast<std::size_t>(below(static_cast<std::int64_t>(ids.size())))];
      const std::uint64_t id = chosen;
      if (model.order(id).is_open()) return id;
      chosen = ids.back();  // it has ended since
      ids.pop_back();
    }
    return 0;
  }
  void cancel_one() {
    const int account = some_account();
    std::uint64_t id = some_resting(account);
    if (id == 0 || chance(10)) {  // anybody's, ended, or not yet given out
      id = 1 + static_cast<std::uint64_t>(below(static_cast<std::int64_t>(model.last_id()) + 10));
    }
    const bool is_expected = model.cancel(account, id);
    bool is_done = false;
    if (account == 0 && chance(70)) {
      is_done = exchange.cancel_crowd(0, id, next_time());
    } else {
      const auto done = exchange.cancel(
          account_id(account), 0, {.target = {.order_id = id, .client_order_id = {}}}, next_time());
      is_done = done.has_value();
      if (!done) expect(done.error().code == -2011, "another refusal to cancel");
    }
    expect(is_done == is_expected, "one cancels and the other does not");
    if (is_expected) ++states['c'];
  }
  void cancel_everything() {
    const int account = static_cast<int>(1 + below(kAccounts));
    const std::size_t expected = model.cancel_all(account).size();
    const auto done = exchange.cancel_all(account_id(account), 0, next_time());
    expect((done ? done->size() : 0) == expected, "another number of orders canceled");
  }

  void compare_money() {
    for (int account = 0; account <= kAccounts; ++account) {
      for (const Balance& balance : exchange.balances(account_id(account))) {
        journal.expect_balance(account, balance, "another balance");
      }
    }
  }
  void compare_book() {
    const DepthSnapshot depth = exchange.depth(0, 1'000'000);
    expect(as_map(depth.bids) == model.depth(true), "the bids");
    expect(as_map(depth.asks) == model.depth(false), "the asks");
    for (int account = 1; account <= kAccounts; ++account) {
      std::set<std::uint64_t> open;
      for (const Order& order : exchange.open_orders(account_id(account), 0)) {
        open.insert(order.order_id);
      }
      expect(open == model.open(account), "another set of open orders");
    }
  }

  // Nothing came from nowhere and nothing went: accounts, crowd and the venue's fees.
  void expect_money_conserved() {
    const auto fees = exchange.fees_collected();
    for (std::size_t asset = 0; asset < 2; ++asset) {
      std::int64_t sum = fees.at(asset).free.raw();
      expect(sum == model.fees(asset == 0), "other fees");
      for (int account = 0; account <= kAccounts; ++account) {
        const Balance balance = exchange.balances(account_id(account)).at(asset);
        sum += balance.free.raw() + balance.locked.raw();
      }
      expect(sum == kAccounts * (asset == 0 ? world.start_base : world.start_quote),
             "money was made or lost");
    }
  }

  const World& world = kAllWorlds[static_cast<std::size_t>(GetParam() % kWorlds)];
  std::mt19937_64 random{static_cast<std::uint64_t>(GetParam()) + 20'240'808};
  std::int64_t time_ns{1'723'161'255'000'000'000};
  Exchange exchange{{spec_of(world.rules)}};
  reference::Exchange model{world.rules, kAccounts, world.start_base, world.start_quote};
  ExchangeJournal journal{model};
  std::array<std::vector<std::uint64_t>, kAccounts + 1> resting;  // some have ended since
  std::map<std::string, int> refusals;
  std::map<char, int> states;
};

TEST_P(ExchangeModel, AgreesWithTheReference) {
  SCOPED_TRACE(world.name);
  std::size_t trades = 0;
  for (int i = 0; i < kOperationsPerShard; ++i) {
    step();
    trades += model.trades().size();
    if (i % 16 == 0) compare_money();
    if (i % 1'024 == 0) compare_book();
    ASSERT_EQ(journal.error, "") << "at operation " << i << ", shard " << GetParam();
  }
  compare_money();
  compare_book();
  expect_money_conserved();
  ASSERT_EQ(journal.error, "") << "at the end, shard " << GetParam();

  std::printf("%d operations in world '%s', seed %d: %zu trades, %llu events\n",
              kOperationsPerShard, world.name, GetParam(), trades,
              static_cast<unsigned long long>(journal.events));
  // The run means something only when every way out was taken often.
  const int often = kOperationsPerShard / 1'000;
  EXPECT_GT(trades, static_cast<std::size_t>(50 * often));
  EXPECT_GT(refusals["funds"], often);
  EXPECT_GT(refusals["maker"], often);
  for (const char state : {'n', 'p', 'f', 'c', 'e'}) EXPECT_GT(states[state], often) << state;
  if (!world.rules.has_lot_filter) {
    EXPECT_GT(refusals["value"], often);
  }
  if (world.rules.notional_min != 0) {
    EXPECT_GT(refusals["notional"], often);
  }
  if (world.hostile_percent >= 5) {
    EXPECT_GT(refusals["price"], often);
    EXPECT_GT(refusals["lot"], often);
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, ExchangeModel, ::testing::Range(0, kWorlds* kSeedsPerWorld));

}  // namespace
}  // namespace portcullis::sim
