#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "risk/limits.hpp"
#include "risk/reference_value.hpp"

namespace portcullis::oms {

// What the loss limits of one scope are counted from, in 1e-16 of the reference currency. It has to
// outlive the process: a restart does not make a bad day good.
struct ScopeMarks {
  std::int64_t day{0};          // UTC, since 1970
  risk::Value day_total{};      // result at its start
  risk::Value day_realized{};   // what of it was realized
  risk::Value high_water{};     // best result
  std::uint64_t executions{0};  // orders that traded since a human has looked
  std::uint32_t losses_in_row{0};
  bool is_valid{false};
  bool is_tripped{false};  // until a human lowers the mode

  friend bool operator==(const ScopeMarks&, const ScopeMarks&) noexcept = default;
};

// Places: the gateway's ceiling, the account, the strategies.
struct BreakerMarks {
  static constexpr std::size_t kGlobal = 0;
  static constexpr std::size_t kAccount = 1;
  static constexpr std::size_t kFirstStrategy = 2;

  std::array<ScopeMarks, kFirstStrategy + risk::kStrategyMax> scopes{};

  friend bool operator==(const BreakerMarks&, const BreakerMarks&) noexcept = default;
};

}  // namespace portcullis::oms
