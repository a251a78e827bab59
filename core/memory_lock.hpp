#pragma once

#include <expected>
#include <string>

namespace portcullis {

// Keeps every page of the process in memory from now on (mlockall, current and future). Refuses
// when the limit on locked memory is finite and the process is not privileged: a later allocation
// would fail instead of this call. The error names the limit and how to raise it; the caller warns
// and goes on. Start-up.
[[nodiscard]] std::expected<void, std::string> lock_memory();

// Touches the next 256 KiB of the calling thread's stack, so that no page fault waits for the first
// deep call.
void prefault_stack() noexcept;

}  // namespace portcullis
