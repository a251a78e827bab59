#pragma once

#include "tests/simulation/simulation.hpp"

namespace portcullis::simulation {

// The same seed with as few of its faults as still fail, each left out by itself until none can be.
// `outcome` is a failed run of the plan.
[[nodiscard]] Outcome shrink(const Plan& plan, const Outcome& outcome);

}  // namespace portcullis::simulation
