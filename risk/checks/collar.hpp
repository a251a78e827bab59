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
  const Int128 middle = reference.px.raw();
  const Int128 off = Int128{px.raw()} - middle;
  const Int128 distance = off < 0 ? -off : off;
  if (width_ppm != 0 && distance * kPartsPerMillion <= middle * Int128{width_ppm}) [[likely]]
    return {};
  const TopOfBook around{.bid_px = reference.px, .ask_px = reference.px};
  return Reject{.reason = reference.reason,
                .unit = RejectUnit::kPrice,
                .scope = RiskScope::kSymbol,
                .limit = collar_bound(around, width_ppm, off > 0).raw(),
                .value = reference.px.raw(),
                .projected = px.raw()};
}

// The price collar: |px - mid| <= width * mid, mid = (bid + ask) / 2 of the live book. Both ways,
// for a price far on the passive side is as likely a slip (a digit lost) as one far through the
// book. A market order is judged at the far side, so a wide spread refuses it. Width zero refuses
// every price. The book is complete and not crossed here (check_book).
//
// Without division: with s = bid + ask, |2 px - s| * 1e6 <= width_ppm * s.
[[nodiscard]] inline Verdict check_collar(Price px, const TopOfBook& top,
                                          const SymbolLimits& limits) noexcept {
  const Int128 sum = static_cast<Int128>(top.bid_px.raw()) + top.ask_px.raw();
  const Int128 off = static_cast<Int128>(px.raw()) * 2 - sum;
  const Int128 distance = off < 0 ? -off : off;
  const std::uint32_t width_ppm = limits.collar_width_ppm;
  const bool is_inside =
      width_ppm == kOffPpm || distance * kPartsPerMillion <= sum * Int128{width_ppm};
  if (width_ppm != 0 && is_inside) [[likely]]
    return {};
  return Reject{.reason = RejectReason::kPriceCollar,
                .unit = RejectUnit::kPrice,
                .scope = RiskScope::kSymbol,
                .limit = collar_bound(top, width_ppm, off > 0).raw(),
                .value = static_cast<std::int64_t>(sum / 2),
                .projected = px.raw()};
}

}  // namespace portcullis::risk
