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
  DuplicateFilter() : sets_(kSets), earlier_(kSets * kWays) {}

  // Asks for the place of an order ahead of check().
  void prefetch(std::uint64_t name) const noexcept { __builtin_prefetch(&sets_[set_of(name)], 1); }

  // What the table knows of an order: look once, then check and note. The low three bits are not
  // part of a name.
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
    return hash > kCountMask ? hash : kCountMask + 1;  // zero names an empty place
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
    const std::size_t index = set_of(name);
    Set& set = sets_[index];
    const std::size_t way = way_for(set, name);
    if (name_in(set.names[way]) != name_in(name)) {
      const bool is_lost = set.names[way] != 0 && now - set.latest[way] < limits.window;
      lost_count_ += is_lost ? 1 : 0;
      set.names[way] = name_in(name) | 1;
      set.latest[way] = now;
      return;
    }
    Earlier& earlier = earlier_[index * kWays + way];
    for (std::size_t i = earlier.size() - 1; i > 0; --i) earlier[i] = earlier[i - 1];
    earlier[0] = set.latest[way];
    set.latest[way] = now;
    if (count_in(set.names[way]) < kDuplicatesMax) ++set.names[way];
  }

  // Of an order noted at this very moment that will not leave.
  void forget(std::uint64_t name) noexcept {
    const std::size_t index = set_of(name);
    Set& set = sets_[index];
    const std::size_t way = way_for(set, name);
    if (name_in(set.names[way]) != name_in(name) || set.names[way] == 0) return;
    Earlier& earlier = earlier_[index * kWays + way];
    set.latest[way] = earlier[0];
    for (std::size_t i = 1; i < earlier.size(); ++i) earlier[i - 1] = earlier[i];
    if (count_in(--set.names[way]) != 0) return;
    set.names[way] = 0;
    set.latest[way] = MonoTime{};
  }

  // Orders that made way within their window.
  [[nodiscard]] std::uint64_t lost_count() const noexcept { return lost_count_; }

 private:
  static constexpr std::size_t kSets = 4096;
  static constexpr std::size_t kWays = 4;

  static constexpr std::uint64_t kCountMask = 7;
  static_assert(kDuplicatesMax <= kCountMask);

  // All that an order which is new here has to look at: one cache line. The low bits of a name
  // count how many of its moments are known; zero is an empty place.
  struct alignas(64) Set {
    std::array<std::uint64_t, kWays> names{};
    std::array<MonoTime, kWays> latest{};
  };
  // The moments before the latest, latest first.
  using Earlier = std::array<MonoTime, kDuplicatesMax - 1>;

  [[nodiscard]] static constexpr std::uint64_t name_in(std::uint64_t word) noexcept {
    return word & ~kCountMask;
  }
  [[nodiscard]] static constexpr std::uint64_t count_in(std::uint64_t word) noexcept {
    return word & kCountMask;
  }
  [[nodiscard]] static std::size_t set_of(std::uint64_t name) noexcept {
    return name >> 40 & (kSets - 1);
  }
  [[nodiscard]] std::int64_t count_within(std::uint64_t name, Nanos window,
                                          MonoTime now) const noexcept {
    const std::size_t index = set_of(name);
    const Set& set = sets_[index];
    for (std::size_t way = 0; way < kWays; ++way) {
      if (name_in(set.names[way]) != name_in(name)) continue;
      const std::uint64_t known = count_in(set.names[way]);
      if (known == 0 || now - set.latest[way] >= window) return 0;
      const Earlier& earlier = earlier_[index * kWays + way];
      std::uint64_t count = 1;
      while (count < known && now - earlier[count - 1] < window) ++count;
      return static_cast<std::int64_t>(count);
    }
    return 0;
  }
  // Its own place, else an empty one, else the one that was used longest ago.
  [[nodiscard]] static std::size_t way_for(const Set& set, std::uint64_t name) noexcept {
    std::size_t oldest = 0;
    for (std::size_t way = 0; way < kWays; ++way) {
      if (name_in(set.names[way]) == name_in(name) || set.names[way] == 0) return way;
      if (set.latest[way] < set.latest[oldest]) oldest = way;
    }
    return oldest;
  }

  std::vector<Set> sets_;         // size constant after construction, as the next
  std::vector<Earlier> earlier_;  // by set and place
  std::uint64_t lost_count_{0};
};

}  // namespace portcullis::risk
