#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "core/check.hpp"

namespace portcullis {

// Two cache lines: the adjacent-line prefetcher pairs them.
inline constexpr std::size_t kNoFalseSharing = 128;

// Bounded queue of fixed-size messages between exactly one producer and one consumer thread. Full
// is an answer, never a wait; what to do then is the caller's policy (docs/architecture.md,
// "Rings").
//
// Ours rather than a library's because a hop costs a third of moodycamel's here (`./dev bench
// ring_hop` measures both); TSan and a model test judge it.
template <class T>
  requires std::is_trivially_copyable_v<T>
class SpscRing {
 public:
  // Capacity is rounded up to a power of two. All memory is taken and touched here.
  explicit SpscRing(std::size_t capacity)
      : mask_{std::bit_ceil(capacity) - 1},
        slots_{std::make_unique<T[]>(mask_ + 1)} {
    PORTCULLIS_CHECK(capacity > 0, "a ring needs room for one message");
  }

  [[nodiscard]] std::size_t capacity() const noexcept { return mask_ + 1; }

  // Producer thread only. False when full.
  [[nodiscard]] bool try_push(const T& message) noexcept {
    const std::uint64_t tail = producer_.tail.load(std::memory_order_relaxed);
    if (tail - producer_.head_cached > mask_) {
      producer_.head_cached = consumer_.head.load(std::memory_order_acquire);
      if (tail - producer_.head_cached > mask_) return false;
    }
    slots_[tail & mask_] = message;
    producer_.tail.store(tail + 1, std::memory_order_release);
    return true;
  }

  // Consumer thread only. False when empty.
  [[nodiscard]] bool try_pop(T& out) noexcept {
    return drain([&out](const T& message) noexcept { out = message; }, 1) == 1;
  }

  // Consumer thread only. Hands up to `limit` messages to `handler(const T&)`; frees all the slots
  // in one store at the end. Returns how many.
  template <class Handler>
  int drain(Handler&& handler, int limit) noexcept {
    const std::uint64_t head = consumer_.head.load(std::memory_order_relaxed);
    if (consumer_.tail_cached == head) {
      consumer_.tail_cached = producer_.tail.load(std::memory_order_acquire);
      if (consumer_.tail_cached == head) return 0;
    }
    const std::uint64_t available = consumer_.tail_cached - head;
    const std::uint64_t count = available < static_cast<std::uint64_t>(limit)
                                    ? available
                                    : static_cast<std::uint64_t>(limit);
    for (std::uint64_t i = 0; i < count; ++i) handler(slots_[(head + i) & mask_]);
    consumer_.head.store(head + count, std::memory_order_release);
    return static_cast<int>(count);
  }

  // Any thread; a moment's estimate.
  [[nodiscard]] std::size_t size_estimate() const noexcept {
    const std::uint64_t head = consumer_.head.load(std::memory_order_acquire);
    return static_cast<std::size_t>(producer_.tail.load(std::memory_order_acquire) - head);
  }

 private:
  struct alignas(kNoFalseSharing) ProducerFields {
    std::atomic<std::uint64_t> tail{0};
    std::uint64_t head_cached{0};  // consumer's head as last seen
  };
  struct alignas(kNoFalseSharing) ConsumerFields {
    std::atomic<std::uint64_t> head{0};
    std::uint64_t tail_cached{0};  // producer's tail as last seen
  };

  const std::uint64_t mask_;          // constant after construction
  const std::unique_ptr<T[]> slots_;  // written by the producer, before tail is published
  ProducerFields producer_;
  ConsumerFields consumer_;
};

}  // namespace portcullis
