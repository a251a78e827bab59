// approve() on every way through it, accepted and refused, without one allocation. This file
// replaces the program's operator new, to count.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "tests/risk/gate_world.hpp"

namespace {

std::atomic<std::int64_t> allocation_count{0};

void* counted(std::size_t size, std::size_t alignment) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
// Not inlined: the compiler would pair the free inside with the operator new outside, and complain.
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace portcullis::risk {
namespace {

TEST(ZeroAllocation, TheCounterCounts) {
  const std::int64_t before = allocation_count.load();
  ::operator delete(::operator new(1));
  EXPECT_EQ(allocation_count.load(), before + 1);
}

TEST(ZeroAllocation, JudgingAndBookkeepingAllocateNothing) {
  GateWorld world;
  world.set_rate(1'000, 1'000);
  ASSERT_TRUE(world.judge().has_value());  // builds the gate and publishes the market
  PreTradeGate& gate = world.gate();
  NewOrderSingle too_big = world.order;
  too_big.qty = qty("2.5");
  NewOrderSingle far_off = world.order;
  far_off.px = px("60000");
  NewOrderSingle malformed = world.order;
  malformed.qty = Qty{};

  int approved = 0;
  const std::int64_t before = allocation_count.load();
  for (int i = 0; i < 500; ++i) {
    if (gate.approve(world.order, world.now)) {
      ++approved;
      world.exposure.on_fill(held(kBtc, Side::kBuy), qty("0.2"), kHeldPx);
      world.exposure.on_fee_in_base(kBtc, StrategyId{}, qty("0.0002"));
      world.exposure.release(held(kBtc, Side::kBuy), qty("0.3"));
    }
    if (gate.approve(too_big, world.now) || gate.approve(far_off, world.now) ||
        gate.approve(malformed, world.now)) {
      ++approved;
    }
    gate.record_cancel();
  }
  EXPECT_EQ(allocation_count.load(), before);
  EXPECT_GT(approved, 5);
  EXPECT_LT(approved, 500) << "the position limit must have refused some";
}

}  // namespace
}  // namespace portcullis::risk
