#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/messages.hpp"
#include "core/time.hpp"
#include "risk/limits.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

inline constexpr std::uint32_t kDuplicatesMax = 4;

// The same order again and again within a window: same strategy, symbol, side, type, time in force,
// price, quantity and terms. A table of fixed size, four places to a set; each place knows the last
// moments of one order. When a set is full of others the oldest makes way, and the loss is counted:
// an order that was sent kSets orders ago may be forgotten early. One owner thread.
class DuplicateFilter {
 public:
  DuplicateFilter() : places_(kSets * kWays) {}

  // What the table knows of an order: look once, then check and note.
  [[nodiscard]] static std::uint64_t name_of(const NewOrderSingle& order) noexcept {
    std::uint64_t hash = 0x9E3779B97F4A7C15ULL;
    const auto mix = [&hash](std::uint64_t word) noexcept {
      hash = (hash ^ word) * 0xD6E8FEB86659FD93ULL;
      hash ^= hash >> 32;
    };
    mix(static_cast<std::uint64_t>(order.px.raw()));
    mix(static_cast<std::uint64_t>(order.qty.raw()));
    mix(std::uint64_t{order.symbol.raw()} << 48 | std::uint64_t{order.strategy.raw()} << 32 |
        static_cast<std::uint64_t>(order.side) << 16 | static_cast<std::uint64_t>(order.type) << 8 |
        static_cast<std::uint64_t>(order.tif));
    if (order.terms != OrderTerms{}) [[unlikely]] {
      const OrderTerms& terms = order.terms;
      mix(static_cast<std::uint64_t>(terms.stop_px.raw()));
      mix(static_cast<std::uint64_t>(terms.iceberg_qty.raw()));
      mix(static_cast<std::uint64_t>(terms.quote_qty.raw()));
      mix(std::uint64_t{terms.trailing_delta_bips} << 32 |
          static_cast<std::uint64_t>(terms.peg) << 16 |
          std::uint64_t{terms.peg_offset_levels} << 8 | static_cast<std::uint64_t>(terms.stp));
    }
    return hash == 0 ? 1 : hash;  // zero names an empty place
  }

  [[nodiscard]] Verdict check(std::uint64_t name, const DuplicateLimits& limits,
                              MonoTime now) const noexcept {
    if (limits.count_max == kOffCount) return {};
    const std::int64_t before = count_within(name, limits.window, now);
    if (before < std::int64_t{limits.count_max} && limits.count_max <= kDuplicatesMax &&
        limits.window.count() > 0) [[likely]] {
      return {};
    }
    return Reject{.reason = RejectReason::kDuplicateOrder,
                  .unit = RejectUnit::kCount,
                  .scope = RiskScope::kStrategy,
                  .limit = limits.count_max,
                  .value = before,
                  .projected = before + 1};
  }

  void note(std::uint64_t name, const DuplicateLimits& limits, MonoTime now) noexcept {
    if (limits.count_max == kOffCount) return;
    Place& place = place_for(name);
    if (place.name != name) {
      const bool is_lost = place.name != 0 && now - place.times[0] < limits.window;
      lost_count_ += is_lost ? 1 : 0;
      place = {.name = name};
    }
    for (std::size_t i = kDuplicatesMax - 1; i > 0; --i) place.times[i] = place.times[i - 1];
    place.times[0] = now;
    if (place.count < kDuplicatesMax) ++place.count;
  }

  // Of an order noted at this very moment that will not leave.
  void forget(std::uint64_t name) noexcept {
    Place& place = place_for(name);
    if (place.name != name || place.count == 0) return;
    for (std::size_t i = 1; i < kDuplicatesMax; ++i) place.times[i - 1] = place.times[i];
    if (--place.count == 0) place = {};
  }

  // Orders that made way within their window.
  [[nodiscard]] std::uint64_t lost_count() const noexcept { return lost_count_; }

 private:
  static constexpr std::size_t kSets = 4096;
  static constexpr std::size_t kWays = 4;

  struct Place {
    std::uint64_t name{0};
    std::array<MonoTime, kDuplicatesMax> times{};  // latest first
    std::uint32_t count{0};                        // of `times` that are set
  };

  [[nodiscard]] std::size_t set_of(std::uint64_t name) const noexcept {
    return (name >> 40 & (kSets - 1)) * kWays;
  }
  [[nodiscard]] std::int64_t count_within(std::uint64_t name, Nanos window,
                                          MonoTime now) const noexcept {
    const std::size_t set = set_of(name);
    for (std::size_t way = 0; way < kWays; ++way) {
      const Place& place = places_[set + way];
      if (place.name != name) continue;
      std::int64_t count = 0;
      while (count < std::int64_t{place.count} &&
             now - place.times[static_cast<std::size_t>(count)] < window) {
        ++count;
      }
      return count;
    }
    return 0;
  }
  // Its own place, else an empty one, else the one that was used longest ago.
  [[nodiscard]] Place& place_for(std::uint64_t name) noexcept {
    const std::size_t set = set_of(name);
    std::size_t oldest = set;
    for (std::size_t way = 0; way < kWays; ++way) {
      Place& place = places_[set + way];
      if (place.name == name) return place;
      if (place.times[0] < places_[oldest].times[0] || place.name == 0) oldest = set + way;
      if (place.name == 0) return place;
    }
    return places_[oldest];
  }

  std::vector<Place> places_;  // size constant after construction
  std::uint64_t lost_count_{0};
};

}  // namespace portcullis::risk
