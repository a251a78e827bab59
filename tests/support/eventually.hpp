#pragma once

#include <chrono>
#include <thread>

namespace portcullis::test {

// Asks every few milliseconds until it holds; false when it did not within `patience`.
template <class Condition>
bool eventually(Condition&& holds, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

}  // namespace portcullis::test
