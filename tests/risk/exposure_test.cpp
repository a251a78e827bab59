#include "risk/exposure.hpp"

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tests/risk/gate_world.hpp"

namespace portcullis::risk {
namespace {

TEST(Exposure, StartsFlatAndTrusted) {
  const Exposure exposure{2};
  EXPECT_EQ(exposure.size(), 2U);
  EXPECT_EQ(exposure.at(kEth), SymbolExposure{});
  EXPECT_TRUE(exposure.is_trusted(kEth));
}

TEST(Exposure, AFillMovesQuantityFromWorkingToPosition) {
  Exposure exposure{2};
  exposure.adopt(held(kBtc, Side::kBuy), qty("2"));
  exposure.on_fill(held(kBtc, Side::kBuy), qty("0.5"), kHeldPx);
  EXPECT_EQ(
      exposure.at(kBtc),
      (SymbolExposure{.position = qty("0.5"), .working_buy = qty("1.5"), .buy_order_count = 1}));
  exposure.on_fill(held(kBtc, Side::kBuy), qty("1.5"), kHeldPx);
  exposure.release(held(kBtc, Side::kBuy), Qty{});
  EXPECT_EQ(exposure.at(kBtc), (SymbolExposure{.position = qty("2")}));
  exposure.adopt(held(kBtc, Side::kSell), qty("3"));
  exposure.on_fill(held(kBtc, Side::kSell), qty("3"), kHeldPx);
  exposure.release(held(kBtc, Side::kSell), Qty{});
  EXPECT_EQ(exposure.at(kBtc), (SymbolExposure{.position = -qty("1")}));
  EXPECT_EQ(exposure.at(kEth), SymbolExposure{}) << "symbols are apart";
}

TEST(Exposure, ALateFillMovesOnlyThePosition) {
  Exposure exposure{1};
  exposure.adopt(held(kBtc, Side::kSell), qty("1"));
  exposure.adopt(held(kBtc, Side::kSell), qty("2"));
  exposure.release(held(kBtc, Side::kSell), qty("1"));
  exposure.on_late_fill(held(kBtc, Side::kSell), qty("1"), kHeldPx);
  EXPECT_EQ(
      exposure.at(kBtc),
      (SymbolExposure{.position = -qty("1"), .working_sell = qty("2"), .sell_order_count = 1}));
  EXPECT_TRUE(exposure.is_trusted(kBtc));
}

TEST(Exposure, AFeeInTheBaseAssetLowersTheHolding) {
  Exposure exposure{1};
  exposure.set_position(kBtc, qty("1"));
  exposure.on_fee_in_base(kBtc, StrategyId{}, qty("0.001"));
  EXPECT_EQ(exposure.at(kBtc).position, qty("0.999"));
  exposure.on_fee_in_base(kBtc, StrategyId{}, -qty("0.0005"));
  EXPECT_EQ(exposure.at(kBtc).position, qty("0.9995")) << "a rebate raises it";
}

TEST(Exposure, ReleasingMoreThanReservedIsAFaultAndNeverWraps) {
  Exposure exposure{1};
  exposure.adopt(held(kBtc, Side::kBuy), qty("1"));
  exposure.release(held(kBtc, Side::kBuy), qty("1") + kOneRawQty);
  EXPECT_EQ(exposure.at(kBtc).working_buy, Qty{});
  EXPECT_EQ(exposure.at(kBtc).fault_count, 1U);
  EXPECT_FALSE(exposure.is_trusted(kBtc));
}

TEST(Exposure, ReleasingTwiceIsAFault) {
  Exposure exposure{1};
  exposure.adopt(held(kBtc, Side::kBuy), qty("1"));
  exposure.release(held(kBtc, Side::kBuy), qty("1"));
  exposure.release(held(kBtc, Side::kBuy), Qty{});
  EXPECT_EQ(exposure.at(kBtc).buy_order_count, 0U);
  EXPECT_EQ(exposure.at(kBtc).fault_count, 1U);
}

TEST(Exposure, AnOverfillIsAFaultAndStillAFact) {
  Exposure exposure{1};
  exposure.adopt(held(kBtc, Side::kSell), qty("1"));
  exposure.on_fill(held(kBtc, Side::kSell), qty("1.5"), kHeldPx);
  EXPECT_EQ(exposure.at(kBtc).position, -qty("1.5"));
  EXPECT_EQ(exposure.at(kBtc).working_sell, Qty{});
  EXPECT_EQ(exposure.at(kBtc).fault_count, 1U);
}

TEST(Exposure, NegativeQuantitiesAreFaultsAndChangeNothing) {
  Exposure exposure{1};
  exposure.adopt(held(kBtc, Side::kBuy), qty("1"));
  const SymbolExposure before = exposure.at(kBtc);
  exposure.on_fill(held(kBtc, Side::kBuy), -kOneRawQty, kHeldPx);
  exposure.on_late_fill(held(kBtc, Side::kBuy), -kOneRawQty, kHeldPx);
  exposure.release(held(kBtc, Side::kBuy), -kOneRawQty);
  exposure.adopt(held(kBtc, Side::kBuy), -kOneRawQty);
  SymbolExposure after = exposure.at(kBtc);
  EXPECT_EQ(after.fault_count, 4U);
  after.fault_count = 0;
  EXPECT_EQ(after, before);
}

TEST(Exposure, SumsOutOfRangeAreHeldAndAreFaults) {
  Exposure exposure{1};
  exposure.set_position(kBtc, Qty::max());
  exposure.on_late_fill(held(kBtc, Side::kBuy), kOneRawQty, kHeldPx);
  EXPECT_EQ(exposure.at(kBtc).position, Qty::max());
  exposure.set_position(kBtc, -Qty::max());
  exposure.on_late_fill(held(kBtc, Side::kSell), qty("1"), kHeldPx);
  EXPECT_EQ(exposure.at(kBtc).position, -Qty::max());
  exposure.on_fee_in_base(kBtc, StrategyId{},
                          Qty::from_raw(std::numeric_limits<std::int64_t>::min()));
  EXPECT_TRUE(exposure.at(kBtc).position.is_positive() || exposure.at(kBtc).position.is_zero());
  exposure.adopt(held(kBtc, Side::kBuy), Qty::max());
  exposure.adopt(held(kBtc, Side::kBuy), Qty::max());
  EXPECT_EQ(exposure.at(kBtc).working_buy, Qty::max());
  EXPECT_EQ(exposure.at(kBtc).fault_count, 3U);
}

TEST(Exposure, RestatingGivesTrueFiguresAndTrust) {
  Exposure exposure{1};
  exposure.release(held(kBtc, Side::kBuy), qty("1"));
  ASSERT_FALSE(exposure.is_trusted(kBtc));
  exposure.set_position(kBtc, qty("1"));
  EXPECT_FALSE(exposure.is_trusted(kBtc)) << "a position alone says nothing of working orders";
  const SymbolExposure truth{.position = qty("4"), .working_buy = qty("1"), .buy_order_count = 1};
  exposure.restate(kBtc, truth);
  EXPECT_EQ(exposure.at(kBtc), truth);
  EXPECT_TRUE(exposure.is_trusted(kBtc));
}

TEST(ExposureDeathTest, ASymbolOutsideTheTableAborts) {
  Exposure exposure{1};
  EXPECT_DEATH(exposure.on_fill(held(kEth, Side::kBuy), qty("1"), kHeldPx), "outside the table");
}

// The slow model keeps the orders themselves and adds up from scratch.
struct ModelOrder {
  Side side;
  std::int64_t leaves;
  StrategyId strategy;  // the last of three is none of ours
  Price px;
};
Held held_as(SymbolId symbol, const ModelOrder& order) {
  return {.symbol = symbol, .side = order.side, .strategy = order.strategy, .px = order.px};
}
struct ModelBook {
  std::vector<ModelOrder> orders;
  std::vector<ModelOrder> released;  // canceled with `leaves` open: may still fill late
  std::int64_t position{0};

  [[nodiscard]] SymbolExposure sum() const {
    SymbolExposure exposure{.position = Qty::from_raw(position)};
    for (const ModelOrder& order : orders) {
      const Qty leaves = Qty::from_raw(order.leaves);
      if (order.side == Side::kBuy) {
        exposure.working_buy += leaves;
        ++exposure.buy_order_count;
      } else {
        exposure.working_sell += leaves;
        ++exposure.sell_order_count;
      }
    }
    return exposure;
  }
  void move(Side side, std::int64_t raw) { position += side == Side::kBuy ? raw : -raw; }
};

class RandomLife {
 public:
  explicit RandomLife(Exposure& exposure) : exposure_{exposure} {}

  void step() {
    const SymbolId symbol{static_cast<SymbolId::rep>(random_() % 2)};
    ModelBook& book = books_[symbol.raw()];
    switch (random_() % 6) {
      case 0: return open(symbol, book);
      case 1:
      case 2: return fill(symbol, book);
      case 3: return cancel(symbol, book);
      case 4: return fill_late(symbol, book);
      default: return charge(symbol, book);
    }
  }
  [[nodiscard]] const ModelBook& book(SymbolId symbol) const { return books_[symbol.raw()]; }

 private:
  std::int64_t up_to(std::int64_t max) {
    return 1 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(max));
  }
  void open(SymbolId symbol, ModelBook& book) {
    if (book.orders.size() > 50) return;
    const std::uint64_t strategy = random_() % 3;
    const ModelOrder order{
        random_() % 2 == 0 ? Side::kBuy : Side::kSell, up_to(1'000'000),
        strategy == 2 ? kNoStrategy : StrategyId{static_cast<std::uint16_t>(strategy)},
        Price::from_raw(up_to(7'000'000))};
    exposure_.adopt(held_as(symbol, order), Qty::from_raw(order.leaves));
    book.orders.push_back(order);
  }
  void fill(SymbolId symbol, ModelBook& book) {
    if (book.orders.empty()) return;
    const std::size_t index = random_() % book.orders.size();
    ModelOrder& order = book.orders[index];
    const std::int64_t raw = random_() % 3 == 0 ? order.leaves : up_to(order.leaves);
    exposure_.on_fill(held_as(symbol, order), Qty::from_raw(raw), order.px);
    book.move(order.side, raw);
    order.leaves -= raw;
    if (order.leaves == 0) end(symbol, book, index);
  }
  void cancel(SymbolId symbol, ModelBook& book) {
    if (book.orders.empty()) return;
    const std::size_t index = random_() % book.orders.size();
    book.released.push_back(book.orders[index]);
    end(symbol, book, index);
  }
  void fill_late(SymbolId symbol, ModelBook& book) {
    if (book.released.empty()) return;
    const ModelOrder order = book.released.back();
    book.released.pop_back();
    exposure_.on_late_fill(held_as(symbol, order), Qty::from_raw(order.leaves), order.px);
    book.move(order.side, order.leaves);
  }
  void charge(SymbolId symbol, ModelBook& book) {
    const std::int64_t raw = up_to(100) - 20;
    exposure_.on_fee_in_base(symbol, kNoStrategy, Qty::from_raw(raw));
    book.position -= raw;
  }
  void end(SymbolId symbol, ModelBook& book, std::size_t index) {
    const ModelOrder order = book.orders[index];
    exposure_.release(held_as(symbol, order), Qty::from_raw(order.leaves));
    book.orders.erase(book.orders.begin() + static_cast<std::ptrdiff_t>(index));
  }

  Exposure& exposure_;
  ModelBook books_[2];
  std::mt19937_64 random_{20'260'801};
};

// What `of` has open over both symbols: orders and their worth.
struct OpenSum {
  std::uint32_t count{0};
  Value value{0};
  friend bool operator==(const OpenSum&, const OpenSum&) noexcept = default;
};
template <class Is>
OpenSum open_sum(const RandomLife& life, Is&& is_counted) {
  OpenSum sum;
  for (const SymbolId symbol : {kBtc, kEth}) {
    for (const ModelOrder& order : life.book(symbol).orders) {
      if (!is_counted(order)) continue;
      ++sum.count;
      sum.value += Value{order.px.raw()} * order.leaves;
    }
  }
  return sum;
}
OpenSum open_sum(const ScopeExposure& sums) {
  return {.count = sums.open_count, .value = sums.open};
}

TEST(Exposure, WhatIsHeldIsTheSumOverTheOpenOrdersAtEveryScope) {
  Exposure exposure{2, {}, 2};
  for (const SymbolId symbol : {kBtc, kEth}) {
    exposure.revalue(symbol, {.px = px("0.07"), .rate = Rate::one()});
  }
  constexpr std::array<std::uint16_t, 2> kGroups{0, 0};
  exposure.set_groups(kGroups, 1);
  RandomLife life{exposure};
  for (int i = 0; i < 30'000; ++i) {
    life.step();
    const auto of = [](std::uint16_t strategy) {
      return [strategy](const ModelOrder& order) { return order.strategy == StrategyId{strategy}; };
    };
    ASSERT_EQ(open_sum(exposure.account()), open_sum(life, [](const ModelOrder&) { return true; }))
        << "step " << i;
    ASSERT_EQ(open_sum(exposure.of(StrategyId{0})), open_sum(life, of(0))) << "step " << i;
    ASSERT_EQ(open_sum(exposure.of(StrategyId{1})), open_sum(life, of(1))) << "step " << i;
    ASSERT_EQ(open_sum(exposure.of(kNoStrategy)),
              open_sum(life, [](const ModelOrder& order) { return order.strategy == kNoStrategy; }))
        << "step " << i;
    ASSERT_TRUE(exposure.group(0).open ==
                exposure.of(StrategyId{0}).open + exposure.of(StrategyId{1}).open);
    ASSERT_EQ(exposure.at(kBtc).fault_count, 0U) << "step " << i;
  }
}

// The cells' parts as the last mark left them, and as valuing everything anew makes them.
void expect_valued_as_anew(Exposure& exposure, const Mark& mark) {
  const auto sums = [&] {
    std::vector<ScopeExposure> all{exposure.account(), exposure.group(0)};
    for (std::uint16_t i = 0; i < 2; ++i) all.push_back(exposure.of(StrategyId{i}));
    return all;
  };
  exposure.revalue(kBtc, mark);  // whoever did not trade at it; the others are left as they are
  const std::vector<ScopeExposure> before = sums();
  exposure.revalue(kBtc, {.px = mark.px + px("1"), .rate = mark.rate});
  exposure.revalue(kBtc, mark);
  const std::vector<ScopeExposure> after = sums();
  for (std::size_t i = 0; i < before.size(); ++i) {
    ASSERT_TRUE(before[i].gross == after[i].gross) << i;
    ASSERT_TRUE(before[i].up == after[i].up) << i;
    ASSERT_TRUE(before[i].down == after[i].down) << i;
    ASSERT_TRUE(before[i].open == after[i].open) << i;
    ASSERT_EQ(before[i].unvalued_count, after[i].unvalued_count) << i;
  }
}

TEST(Exposure, WhatTheGateAddsIsWhatValuingAnewFinds) {
  GateWorld world;
  SymbolLimits& limits = world.limits.symbols[0];
  limits.max_long_position = limits.max_short_position = kOffQty;
  world.limits.account.scope.order_rate = open_rate();
  world.limits.groups.assign(1, {.max_open_value = kOffNotional, .exposure = open_exposure()});
  for (StrategyLimits& strategy : world.limits.strategies) strategy.group = 0;
  world.limits.account.exposure.max_gross = quote("90000000000");
  std::mt19937 random{7};
  for (int i = 0; i < 2'000; ++i) {
    world.order.side = random() % 2 == 0 ? Side::kBuy : Side::kSell;
    world.order.strategy = StrategyId{static_cast<StrategyId::rep>(random() % 2)};
    world.order.qty = Qty::from_raw(1'000 * (100 + static_cast<std::int64_t>(random() % 1'000)));
    world.market.top.ask_px =
        px("64000.1") + Price::from_raw(1'000'000 * static_cast<std::int64_t>(random() % 5));
    ASSERT_EQ(world.refusal().reason, RejectReason::kNone);
    if (random() % 4 == 0) {
      Held order = held_of(world.order);
      order.px = world.order.px;
      world.exposure.on_fill(order, world.order.qty, order.px);
      world.exposure.release(order, Qty{});
    }
    const Mark mark = world.exposure.mark(kBtc);
    expect_valued_as_anew(world.exposure, mark);
  }
  EXPECT_EQ(world.exposure.at(kBtc).fault_count, 0U);
}

TEST(Exposure, AnOldMarkIsNeverTakenForANewOneWhenTheirNumbersBeginAnew) {
  Exposure exposure{2, {}, 2};
  exposure.adopt_position(StrategyId{1}, kBtc, qty("1"));
  const auto mark = [](int i) {
    return Mark{.px = px(i % 2 == 0 ? "10" : "11"), .rate = Rate::one()};
  };
  exposure.set_mark(kBtc, StrategyId{1}, mark(0));
  // As many as there are numbers, none of them looked at by strategy 1.
  for (int i = 1; i <= 65'535; ++i) exposure.set_mark(kBtc, StrategyId{0}, mark(i));
  exposure.set_mark(kBtc, StrategyId{0}, {.px = px("12"), .rate = Rate::one()});
  exposure.set_mark(kBtc, StrategyId{1}, {.px = px("12"), .rate = Rate::one()});
  EXPECT_TRUE(exposure.of(StrategyId{1}).up == Value{px("12").raw()} * qty("1").raw());
}

TEST(Exposure, AgreesWithAModelThatAddsUpTheOrders) {
  Exposure exposure{2};
  RandomLife life{exposure};
  for (int i = 0; i < 100'000; ++i) {
    life.step();
    ASSERT_EQ(exposure.at(kBtc), life.book(kBtc).sum()) << "step " << i;
    ASSERT_EQ(exposure.at(kEth), life.book(kEth).sum()) << "step " << i;
  }
}

}  // namespace
}  // namespace portcullis::risk
