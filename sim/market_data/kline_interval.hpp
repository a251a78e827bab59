#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/time.hpp"

namespace portcullis::sim {

// Binance: kline intervals. Weeks begin on Monday, days and months at midnight of the time zone;
// the others count from the epoch.
enum class KlineInterval : std::uint8_t {
  k1s,
  k1m,
  k3m,
  k5m,
  k15m,
  k30m,
  k1h,
  k2h,
  k4h,
  k6h,
  k8h,
  k12h,
  k1d,
  k3d,
  k1w,
  k1M,
  kCount,
};

// How far a zone's clock is ahead of UTC.
using ZoneOffset = std::chrono::minutes;

// "1m" and "1M" are two things.
[[nodiscard]] std::optional<KlineInterval> parse_kline_interval(std::string_view text) noexcept;
[[nodiscard]] std::string_view text_of(KlineInterval interval) noexcept;
// When the kline that holds `time` opens, and when the one after it does.
[[nodiscard]] WallTime open_time(KlineInterval interval, WallTime time, ZoneOffset zone) noexcept;
[[nodiscard]] WallTime next_open_time(KlineInterval interval, WallTime open,
                                      ZoneOffset zone) noexcept;

// "0", "8", "-1:00", "05:45", "+08:00": from -12:00 to +14:00 (Binance: klines, timeZone).
[[nodiscard]] std::optional<ZoneOffset> parse_zone_offset(std::string_view text) noexcept;

// "1m".."59m", "1h".."23h", "1d".."7d" (Binance: rolling window statistics).
[[nodiscard]] std::optional<Nanos> parse_window_size(std::string_view text) noexcept;

// The last multiple of `width` that is not after `time`.
[[nodiscard]] WallTime floor_time(WallTime time, Nanos width) noexcept;

}  // namespace portcullis::sim
