#include "core/agent_runner.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/idle_strategy.hpp"
#include "core/memory_lock.hpp"
#include "tests/support/eventually.hpp"

namespace portcullis {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// Generous: the other thread may have to wait for a core.
template <class Condition>
bool eventually(Condition&& holds) {
  return test::eventually(holds, std::chrono::seconds{20});
}

struct World {
  MonoClock clock{false};
  WallOffset wall{clock};
  CounterFile counters = *CounterFile::create("");
};

class ProbeAgent {
 public:
  static constexpr const char* kRoleName = "probe";

  void on_start(const Now& now) noexcept {
    started_at = now.mono;
    memory_of_start = std::make_unique<int>(1);  // allowed here
  }
  int do_work(const Now& now) noexcept {
    if (now.mono < last) backwards.fetch_add(1);
    last = now.mono;
    last_wall_ns.store(count_ns(now.wall));
    cpu.store(::sched_getcpu());
    name_matches.store(name_of_thread() == "probe-thread");
    turns.fetch_add(1);
    return 0;
  }

  MonoTime started_at{};
  MonoTime last{};
  std::unique_ptr<int> memory_of_start;
  std::atomic<int> backwards{0};
  std::atomic<int> turns{0};
  std::atomic<int> cpu{-1};
  std::atomic<std::int64_t> last_wall_ns{0};
  std::atomic<bool> name_matches{false};

 private:
  static std::string_view name_of_thread() noexcept {
    static thread_local std::array<char, 16> name{};
    ::pthread_getname_np(::pthread_self(), name.data(), name.size());
    return name.data();
  }
};

int first_allowed_cpu() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  ::sched_getaffinity(0, sizeof cpus, &cpus);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &cpus)) return cpu;
  }
  return 0;
}

TEST(AgentRunner, TurnsTheAgentOnItsOwnNamedAndPinnedThread) {
  World world;
  ProbeAgent agent;
  AgentRunner runner{world.clock,
                     world.wall,
                     world.counters,
                     {.name = "probe-thread", .cpu = first_allowed_cpu()}};
  runner.start(agent);
  EXPECT_TRUE(runner.report().is_pinned);
  EXPECT_TRUE(runner.report().is_named);
  EXPECT_THAT(runner.report().warnings, SizeIs(0));
  ASSERT_TRUE(eventually([&] { return agent.turns.load() > 100; }));
  runner.stop();
  EXPECT_TRUE(agent.name_matches.load());
  EXPECT_EQ(agent.cpu.load(), first_allowed_cpu());
  EXPECT_EQ(agent.backwards.load(), 0);
  EXPECT_GT(count_ns(agent.started_at), 0);
  EXPECT_LT(std::abs(agent.last_wall_ns.load() - count_ns(wall_now())), 60'000'000'000);
  EXPECT_EQ(world.counters.read("thread.probe-thread.setup_failures"), 0);
}

TEST(AgentRunner, StopsOnceAndForAll) {
  World world;
  ProbeAgent agent;
  AgentRunner runner{world.clock, world.wall, world.counters, {.name = "probe-thread"}};
  runner.start(agent);
  runner.stop();
  const int turns = agent.turns.load();
  runner.stop();
  std::this_thread::sleep_for(std::chrono::milliseconds{5});
  EXPECT_EQ(agent.turns.load(), turns);
}

TEST(AgentRunner, StopsWithoutHavingStarted) {
  World world;
  AgentRunner runner{world.clock, world.wall, world.counters, {.name = "idle"}};
  runner.stop();
  EXPECT_FALSE(runner.report().is_pinned);
}

TEST(AgentRunner, APinThatFailsIsAWarningAndACounter) {
  World world;
  ProbeAgent agent;
  AgentRunner runner{world.clock, world.wall, world.counters, {.name = "lost", .cpu = 1'000}};
  runner.start(agent);
  EXPECT_FALSE(runner.report().is_pinned);
  ASSERT_THAT(runner.report().warnings, SizeIs(1));
  EXPECT_THAT(runner.report().warnings[0], HasSubstr("not pinned to CPU 1000"));
  EXPECT_TRUE(eventually([&] { return agent.turns.load() > 0; })) << "it runs all the same";
  runner.stop();
  EXPECT_EQ(world.counters.read("thread.lost.setup_failures"), 1);
}

TEST(AgentRunner, AnImpossibleCpuNumberIsAWarningToo) {
  World world;
  ProbeAgent agent;
  AgentRunner runner{world.clock, world.wall, world.counters, {.name = "odd", .cpu = -3}};
  runner.start(agent);
  EXPECT_FALSE(runner.report().is_pinned);
  EXPECT_THAT(runner.report().warnings, SizeIs(1));
}

struct SleepyAgent {
  static constexpr const char* kRoleName = "sleepy";
  int do_work(const Now& /*now*/) noexcept {
    if (turns.fetch_add(1) == 3) std::this_thread::sleep_for(std::chrono::milliseconds{30});
    return 1;
  }
  std::atomic<int> turns{0};
};

TEST(AgentRunner, ALongTurnShowsInTheDutyCycle) {
  World world;
  SleepyAgent agent;
  AgentRunner runner{
      world.clock,
      world.wall,
      world.counters,
      {.name = "duty", .idle = IdleKind::kYield, .cycle_threshold = Nanos{20'000'000}}};
  runner.start(agent);
  ASSERT_TRUE(eventually([&] { return agent.turns.load() > 10; }));
  runner.stop();
  EXPECT_GE(world.counters.read("thread.duty.cycle_max_ns"), 30'000'000);
  EXPECT_GE(world.counters.read("thread.duty.cycles_over"), 1);
  EXPECT_GT(world.counters.read("thread.duty.cycles"), 10);
}

struct HoardingAgent {
  static constexpr const char* kRoleName = "hoarder";
  int do_work(const Now& /*now*/) noexcept {
    memory.push_back(std::string(100, 'x'));
    return 1;
  }
  std::vector<std::string> memory;
};

#ifndef PORTCULLIS_SANITIZED
void run_hoarder() {
  World world;
  HoardingAgent agent;
  AgentRunner runner{world.clock, world.wall, world.counters, {.name = "hoarder"}};
  runner.start(agent);
  std::this_thread::sleep_for(std::chrono::seconds{20});
}

TEST(AgentRunnerDeathTest, AHotAgentThatAllocatesStopsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(run_hoarder(), "on the hot path of 'hoarder'");
}
#endif

TEST(AgentRunner, AColdAgentMayAllocate) {
  World world;
  HoardingAgent agent;
  AgentRunner runner{
      world.clock, world.wall, world.counters, {.name = "cold", .may_allocate = true}};
  runner.start(agent);
  EXPECT_TRUE(eventually([&] { return world.counters.read("thread.cold.cycles") > 10; }));
  runner.stop();
  EXPECT_GT(agent.memory.size(), 5U);
}

struct CountingAgent {
  static constexpr const char* kRoleName = "counting";
  int do_work(const Now& now) noexcept {
    seen = now.mono;
    return ++turns;
  }
  int turns{0};
  MonoTime seen{};
};

TEST(AgentGroup, IsAnAgentAndTurnsEachInOrder) {
  CountingAgent first;
  CountingAgent second;
  AgentGroup group{first, second};
  static_assert(Agent<decltype(group)>);
  EXPECT_EQ(group.do_work({.mono = mono_time(5), .wall = {}}), 2);
  EXPECT_EQ(group.do_work({.mono = mono_time(6), .wall = {}}), 4);
  EXPECT_EQ(first.seen, mono_time(6));
  EXPECT_EQ(second.seen, mono_time(6));
}

TEST(AgentGroup, StartsThoseThatHaveAStart) {
  CountingAgent plain;
  ProbeAgent probe;
  AgentGroup group{plain, probe};
  group.on_start({.mono = mono_time(9), .wall = {}});
  EXPECT_EQ(probe.started_at, mono_time(9));
}

TEST(DutyCycle, MeasuresFromStartToStart) {
  auto counters = *CounterFile::create("");
  DutyCycle duty{Nanos{100},
                 {.cycles = counters.allocate("n"),
                  .max_ns = counters.allocate("max"),
                  .over_threshold = counters.allocate("over")}};
  for (const std::int64_t at : {1'000, 1'050, 1'150, 1'300, 1'301}) duty.on_turn(mono_time(at));
  EXPECT_EQ(counters.read("n"), 5);
  EXPECT_EQ(counters.read("max"), 150);
  EXPECT_EQ(counters.read("over"), 1) << "exactly at the threshold is not over it";
}

TEST(IdleKind, WordsGoOutAndComeBack) {
  for (const auto kind : {IdleKind::kBusySpin, IdleKind::kYield, IdleKind::kBackoff}) {
    EXPECT_EQ(parse_idle_kind(to_string(kind)), kind);
  }
  EXPECT_FALSE(parse_idle_kind("spin"));
  EXPECT_FALSE(parse_idle_kind(""));
}

// How often this thread has gone to sleep; being preempted does not count, so that a loaded machine
// changes nothing.
std::int64_t sleep_count() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

TEST(IdleStrategy, BackoffSleepsInTheEndAndWakesForWork) {
  IdleStrategy idle{IdleKind::kBackoff};
  for (int i = 0; i < 300; ++i) idle.idle(0);
  const std::int64_t at_rest = sleep_count();
  for (int i = 0; i < 10; ++i) idle.idle(0);
  EXPECT_GE(sleep_count(), at_rest + 10);
  idle.idle(1);
  const std::int64_t awake = sleep_count();
  for (int i = 0; i < 100; ++i) idle.idle(0);
  EXPECT_EQ(sleep_count(), awake) << "back at spinning";
}

TEST(MemoryLock, LocksOrSaysWhatToDo) {
  const auto locked = lock_memory();
  if (!locked) {
    EXPECT_THAT(locked.error(), HasSubstr("LimitMEMLOCK=infinity"));
  }
  ::munlockall();
  prefault_stack();
}

}  // namespace
}  // namespace portcullis
