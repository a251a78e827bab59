#pragma once

#include <chrono>
#include <thread>

namespace portcullis::sim::test {

// Long enough for a loaded machine; a test that waits this long has failed.
inline constexpr std::chrono::milliseconds kPatience{15'000};

// Asks every few milliseconds until it holds; false when it did not in that time.
template <class Condition>
bool eventually(Condition&& holds) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

}  // namespace portcullis::sim::test
