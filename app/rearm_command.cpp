#include "app/rearm_command.hpp"

#include <cstdio>

#include "app/load_settings.hpp"
#include "core/kill_latch.hpp"
#include "core/log_writer.hpp"

namespace portcullis::app {

ExitCode rearm(const RearmCommand& command) {
  const auto settings = load_settings(command.config);
  if (!settings) return ExitCode::kConfig;
  const KillLatch latch{settings->state_dir};
  const auto record = latch.read();
  if (record && !*record) {
    std::printf("not killed: there is no latch at %s\n", latch.path().c_str());
    return ExitCode::kOk;
  }
  if (const auto cleared = latch.clear(); !cleared) {
    std::fprintf(stderr, "portcullis: %s\n", cleared.error().c_str());
    return ExitCode::kIoError;
  }
  if (record) {
    std::printf("re-armed: the kill of %s (%s) is cleared; the next run may trade\n",
                format_wall_time((*record)->time).c_str(), (*record)->reason.c_str());
  } else {
    std::printf("re-armed: an unreadable latch is cleared; the next run may trade\n");
  }
  std::printf("a gateway that is still running stays halted until it is restarted\n");
  return ExitCode::kOk;
}

}  // namespace portcullis::app
