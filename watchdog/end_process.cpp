#include "watchdog/end_process.hpp"

#include <cerrno>
#include <csignal>

#include <sys/syscall.h>
#include <unistd.h>

#include "core/errno_text.hpp"
#include "core/unique_fd.hpp"

namespace portcullis::watchdog {

std::expected<void, std::string> end_process(const HeartbeatReading& page) {
  const std::string who = "process " + std::to_string(page.pid);
  const auto failure = [&who](const char* call) {
    return std::unexpected{who + ": " + call + ": " + errno_text(errno) +
                           "; run the watchdog as the gateway's user, and end it by hand"};
  };
  // Held first, compared then: what the descriptor stands for cannot become another process.
  const UniqueFd fd{static_cast<int>(::syscall(SYS_pidfd_open, page.pid, 0))};
  if (!fd) {
    if (errno == ESRCH) return {};
    return failure("pidfd_open");
  }
  if (process_start_ticks(page.pid) != page.start_ticks) return {};
  if (::syscall(SYS_pidfd_send_signal, fd.get(), SIGKILL, nullptr, 0) != 0 && errno != ESRCH) {
    return failure("pidfd_send_signal");
  }
  return {};
}

}  // namespace portcullis::watchdog
