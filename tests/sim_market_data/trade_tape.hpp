#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "sim/exchange/order.hpp"
#include "sim/random.hpp"

namespace portcullis::sim::test {

// 2024-08-08 23:54:17 UTC.
inline constexpr WallTime kTapeStart = wall_time(1'723'161'257'000'000'000);

// Trades at random times: bursts within a millisecond, pauses of up to `pause_max`.
inline std::vector<PublicTrade> random_tape(std::uint64_t seed, std::size_t count,
                                            Nanos pause_max) {
  Random random{seed};
  std::vector<PublicTrade> tape;
  WallTime time = kTapeStart;
  std::uint64_t taker = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_next_taker = tape.empty() || random.chance(60);
    if (is_next_taker) {
      ++taker;
      time += random.chance(50) ? Nanos{random.below(1'000'000)}
                                : Nanos{random.below(pause_max.count())};
    }
    const Price px = Price::from_raw((60'000'00 + random.below(900)) * 1'000'000);
    const Qty qty = Qty::from_raw((1 + random.below(50'000)) * 1'000);
    tape.push_back({.trade_id = 1'000 + i,
                    .px = is_next_taker || random.chance(30) ? px : tape.back().px,
                    .qty = qty,
                    .buyer_is_maker = taker % 3 == 0,
                    .taker_sequence = taker,
                    .time = time});
    tape.back().quote = notional(tape.back().px, qty);
  }
  return tape;
}

}  // namespace portcullis::sim::test
