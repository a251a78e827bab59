#include "app/run_command.hpp"

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include <sys/ioctl.h>
#include <unistd.h>

#include "app/control_loop.hpp"
#include "app/gateway.hpp"
#include "app/load_settings.hpp"
#include "app/panel.hpp"
#include "app/panel_collector.hpp"

namespace portcullis::app {

namespace {

constexpr auto kControlInterval = std::chrono::milliseconds{2};
constexpr Nanos kPanelInterval = std::chrono::milliseconds{250};
constexpr Nanos kLineInterval = std::chrono::seconds{1};

struct FileClose {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

int terminal_width() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 120;
}

void put(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

// The panel on a terminal, one line a second elsewhere.
class Display {
 public:
  Display(bool is_panel, std::int64_t seconds) : is_panel_{is_panel}, seconds_{seconds} {
    if (is_panel_) put("\033[2J");
  }
  void show(Gateway& gateway, const ControlLoop& control) {
    const MonoTime now = gateway.clock().now();
    if (now < next_) return;
    next_ = now + (is_panel_ ? kPanelInterval : kLineInterval);
    const PanelData data = collect_panel(gateway, control, seconds_);
    put(is_panel_ ? render_panel(data, terminal_width(), true) : render_line(data));
  }

 private:
  bool is_panel_;
  std::int64_t seconds_;
  MonoTime next_{};
};

ControlLoop::Verdict turn_until_stopped(Gateway& gateway, ControlLoop& control, Display& display,
                                        std::int64_t seconds) {
  const Nanos length = std::chrono::seconds{seconds};
  ControlLoop::Verdict verdict = ControlLoop::Verdict::kGoOn;
  while (verdict == ControlLoop::Verdict::kGoOn) {
    verdict = control.turn();
    display.show(gateway, control);
    if (seconds > 0 && gateway.clock().now() - control.started() >= length) {
      gateway.kill_switch().drain();
    }
    control.wait(kControlInterval);
  }
  return verdict;
}

ExitCode fail(const StartError& error) {
  std::fprintf(stderr, "portcullis: %s\n", error.text.c_str());
  return error.code;
}

}  // namespace

ExitCode run_gateway(const RunCommand& command, KillSwitch& kill_switch) {
  auto settings = load_settings(command.config);
  if (!settings) return ExitCode::kConfig;
  auto created = Gateway::create(std::move(*settings), kill_switch);
  if (!created) return fail(created.error());
  Gateway& gateway = **created;
  gateway.add_sample_strategy();

  const std::string& state_dir = gateway.settings().state_dir;
  const bool is_panel = !command.is_plain && isatty(STDOUT_FILENO) == 1;
  const std::string log_path = state_dir + "/gateway.log";
  // The panel owns the terminal; without one, the log is what a person or journald reads.
  const std::unique_ptr<std::FILE, FileClose> log_file{is_panel ? std::fopen(log_path.c_str(), "a")
                                                                : nullptr};
  if (is_panel && log_file == nullptr)
    return fail({ExitCode::kIoError, "cannot write " + log_path});

  gateway.start();
  auto control =
      ControlLoop::create(gateway, is_panel ? log_file.get() : stderr, state_dir + "/hops.hlog");
  if (!control) return fail(control.error());
  Display display{is_panel, command.seconds};
  const auto verdict = turn_until_stopped(gateway, *control, display, command.seconds);
  gateway.stop();
  control->finish();

  if (is_panel) put("\033[H\033[2J");
  put(render_summary(collect_panel(gateway, *control, command.seconds)));
  put("\nhistogram logs: " + state_dir + "/hops.hlog\n");
  if (is_panel) put("log: " + log_path + "\n");
  if (verdict == ControlLoop::Verdict::kDrained) return ExitCode::kOk;
  std::fprintf(stderr,
               "portcullis: not drained in %lld ms: orders may still be open at the venue; look "
               "there, or start again with SIGUSR1 to cancel and verify\n",
               static_cast<long long>(gateway.settings().drain_timeout.count()));
  return ExitCode::kUnavailable;
}

}  // namespace portcullis::app
