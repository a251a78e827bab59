#include "tests/simulation/shrink.hpp"

#include <utility>

namespace portcullis::simulation {

Outcome shrink(const Plan& plan, const Outcome& outcome) {
  Plan fewer = plan;
  fewer.faults = outcome.faults;
  Outcome least = Simulation{fewer}.run();
  bool is_smaller = true;
  while (is_smaller) {
    is_smaller = false;
    for (std::size_t i = 0; i < fewer.faults->size(); ++i) {
      Plan without = fewer;
      without.faults->erase(without.faults->begin() + static_cast<std::ptrdiff_t>(i));
      Outcome tried = Simulation{without}.run();
      if (tried.violations.empty()) continue;
      fewer = std::move(without);
      least = std::move(tried);
      is_smaller = true;
      break;
    }
  }
  return least;
}

}  // namespace portcullis::simulation
