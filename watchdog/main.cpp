#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "watchdog/watchdog.hpp"
#include "watchdog/watchdog_settings.hpp"

namespace portcullis::watchdog {
namespace {

constexpr const char* kDescription =
    "Looks after the orders of a Portcullis gateway that cannot do so any more. It watches the\n"
    "gateway's heartbeat page in gateway.state_dir and, when the gateway hangs, dies or loses the\n"
    "venue while orders may be open, latches its kill, cancels everything that the account has\n"
    "open in the symbols traded, and asks the venue until nothing is. A gateway that stopped\n"
    "cleanly is left alone.";

constexpr const char* kFooter =
    "Examples:\n"
    "  portcullis-watchdog --config portcullis.toml         watch until a signal\n"
    "  portcullis-watchdog --config portcullis.toml --test  try the key, and say whether it may\n"
    "                                                       cancel\n"
    "\n"
    "The section [watchdog] of the gateway's configuration has its settings, and its own key.\n"
    "It writes watchdog.log, watchdog.counters and watchdog.heartbeat to gateway.state_dir.\n"
    "SIGTERM and SIGINT end it; the gateway then goes on without. Exit codes: 0 done, 64 usage,\n"
    "69 the venue does not answer, 74 file, 75 another one watches, 78 configuration or key.";

// A signal handler has no other way to tell.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<bool> g_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "written in a signal handler");

extern "C" void on_signal(int) {
  g_stop.store(true, std::memory_order_relaxed);
}

void install_signal_handlers() {
  struct sigaction action{};
  action.sa_handler = on_signal;
  sigfillset(&action.sa_mask);
  for (const int signal_number : {SIGTERM, SIGINT}) sigaction(signal_number, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
}

ExitCode fail(const StartError& error) {
  std::fprintf(stderr, "portcullis-watchdog: %s\n", error.text.c_str());
  return error.code;
}

ExitCode test_key(const WatchdogSettings& settings) {
  auto venue = RestVenue::create(settings);
  if (!venue) return fail({ExitCode::kConfig, venue.error()});
  const std::string symbol = settings.symbols.empty() ? "" : settings.symbols.front();
  const Answer answer = venue->try_key(symbol);
  if (answer.kind == AnswerKind::kDone) {
    std::printf("the key may cancel in %s\n", symbol.c_str());
    return ExitCode::kOk;
  }
  const bool is_key = answer.kind == AnswerKind::kKeyRefused;
  return fail({is_key ? ExitCode::kConfig : ExitCode::kUnavailable,
               std::string{to_string(answer.kind)} + ": " + answer.text});
}

ExitCode run_program(int argc, const char* const* argv) {
  CLI::App app{kDescription, "portcullis-watchdog"};
  app.footer(kFooter);
  std::string config;
  bool is_quiet = false;
  bool is_test = false;
  bool is_with_gateway = false;
  app.add_option("-c,--config", config, "The gateway's TOML configuration")
      ->required()
      ->type_name("FILE");
  app.add_flag("--test", is_test, "Try the key and end");
  app.add_flag("--quiet", is_quiet, "No lines on stderr; watchdog.log has them in any case");
  app.add_flag("--with-gateway", is_with_gateway,
               "End once the gateway has ended, cleanly or cleared up after ('portcullis run' "
               "starts its own so)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    (void)app.exit(error, std::cout, std::cerr);
    return error.get_exit_code() == 0 ? ExitCode::kOk : ExitCode::kUsage;
  }
  install_signal_handlers();
  auto settings = load_settings(config);
  if (!settings) return ExitCode::kConfig;
  if (is_test) return test_key(*settings);
  auto watchdog = Watchdog::create(
      std::move(*settings),
      {.is_with_gateway = is_with_gateway, .is_on_stderr = !is_quiet, .stop = &g_stop});
  if (!watchdog) return fail(watchdog.error());
  const auto ended = (*watchdog)->run();
  return ended ? ExitCode::kOk : fail(ended.error());
}

}  // namespace
}  // namespace portcullis::watchdog

int main(int argc, char** argv) {
  try {
    return static_cast<int>(portcullis::watchdog::run_program(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "portcullis-watchdog: %s\n", error.what());
    return 71;
  }
}
