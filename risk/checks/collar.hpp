#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/decimal.hpp"
#include "core/messages.hpp"
#include "risk/limits.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

inline constexpr std::int64_t kPartsPerMillion = 1'000'000;

// The last price that the collar lets pass above (below) the mid, for the text of a reject.
// Divides.
[[nodiscard]] inline Price collar_bound(const TopOfBook& top, std::uint32_t width_ppm,
                                        bool is_above) noexcept {
  const Int128 sum = static_cast<Int128>(top.bid_px.raw()) + top.ask_px.raw();
  constexpr Int128 kTwoMillion = Int128{2} * kPartsPerMillion;
  const Int128 width{width_ppm};
  const Int128 bound = is_above
                           ? sum * (kPartsPerMillion + width) / kTwoMillion
                           : (sum * (kPartsPerMillion - width) + kTwoMillion - 1) / kTwoMillion;
  constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
  return Price::from_raw(static_cast<std::int64_t>(std::clamp(bound, Int128{0}, kMax)));
}

// |px - mid| <= width * mid, mid = (bid + ask) / 2. Width zero is inside of nothing.
//
// Without division: with s = bid + ask, |2 px - s| * 1e6 <= width_ppm * s. Both sums of positive
// prices fit 64 bits without a sign, so that each product is one multiplication.
[[nodiscard]] constexpr bool is_inside_collar(Price px, const TopOfBook& top,
                                              std::uint32_t width_ppm) noexcept {
  if (width_ppm == 0 || !px.is_positive()) [[unlikely]]
    return false;
  const std::uint64_t sum =
      static_cast<std::uint64_t>(top.bid_px.raw()) + static_cast<std::uint64_t>(top.ask_px.raw());
  const std::uint64_t twice = static_cast<std::uint64_t>(px.raw()) * 2;
  const std::uint64_t distance = twice > sum ? twice - sum : sum - twice;
  return UInt128{distance} * std::uint64_t{kPartsPerMillion} <= UInt128{sum} * width_ppm;
}

// A collar about one price: the last trade, the venue's reference price. One that is not there or
// older than `age_max_ns` refuses, for there is nothing to compare with; a collar that is off asks
// for none. An age of less than zero is one from the future.
struct CollarReference {
  RejectReason reason;
  Price px{};
  std::int64_t age_ns{0};
  std::int64_t age_max_ns{0};
};
[[nodiscard]] inline Verdict check_reference_collar(Price px, const CollarReference& reference,
                                                    std::uint32_t width_ppm) noexcept {
  if (width_ppm == kOffPpm) return {};
  const bool is_fresh = reference.age_ns <= reference.age_max_ns && reference.age_max_ns > 0;
  if (!reference.px.is_positive() || !is_fresh) {
    return Reject{.reason = RejectReason::kReferenceMissing,
                  .unit = RejectUnit::kNanos,
                  .scope = RiskScope::kSymbol,
                  .limit = reference.age_max_ns,
                  .value = reference.px.is_positive() ? reference.age_ns : 0,
                  .projected = reference.px.is_positive() ? reference.age_ns : 0};
  }
  const TopOfBook around{.bid_px = reference.px, .ask_px = reference.px};
  if (is_inside_collar(px, around, width_ppm)) [[likely]]
    return {};
  return Reject{.reason = reference.reason,
                .unit = RejectUnit::kPrice,
                .scope = RiskScope::kSymbol,
                .limit = collar_bound(around, width_ppm, px > reference.px).raw(),
                .value = reference.px.raw(),
                .projected = px.raw()};
}

// The price collar: |px - mid| <= width * mid, mid = (bid + ask) / 2 of the live book. Both ways,
// for a price far on the passive side is as likely a slip (a digit lost) as one far through the
// book. A market order is judged at the far side, so a wide spread refuses it. Width zero refuses
// every price. The book is complete and not crossed here (check_book).
[[nodiscard]] inline Verdict check_collar(Price px, const TopOfBook& top,
                                          const SymbolLimits& limits) noexcept {
  const std::uint32_t width_ppm = limits.collar_width_ppm;
  if (width_ppm == kOffPpm || is_inside_collar(px, top, width_ppm)) [[likely]]
    return {};
  const Int128 sum = Int128{top.bid_px.raw()} + top.ask_px.raw();
  const Int128 off = Int128{px.raw()} * 2 - sum;
  return Reject{.reason = RejectReason::kPriceCollar,
                .unit = RejectUnit::kPrice,
                .scope = RiskScope::kSymbol,
                .limit = collar_bound(top, width_ppm, off > 0).raw(),
                .value = static_cast<std::int64_t>(sum / 2),
                .projected = px.raw()};
}

}  // namespace portcullis::risk
