#include "core/memory_lock.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace portcullis {

namespace {

constexpr const char* kNextStep =
    "; set LimitMEMLOCK=infinity in the unit, or `ulimit -l unlimited`, or grant CAP_IPC_LOCK";

}  // namespace

std::expected<void, std::string> lock_memory() {
  rlimit limit{};
  const bool is_limited =
      ::getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  if (is_limited && ::geteuid() != 0) {
    return std::unexpected{"memory not locked: only " + std::to_string(limit.rlim_cur) +
                           " bytes may be locked (RLIMIT_MEMLOCK)" + kNextStep};
  }
  if (::mlockall(MCL_CURRENT | MCL_FUTURE) != 0) {
    return std::unexpected{std::string{"memory not locked: mlockall: "} + std::strerror(errno) +
                           kNextStep};
  }
  return {};
}

__attribute__((noinline)) void prefault_stack() noexcept {
  constexpr std::size_t kBytes = 256UL * 1024;
  constexpr std::size_t kPage = 4096;
  std::array<volatile char, kBytes> stack;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (std::size_t i = 0; i < kBytes; i += kPage) stack[i] = 0;
}

}  // namespace portcullis
