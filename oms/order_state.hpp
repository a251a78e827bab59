#pragma once

#include <cstdint>
#include <optional>

#include "core/enums.hpp"

namespace portcullis::oms {

// What can happen to an order. A fill is kFill when it completes our own sum of unique trades and
// kPartialFill otherwise: the venue's word for it is not asked, since reports come out of order.
enum class OrderEvent : std::uint8_t {
  kAccepted,  // the venue has it
  kPartialFill,
  kFill,
  kCanceled,
  kRejected,
  kExpired,
  kOutcomeUnknown,  // no answer in time, an ambiguous answer, or a session lost in between
  kProvenAbsent,    // two denials by the venue, late enough and far enough apart
  kCount,
};

[[nodiscard]] const char* to_string(OrderEvent event) noexcept;

// The life cycle as a table. Nothing means that the venue said something impossible: the caller
// counts it, logs it and asks the venue; it never guesses. A late word that changes nothing (an
// acknowledgement after a fill, a fill after a cancel) answers the state the order is in already.
//
// A late fill moves the position whatever the state, and whatever this says.
[[nodiscard]] std::optional<OrderState> next_state(OrderState from, OrderEvent event) noexcept;

}  // namespace portcullis::oms
