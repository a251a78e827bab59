#include "core/memory_lock.hpp"

#include <array>
#include <cerrno>
#include <cstddef>

#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/errno_text.hpp"

namespace portcullis {

namespace {

constexpr const char* kNextStep =
    "; set LimitMEMLOCK=infinity in the unit, or `ulimit -l unlimited`, or grant CAP_IPC_LOCK";

// Being root is not enough: a container's root has no such capability by default.
bool may_lock_without_limit() noexcept {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return false;
  return (sets[0].effective & 1U << CAP_IPC_LOCK) != 0;
}

}  // namespace

std::expected<void, std::string> lock_memory() {
  rlimit limit{};
  const bool is_limited =
      ::getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  if (is_limited && !may_lock_without_limit()) {
    return std::unexpected{"memory not locked: only " + std::to_string(limit.rlim_cur) +
                           " bytes may be locked (RLIMIT_MEMLOCK)" + kNextStep};
  }
  if (::mlockall(MCL_CURRENT | MCL_FUTURE) != 0) {
    return std::unexpected{"memory not locked: mlockall: " + errno_text(errno) + kNextStep};
  }
  return {};
}

__attribute__((noinline)) void prefault_stack() noexcept {
  constexpr std::size_t kBytes = 256UL * 1024;
  constexpr std::size_t kPage = 4096;
  std::array<volatile char, kBytes> stack;
  for (std::size_t i = 0; i < kBytes; i += kPage) stack[i] = 0;
}

}  // namespace portcullis
