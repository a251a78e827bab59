#include "core/budget_window.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis {
namespace {

using namespace std::chrono_literals;

constexpr Nanos kLength = 10s;

WallTime at(Nanos since) {
  return wall_time(1'700'000'000'000'000'000) + since;  // a multiple of ten seconds
}

BudgetWindow make_window(std::int64_t limit = 100) {
  BudgetWindow window;
  window.configure(limit, kLength);
  window.roll(at(1s), 0s);
  return window;
}

TEST(BudgetWindow, WhatIsUnderWayCounts) {
  BudgetWindow window = make_window();
  const auto first = window.on_sent(1);
  (void)window.on_sent(4);
  EXPECT_EQ(window.used(), 5);
  window.on_answer(first, 1, 1, 7, at(2s));
  EXPECT_EQ(window.used(), 7 + 4);
}

TEST(BudgetWindow, ALateAnswerOfTheSameRoundLowersNothing) {
  BudgetWindow window = make_window();
  const auto first = window.on_sent(1);
  const auto second = window.on_sent(1);
  window.on_answer(second, 1, 1, 2, at(2s));
  window.on_answer(first, 1, 1, 1, at(2s));
  EXPECT_EQ(window.used(), 2);
}

TEST(BudgetWindow, AStatementAskedForLaterLowersItInTwoRounds) {
  BudgetWindow window = make_window();
  window.on_answer(window.on_sent(1), 1, 1, 50, at(2s));
  window.on_answer(window.on_sent(1), 1, 1, 20, at(2s));
  EXPECT_EQ(window.used(), 50);
  window.on_answer(window.on_sent(1), 1, 1, 21, at(2s));
  EXPECT_EQ(window.used(), 21);
}

TEST(BudgetWindow, AnAnswerWithoutAStatementCountsWhatItMayHaveCost) {
  BudgetWindow window = make_window();
  window.on_answer(window.on_sent(1), 1, 1, 10, at(2s));
  window.on_answer(window.on_sent(4), 4, 4, {}, at(2s));
  EXPECT_EQ(window.used(), 14);
  window.on_answer(window.on_sent(1), 1, 0, {}, at(2s));
  EXPECT_EQ(window.used(), 14);
}

TEST(BudgetWindow, ANewWindowKeepsWhatMayBeItsOwn) {
  BudgetWindow window = make_window();
  window.on_answer(window.on_sent(1), 1, 1, 40, at(2s));
  window.roll(at(9'990ms), 20ms);
  EXPECT_EQ(window.used(), 40);
  window.on_answer(window.on_sent(3), 3, 3, 43, at(9'990ms));  // on either side of the edge
  const auto over_the_edge = window.on_sent(2);
  window.roll(at(10'019ms), 20ms);
  EXPECT_GE(window.used(), 45);
  window.roll(at(10'020ms), 20ms);
  EXPECT_EQ(window.used(), 3 + 2);
  window.on_answer(over_the_edge, 2, 2, 45, at(10'021ms));  // of which window, nobody knows
  EXPECT_EQ(window.used(), 5);
  EXPECT_EQ(window.over_at(), at(20'020ms));
}

TEST(BudgetWindow, AClockSetBackFreesNothing) {
  BudgetWindow window = make_window();
  window.on_answer(window.on_sent(1), 1, 1, 40, at(2s));
  window.roll(at(-1s), 0s);
  EXPECT_EQ(window.used(), 40);
  window.roll(at(-3600s), 0s);
  EXPECT_EQ(window.used(), 40);
}

TEST(BudgetWindow, AFillGivesBackOnceTheVenueMustHaveDoneSo) {
  BudgetWindow window = make_window();
  window.on_answer(window.on_sent(1), 1, 1, 40, at(2s));
  window.on_credit(at(1'900ms), at(2'100ms));  // may be in the statement already
  window.roll(at(4s), 0s);
  EXPECT_EQ(window.used(), 40);
  window.on_credit(at(4s), at(4s));
  EXPECT_EQ(window.used(), 40);
  window.roll(at(5s), 0s);
  EXPECT_EQ(window.used(), 39);
  window.on_answer(window.on_sent(1), 1, 1, 40, at(5s));  // says it itself from here on
  EXPECT_EQ(window.used(), 40);
}

TEST(BudgetWindow, NoCreditBelowZero) {
  BudgetWindow window = make_window();
  window.on_answer(window.on_sent(1), 1, 1, 1, at(2s));
  for (int i = 0; i < 3; ++i) window.on_credit(at(3s), at(3s));
  window.roll(at(5s), 0s);
  EXPECT_EQ(window.used(), 0);
}

TEST(BudgetWindow, OthersCountUntilAStatementSurelyIncludesThem) {
  BudgetWindow window = make_window();
  window.observe_others(250, 0);
  EXPECT_EQ(window.used(), 250);
  window.observe_others(250, 250);
  window.on_answer(window.on_sent(1), 1, 1, 251, at(2s));
  EXPECT_GE(window.used(), 251);
  window.on_answer(window.on_sent(1), 1, 1, 252, at(2s));
  window.on_answer(window.on_sent(1), 1, 1, 253, at(2s));
  EXPECT_EQ(window.used(), 253);
}

// ---- against a venue that counts

struct Request {
  WallTime arrives;
  WallTime answered;
  std::int64_t cost{0};
  bool is_refunded{false};
  bool is_stated{true};
  bool is_ours{true};  // else of the other thread
  BudgetWindow::Stamp stamp{};
  std::int64_t stated{0};
  bool has_arrived{false};
};

// A venue's window that is exact and slow, with requests that arrive and are answered late and in
// any order, other threads' among them, and a clock that we know only to a margin.
class BudgetModel {
 public:
  explicit BudgetModel(std::uint64_t seed) : random_{seed} {
    margin_ = Nanos{pick(0, 60'000'000)};
    latency_max_ = pick(0, 1) == 0 ? 5'000'000 : 400'000'000;
    limit_ = pick(5, 200);
    window_.configure(limit_, kLength);
    now_ = at(Nanos{pick(0, 9'999'999'999)});
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      now_ += Nanos{pick(0, 30'000'000)};
      settle();
      expect_not_less();
      if (pick(0, 2) == 0) send();
      expect_not_less();
    }
  }
  // Everything answered and two questions more: what is believed is exact.
  void expect_exact_at_rest() {
    now_ += 2s;
    settle();
    now_ = at(Nanos{((now_ - at(0s)) / kLength + 1) * kLength}) + 1s;
    settle();
    for (int i = 0; i < 3; ++i) {
      const auto stamp = window_.on_sent(1);
      charge(1);
      window_.on_answer(stamp, 1, 1, count_, ours());
      window_.observe_others(begun_, finished_);
    }
    EXPECT_EQ(window_.used(), count_);
  }
  [[nodiscard]] bool has_exceeded() const { return has_exceeded_; }
  [[nodiscard]] std::int64_t sent() const { return sent_; }

 private:
  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>{low, high}(random_);
  }
  // The venue's clock as we know it.
  WallTime ours() { return now_ + Nanos{pick(-margin_.count(), margin_.count())}; }

  void send() {
    Request request{.arrives = now_ + Nanos{pick(0, latency_max_)},
                    .answered = {},
                    .cost = pick(0, 5) == 0 ? 4 : 1,
                    .is_refunded = pick(0, 3) == 0,
                    .is_stated = pick(0, 5) != 0,
                    .is_ours = pick(0, 4) != 0};
    if (window_.used() + request.cost > window_.limit()) return;
    request.answered = request.arrives + Nanos{pick(0, latency_max_)};
    if (request.is_ours) {
      request.stamp = window_.on_sent(request.cost);
    } else {
      request.is_refunded = false;
      begun_ += request.cost;
      window_.observe_others(begun_, finished_);
    }
    ++sent_;
    requests_.push_back(request);
  }

  void charge(std::int64_t cost) {
    const std::int64_t index = count_ns(now_) / kLength.count();
    if (index != index_) count_ = 0;
    index_ = index;
    count_ = std::max<std::int64_t>(0, count_ + cost);
    has_exceeded_ = has_exceeded_ || count_ > limit_;
  }

  // What is due by now happens in the order of its moments.
  void settle() {
    const WallTime until = now_;
    for (;;) {
      Request* next = nullptr;
      WallTime due = until;
      for (Request& request : requests_) {
        const WallTime moment = request.has_arrived ? request.answered : request.arrives;
        if (moment > due || (moment == due && next != nullptr)) continue;
        next = &request;
        due = moment;
      }
      if (next == nullptr) break;
      now_ = due;
      window_.roll(ours(), margin_);
      if (!next->has_arrived) {
        next->has_arrived = true;
        charge(next->cost);
        if (next->is_refunded) charge(-next->cost);
        next->stated = count_;
        continue;
      }
      answer(*next);
      *next = requests_.back();
      requests_.pop_back();
    }
    now_ = until;
    charge(0);
    window_.roll(ours(), margin_);
  }
  void answer(const Request& request) {
    if (!request.is_ours) {
      finished_ += request.cost;
      window_.observe_others(begun_, finished_);
      return;
    }
    const std::int64_t charged = request.is_refunded ? 0 : request.cost;
    const std::optional<std::int64_t> stated =
        request.is_stated ? std::optional{request.stated} : std::nullopt;
    window_.on_answer(request.stamp, request.cost, charged, stated, ours());
    expect_not_less();
  }
  void expect_not_less() {
    charge(0);
    std::int64_t on_the_way = 0;
    for (const Request& request : requests_) {
      if (!request.has_arrived) on_the_way += request.cost;
    }
    ASSERT_GE(window_.used(), count_ + on_the_way);
  }

  std::mt19937_64 random_;
  Nanos margin_{};
  std::int64_t latency_max_{0};
  std::int64_t limit_{0};
  WallTime now_{};
  BudgetWindow window_;
  std::vector<Request> requests_;
  std::int64_t begun_{0};
  std::int64_t finished_{0};
  std::int64_t index_{0};
  std::int64_t count_{0};
  std::int64_t sent_{0};
  bool has_exceeded_{false};
};

TEST(BudgetWindow, NeverBelievesLessThanTheVenueCounts) {
  std::int64_t sent = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    BudgetModel model{seed};
    model.run(3'000);
    ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed;
    EXPECT_FALSE(model.has_exceeded()) << "seed " << seed;
    model.expect_exact_at_rest();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    sent += model.sent();
  }
  EXPECT_GT(sent, 30'000);  // and lets something through
}

}  // namespace
}  // namespace portcullis
