#pragma once

#include <cstdint>
#include <limits>

#include "core/enums.hpp"
#include "core/market_view.hpp"
#include "core/messages.hpp"
#include "core/time.hpp"
#include "risk/limits.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// The price that an order is judged by: its own; the best price that it is pegged to; its stop
// price where it has no other; for a market order the best price of the far side. Zero when the
// side of the book that is asked is empty.
[[nodiscard]] inline Price judged_px(const NewOrderSingle& order, const TopOfBook& top) noexcept {
  if (!order.px.is_zero()) [[likely]]
    return order.px;
  if (!order.terms.stop_px.is_zero()) return order.terms.stop_px;
  const bool is_own_side = order.terms.peg == PegKind::kPrimary;
  return (order.side == Side::kBuy) != is_own_side ? top.ask_px : top.bid_px;
}

// An order without a price, and without the side of the book that would give one, cannot be
// compared with anything. Limit orders always pass; the rest of the book is judged by check_book.
[[nodiscard]] inline Verdict check_has_px(Price px) noexcept {
  if (px.is_positive()) [[likely]]
    return {};
  return Reject{.reason = RejectReason::kBookMissing};
}

// Distance between receipt and now. The feed thread may stamp a little later than this duty cycle
// began, so the distance counts in both directions: fresh when small, and a stamp far in the future
// is as bad as one far in the past. The largest value when out of range.
[[nodiscard]] inline std::int64_t book_age_ns(MonoTime received, MonoTime now) noexcept {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  std::int64_t age_ns = 0;
  if (__builtin_sub_overflow(count_ns(now), count_ns(received), &age_ns)) return kMax;
  if (age_ns == std::numeric_limits<std::int64_t>::min()) return kMax;
  return age_ns < 0 ? -age_ns : age_ns;
}

// Whether there is a live book to compare prices with: present and in sequence, young, not crossed.
[[nodiscard]] inline Verdict check_book(const MarketSnapshot& market, const SymbolLimits& limits,
                                        const Now& now) noexcept {
  const bool is_built =
      market.book_state == BookState::kSynced || market.book_state == BookState::kStale;
  if (!is_built || !market.top.is_complete()) return Reject{.reason = RejectReason::kBookMissing};
  const std::int64_t age_ns = book_age_ns(market.received, now.mono);
  const std::int64_t age_max_ns = limits.book_age_max.count();
  if (market.book_state == BookState::kStale || age_max_ns <= 0 || age_ns > age_max_ns) {
    return Reject{.reason = RejectReason::kBookStale,
                  .unit = RejectUnit::kNanos,
                  .limit = age_max_ns,
                  .value = age_ns,
                  .projected = age_ns};
  }
  if (market.top.is_crossed()) {
    return order_reject(RejectReason::kBookCrossed, RejectUnit::kPrice, market.top.ask_px,
                        market.top.bid_px);
  }
  return {};
}

// Whether the spread leaves a mid to speak of: ask - bid <= width * mid. The book is complete and
// not crossed here.
[[nodiscard]] inline Verdict check_spread(const TopOfBook& top,
                                          const SymbolLimits& limits) noexcept {
  if (limits.spread_max_ppm == kOffPpm) return {};
  const auto bid = static_cast<std::uint64_t>(top.bid_px.raw());
  const auto ask = static_cast<std::uint64_t>(top.ask_px.raw());
  const std::uint64_t spread = ask - bid;
  constexpr std::uint64_t kTwoMillion = 2'000'000;
  const UInt128 product = UInt128{bid + ask} * limits.spread_max_ppm;
  if (UInt128{spread} * kTwoMillion <= product) [[likely]]
    return {};
  const UInt128 bound = product / kTwoMillion;
  return Reject{.reason = RejectReason::kBookWide,
                .unit = RejectUnit::kPrice,
                .scope = RiskScope::kSymbol,
                .limit = static_cast<std::int64_t>(bound),
                .value = static_cast<std::int64_t>(spread),
                .projected = static_cast<std::int64_t>(spread)};
}

}  // namespace portcullis::risk
