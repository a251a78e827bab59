#pragma once

#include <chrono>

namespace portcullis::sim::test {

// Long enough for a loaded machine; a test that waits this long has failed.
inline constexpr std::chrono::milliseconds kPatience{15'000};

}  // namespace portcullis::sim::test
