#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/audit_command.hpp"
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
// Where the gateway's files are: by its configuration, or the folder itself.
struct StatePlace {
  std::string config;
  std::string state_dir;
};
// At most one of them; none: everything.
struct ScopeChoice {
  std::string strategy;  // name or number
  std::string symbol;
  bool is_account{false};
};
// `kill`, and `mode`, which does less.
struct StopCommand {
  StatePlace place;
  ScopeChoice scope;
  std::string mode{"HALTED"};
  std::string reason;
  std::int64_t wait_s{10};  // for the proof that nothing is open
  std::int64_t drills{0};   // not a kill: that many rehearsals
  bool is_page{false};      // by the memory that the trading thread reads itself
};
struct StatusCommand {
  StatePlace place;
  bool is_json{false};
};
struct RearmCommand {
  StatePlace place;
  ScopeChoice scope;
  std::string mode{"RUNNING"};
  std::string name;
  std::string reason;
};
// `limits`: of the gateway that runs.
struct LimitsCommand {
  enum class Verb : std::uint8_t { kShow, kDiff, kReload, kRequest, kApprove };
  StatePlace place;
  Verb verb{Verb::kShow};
  std::string prefix;             // show: of the keys
  bool is_all{false};             // show: also what is not used up
  std::vector<std::string> sets;  // request: KEY=VALUE
  std::string reason;
  std::string until;    // RFC 3339, UTC; empty: no end
  std::string length;   // a duration; empty: no end
  std::uint64_t id{0};  // approve
  bool is_json{false};
};
struct RiskChecksCommand {};
struct VersionCommand {};

using Command =
    std::variant<RunCommand, CheckCommand, StopCommand, StatusCommand, RearmCommand, JournalCommand,
                 AuditCommand, LimitsCommand, RiskChecksCommand, VersionCommand>;

// The command, or the exit code of a program that has already said all there is to say (help, or
// what is wrong with the arguments and how to write them).
struct CommandLine {
  std::optional<Command> command;
  ExitCode exit_code{ExitCode::kOk};
};

[[nodiscard]] CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace portcullis::app
