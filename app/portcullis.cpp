#include <cstdio>
#include <exception>
#include <variant>

#include "app/audit_command.hpp"
#include "app/command_line.hpp"
#include "app/journal_command.hpp"
#include "app/kill_command.hpp"
#include "app/limits_command.hpp"
#include "app/load_settings.hpp"
#include "app/run_command.hpp"
#include "app/signals.hpp"
#include "app/version.hpp"
#include "core/kill_switch.hpp"
#include "risk/check_table.hpp"

namespace portcullis::app {
namespace {

struct Dispatch {
  KillSwitch& kill_switch;

  ExitCode operator()(const RunCommand& command) const { return run_gateway(command, kill_switch); }
  ExitCode operator()(const CheckCommand& command) const {
    if (!load_settings(command.config, command.is_effective_shown)) return ExitCode::kConfig;
    std::printf("%s: no problems\n", command.config.c_str());
    return ExitCode::kOk;
  }
  ExitCode operator()(const StopCommand& command) const {
    return command.drills > 0 ? drill(command) : stop_scope(command);
  }
  ExitCode operator()(const StatusCommand& command) const { return show_status(command); }
  ExitCode operator()(const RearmCommand& command) const { return rearm(command); }
  ExitCode operator()(const JournalCommand& command) const { return look_at_journal(command); }
  ExitCode operator()(const AuditCommand& command) const { return look_at_audit(command); }
  ExitCode operator()(const LimitsCommand& command) const { return run_limits(command); }
  ExitCode operator()(const RiskChecksCommand&) const {
    std::printf("%s", risk::check_table_text().c_str());
    return ExitCode::kOk;
  }
  ExitCode operator()(const VersionCommand&) const {
    std::printf("%s\n", version_text().c_str());
    return ExitCode::kOk;
  }
};

ExitCode run_program(int argc, const char* const* argv) {
  // Outlives every signal: handlers stay installed until the process is gone.
  static KillSwitch kill_switch;
  install_signal_handlers(kill_switch);
  const CommandLine line = parse_command_line(argc, argv);
  return line.command ? std::visit(Dispatch{kill_switch}, *line.command) : line.exit_code;
}

}  // namespace
}  // namespace portcullis::app

int main(int argc, char** argv) {
  try {
    return static_cast<int>(portcullis::app::run_program(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "portcullis: %s\n", error.what());
    return static_cast<int>(portcullis::app::ExitCode::kOsError);
  }
}
