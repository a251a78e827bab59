#include "sim/matching/order_table.hpp"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

using Handle = OrderTable::Handle;

Handle put(OrderTable& table, std::uint64_t id) {
  const Handle handle = table.take(id);
  table[handle] = {.order_id = id};
  return handle;
}

TEST(OrderTable, FindsWhatItHoldsAndNothingElse) {
  OrderTable table;
  std::map<std::uint64_t, Handle> held;
  std::mt19937_64 random{7};
  std::uint64_t next_id = 1;
  for (int i = 0; i < 500'000; ++i) {
    if (random() % 2 == 0 || held.empty()) {
      next_id += 1 + random() % 3 + (random() % 1'000 == 0 ? random() % 1'000'000 : 0);
      held[next_id] = put(table, next_id);
    } else {
      // Mostly the young, so that some grow very old.
      auto chosen = std::prev(held.end(), 1 + static_cast<int>(random() % held.size()) / 4);
      table.release(chosen->second);
      ASSERT_EQ(table.find(chosen->first), OrderTable::kNone);
      held.erase(chosen);
    }
    ASSERT_EQ(table.find(next_id + 1), OrderTable::kNone);
    if (held.empty()) continue;
    const auto& [id, handle] =
        *std::next(held.begin(), static_cast<int>(random() % 4) % static_cast<int>(held.size()));
    ASSERT_EQ(table.find(id), handle);
  }
  for (const auto& [id, handle] : held) ASSERT_EQ(table.find(id), handle);
  EXPECT_GT(held.size(), 100U);
}

TEST(OrderTable, AnOrderMayComeBackUnderItsId) {
  OrderTable table;
  const Handle slice = put(table, 40);
  table.release(slice);
  EXPECT_EQ(table.find(40), OrderTable::kNone);
  const Handle next_slice = put(table, 40);
  EXPECT_EQ(table.find(40), next_slice);
}

TEST(OrderTable, ZeroIsNobodysId) {
  OrderTable table;
  const Handle mirrored = put(table, 0);
  put(table, 1);  // whose block begins with zero's place
  EXPECT_NE(mirrored, OrderTable::kNone);
  EXPECT_EQ(table.find(0), OrderTable::kNone);
}

TEST(OrderTable, DoesNotGrowWhileIdsRunOn) {
  OrderTable table;
  const Handle survivor = put(table, 1);
  std::vector<Handle> young;
  std::uint64_t id = 2;
  const auto run = [&](int orders) {
    for (int i = 0; i < orders; ++i, ++id) {
      young.push_back(put(table, id));
      if (young.size() < 100) continue;
      for (const Handle handle : young) table.release(handle);
      young.clear();
    }
  };
  run(100'000);
  const std::size_t memory_bytes = table.memory_bytes();
  run(2'000'000);
  EXPECT_EQ(table.memory_bytes(), memory_bytes);
  EXPECT_EQ(table.find(1), survivor);
}

TEST(IdMap, TellsIdsApartThatShareTheirLowHalf) {
  IdMap map;
  const std::vector<std::uint64_t> ids{5, 5 + (1ULL << 32U), 5 + (1ULL << 40U), 13, 1'000'005};
  const auto is = [&ids](std::uint64_t id) {
    return [&ids, id](std::uint32_t index) { return ids[index] == id; };
  };
  for (std::uint32_t index = 0; index < ids.size(); ++index) map.insert(ids[index], index);
  for (std::uint32_t index = 0; index < ids.size(); ++index) {
    EXPECT_EQ(map.find(ids[index], is(ids[index])), index);
  }
  map.erase(ids[0], is(ids[0]));
  EXPECT_EQ(map.find(ids[0], is(ids[0])), IdMap::kNone);
  EXPECT_EQ(map.find(ids[1], is(ids[1])), 1U);
  EXPECT_EQ(map.find(ids[2], is(ids[2])), 2U);
}

TEST(IdMap, SurvivesChurn) {
  IdMap map;
  std::vector<std::uint64_t> held;
  std::mt19937_64 random{7};
  const auto any = [](std::uint32_t) { return true; };
  for (int i = 0; i < 300'000; ++i) {
    if (held.size() < 2'000 || random() % 2 == 0) {
      const auto id = static_cast<std::uint64_t>(i);
      map.insert(id, static_cast<std::uint32_t>(i));
      held.push_back(id);
    } else {
      std::uint64_t& chosen = held[random() % held.size()];
      map.erase(chosen, any);
      chosen = held.back();
      held.pop_back();
    }
    const std::uint64_t id = held[random() % held.size()];
    ASSERT_EQ(map.find(id, any), static_cast<std::uint32_t>(id));
  }
  EXPECT_EQ(map.count(), held.size());
}

}  // namespace
}  // namespace portcullis::sim
