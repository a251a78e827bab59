#include "core/spsc_ring.hpp"

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "core/messages.hpp"

namespace portcullis {
namespace {

TEST(SpscRing, RoundsUpAndSaysFull) {
  SpscRing<int> ring{5};
  EXPECT_EQ(ring.capacity(), 8U);
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(ring.try_push(i));
  EXPECT_FALSE(ring.try_push(8));
  int out = -1;
  EXPECT_TRUE(ring.try_pop(out));
  EXPECT_EQ(out, 0);
  EXPECT_TRUE(ring.try_push(8));
  EXPECT_FALSE(ring.try_push(9));
  EXPECT_EQ(ring.size_estimate(), 8U);
}

TEST(SpscRing, DoesWhatAQueueDoes) {
  SpscRing<std::uint64_t> ring{16};
  std::deque<std::uint64_t> model;
  std::mt19937_64 random{3};
  for (std::uint64_t i = 0; i < 300'000; ++i) {
    const std::uint64_t choice = random() % 5;
    if (choice < 2) {
      const bool fits = model.size() < ring.capacity();
      ASSERT_EQ(ring.try_push(i), fits);
      if (fits) model.push_back(i);
    } else if (choice < 4) {
      std::uint64_t out = 0;
      ASSERT_EQ(ring.try_pop(out), !model.empty());
      if (model.empty()) continue;
      ASSERT_EQ(out, model.front());
      model.pop_front();
    } else {
      const int limit = static_cast<int>(random() % 20);
      const int count = ring.drain(
          [&](const std::uint64_t& message) noexcept {
            EXPECT_EQ(message, model.front());
            model.pop_front();
          },
          limit);
      ASSERT_LE(count, limit);
    }
    // A pop or drain may see fewer than there are only across threads.
    ASSERT_EQ(ring.size_estimate(), model.size());
  }
}

struct Message {
  std::uint64_t number;
  std::uint64_t check;
};

TEST(SpscRing, CarriesAMillionMessagesBetweenTwoThreads) {
  constexpr std::uint64_t kCount = 1'000'000;
  SpscRing<Message> ring{1024};
  std::thread producer{[&ring] {
    for (std::uint64_t i = 0; i < kCount; ++i) {
      const Message message{.number = i, .check = i * 0x9E37'79B9'7F4A'7C15};
      while (!ring.try_push(message)) std::this_thread::yield();
    }
  }};
  std::uint64_t expected = 0;
  std::uint64_t wrong = 0;
  while (expected < kCount) {
    const int count = ring.drain(
        [&](const Message& message) noexcept {
          if (message.number != expected || message.check != expected * 0x9E37'79B9'7F4A'7C15) {
            ++wrong;
          }
          ++expected;
        },
        64);
    if (count == 0) std::this_thread::yield();
  }
  producer.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(ring.size_estimate(), 0U);
}

struct NotCopyable {
  std::string text;
};
template <class T>
concept FitsARing = requires { typename SpscRing<T>; };
static_assert(FitsARing<ExecutionReport>);
static_assert(!FitsARing<NotCopyable>);

}  // namespace
}  // namespace portcullis
