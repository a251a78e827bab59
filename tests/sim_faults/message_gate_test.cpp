#include "sim/faults/message_gate.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis::sim {
namespace {

using std::chrono::milliseconds;
using Verb = MessageFate::Verb;

class FakeSink final : public TextSink, public std::enable_shared_from_this<FakeSink> {
 public:
  void send(SharedText text, std::uint64_t) override { got.push_back(*text); }
  void cut() override { is_cut = true; }
  std::weak_ptr<TextSink> weak() override { return weak_from_this(); }

  std::vector<std::string> got;
  bool is_cut{false};
};

class FakeScheduler final : public Scheduler {
 public:
  void after(std::chrono::microseconds delay, std::move_only_function<void()> task) override {
    tasks.emplace_back(delay, std::move(task));
  }
  void run_all() {
    for (auto& [delay, task] : std::exchange(tasks, {})) task();
  }
  std::vector<std::pair<std::chrono::microseconds, std::move_only_function<void()>>> tasks;
};

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
  scheduler_.run_all();
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
  scheduler_.run_all();
  EXPECT_EQ(sink_->got.size(), 2U) << "once only";
}

TEST_F(MessageGateTest, WhatIsHeldComesAtLastWhenNothingFollows) {
  send("only", {.verb = Verb::kReorder, .delay = milliseconds{500}});
  scheduler_.run_all();
  EXPECT_EQ(sink_->got, (Texts{"only"}));
}

TEST_F(MessageGateTest, ForgetsWhatWasHeldForAConnectionThatHasGone) {
  send("lost", {.verb = Verb::kReorder, .delay = milliseconds{500}});
  send("late", {.verb = Verb::kDelay, .delay = milliseconds{1}});
  sink_ = std::make_shared<FakeSink>();
  scheduler_.run_all();
  send("new");
  EXPECT_EQ(sink_->got, (Texts{"new"}));
}

TEST_F(MessageGateTest, TellsLies) {
  send(R"({"e":"trade","p":"1"})", {.verb = Verb::kFalsify, .falsehood = Falsehood::kZeroPrice});
  EXPECT_EQ(sink_->got, (Texts{R"({"e":"trade","p":"0.00000000"})"}));
}

}  // namespace
}  // namespace portcullis::sim
