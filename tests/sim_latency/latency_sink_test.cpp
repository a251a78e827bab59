#include "sim/latency/latency_sink.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sim_net/fake_line.hpp"

namespace portcullis::sim {
namespace {

using std::chrono::milliseconds;
using Texts = std::vector<std::string>;

LatencyConfig reports_take_ten_milliseconds() {
  LatencyConfig config;
  config.leg(LatencyLeg::kReportOut) = LatencySource::parse("const:10ms").value();
  return config;
}

class LatencySinkTest : public ::testing::Test {
 protected:
  test::FakeScheduler scheduler_;
  LatencyModel model_{reports_take_ten_milliseconds(), 1};
  std::shared_ptr<test::FakeSink> line_{std::make_shared<test::FakeSink>()};
  std::shared_ptr<LatencySink> sink_{std::make_shared<LatencySink>(*line_, model_, scheduler_)};
};

TEST_F(LatencySinkTest, SendsLater) {
  sink_->send_text("report");
  scheduler_.advance(milliseconds{9});
  EXPECT_EQ(line_->got, Texts{});
  scheduler_.advance(milliseconds{1});
  EXPECT_EQ(line_->got, Texts{"report"});
}

TEST_F(LatencySinkTest, ACloseAndAFaultWaitBehindWhatWasSaid) {
  sink_->send_text("report");
  sink_->inject({});
  sink_->close(1001, "going away");
  EXPECT_EQ(line_->got, Texts{});
  scheduler_.advance(milliseconds{10});
  EXPECT_EQ(line_->got, (Texts{"report", "fault", "close 1001 going away"}));
}

TEST_F(LatencySinkTest, ACutDoesNotWait) {
  sink_->send_text("report");
  sink_->cut();
  EXPECT_TRUE(line_->is_cut);
}

TEST_F(LatencySinkTest, WhatIsUnderWayIsLostWithTheLine) {
  sink_->send_text("report");
  sink_.reset();
  line_.reset();
  scheduler_.advance(milliseconds{10});
  EXPECT_TRUE(scheduler_.tasks.empty());
}

}  // namespace
}  // namespace portcullis::sim
