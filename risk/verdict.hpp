#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "core/decimal.hpp"
#include "core/reject_reason.hpp"
#include "core/risk_scope.hpp"
#include "risk/reference_value.hpp"

namespace portcullis::risk {

// What a check says: nothing, or the whole reason why not. Checks are pure functions; what follows
// from a verdict is the gate's business.
using Verdict = std::optional<Reject>;

[[nodiscard]] constexpr std::int64_t saturate(Int128 value) noexcept {
  constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(value, -kMax, kMax));
}

// A verdict on one number that has no history: the order's own quantity, price or notional.
template <class Tag>
[[nodiscard]] constexpr Reject order_reject(RejectReason reason, RejectUnit unit,
                                            Decimal<Tag> limit, Decimal<Tag> value) noexcept {
  return {.reason = reason,
          .unit = unit,
          .limit = limit.raw(),
          .value = value.raw(),
          .projected = value.raw()};
}

// A verdict on a count.
[[nodiscard]] constexpr Reject count_reject(RejectReason reason, RiskScope scope,
                                            std::int64_t limit, std::int64_t value,
                                            std::int64_t projected) noexcept {
  return {.reason = reason,
          .unit = RejectUnit::kCount,
          .scope = scope,
          .limit = limit,
          .value = value,
          .projected = projected};
}

// A verdict on values in the reference currency. Divides.
[[nodiscard]] constexpr Reject value_reject(RejectReason reason, RiskScope scope, Notional limit,
                                            Value value, Value projected) noexcept {
  return {.reason = reason,
          .unit = RejectUnit::kNotional,
          .scope = scope,
          .limit = limit.raw(),
          .value = notional_raw(value),
          .projected = notional_raw(projected)};
}

// Something that a check compares with is not there, or too old.
[[nodiscard]] constexpr Reject reference_missing(RiskScope scope) noexcept {
  return {.reason = RejectReason::kReferenceMissing, .scope = scope};
}

}  // namespace portcullis::risk
