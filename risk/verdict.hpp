#pragma once

#include <cstdint>
#include <optional>

#include "core/decimal.hpp"
#include "core/reject_reason.hpp"

namespace portcullis::risk {

// What a check says: nothing, or the whole reason why not. Checks are pure functions; what follows
// from a verdict is the gate's business.
using Verdict = std::optional<Reject>;

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

}  // namespace portcullis::risk
