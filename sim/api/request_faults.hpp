#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/api/method.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/faults/fault_plan.hpp"
#include "sim/net/http_service.hpp"

namespace portcullis::sim {

// What both protocols do about a fault on a request.

// The client id that a request is about, a cancel's by the order it means; empty: none.
[[nodiscard]] std::string_view client_order_id_of(const Params& params);

// Asks the plan, once for each request, with its sender known (or nobody, for public methods).
[[nodiscard]] std::optional<RequestFault> request_fault(VenueCore& venue, const Method& method,
                                                        const Params& params, SimAccountId account,
                                                        std::string_view api_key);

// Carries out the call, as the fault wants it: not at all, after a fill, on an old book, with
// another result. `carry_out` is the call itself.
template <class CarryOut>
ApiResult call_with_fault(VenueCore& venue, const RequestFault& fault, const Params& params,
                          SimAccountId account, WallTime now, CarryOut carry_out);

// An error of the plan's making, as the protocols know errors.
[[nodiscard]] VenueError refusal_error(const Refusal& refusal, WallTime now);
// The content network's page, of a refusal that is one.
[[nodiscard]] HttpReply html_refusal(const Refusal& refusal);

// Sends the reply with its fate. One request has one reply in HTTP: a second copy is not sent, and
// instead of behind another message it comes late.
void deliver_reply(Scheduler& scheduler, HttpReply reply, const std::optional<MessageFate>& fate,
                   Responder responder);

namespace detail {
void fill_before_cancel(VenueCore& venue, const Params& params, SimAccountId account,
                        const LateFillAction& action);
[[nodiscard]] std::optional<std::string> stale_snapshot(const VenueCore& venue,
                                                        const Params& params);
}  // namespace detail

template <class CarryOut>
ApiResult call_with_fault(VenueCore& venue, const RequestFault& fault, const Params& params,
                          SimAccountId account, WallTime now, CarryOut carry_out) {
  ApiResult result{"{}"};
  if (fault.late_fill) detail::fill_before_cancel(venue, params, account, *fault.late_fill);
  if (fault.is_carried_out) result = carry_out();
  if (fault.refusal) {
    result = std::unexpected{refusal_error(*fault.refusal, now)};
  } else if (fault.is_snapshot_stale && result) {
    if (auto old = detail::stale_snapshot(venue, params)) result = *std::move(old);
  }
  return result;
}

}  // namespace portcullis::sim
