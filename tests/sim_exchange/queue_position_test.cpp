// An order's place in a mirrored queue, worked by hand: what prints, late prints and unexplained
// losses do to it.
#include <array>

#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

// The other venue's time, in its milliseconds.
WallTime at(std::int64_t ms) {
  return wall_time(ms * 1'000'000);
}

// 60000 is bid for by 5, then Alice joins with 1, then 3 more come behind her.
class QueuePosition : public ExchangeTest {
 protected:
  void SetUp() override {
    ExchangeTest::SetUp();
    level_becomes("5", 10);
    own = place(alice, limit(Side::kBuy, "60000", "1")).order.order_id;
    level_becomes("8", 20);
    listener.clear();
  }
  void level_becomes(std::string_view quantity, std::int64_t covers_ms) {
    const std::array bids{level("60000", quantity)};
    exchange.mirror(0, MirrorUpdate{.bids = bids, .covers = at(covers_ms)}, now);
  }
  void nothing_changes(std::int64_t covers_ms) {
    exchange.mirror(0, MirrorUpdate{.covers = at(covers_ms)}, now);
  }
  void print(std::string_view quantity, std::int64_t ms, std::string_view price = "60000") {
    exchange.mirror(
        0, MirrorPrint{.aggressor = Side::kSell, .level = level(price, quantity), .time = at(ms)},
        now);
  }
  [[nodiscard]] std::string ahead() const { return ahead_of(own); }
  [[nodiscard]] std::string ahead_of(std::uint64_t id) const {
    const auto qty = exchange.qty_ahead(0, id);
    return qty ? qty->str() : "gone";
  }
  [[nodiscard]] std::string filled(std::uint64_t id = 0) const {
    return exchange.find_order(alice, 0, order_name(id == 0 ? own : id))->cum_qty.str();
  }
  [[nodiscard]] std::string shown() const { return exchange.best(0).bid.qty.str(); }
  void cancels_ahead(std::int64_t percent) {
    exchange.set_mirror_rules({.cancel_ahead_ppm = percent * 10'000});
  }

  std::uint64_t own{0};
};

TEST_F(QueuePosition, AnOrderJoinsBehindWhatIsThereAndWhatComesIsBehindIt) {
  EXPECT_EQ(ahead(), "5");
  EXPECT_EQ(shown(), "9");
}

TEST_F(QueuePosition, APrintUsesUpWhatIsAheadAndItsUpdateNothingMore) {
  print("2", 30);
  EXPECT_EQ(ahead(), "3");
  EXPECT_EQ(shown(), "9");  // as the other venue last said
  level_becomes("6", 120);
  EXPECT_EQ(ahead(), "3");
  EXPECT_EQ(shown(), "7");
  nothing_changes(220);
  nothing_changes(320);
  EXPECT_EQ(ahead(), "3");
}

TEST_F(QueuePosition, ALatePrintUsesUpTheSame) {
  level_becomes("6", 120);
  print("2", 30);
  EXPECT_EQ(ahead(), "3");
  EXPECT_EQ(shown(), "7");
  nothing_changes(220);
  nothing_changes(320);
  EXPECT_EQ(ahead(), "3");
}

TEST_F(QueuePosition, ALevelThatWasRefilledHidesItsPrintButTheQueueMovesOn) {
  print("2", 30);
  level_becomes("8", 120);  // two came behind, as two were traded
  EXPECT_EQ(ahead(), "3");
  nothing_changes(220);
  print("1", 225);
  EXPECT_EQ(ahead(), "2");
}

TEST_F(QueuePosition, ALatePrintOfARefilledLevelMovesTheQueueToo) {
  nothing_changes(120);
  print("2", 30);
  EXPECT_EQ(ahead(), "3");
  EXPECT_EQ(shown(), "9");
}

TEST_F(QueuePosition, APrintOfTheUpdatesOwnMillisecondBelongsToTheNextOne) {
  print("2", 120);
  nothing_changes(120);
  level_becomes("6", 220);
  nothing_changes(400);
  EXPECT_EQ(ahead(), "3");
}

TEST_F(QueuePosition, HalfOfAnUnexplainedLossIsAheadOnceNoPrintCanComeAnyMore) {
  level_becomes("6", 120);
  EXPECT_EQ(ahead(), "5");  // a print may still explain it
  nothing_changes(219);
  EXPECT_EQ(ahead(), "5");
  nothing_changes(220);
  EXPECT_EQ(ahead(), "4");
  EXPECT_EQ(shown(), "7");
}

TEST_F(QueuePosition, ALaterPrintSaysThatNoEarlierOneWillCome) {
  level_becomes("6", 120);
  print("0.5", 121, "60001");
  EXPECT_EQ(ahead(), "4");
}

TEST_F(QueuePosition, OfAPartlyExplainedLossTheRestIsShared) {
  level_becomes("4", 120);  // four less: one printed, three cancelled
  print("1", 50);
  EXPECT_EQ(ahead(), "4");
  nothing_changes(220);
  EXPECT_EQ(ahead(), "2.5");
}

TEST_F(QueuePosition, NoneOrAllOfTheCancelsMayBeAhead) {
  cancels_ahead(0);
  level_becomes("6", 120);
  nothing_changes(220);
  EXPECT_EQ(ahead(), "5");
  cancels_ahead(100);
  level_becomes("4.5", 320);
  nothing_changes(420);
  EXPECT_EQ(ahead(), "3.5");
}

TEST_F(QueuePosition, ThereCannotBeMoreAheadThanThereIs) {
  cancels_ahead(0);
  level_becomes("2", 120);  // three behind are not enough for six
  nothing_changes(220);
  EXPECT_EQ(ahead(), "2");
  level_becomes("0", 320);
  EXPECT_EQ(ahead(), "0");
  EXPECT_EQ(shown(), "1");
  level_becomes("7", 420);
  EXPECT_EQ(ahead(), "0");
}

TEST_F(QueuePosition, ALossThatAteIntoTheFrontIsNotCountedAgainByItsPrint) {
  cancels_ahead(0);
  level_becomes("1", 120);  // seven less, of which only three were behind
  EXPECT_EQ(ahead(), "1");
  print("2", 60);  // two of the four from ahead were traded
  EXPECT_EQ(ahead(), "1");
  print("4", 70);  // two more were, then the last one ahead, then Alice's
  EXPECT_EQ(filled(), "1");
  EXPECT_EQ(shown(), "1");
}

TEST_F(QueuePosition, CancelsMayFallInProportion) {
  exchange.set_mirror_rules({.are_cancels_proportional = true});
  level_becomes("4", 120);  // five ahead, three behind: half of either
  nothing_changes(220);
  EXPECT_EQ(ahead(), "2.5");
}

TEST_F(QueuePosition, AFillBeginsWhereTheQueueAheadEnds) {
  print("4.9", 30);
  EXPECT_EQ(filled(), "0");
  print("0.4", 31);
  EXPECT_EQ(filled(), "0.3");
  EXPECT_EQ(ahead(), "0");
  ASSERT_EQ(listener.trades.size(), 3U);
  EXPECT_EQ(listener.trades[1].qty, qty("0.3"));
  EXPECT_EQ(listener.trades[2].qty, qty("0.1"));
  print("100", 32);
  EXPECT_EQ(filled(), "1");
}

TEST_F(QueuePosition, APrintBeyondThePriceFillsTheWholeOrderWhateverItsSize) {
  print("0.01", 30, "59999.99");
  EXPECT_EQ(filled(), "1");
  ASSERT_EQ(listener.trades.size(), 1U);
  EXPECT_EQ(listener.trades[0].px, px("60000"));
}

TEST_F(QueuePosition, OrOnlyUpToItsSizeWhenTheRulesSaySo) {
  exchange.set_mirror_rules({.are_passed_orders_filled = false});
  print("0.01", 30, "59999.99");
  EXPECT_EQ(filled(), "0.01");
  print("0.5", 31, "59000");
  EXPECT_EQ(filled(), "0.51");
}

TEST_F(QueuePosition, APrintOfBeforeTheOrderCameDoesNotTouchIt) {
  level_becomes("6", 120);
  const auto late = place(alice, limit(Side::kBuy, "60000", "1")).order.order_id;
  const auto best = place(alice, limit(Side::kBuy, "60001", "1")).order.order_id;
  EXPECT_EQ(ahead_of(late), "7");
  print("2", 30);
  EXPECT_EQ(ahead(), "3");
  EXPECT_EQ(ahead_of(late), "7");  // two that were ahead of the first are between the two now
  print("9", 31);
  EXPECT_EQ(filled(), "1");
  EXPECT_EQ(filled(late), "0");
  EXPECT_EQ(filled(best), "0");
  EXPECT_EQ(ahead_of(late), "6");
  print("0.1", 121);  // this one is of after it came
  EXPECT_EQ(filled(best), "1");
}

TEST_F(QueuePosition, ALossOfBeforeTheOrderCameDoesNotHelpIt) {
  level_becomes("6", 120);
  const auto late = place(alice, limit(Side::kBuy, "60000", "1")).order.order_id;
  nothing_changes(220);
  EXPECT_EQ(ahead(), "4");
  EXPECT_EQ(ahead_of(late), "7");
}

TEST_F(QueuePosition, TwoOrdersKeepTheirOrderAndEachItsPlace) {
  const auto second = place(bob, limit(Side::kBuy, "60000", "2")).order.order_id;
  level_becomes("10", 120);  // two behind both
  EXPECT_EQ(ahead_of(second), "9");
  print("7", 130);  // five, then Alice's one, then one of the three between
  EXPECT_EQ(filled(), "1");
  EXPECT_EQ(ahead_of(second), "2");
  level_becomes("3", 220);  // as the print had it
  EXPECT_EQ(ahead_of(second), "2");
  print("3", 230);
  EXPECT_EQ(exchange.find_order(bob, 0, order_name(second))->cum_qty, qty("1"));
}

TEST_F(QueuePosition, ASnapshotKeepsThePlace) {
  print("1", 30);
  const std::array bids{level("60000", "7"), level("59990", "1")};
  exchange.mirror_image(0, {.bids = bids}, now);
  EXPECT_EQ(ahead(), "4");
  const std::array fewer{level("60000", "5")};
  exchange.mirror_image(0, {.bids = fewer}, now);  // two were lost unseen
  EXPECT_EQ(ahead(), "3");
}

TEST_F(QueuePosition, AnIcebergsNextSliceQueuesAgain) {
  NewOrder iceberg = limit(Side::kBuy, "60000", "2");
  iceberg.iceberg_qty = qty("0.5");
  const auto id = place(alice, iceberg).order.order_id;
  EXPECT_EQ(ahead_of(id), "9");
  print("9.2", 30);
  EXPECT_EQ(filled(), "1");
  EXPECT_EQ(filled(id), "0.2");
  print("0.3", 31);
  EXPECT_EQ(filled(id), "0.5");
  EXPECT_EQ(ahead_of(id), "8");  // behind what has come after it
}

TEST_F(QueuePosition, TheOtherSideAndOtherPricesAreTheirOwnQueues) {
  exchange.mirror(
      0, MirrorPrint{.aggressor = Side::kBuy, .level = level("60000", "3"), .time = at(30)}, now);
  const std::array bids{level("59999", "3")};
  exchange.mirror(0, MirrorUpdate{.bids = bids, .covers = at(120)}, now);
  print("4", 121, "60000.01");
  nothing_changes(400);
  EXPECT_EQ(ahead(), "5");
}

}  // namespace
}  // namespace portcullis::sim
