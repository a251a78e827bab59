#include "oms/report_publisher.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace portcullis::oms {
namespace {

class ReportPublisherTest : public testing::Test {
 protected:
  ReportPublisherTest() : counters{OmsCounters::allocate(file)} {}

  static ExecutionReport report(std::uint64_t id, std::uint16_t strategy = 0) {
    ExecutionReport made;
    made.order_id = OrderId{id};
    made.strategy = StrategyId{strategy};
    return made;
  }
  static std::vector<std::uint64_t> take(SpscRing<ExecutionReport>& ring) {
    std::vector<std::uint64_t> ids;
    ExecutionReport taken;
    while (ring.try_pop(taken)) ids.push_back(taken.order_id.raw());
    return ids;
  }

  SpscRing<OrderCommand> commands{1};
  SpscRing<ExecutionReport> first{2};
  SpscRing<ExecutionReport> second{2};
  std::vector<StrategyPort> ports{{&commands, &first}, {&commands, &second}};
  KillSwitch kill_switch;
  LogRing log;
  CounterFile file{*CounterFile::create("")};
  OmsCounters counters;
  ReportPublisher publisher{ports, 3, kill_switch, log, counters};
};

TEST_F(ReportPublisherTest, EachStrategyGetsItsOwn) {
  publisher.publish(report(1, 0), mono_time(1));
  publisher.publish(report(2, 1), mono_time(1));
  publisher.publish(report(3, 9), mono_time(1));  // nobody
  EXPECT_EQ(take(first), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(take(second), (std::vector<std::uint64_t>{2}));
  EXPECT_FALSE(kill_switch.is_killed());
}

TEST_F(ReportPublisherTest, AFullRingKillsTradingAndKeepsTheReportsInOrder) {
  for (std::uint64_t id = 1; id <= 4; ++id) publisher.publish(report(id), mono_time(1));
  EXPECT_TRUE(kill_switch.is_killed());
  EXPECT_EQ(counters.reports_overflowed.get(), 2);
  EXPECT_EQ(counters.reports_lost.get(), 0);
  EXPECT_EQ(publisher.flush(), 0);
  EXPECT_EQ(take(first), (std::vector<std::uint64_t>{1, 2}));
  publisher.publish(report(5), mono_time(2));  // behind the waiting ones, not before
  EXPECT_EQ(publisher.flush(), 2);
  EXPECT_EQ(take(first), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(publisher.flush(), 1);
  EXPECT_EQ(take(first), (std::vector<std::uint64_t>{5}));
  EXPECT_EQ(publisher.flush(), 0);
  publisher.publish(report(6, 1), mono_time(2));
  EXPECT_EQ(take(second), (std::vector<std::uint64_t>{6})) << "the other strategy is unharmed";
}

TEST_F(ReportPublisherTest, WhatFitsNowhereIsCountedAndLogged) {
  for (std::uint64_t id = 1; id <= 6; ++id) publisher.publish(report(id), mono_time(1));
  EXPECT_EQ(counters.reports_lost.get(), 1);
  int errors = 0;
  log.drain([&errors](const LogRecord& record) { errors += record.level == LogLevel::kError; },
            100);
  EXPECT_EQ(errors, 2);
}

}  // namespace
}  // namespace portcullis::oms
