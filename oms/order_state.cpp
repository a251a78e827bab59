#include "oms/order_state.hpp"

#include <array>
#include <cstddef>

#include "core/mutant.hpp"

namespace portcullis::oms {

namespace {

constexpr auto kStates = static_cast<std::size_t>(OrderState::kCount);
constexpr auto kEvents = static_cast<std::size_t>(OrderEvent::kCount);
constexpr OrderState kNone = OrderState::kCount;

struct Transition {
  OrderState from;
  OrderEvent event;
  OrderState to;
};

using S = OrderState;
using E = OrderEvent;

// Everything not listed is impossible.
constexpr Transition kTransitions[] = {
    {S::kPendingNew, E::kAccepted, S::kNew},
    {S::kPendingNew, E::kPartialFill, S::kPartiallyFilled},  // the fill overtook the ack
    {S::kPendingNew, E::kFill, S::kFilled},
    {S::kPendingNew, E::kCanceled, S::kCanceled},
    {S::kPendingNew, E::kRejected, S::kRejected},
    {S::kPendingNew, E::kExpired, S::kExpired},  // IOC, FOK, or self-trade prevention
    {S::kPendingNew, E::kOutcomeUnknown, S::kUnknown},

    {S::kNew, E::kAccepted, S::kNew},
    {S::kNew, E::kPartialFill, S::kPartiallyFilled},
    {S::kNew, E::kFill, S::kFilled},
    {S::kNew, E::kCanceled, S::kCanceled},
    {S::kNew, E::kExpired, S::kExpired},
    {S::kNew, E::kOutcomeUnknown, S::kUnknown},  // the venue denies what it had acknowledged

    {S::kPartiallyFilled, E::kAccepted, S::kPartiallyFilled},  // the ack came after the fill
    {S::kPartiallyFilled, E::kPartialFill, S::kPartiallyFilled},
    {S::kPartiallyFilled, E::kFill, S::kFilled},
    {S::kPartiallyFilled, E::kCanceled, S::kCanceled},
    {S::kPartiallyFilled, E::kExpired, S::kExpired},
    {S::kPartiallyFilled, E::kOutcomeUnknown, S::kUnknown},

    {S::kFilled, E::kAccepted, S::kFilled},

    // Two paths, no order between them: after the end the position moves, the state does not.
    {S::kCanceled, E::kAccepted, S::kCanceled},
    {S::kCanceled, E::kPartialFill, S::kCanceled},
    {S::kCanceled, E::kFill, S::kCanceled},
    {S::kCanceled, E::kCanceled, S::kCanceled},

    {S::kRejected, E::kRejected, S::kRejected},

    {S::kExpired, E::kAccepted, S::kExpired},
    {S::kExpired, E::kPartialFill, S::kExpired},
    {S::kExpired, E::kFill, S::kExpired},
    {S::kExpired, E::kExpired, S::kExpired},

    {S::kUnknown, E::kAccepted, S::kNew},
    {S::kUnknown, E::kPartialFill, S::kPartiallyFilled},
    {S::kUnknown, E::kFill, S::kFilled},
    {S::kUnknown, E::kCanceled, S::kCanceled},
    {S::kUnknown, E::kRejected, S::kRejected},
    {S::kUnknown, E::kExpired, S::kExpired},
    {S::kUnknown, E::kOutcomeUnknown, S::kUnknown},
    {S::kUnknown, E::kProvenAbsent, S::kNotPlaced},

    // It was there after all: what it traded counts, and we cancel what is left of it.
    {S::kNotPlaced, E::kPartialFill, S::kNotPlaced},
    {S::kNotPlaced, E::kFill, S::kNotPlaced},
    {S::kNotPlaced, E::kCanceled, S::kNotPlaced},
    {S::kNotPlaced, E::kRejected, S::kNotPlaced},
    {S::kNotPlaced, E::kExpired, S::kNotPlaced},
    {S::kNotPlaced, E::kProvenAbsent, S::kNotPlaced},
};

using Table = std::array<std::array<OrderState, kEvents>, kStates>;

consteval Table make_table() {
  Table table{};
  for (auto& row : table) row.fill(kNone);
  for (const Transition& t : kTransitions) {
    table[static_cast<std::size_t>(t.from)][static_cast<std::size_t>(t.event)] = t.to;
  }
  return table;
}

constexpr Table kTable = make_table();

}  // namespace

std::optional<OrderState> next_state(OrderState from, OrderEvent event) noexcept {
  if (is_planted(Mutant::kLastWordBelieved) && event == OrderEvent::kAccepted) {
    return OrderState::kNew;
  }
  const OrderState to = kTable[static_cast<std::size_t>(from)][static_cast<std::size_t>(event)];
  if (to == kNone) return std::nullopt;
  return to;
}

const char* to_string(OrderEvent event) noexcept {
  switch (event) {
    case OrderEvent::kAccepted: return "accepted";
    case OrderEvent::kPartialFill: return "partial-fill";
    case OrderEvent::kFill: return "fill";
    case OrderEvent::kCanceled: return "canceled";
    case OrderEvent::kRejected: return "rejected";
    case OrderEvent::kExpired: return "expired";
    case OrderEvent::kOutcomeUnknown: return "outcome-unknown";
    case OrderEvent::kProvenAbsent: return "proven-absent";
    case OrderEvent::kCount: break;
  }
  return "?";
}

}  // namespace portcullis::oms
