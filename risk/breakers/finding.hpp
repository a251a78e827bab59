#pragma once

#include <cstdint>

#include "core/reject_reason.hpp"
#include "risk/verdict.hpp"

namespace portcullis::risk {

// What a judge of a breaker answers: nothing, something to alert about or go reduce-only for
// (soft), or something to stop for (hard); with the rule, the limit and the value.
enum class Severity : std::uint8_t { kNone, kSoft, kHard };

struct Finding {
  Severity severity{Severity::kNone};
  Reject what{};
};

[[nodiscard]] constexpr Finding hard(const Reject& what) noexcept {
  return {Severity::kHard, what};
}
[[nodiscard]] constexpr Finding soft(const Reject& what) noexcept {
  return {Severity::kSoft, what};
}

// The one comparison of counts: so many are tolerated. The value is what there was before this one.
[[nodiscard]] constexpr Finding judge_count(RejectReason rule, RiskScope scope, std::uint64_t count,
                                            std::uint32_t max) noexcept {
  constexpr std::uint32_t kOff = ~std::uint32_t{0};
  if (max == kOff || count <= max) [[likely]]
    return {};
  const auto projected = static_cast<std::int64_t>(count);
  return hard({.reason = rule,
               .unit = RejectUnit::kCount,
               .scope = scope,
               .limit = std::int64_t{max},
               .value = projected - 1,
               .projected = projected});
}

}  // namespace portcullis::risk
