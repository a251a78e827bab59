// Random other venues, seen through depth and prints that come in either order.
#include <algorithm>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "sim/random.hpp"
#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

constexpr std::int64_t kMilli = 1'000'000;
constexpr std::int64_t kIntervalMs = 100;
const std::string kPx = "60000";

Qty units(std::int64_t count) {
  return Qty::from_units(count);
}

// What the other venue did in one interval at one level.
struct Interval {
  std::vector<MirrorPrint> prints;
  Qty level{};  // at its end
  WallTime covers{};
};

std::vector<Interval> random_history(std::uint64_t seed, int intervals) {
  Random random{seed};
  std::vector<Interval> out;
  std::int64_t level = 50;
  for (int i = 1; i <= intervals; ++i) {
    Interval each;
    const std::int64_t begin_ms = i * kIntervalMs;
    std::int64_t ms = begin_ms;
    while (random.chance(40) && ms < begin_ms + 90) {
      ms += 1 + random.below(20);
      const std::int64_t traded = 1 + random.below(6);
      each.prints.push_back({.aggressor = Side::kSell,
                             .level = {.px = px(kPx), .qty = units(traded)},
                             .time = wall_time(ms * kMilli)});
      level = std::max<std::int64_t>(0, level - traded);
    }
    level = std::max<std::int64_t>(0, level + random.below(9) - 4);
    if (random.chance(5)) level = random.below(60);
    each.level = units(level);
    each.covers = wall_time((begin_ms + kIntervalMs) * kMilli);
    out.push_back(std::move(each));
  }
  return out;
}

class Mirrored {
 public:
  explicit Mirrored(const MirrorRules& rules) {
    exchange.set_listener(&listener);
    exchange.set_mirror_rules(rules);
  }
  void update(Qty qty, WallTime covers) {
    const Level one{.px = px(kPx), .qty = qty};
    exchange.mirror(0, MirrorUpdate{.bids = {&one, 1}, .covers = covers}, now);
    mirrored = qty;
  }
  void print(const MirrorPrint& print) { exchange.mirror(0, print, now); }
  std::uint64_t join(std::int64_t count) {
    NewOrder order = limit(Side::kBuy, kPx, "1");
    order.qty = units(count);
    return exchange.place(alice, 0, order, now)->order.order_id;
  }
  [[nodiscard]] Qty filled(std::uint64_t id) const {
    return exchange.find_order(alice, 0, order_name(id))->cum_qty;
  }
  [[nodiscard]] Qty ahead(std::uint64_t id) const {
    return exchange.qty_ahead(0, id).value_or(Qty{});
  }
  [[nodiscard]] Qty own_resting() const {
    Qty sum{};
    for (const Order& order : exchange.open_orders(alice, 0)) sum += order.leaves();
    return sum;
  }

  const WallTime now = wall_time(1'723'161'255'000'000'000);
  Exchange exchange{{btcusdt()}};
  const SimAccountId alice =
      exchange.add_account({{.asset = "USDT", .free = Qty::from_units(90'000'000)}});
  RecordingListener listener;
  Qty mirrored{};
};

class QueueProperty : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  [[nodiscard]] MirrorRules rules() const {
    Random random{GetParam() ^ 77U};
    return {.cancel_ahead_ppm = random.below(5) * 250'000,
            .are_cancels_proportional = random.chance(20),
            .are_passed_orders_filled = false};
  }
};

// The bound that no rule may break: an order's fills and what was ahead of it when it came are paid
// for by prints and by losses that no print explains. The other venue does not know of our own
// orders: what one of them takes from a print is lost there too, ahead of our next ones.
TEST_P(QueueProperty, NothingIsFilledBeforeWhatIsAheadIsGone) {
  Random random{GetParam()};
  Mirrored run{rules()};
  struct Mine {
    std::uint64_t id;
    Qty ahead;
    Qty filled_before_it{};  // of our earlier orders, when it came
    Qty printed{};
    Qty lost{};
  };
  std::vector<Mine> mine;
  run.update(units(50), wall_time(kIntervalMs * kMilli));
  Qty all_prints{};
  for (const Interval& interval : random_history(GetParam(), 300)) {
    if (random.chance(15)) {
      const std::uint64_t id = run.join(1 + random.below(5));
      Qty filled{};
      for (const Mine& each : mine) filled += run.filled(each.id);
      mine.push_back({.id = id, .ahead = run.ahead(id), .filled_before_it = filled});
    }
    Qty printed{};
    const bool is_late = random.chance(30);
    const auto show_prints = [&] {
      for (const MirrorPrint& print : interval.prints) {
        run.print(print);
        printed += print.level.qty;
        all_prints += print.level.qty;
      }
    };
    if (!is_late) show_prints();
    const Qty before = run.mirrored;
    run.update(interval.level, interval.covers);
    if (is_late) show_prints();
    Qty filled_earlier{};
    for (Mine& each : mine) {
      each.printed += printed;
      each.lost += std::max(Qty{}, before - interval.level - printed);
      const Qty filled = run.filled(each.id);
      ASSERT_LE(filled, each.printed);
      if (filled.is_positive()) {
        ASSERT_LE(each.ahead + filled,
                  each.printed + each.lost + filled_earlier - each.filled_before_it);
      }
      filled_earlier += filled;
    }
    // The book is the other venue's and ours, nothing else.
    ASSERT_EQ(run.exchange.best(0).bid.qty, run.mirrored + run.own_resting());
  }
  Qty all_fills{};
  for (const Mine& each : mine) all_fills += run.filled(each.id);
  EXPECT_LE(all_fills, all_prints);
  Qty published{};
  for (const PublicTrade& trade : run.listener.trades) published += trade.qty;
  EXPECT_EQ(published, all_prints);
}

// Whether a print comes before or after the update that holds it must not matter.
TEST_P(QueueProperty, LatePrintsEndWhereTimelyOnesDo) {
  Mirrored timely{rules()};
  Mirrored late{rules()};
  Random random{GetParam()};
  std::vector<std::uint64_t> ids;
  for (Mirrored* run : {&timely, &late}) run->update(units(50), wall_time(kIntervalMs * kMilli));
  for (const Interval& interval : random_history(GetParam() + 1'000'000, 200)) {
    if (random.chance(15)) {
      const std::int64_t count = 1 + random.below(5);
      ids.push_back(timely.join(count));
      ASSERT_EQ(late.join(count), ids.back());
    }
    for (const MirrorPrint& print : interval.prints) timely.print(print);
    timely.update(interval.level, interval.covers);
    late.update(interval.level, interval.covers);
    for (const MirrorPrint& print : interval.prints) late.print(print);
    // Both know now that nothing more can come of this interval.
    const MirrorPrint elsewhere{.aggressor = Side::kSell,
                                .level = {.px = px("1"), .qty = units(1)},
                                .time = interval.covers};
    for (Mirrored* run : {&timely, &late}) {
      run->exchange.mirror(
          0, MirrorPrint{.aggressor = Side::kBuy, .level = elsewhere.level, .time = elsewhere.time},
          run->now);
    }

    for (const std::uint64_t id : ids) {
      ASSERT_EQ(timely.filled(id), late.filled(id)) << id;
      ASSERT_EQ(timely.ahead(id), late.ahead(id)) << id;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, QueueProperty, ::testing::Range<std::uint64_t>(1, 121));

}  // namespace
}  // namespace portcullis::sim
