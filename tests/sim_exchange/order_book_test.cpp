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

// Mirrored 3, order 7, mirrored 2, order 8, mirrored 1.
class MirroredQueue : public ::testing::Test {
 protected:
  MirroredQueue() {
    book.set_mirrored(Side::kSell, px("100"), qty("3"));
    first = book.add(resting(7, Side::kSell, "100", "1"));
    book.set_mirrored(Side::kSell, px("100"), qty("5"));
    second = book.add(resting(8, Side::kSell, "100", "1"));
    book.set_mirrored(Side::kSell, px("100"), qty("6"));
  }
  // "3 #7 2 #8 1"
  [[nodiscard]] std::string queue() const {
    std::string out;
    for (auto handle = book.best(Side::kSell); handle != OrderBook::kNoHandle;
         handle = book.next(handle)) {
      const OrderBook::Resting each = book.at(handle);
      if (!out.empty()) out += ' ';
      out += each.order_id == 0 ? each.leaves.str() : "#" + std::to_string(each.order_id);
    }
    return out;
  }
  void shrink_to(std::string_view quantity, std::int64_t ahead_ppm) {
    book.set_mirrored(Side::kSell, px("100"), qty(quantity), ahead_ppm);
  }

  OrderBook book{px("0.01")};
  OrderBook::Handle first{};
  OrderBook::Handle second{};
};

TEST_F(MirroredQueue, GrowsBehindAndTellsWhatIsAhead) {
  EXPECT_EQ(queue(), "3 #7 2 #8 1");
  EXPECT_EQ(book.qty_ahead(first), qty("3"));
  EXPECT_EQ(book.qty_ahead(second), qty("6"));
  shrink_to("8", 1'000'000);  // growth knows no share
  EXPECT_EQ(queue(), "3 #7 2 #8 3");
}

TEST_F(MirroredQueue, LosesBehindWhenNobodyAheadCancels) {
  shrink_to("5.5", 0);
  EXPECT_EQ(queue(), "3 #7 2 #8 0.5");
  shrink_to("4", 0);  // nothing is left behind the last order: then from between
  EXPECT_EQ(queue(), "3 #7 1 #8");
  shrink_to("1", 0);
  EXPECT_EQ(queue(), "1 #7 #8");
  EXPECT_EQ(book.qty_ahead(second), qty("2"));
}

TEST_F(MirroredQueue, LosesAheadWhenEverybodyAheadCancels) {
  shrink_to("5", 1'000'000);
  EXPECT_EQ(queue(), "2 #7 2 #8 1");
  shrink_to("2", 1'000'000);  // nothing is left ahead of the first order: then from between
  EXPECT_EQ(queue(), "#7 1 #8 1");
  shrink_to("0.5", 1'000'000);
  EXPECT_EQ(queue(), "#7 #8 0.5");
  EXPECT_EQ(book.qty_ahead(first), Qty{});
}

TEST_F(MirroredQueue, SharesTheLossAsTold) {
  shrink_to("5", 250'000);  // of one, a quarter ahead and the rest behind
  EXPECT_EQ(queue(), "2.75 #7 2 #8 0.25");
  shrink_to("4.99999999", 500'000);  // half of the smallest quantity is none
  EXPECT_EQ(queue(), "2.75 #7 2 #8 0.24999999");
  shrink_to("0", 500'000);
  EXPECT_EQ(queue(), "#7 #8");
  EXPECT_EQ(book.best_level(Side::kSell).qty, qty("2"));
}

TEST_F(MirroredQueue, MayBeAllThereIs) {
  book.remove(first);
  book.remove(second);
  shrink_to("0", 300'000);
  EXPECT_EQ(book.best(Side::kSell), OrderBook::kNoHandle);
  EXPECT_EQ(book.order_count(), 0U);
}

TEST(OrderBook, FindsOrdersByIdWhileTheyRest) {
  OrderBook book;
  const auto handle = book.add(resting(7, Side::kBuy, "100", "2"));
  EXPECT_EQ(book.find(7), handle);
  EXPECT_EQ(book.find(8), OrderBook::kNoHandle);
  EXPECT_EQ(book.find(7 + (1ULL << 32U)), OrderBook::kNoHandle);  // only its low half is the same
  book.reduce(handle, qty("1"));
  EXPECT_EQ(book.find(7), handle);
  book.remove(handle);
  EXPECT_EQ(book.find(7), OrderBook::kNoHandle);
}

TEST(OrderBook, TakesPricesOffItsTickGrid) {
  OrderBook book{px("0.01")};
  book.add(resting(1, Side::kBuy, "100.01", "1"));
  book.add(resting(2, Side::kBuy, "99.99", "1"));
  const auto changed = book.add(resting(3, Side::kBuy, "99", "1"));
  book.remove(changed);
  EXPECT_EQ(book.qty_at(Side::kBuy, px("100.005")), Qty{});  // asking changes nothing
  const auto between = book.add(resting(4, Side::kBuy, "100.00000001", "1"));
  EXPECT_EQ(ids(book, Side::kBuy), (std::vector<std::uint64_t>{1, 4, 2}));
  EXPECT_EQ(book.at(between).px, px("100.00000001"));
  const auto diff = book.take_depth_diff();  // what changed before is still known
  ASSERT_EQ(diff->bids.size(), 4U);
  EXPECT_EQ(diff->bids[3].px, px("99"));
  EXPECT_EQ(diff->bids[3].qty, Qty{});
}

TEST(OrderBook, HoldsTheWholeRangeOfPrices) {
  OrderBook book{px("0.01")};
  book.add(resting(1, Side::kSell, "0.00000001", "1"));
  book.add(resting(2, Side::kSell, "92233720368.54775807", "1"));
  book.add(resting(3, Side::kBuy, "0.00000001", "1"));
  book.add(resting(4, Side::kBuy, "92233720368.54775807", "1"));
  EXPECT_EQ(ids(book, Side::kSell), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(ids(book, Side::kBuy), (std::vector<std::uint64_t>{4, 3}));
}

}  // namespace
}  // namespace portcullis::sim
