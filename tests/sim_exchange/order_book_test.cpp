#include "sim/matching/order_book.hpp"

#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

OrderBook::Resting resting(std::uint64_t id, Side side, std::string_view price,
                           std::string_view quantity) {
  return {.order_id = id,
          .account = SimAccountId{1},
          .side = side,
          .px = px(price),
          .leaves = qty(quantity)};
}

std::vector<std::uint64_t> ids(const OrderBook& book, Side side) {
  std::vector<std::uint64_t> out;
  for (auto handle = book.best(side); handle != OrderBook::kNoHandle; handle = book.next(handle)) {
    out.push_back(book.at(handle).order_id);
  }
  return out;
}

TEST(OrderBook, WalksPriceThenTime) {
  OrderBook book;
  book.add(resting(1, Side::kBuy, "99", "1"));
  book.add(resting(2, Side::kBuy, "100", "1"));
  book.add(resting(3, Side::kBuy, "99", "1"));
  book.add(resting(4, Side::kBuy, "101", "1"));
  EXPECT_EQ(ids(book, Side::kBuy), (std::vector<std::uint64_t>{4, 2, 1, 3}));
  book.add(resting(5, Side::kSell, "103", "1"));
  book.add(resting(6, Side::kSell, "102", "1"));
  EXPECT_EQ(ids(book, Side::kSell), (std::vector<std::uint64_t>{6, 5}));
}

TEST(OrderBook, RemovesFromHeadMiddleAndTail) {
  OrderBook book;
  std::vector<OrderBook::Handle> handles;
  for (std::uint64_t id = 1; id <= 4; ++id) {
    handles.push_back(book.add(resting(id, Side::kSell, "100", "1")));
  }
  book.remove(handles[1]);
  EXPECT_EQ(ids(book, Side::kSell), (std::vector<std::uint64_t>{1, 3, 4}));
  book.remove(handles[3]);
  EXPECT_EQ(ids(book, Side::kSell), (std::vector<std::uint64_t>{1, 3}));
  book.remove(handles[0]);
  EXPECT_EQ(ids(book, Side::kSell), (std::vector<std::uint64_t>{3}));
  EXPECT_EQ(book.qty_at(Side::kSell, px("100")), qty("1"));
  book.remove(handles[2]);
  EXPECT_EQ(book.best(Side::kSell), OrderBook::kNoHandle);
  EXPECT_TRUE(book.levels(Side::kSell, 10).empty());
}

TEST(OrderBook, ReducingKeepsThePlaceInLine) {
  OrderBook book;
  const auto first = book.add(resting(1, Side::kSell, "100", "2"));
  book.add(resting(2, Side::kSell, "100", "1"));
  book.reduce(first, qty("1.5"));
  EXPECT_EQ(ids(book, Side::kSell), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(book.best_level(Side::kSell).qty, qty("1.5"));
}

TEST(OrderBook, CrossedBy) {
  OrderBook book;
  EXPECT_FALSE(book.is_crossed_by(Side::kBuy, px("1000")));
  book.add(resting(1, Side::kSell, "100", "1"));
  EXPECT_TRUE(book.is_crossed_by(Side::kBuy, px("100")));
  EXPECT_FALSE(book.is_crossed_by(Side::kBuy, px("99.99")));
  book.add(resting(2, Side::kBuy, "98", "1"));
  EXPECT_TRUE(book.is_crossed_by(Side::kSell, px("98")));
  EXPECT_FALSE(book.is_crossed_by(Side::kSell, px("98.01")));
}

TEST(OrderBook, MirroredQuantityLeavesOrdersInTheirPlace) {
  OrderBook book;
  book.set_mirrored(Side::kBuy, px("100"), qty("3"));
  book.add(resting(7, Side::kBuy, "100", "1"));
  book.set_mirrored(Side::kBuy, px("100"), qty("5"));  // two more, behind
  EXPECT_EQ(ids(book, Side::kBuy), (std::vector<std::uint64_t>{0, 7, 0}));
  EXPECT_EQ(book.best_level(Side::kBuy).qty, qty("6"));
  book.set_mirrored(Side::kBuy, px("100"), qty("2.5"));  // the back goes first
  EXPECT_EQ(ids(book, Side::kBuy), (std::vector<std::uint64_t>{0, 7}));
  EXPECT_EQ(book.best_level(Side::kBuy).qty, qty("3.5"));
  book.set_mirrored(Side::kBuy, px("100"), Qty{});
  EXPECT_EQ(ids(book, Side::kBuy), (std::vector<std::uint64_t>{7}));
  book.set_mirrored(Side::kBuy, px("99"), Qty{});  // an unknown level is nothing to remove
  EXPECT_EQ(book.levels(Side::kBuy, 10).size(), 1U);
}

}  // namespace
}  // namespace portcullis::sim
