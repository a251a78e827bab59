#pragma once

#include <chrono>

#include "tests/support/eventually.hpp"

namespace portcullis::sim::test {

// Long enough for a loaded machine; a test that waits this long has failed.
inline constexpr std::chrono::milliseconds kPatience{15'000};

template <class Condition>
bool eventually(Condition&& holds) {
  return portcullis::test::eventually(holds, kPatience);
}

}  // namespace portcullis::sim::test
