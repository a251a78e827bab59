#pragma once

#include "core/reject_reason.hpp"

namespace portcullis::risk {

// Whether the venue session could take one new order more, as of its last turn or send: its budget
// at the venue, its clock, a pause the venue asked for. Written by the session and read by the gate
// on the trading thread. kNone: nothing stands against it.
struct VenueAllowance {
  Reject refusal{};
};

}  // namespace portcullis::risk
