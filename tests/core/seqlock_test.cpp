#include "core/seqlock.hpp"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/market_view.hpp"

namespace portcullis {
namespace {

struct Payload {
  std::uint64_t first;
  std::uint64_t second;
  std::uint64_t third;
  std::uint32_t fourth;
};

Payload payload_of(std::uint64_t value) {
  return {.first = value,
          .second = ~value,
          .third = value * 3,
          .fourth = static_cast<std::uint32_t>(value)};
}

bool is_whole(const Payload& payload) {
  const Payload expected = payload_of(payload.first);
  return payload.second == expected.second && payload.third == expected.third &&
         payload.fourth == expected.fourth;
}

TEST(Seqlock, ReadsTheLatestValue) {
  Seqlock<Payload> cell;
  cell.store(payload_of(1));
  cell.store(payload_of(2));
  Payload out{};
  ASSERT_TRUE(cell.try_load(out));
  EXPECT_EQ(out.first, 2U);
  EXPECT_TRUE(is_whole(out));
}

TEST(Seqlock, NeverShowsAHalfWrittenValue) {
  constexpr std::uint64_t kStores = 300'000;
  Seqlock<Payload> cell;
  cell.store(payload_of(0));
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> torn{0};
  std::atomic<std::uint64_t> backwards{0};
  std::vector<std::thread> readers;
  for (int r = 0; r < 2; ++r) {
    readers.emplace_back([&] {
      std::uint64_t last = 0;
      while (!done.load(std::memory_order_acquire)) {
        Payload out{};
        if (!cell.try_load(out)) continue;
        if (!is_whole(out)) torn.fetch_add(1);
        if (out.first < last) backwards.fetch_add(1);
        last = out.first;
      }
    });
  }
  for (std::uint64_t i = 1; i <= kStores; ++i) cell.store(payload_of(i));
  done.store(true, std::memory_order_release);
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(torn.load(), 0U);
  EXPECT_EQ(backwards.load(), 0U);
  Payload out{};
  ASSERT_TRUE(cell.try_load(out));
  EXPECT_EQ(out.first, kStores);
}

TEST(MarketView, AnUnwrittenSymbolIsEmptyAndAnUnknownOneIsRefused) {
  MarketView view{2};
  MarketSnapshot out;
  out.book_state = BookState::kSynced;
  ASSERT_TRUE(view.read(SymbolId{1}, out));
  EXPECT_EQ(out.book_state, BookState::kEmpty);
  EXPECT_FALSE(out.top.is_complete());
  EXPECT_FALSE(view.read(SymbolId{2}, out));
  EXPECT_FALSE(view.read(kNoSymbol, out));

  MarketSnapshot snapshot;
  snapshot.top = {.bid_px = Price::from_units(100),
                  .bid_qty = Qty::from_units(1),
                  .ask_px = Price::from_units(101),
                  .ask_qty = Qty::from_units(2)};
  snapshot.received = mono_time(5);
  view.publish(SymbolId{0}, snapshot);
  ASSERT_TRUE(view.read(SymbolId{0}, out));
  EXPECT_EQ(out.top, snapshot.top);
  EXPECT_EQ(out.received, mono_time(5));
}

}  // namespace
}  // namespace portcullis
