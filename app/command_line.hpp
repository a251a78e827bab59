#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "app/exit_code.hpp"
#include "app/journal_command.hpp"

namespace portcullis::app {

struct RunCommand {
  std::string config;
  std::int64_t seconds{0};  // 0: until a signal
  bool is_plain{false};     // one line a second even on a terminal
};
struct CheckCommand {
  std::string config;
  bool is_effective_shown{false};
};
struct RearmCommand {
  std::string config;
};
struct RiskChecksCommand {};
struct VersionCommand {};

using Command =
    std::variant<RunCommand, CheckCommand, RearmCommand, JournalCommand, RiskChecksCommand,
                 VersionCommand>;

// The command, or the exit code of a program that has already said all there is to say (help, or
// what is wrong with the arguments and how to write them).
struct CommandLine {
  std::optional<Command> command;
  ExitCode exit_code{ExitCode::kOk};
};

[[nodiscard]] CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace portcullis::app
