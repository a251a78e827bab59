#include "sim/faults/message_gate.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sim_net/fake_line.hpp"

namespace portcullis::sim {
namespace {

using std::chrono::milliseconds;
using Verb = MessageFate::Verb;

using test::FakeScheduler;
using test::FakeSink;

class MessageGateTest : public ::testing::Test {
 protected:
  void send(const char* text) { gate_.send(*sink_, std::make_shared<const std::string>(text)); }
  void send(const char* text, const MessageFate& fate) {
    gate_.send(*sink_, std::make_shared<const std::string>(text), fate);
  }

  FakeScheduler scheduler_;
  MessageGate gate_{scheduler_};
  std::shared_ptr<FakeSink> sink_{std::make_shared<FakeSink>()};
};

using Texts = std::vector<std::string>;

TEST_F(MessageGateTest, LosesDoublesDelaysAndCuts) {
  send("a", {.verb = Verb::kDrop});
  send("b", {.verb = Verb::kDuplicate});
  EXPECT_EQ(sink_->got, (Texts{"b", "b"}));
  send("c", {.verb = Verb::kDelay, .delay = milliseconds{30}});
  send("d");
  EXPECT_EQ(sink_->got.back(), "d");
  ASSERT_EQ(scheduler_.tasks.size(), 1U);
  EXPECT_EQ(scheduler_.tasks[0].first, milliseconds{30});
  scheduler_.advance(std::chrono::seconds{1});
  EXPECT_EQ(sink_->got.back(), "c");
  EXPECT_FALSE(sink_->is_cut);
  send("e", {.verb = Verb::kCut});
  EXPECT_TRUE(sink_->is_cut);
  EXPECT_EQ(sink_->got.back(), "c");
}

TEST_F(MessageGateTest, ReordersBehindTheNextMessageOfTheSameConnection) {
  const auto other = std::make_shared<FakeSink>();
  send("first", {.verb = Verb::kReorder, .delay = milliseconds{500}});
  gate_.send(*other, std::make_shared<const std::string>("elsewhere"));
  EXPECT_TRUE(sink_->got.empty());
  send("second");
  EXPECT_EQ(sink_->got, (Texts{"second", "first"}));
  scheduler_.advance(std::chrono::seconds{1});
  EXPECT_EQ(sink_->got.size(), 2U) << "once only";
}

TEST_F(MessageGateTest, WhatIsHeldComesAtLastWhenNothingFollows) {
  send("only", {.verb = Verb::kReorder, .delay = milliseconds{500}});
  scheduler_.advance(std::chrono::seconds{1});
  EXPECT_EQ(sink_->got, (Texts{"only"}));
}

TEST_F(MessageGateTest, ForgetsWhatWasHeldForAConnectionThatHasGone) {
  send("lost", {.verb = Verb::kReorder, .delay = milliseconds{500}});
  send("late", {.verb = Verb::kDelay, .delay = milliseconds{1}});
  sink_ = std::make_shared<FakeSink>();
  scheduler_.advance(std::chrono::seconds{1});
  send("new");
  EXPECT_EQ(sink_->got, (Texts{"new"}));
}

TEST_F(MessageGateTest, TellsLies) {
  send(R"({"e":"trade","p":"1"})", {.verb = Verb::kFalsify, .falsehood = Falsehood::kZeroPrice});
  EXPECT_EQ(sink_->got, (Texts{R"({"e":"trade","p":"0.00000000"})"}));
}

}  // namespace
}  // namespace portcullis::sim
