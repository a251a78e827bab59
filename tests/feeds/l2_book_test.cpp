#include "feeds/l2_book.hpp"

#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tests/feeds/feed_world.hpp"

namespace portcullis::feeds {
namespace {

using test::level;
using test::px;
using test::qty;

TEST(L2Book, KeepsBestFirstOnBothSides) {
  L2Book book;
  for (const char* price : {"10", "12", "11"}) book.set_level(Side::kBuy, px(price), qty("1"));
  for (const char* price : {"15", "13", "14"}) book.set_level(Side::kSell, px(price), qty("2"));
  EXPECT_EQ(book.best(Side::kBuy), level("12", "1"));
  EXPECT_EQ(book.best(Side::kSell), level("13", "2"));
  EXPECT_EQ(book.level(Side::kBuy, 2), level("10", "1"));
  EXPECT_EQ(book.level(Side::kSell, 2), level("15", "2"));
  EXPECT_EQ(book.level(Side::kSell, 3), BookLevel{});
}

TEST(L2Book, ZeroRemovesAndRemovingTheUnknownIsNormal) {
  L2Book book;
  book.set_level(Side::kBuy, px("10"), qty("1"));
  book.set_level(Side::kBuy, px("9"), qty("0"));
  EXPECT_EQ(book.level_count(Side::kBuy), 1U);
  book.set_level(Side::kBuy, px("10"), qty("0"));
  EXPECT_EQ(book.level_count(Side::kBuy), 0U);
  EXPECT_EQ(book.best(Side::kBuy), BookLevel{});
}

TEST(L2Book, AFullSideDropsItsWorstAndCounts) {
  L2Book book{3};
  for (const char* price : {"10", "11", "12"}) book.set_level(Side::kSell, px(price), qty("1"));
  book.set_level(Side::kSell, px("13"), qty("1"));  // itself the worst
  EXPECT_EQ(book.level(Side::kSell, 2), level("12", "1"));
  EXPECT_EQ(book.dropped_levels(), 1U);
  book.set_level(Side::kSell, px("9"), qty("5"));
  EXPECT_EQ(book.best(Side::kSell), level("9", "5"));
  EXPECT_EQ(book.level(Side::kSell, 2), level("11", "1"));
  EXPECT_EQ(book.level_count(Side::kSell), 3U);
  EXPECT_EQ(book.dropped_levels(), 2U);
  book.set_level(Side::kSell, px("10"), qty("7"));  // a change needs no room
  EXPECT_EQ(book.level(Side::kSell, 1), level("10", "7"));
  EXPECT_EQ(book.dropped_levels(), 2U);
}

TEST(L2Book, AssignTakesAnyOrderAndLeavesOutZeroQuantities) {
  L2Book book;
  book.set_level(Side::kBuy, px("99"), qty("1"));
  const std::vector<BookLevel> levels{level("5", "1"), level("7", "2"), level("6", "0"),
                                      level("4", "3")};
  book.assign(Side::kBuy, levels);
  EXPECT_EQ(book.level_count(Side::kBuy), 3U);
  EXPECT_EQ(book.best(Side::kBuy), level("7", "2"));
  EXPECT_EQ(book.level(Side::kBuy, 2), level("4", "3"));
}

TEST(L2Book, SaysWhenItIsCrossedOrLocked) {
  L2Book book;
  book.set_level(Side::kBuy, px("10"), qty("1"));
  EXPECT_FALSE(book.is_crossed());  // one side only
  book.set_level(Side::kSell, px("11"), qty("1"));
  EXPECT_FALSE(book.is_crossed());
  book.set_level(Side::kSell, px("10"), qty("1"));
  EXPECT_TRUE(book.is_crossed());
}

TEST(L2Book, ForEachVisitsTheTopInOrder) {
  L2Book book;
  for (int i = 1; i <= 20; ++i) book.set_level(Side::kBuy, Price::from_units(i), qty("1"));
  std::vector<Price> seen;
  book.for_each(Side::kBuy, 3, [&seen](const BookLevel& at) { seen.push_back(at.px); });
  EXPECT_EQ(seen,
            (std::vector{Price::from_units(20), Price::from_units(19), Price::from_units(18)}));
}

// A map is the plainest book there is.
TEST(L2Book, EqualsAMapUnderRandomChanges) {
  std::mt19937_64 random{20240808};
  for (const Side side : {Side::kBuy, Side::kSell}) {
    for (const std::int64_t spread : {20, 500, 5000}) {
      L2Book book{8000};
      std::map<Price, Qty> model;
      for (int i = 0; i < 20'000; ++i) {
        const auto price = Price::from_raw(1 +
                                           static_cast<std::int64_t>(random() % 100) *
                                               (static_cast<std::int64_t>(random()) & 1) +
                                           static_cast<std::int64_t>(random() % 5000) % spread);
        const auto quantity = Qty::from_raw(static_cast<std::int64_t>(random() % 4));
        book.set_level(side, price, quantity);
        if (quantity.is_zero()) {
          model.erase(price);
        } else {
          model[price] = quantity;
        }
      }
      std::vector<BookLevel> expected;
      for (const auto& [price, quantity] : model) expected.push_back({price, quantity});
      if (side == Side::kBuy) std::ranges::reverse(expected);
      std::vector<BookLevel> actual;
      book.for_each(side, 10'000, [&actual](const BookLevel& at) { actual.push_back(at); });
      ASSERT_EQ(actual, expected) << "spread " << spread;
    }
  }
}

TEST(L2Book, AFullBookEqualsATrimmedMap) {
  constexpr std::size_t kLevels = 16;
  std::mt19937_64 random{7};
  L2Book book{kLevels};
  std::map<Price, Qty, std::greater<>> model;  // bids, best first
  for (int i = 0; i < 50'000; ++i) {
    const auto price = Price::from_raw(1 + static_cast<std::int64_t>(random() % 64));
    const auto quantity = Qty::from_raw(static_cast<std::int64_t>(random() % 3));
    book.set_level(Side::kBuy, price, quantity);
    if (quantity.is_zero()) {
      model.erase(price);
    } else {
      model[price] = quantity;
      if (model.size() > kLevels) model.erase(std::prev(model.end()));
    }
    ASSERT_EQ(book.level_count(Side::kBuy), model.size());
    ASSERT_EQ(book.best(Side::kBuy).px, model.empty() ? Price{} : model.begin()->first);
  }
  std::size_t depth = 0;
  for (const auto& [price, quantity] : model) {
    ASSERT_EQ(book.level(Side::kBuy, depth++), (BookLevel{price, quantity}));
  }
}

}  // namespace
}  // namespace portcullis::feeds
