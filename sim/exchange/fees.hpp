#pragma once

#include <cstdint>

#include "core/decimal.hpp"

namespace portcullis::sim {

// The venue's part of what a fill brings in, in the asset received: `ppm` millionths of `received`
// (raw 1e-8), rounded toward zero to 1e-8. A negative rate is a rebate. (Binance: commission FAQ.)
[[nodiscard]] constexpr Fee fee_on(std::int64_t received, std::int64_t ppm) noexcept {
  constexpr std::int64_t kMillion = 1'000'000;
  return Fee::from_raw(static_cast<std::int64_t>(static_cast<Int128>(received) * ppm / kMillion));
}

}  // namespace portcullis::sim
