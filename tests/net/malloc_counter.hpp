#pragma once

#include <cstdint>

namespace portcullis::net::test {

// Calls to the heap by this thread since it began, frees among them, seen at malloc itself
// (operator new and OpenSSL both end there). False where a sanitizer owns malloc.
[[nodiscard]] bool is_counting_heap_calls() noexcept;
[[nodiscard]] std::uint64_t heap_calls_of_this_thread() noexcept;

}  // namespace portcullis::net::test
