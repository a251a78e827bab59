#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/oms/oms_fixture.hpp"

// The same facts in every order, told twice or lost: one end, one position.

namespace portcullis::oms::test {
namespace {

// One word of the venue, by number, so that an order of words is a permutation of numbers.
using Word = VenueReport (*)(const OmsWorld&, OrderId);

const std::vector<Word> kFilledOrder = {
    // reply of type FULL: the order, then its fill
    [](const OmsWorld& w, OrderId id) {
      return w.says(id, ExecType::kNew, OrderState::kPartiallyFilled, "0.4", ReportSource::kReply);
    },
    [](const OmsWorld& w, OrderId id) {
      return w.trade(id, 1, "0.4", "0.4", OrderState::kPartiallyFilled, ReportSource::kReply);
    },
    // stream
    [](const OmsWorld& w, OrderId id) { return w.says(id, ExecType::kNew, OrderState::kNew); },
    [](const OmsWorld& w, OrderId id) {
      return w.trade(id, 1, "0.4", "0.4", OrderState::kPartiallyFilled);
    },
    [](const OmsWorld& w, OrderId id) { return w.trade(id, 2, "0.6", "1", OrderState::kFilled); },
    [](const OmsWorld& w, OrderId id) {
      return w.says(id, ExecType::kNew, OrderState::kFilled, "1", ReportSource::kQuery);
    },
};

const std::vector<Word> kCancelledOrder = {
    [](const OmsWorld& w, OrderId id) {
      return w.says(id, ExecType::kNew, OrderState::kNew, "0", ReportSource::kReply);
    },
    [](const OmsWorld& w, OrderId id) { return w.says(id, ExecType::kNew, OrderState::kNew); },
    [](const OmsWorld& w, OrderId id) {
      return w.trade(id, 1, "0.25", "0.25", OrderState::kPartiallyFilled);
    },
    [](const OmsWorld& w, OrderId id) {
      return w.trade(id, 2, "0.25", "0.5", OrderState::kPartiallyFilled);
    },
    [](const OmsWorld& w, OrderId id) {
      return w.says(id, ExecType::kCanceled, OrderState::kCanceled, "0.5", ReportSource::kReply);
    },
    [](const OmsWorld& w, OrderId id) {
      return w.says(id, ExecType::kCanceled, OrderState::kCanceled, "0.5");
    },
};

struct End {
  OrderState state;
  const char* position;
  std::size_t trades;
};

void expect_end(OmsWorld& world, OrderId id, const End& end, const std::string& context) {
  ASSERT_EQ(world.state_of(id), end.state) << context;
  ASSERT_EQ(world.working_buy(), Qty{}) << context;
  ASSERT_EQ(world.exposure.at(kBtc).buy_order_count, 0U) << context;
  ASSERT_TRUE(world.exposure.is_trusted(kBtc)) << context;
  ASSERT_EQ(world.counters.impossible_events.get(), 0) << context;
  std::size_t trades = 0;
  std::size_t ends = 0;
  for (const ExecutionReport& report : world.take_reports()) {
    trades += report.exec_type == ExecType::kTrade;
    ends += report.exec_type == ExecType::kCanceled;
  }
  ASSERT_EQ(trades, end.trades) << context;
  ASSERT_EQ(ends, end.state == OrderState::kCanceled ? 1U : 0U) << context;
  // Back to flat, for the next order of events.
  ASSERT_EQ(world.position(), qty(end.position)) << context;
  world.exposure.set_position(kBtc, Qty{});
  world.order_journal.record_holding(kBtc, Qty{}, world.now());
}

// What was told is followed by whatever the accounting then asks for, truthfully answered.
void answer_questions(OmsWorld& world, OrderId id, const std::vector<Word>& words, const End& end) {
  std::size_t seen = world.venue.sent.size();
  for (int i = 0; i < 600; ++i) {
    world.step(10ms);
    for (; seen < world.venue.sent.size(); ++seen) {
      const FakeVenue::Sent sent = world.venue.sent[seen];
      if (sent.kind == RequestKind::kQuery) {
        const Order* order = world.agent->accounting().store().find(id);
        world.tell(world.says(id, ExecType::kNew, end.state, end.position, ReportSource::kQuery));
        ASSERT_NE(order, nullptr);
      } else if (sent.kind == RequestKind::kTrades) {
        for (const Word word : words) {
          VenueReport report = word(world, id);
          if (report.exec_type != ExecType::kTrade) continue;
          report.source = ReportSource::kQuery;
          report.state = OrderState::kNew;
          report.cum_qty = Qty{};
          world.tell(report);
        }
        world.complete(RequestKind::kTrades, id);
      }
    }
    if (is_terminal(world.state_of(id)) && world.working_buy().is_zero()) return;
  }
}

// Trade ids are unique for each order of events: the ledger remembers.
VenueReport renumbered(VenueReport report, std::uint64_t round) {
  if (report.trade_id != TradeId{}) report.trade_id = TradeId{report.trade_id.raw() + round * 10};
  return report;
}

void try_every_order(const std::vector<Word>& words, const End& end, bool is_doubled) {
  const auto owned = std::make_unique<OmsWorld>();
  OmsWorld& world = *owned;
  world.start();
  std::vector<std::size_t> order(words.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::uint64_t round = 0;
  do {
    ++round;
    const OrderId id = world.place();
    std::string context = "order of words:";
    for (const std::size_t i : order) {
      context += ' ' + std::to_string(i);
      const VenueReport report = renumbered(words[i](world, id), round);
      world.tell(report);
      if (is_doubled) world.tell(report);
    }
    expect_end(world, id, end, context);
    if (testing::Test::HasFatalFailure()) return;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(round, 720U);
}

constexpr End kFilledEnd{OrderState::kFilled, "1", 2};
constexpr End kCancelledEnd{OrderState::kCanceled, "0.5", 2};

TEST(OmsAgentPermutations, AFilledOrderInEveryOrderOfEvents) {
  try_every_order(kFilledOrder, kFilledEnd, false);
}
TEST(OmsAgentPermutations, AFilledOrderInEveryOrderOfEventsTwiceEach) {
  try_every_order(kFilledOrder, kFilledEnd, true);
}
TEST(OmsAgentPermutations, ACancelledOrderInEveryOrderOfEvents) {
  try_every_order(kCancelledOrder, kCancelledEnd, false);
}
TEST(OmsAgentPermutations, ACancelledOrderInEveryOrderOfEventsTwiceEach) {
  try_every_order(kCancelledOrder, kCancelledEnd, true);
}

// Every subset of the words is lost; the questions that follow bring the rest.
void lose_every_subset(const std::vector<Word>& words, const End& end) {
  for (std::size_t told = 0; told < std::size_t{1} << words.size(); ++told) {
    const auto owned = std::make_unique<OmsWorld>();
    OmsWorld& world = *owned;
    world.start();
    const OrderId id = world.place();
    for (std::size_t i = 0; i < words.size(); ++i) {
      if ((told >> i & 1) != 0) world.tell(words[i](world, id));
    }
    // A stream that goes quiet is noticed at the latest by the next audit or cancel.
    if (!is_terminal(world.state_of(id))) {
      world.push_cancel(id);
      world.step();
      world.fail(RequestKind::kCancel, FailureClass::kNoSuchOrder, id, -2011);
    }
    answer_questions(world, id, words, end);
    expect_end(world, id, end, "told: " + std::to_string(told));
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(OmsAgentPermutations, AFilledOrderWithAnyOfItsEventsLost) {
  lose_every_subset(kFilledOrder, kFilledEnd);
}
TEST(OmsAgentPermutations, ACancelledOrderWithAnyOfItsEventsLost) {
  lose_every_subset(kCancelledOrder, kCancelledEnd);
}

}  // namespace
}  // namespace portcullis::oms::test
