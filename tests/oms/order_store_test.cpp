#include "oms/order_store.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis::oms {
namespace {

TEST(OrderStore, FindsWhatItOpened) {
  OrderStore store{4};
  Order* a = store.open(OrderId{1});
  Order* b = store.open(OrderId{2});
  ASSERT_NE(a, nullptr);
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(store.find(OrderId{1}), a);
  EXPECT_EQ(store.find(OrderId{2}), b);
  EXPECT_EQ(store.find(OrderId{3}), nullptr);
  EXPECT_EQ(store.open_count(), 2U);
}

TEST(OrderStore, RefusesWhenAllAreOpen) {
  OrderStore store{2};
  ASSERT_NE(store.open(OrderId{1}), nullptr);
  ASSERT_NE(store.open(OrderId{2}), nullptr);
  EXPECT_FALSE(store.has_room());
  EXPECT_EQ(store.open(OrderId{3}), nullptr);
  EXPECT_NE(store.find(OrderId{1}), nullptr);
}

TEST(OrderStore, EvictsTheOldestClosedAndNeverAnOpenOne) {
  OrderStore store{3};
  for (std::uint64_t id = 1; id <= 3; ++id) ASSERT_NE(store.open(OrderId{id}), nullptr);
  EXPECT_TRUE(store.close(*store.find(OrderId{2})));
  EXPECT_TRUE(store.close(*store.find(OrderId{1})));
  EXPECT_FALSE(store.close(*store.find(OrderId{1})));
  EXPECT_NE(store.find(OrderId{2}), nullptr) << "kept for late events while there is room";
  ASSERT_NE(store.open(OrderId{4}), nullptr);
  EXPECT_EQ(store.find(OrderId{2}), nullptr);
  EXPECT_NE(store.find(OrderId{1}), nullptr);
  EXPECT_NE(store.find(OrderId{3}), nullptr);
}

TEST(OrderStore, AReopenedOrderIsSafeFromEviction) {
  OrderStore store{2};
  ASSERT_NE(store.open(OrderId{1}), nullptr);
  ASSERT_NE(store.open(OrderId{2}), nullptr);
  store.close(*store.find(OrderId{1}));
  store.close(*store.find(OrderId{2}));
  EXPECT_TRUE(store.reopen(*store.find(OrderId{1})));
  EXPECT_FALSE(store.reopen(*store.find(OrderId{1})));
  ASSERT_NE(store.open(OrderId{3}), nullptr);
  EXPECT_NE(store.find(OrderId{1}), nullptr);
  EXPECT_EQ(store.find(OrderId{2}), nullptr);
}

TEST(OrderStore, AgreesWithASlowModel) {
  constexpr std::size_t kCapacity = 16;
  OrderStore store{kCapacity};
  std::vector<std::uint64_t> open;
  std::deque<std::uint64_t> closed;
  std::mt19937 random{7};
  std::uint64_t last_id = 0;
  const auto pick = [&random](auto& from) {
    return static_cast<std::ptrdiff_t>(random() % from.size());
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto action = random() % 5;
    if (action < 2) {
      Order* order = store.open(OrderId{++last_id});
      ASSERT_EQ(order == nullptr, open.size() == kCapacity);
      if (order == nullptr) continue;
      if (open.size() + closed.size() == kCapacity) closed.pop_front();
      open.push_back(last_id);
    } else if (action < 4 && !open.empty()) {
      const auto at = open.begin() + pick(open);
      store.close(*store.find(OrderId{*at}));
      closed.push_back(*at);
      open.erase(at);
    } else if (!closed.empty()) {
      const auto at = closed.begin() + pick(closed);
      store.reopen(*store.find(OrderId{*at}));
      open.push_back(*at);
      closed.erase(at);
    }
    ASSERT_EQ(store.open_count(), open.size());
    std::vector<std::uint64_t> walked;
    for (std::size_t k = 0; k < store.open_count(); ++k)
      walked.push_back(store.open_at(k).id.raw());
    std::sort(walked.begin(), walked.end());
    auto expected = open;
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(walked, expected);
    for (const std::uint64_t id : closed) ASSERT_NE(store.find(OrderId{id}), nullptr);
    const std::size_t first = last_id > 40 ? last_id - 40 : 1;
    for (std::uint64_t id = first; id <= last_id; ++id) {
      const bool is_kept = std::find(open.begin(), open.end(), id) != open.end() ||
                           std::find(closed.begin(), closed.end(), id) != closed.end();
      ASSERT_EQ(store.find(OrderId{id}) != nullptr, is_kept) << id;
    }
  }
}

TEST(OrderStoreDeathTest, AnIdTwiceIsABug) {
  OrderStore store{4};
  ASSERT_NE(store.open(OrderId{1}), nullptr);
  EXPECT_DEATH((void)store.open(OrderId{1}), "never used twice");
}

}  // namespace
}  // namespace portcullis::oms
