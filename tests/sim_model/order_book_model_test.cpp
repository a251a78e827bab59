// Millions of random changes of the book beside a naive one: same queues, same levels, same diffs.
#include <algorithm>
#include <list>
#include <map>
#include <random>
#include <ranges>

#include <gtest/gtest.h>

#include "sim/matching/order_book.hpp"

namespace portcullis::sim {
namespace {

// Written to be obviously right: a list of (id, quantity) a price, looked through from the front.
class NaiveBook {
 public:
  struct Order {
    std::uint64_t id;
    std::int64_t leaves;
  };
  using Queue = std::list<Order>;

  void add(Side side, std::int64_t px, Order order) {
    levels(side)[px].push_back(order);
    where_[order.id] = {side, px};
    changed(side, px);
  }
  void reduce(std::uint64_t id, std::int64_t qty) {
    const auto [side, px] = where_.at(id);
    Queue& queue = levels(side).at(px);
    const auto order = std::ranges::find(queue, id, &Order::id);
    order->leaves -= qty;
    changed(side, px);
    if (order->leaves == 0) {
      queue.erase(order);
      where_.erase(id);
    }
    if (queue.empty()) levels(side).erase(px);
  }
  void set_mirrored(Side side, std::int64_t px, std::int64_t qty, std::int64_t ahead_ppm) {
    const auto level = levels(side).find(px);
    std::int64_t present = 0;
    if (level != levels(side).end()) {
      for (const Order& order : level->second) present += order.id == 0 ? order.leaves : 0;
    }
    if (qty == present) return;
    touched(side)[px] = true;
    if (qty > present) {
      Queue& queue = levels(side)[px];
      if (queue.empty() || queue.back().id != 0) queue.push_back({0, 0});
      queue.back().leaves += qty - present;
      return;
    }
    Queue& queue = level->second;
    std::int64_t ahead = (present - qty) * ahead_ppm / 1'000'000;
    std::int64_t behind = present - qty - ahead;
    for (Order& order : queue) take(order, ahead);
    for (auto order = queue.rbegin(); order != queue.rend(); ++order) take(*order, behind);
    std::erase_if(queue, [](const Order& order) { return order.leaves == 0; });
    if (queue.empty()) levels(side).erase(level);
  }

  [[nodiscard]] std::int64_t ahead_of(std::uint64_t id) const {
    const auto [side, px] = where_.at(id);
    std::int64_t ahead = 0;
    for (const Order& order : levels(side).at(px)) {
      if (order.id == id) break;
      ahead += order.leaves;
    }
    return ahead;
  }
  [[nodiscard]] const std::map<std::int64_t, Queue>& levels(Side side) const {
    return levels_[static_cast<std::size_t>(side)];
  }
  std::map<std::int64_t, Queue>& levels(Side side) {
    return levels_[static_cast<std::size_t>(side)];
  }
  [[nodiscard]] std::int64_t leaves_of(std::uint64_t id) const {
    const auto [side, px] = where_.at(id);
    return std::ranges::find(levels(side).at(px), id, &Order::id)->leaves;
  }
  // price -> quantity of what changed since the last take
  std::map<std::int64_t, std::int64_t> take_touched(Side side) {
    std::map<std::int64_t, std::int64_t> out;
    for (const auto& [px, yes] : touched(side)) out[px] = total(side, px);
    touched(side).clear();
    return out;
  }
  [[nodiscard]] std::int64_t total(Side side, std::int64_t px) const {
    const auto level = levels(side).find(px);
    std::int64_t sum = 0;
    if (level == levels(side).end()) return 0;
    for (const Order& order : level->second) sum += order.leaves;
    return sum;
  }
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

 private:
  static void take(Order& order, std::int64_t& wanted) {
    const std::int64_t taken = order.id == 0 ? std::min(order.leaves, wanted) : 0;
    order.leaves -= taken;
    wanted -= taken;
  }
  std::map<std::int64_t, bool>& touched(Side side) {
    return touched_[static_cast<std::size_t>(side)];
  }
  void changed(Side side, std::int64_t px) {
    touched(side)[px] = true;
    ++changes_;
  }

  std::map<std::int64_t, Queue> levels_[2];
  std::map<std::int64_t, bool> touched_[2];
  std::map<std::uint64_t, std::pair<Side, std::int64_t>> where_;
  std::uint64_t changes_{0};
};

struct BookWorld {
  const char* name;
  std::int64_t tick;   // told to the book
  std::int64_t step;   // the prices really used are multiples of it
  std::int64_t first;  // lowest usual price, in steps
  std::int64_t span;   // how many steps the usual prices spread over
  int far_percent;     // prices from anywhere at all
  std::size_t orders;  // around which number the book hovers
};

void PrintTo(const BookWorld& world, std::ostream* out) {
  *out << world.name;
}

class OrderBookModel : public ::testing::TestWithParam<BookWorld> {
 protected:
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
  }
  Side some_side() { return below(2) == 0 ? Side::kBuy : Side::kSell; }
  std::int64_t some_price() {
    const BookWorld& world = GetParam();
    if (below(100) >= world.far_percent) return (world.first + below(world.span)) * world.step;
    const std::int64_t most = std::numeric_limits<std::int64_t>::max() / world.step;
    return (1 + below(below(2) == 0 ? most : std::min<std::int64_t>(most, 5'000))) * world.step;
  }

  void add_one() {
    const Side side = some_side();
    const std::int64_t price = some_price();
    const std::int64_t leaves = 1 + below(1'000);
    const std::uint64_t id = next_id;
    next_id += static_cast<std::uint64_t>(1 + below(3));  // some ids never rest
    live.emplace_back(id, book.add({.order_id = id,
                                    .account = SimAccountId{1},
                                    .side = side,
                                    .px = Price::from_raw(price),
                                    .leaves = Qty::from_raw(leaves)}));
    naive.add(side, price, {id, leaves});
  }
  void reduce_one() {
    if (live.empty()) return;
    const auto chosen = static_cast<std::size_t>(below(static_cast<std::int64_t>(live.size())));
    const auto [id, handle] = live[chosen];
    ASSERT_EQ(book.find(id), handle);
    const std::int64_t leaves = naive.leaves_of(id);
    const std::int64_t qty = below(3) == 0 ? 1 + below(leaves) : leaves;
    book.reduce(handle, Qty::from_raw(qty));
    naive.reduce(id, qty);
    if (qty != leaves) return;
    ASSERT_EQ(book.find(id), OrderBook::kNoHandle);
    live[chosen] = live.back();
    live.pop_back();
  }
  void mirror_one() {
    const Side side = some_side();
    const std::int64_t price = some_price();
    const std::int64_t qty = below(3) == 0 ? 0 : below(3'000);
    const std::int64_t ahead_ppm = below(3) == 0 ? 0 : below(1'000'001);
    book.set_mirrored(side, Price::from_raw(price), Qty::from_raw(qty), ahead_ppm);
    naive.set_mirrored(side, price, qty, ahead_ppm);
  }
  void compare_top() {
    for (const Side side : {Side::kBuy, Side::kSell}) {
      const auto& levels = naive.levels(side);
      const Level best = book.best_level(side);
      if (levels.empty()) {
        ASSERT_TRUE(best.qty.is_zero());
        continue;
      }
      const std::int64_t px = side == Side::kBuy ? levels.rbegin()->first : levels.begin()->first;
      ASSERT_EQ(best.px.raw(), px);
      ASSERT_EQ(best.qty.raw(), naive.total(side, px));
      ASSERT_EQ(book.at(book.best(side)).order_id, levels.at(px).front().id);
    }
  }
  void compare_side(Side side) {
    std::vector<std::pair<std::int64_t, NaiveBook::Order>> expected;
    const auto expect = [&expected](const auto& level) {
      for (const auto& order : level.second) expected.emplace_back(level.first, order);
    };
    const auto& queues = naive.levels(side);  // by rising price; the best comes first
    if (side == Side::kBuy) {
      std::ranges::for_each(queues | std::views::reverse, expect);
    } else {
      std::ranges::for_each(queues, expect);
    }
    std::size_t at = 0;
    for (auto handle = book.best(side); handle != OrderBook::kNoHandle;
         handle = book.next(handle), ++at) {
      const OrderBook::Resting resting = book.at(handle);
      ASSERT_LT(at, expected.size());
      ASSERT_EQ(resting.px.raw(), expected[at].first);
      ASSERT_EQ(resting.side, side);
      ASSERT_EQ(resting.order_id, expected[at].second.id);
      ASSERT_EQ(resting.leaves.raw(), expected[at].second.leaves);
      ASSERT_EQ(resting.account.raw(), resting.order_id == 0 ? 0U : 1U);
    }
    ASSERT_EQ(at, expected.size());
    const std::vector<Level> levels = book.levels(side, 1'000'000);
    ASSERT_EQ(levels.size(), naive.levels(side).size());
    for (const Level& level : levels) {
      ASSERT_EQ(level.qty.raw(), naive.total(side, level.px.raw()));
      ASSERT_EQ(book.qty_at(side, level.px), level.qty);
    }
  }
  void compare_diff() {
    const std::uint64_t before = taken_id;
    const auto diff = book.take_depth_diff();
    const auto bids = naive.take_touched(Side::kBuy);
    const auto asks = naive.take_touched(Side::kSell);
    ASSERT_EQ(diff.has_value(), !bids.empty() || !asks.empty());
    if (!diff) return;
    ASSERT_EQ(diff->first_update_id, before + 1);
    ASSERT_EQ(diff->last_update_id, book.last_update_id());
    taken_id = diff->last_update_id;
    ASSERT_EQ(diff->bids.size(), bids.size());
    ASSERT_EQ(diff->asks.size(), asks.size());
    auto bid = diff->bids.begin();
    for (auto expected = bids.rbegin(); expected != bids.rend(); ++expected, ++bid) {
      ASSERT_EQ(bid->px.raw(), expected->first);
      ASSERT_EQ(bid->qty.raw(), expected->second);
    }
    auto ask = diff->asks.begin();
    for (auto expected = asks.begin(); expected != asks.end(); ++expected, ++ask) {
      ASSERT_EQ(ask->px.raw(), expected->first);
      ASSERT_EQ(ask->qty.raw(), expected->second);
    }
  }
  void compare_places() {
    for (int i = 0; i < 20 && !live.empty(); ++i) {
      const auto& [id, handle] =
          live[static_cast<std::size_t>(below(static_cast<std::int64_t>(live.size())))];
      ASSERT_EQ(book.qty_ahead(handle).raw(), naive.ahead_of(id));
    }
  }

  std::mt19937_64 random{20'240'808};
  OrderBook book{Price::from_raw(GetParam().tick)};
  NaiveBook naive;
  std::vector<std::pair<std::uint64_t, OrderBook::Handle>> live;
  std::uint64_t next_id{1};
  std::uint64_t taken_id{0};
};

TEST_P(OrderBookModel, AgreesWithTheNaiveBook) {
  constexpr int kOperations = 700'000;
  for (int i = 0; i < kOperations; ++i) {
    const std::int64_t roll = below(100);
    if (roll < 10) {
      mirror_one();
    } else if (roll < (live.size() < GetParam().orders ? 60 : 50)) {
      add_one();
    } else {
      reduce_one();
    }
    compare_top();
    if (i % 64 == 0) compare_diff();
    if (i % 32'768 == 0 || i + 1 == kOperations) {
      compare_side(Side::kBuy);
      compare_side(Side::kSell);
      compare_places();
    }
    if (HasFatalFailure()) FAIL() << "at operation " << i;
  }
  ASSERT_GE(book.last_update_id(), naive.changes());
  // And down to nothing.
  while (!live.empty() && !HasFatalFailure()) reduce_one();
  for (const Side side : {Side::kBuy, Side::kSell}) {
    while (!naive.levels(side).empty()) {
      const std::int64_t px = naive.levels(side).begin()->first;
      book.set_mirrored(side, Price::from_raw(px), Qty{});
      naive.set_mirrored(side, px, 0, 0);
    }
    ASSERT_EQ(book.best(side), OrderBook::kNoHandle);
  }
  compare_diff();
  EXPECT_EQ(book.order_count(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Worlds, OrderBookModel,
                         ::testing::Values(BookWorld{.name = "dense",
                                                     .tick = 1'000'000,
                                                     .step = 1'000'000,
                                                     .first = 6'160'000,
                                                     .span = 200,
                                                     .far_percent = 0,
                                                     .orders = 1'000},
                                           BookWorld{.name = "wide",
                                                     .tick = 1'000'000,
                                                     .step = 1'000'000,
                                                     .first = 6'100'000,
                                                     .span = 100'000,
                                                     .far_percent = 1,
                                                     .orders = 20'000},
                                           BookWorld{.name = "sparse and hostile",
                                                     .tick = 1,
                                                     .step = 1,
                                                     .first = 1,
                                                     .span = 1'000'000'000,
                                                     .far_percent = 50,
                                                     .orders = 2'000},
                                           BookWorld{.name = "off the tick grid",
                                                     .tick = 1'000'000,
                                                     .step = 12'345,
                                                     .first = 1,
                                                     .span = 5'000,
                                                     .far_percent = 1,
                                                     .orders = 2'000},
                                           BookWorld{.name = "tick unknown",
                                                     .tick = 0,
                                                     .step = 500,
                                                     .first = 200'000,
                                                     .span = 3'000,
                                                     .far_percent = 0,
                                                     .orders = 500}),
                         [](const auto& world) {
                           std::string name = world.param.name;
                           std::ranges::replace(name, ' ', '_');
                           return name;
                         });

}  // namespace
}  // namespace portcullis::sim
