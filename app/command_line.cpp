#include "app/command_line.hpp"

#include <iostream>

#include <CLI/CLI.hpp>

#include "app/version.hpp"
#include "core/journal/file_segments.hpp"

namespace portcullis::app {

namespace {

constexpr const char* kDescription =
    "Portcullis stands between trading strategies and a Binance-style venue: live order books, an\n"
    "inline pre-trade risk gate, orders accounted for until the venue has proved their fate.";

constexpr const char* kFooter =
    "Examples:\n"
    "  portcullis check --config portcullis.toml      every problem of a configuration at once\n"
    "  portcullis run --config portcullis.toml        trade until a signal\n"
    "  portcullis rearm --config portcullis.toml      after a kill, once a human has looked\n"
    "  portcullis journal verify STATE_DIR/journal    every byte of what was written down\n"
    "  portcullis risk checks                         each pre-trade check in one table\n"
    "\n"
    "Signals of 'run': SIGUSR1 kills (latched until rearm), SIGUSR2 is cancel-only, SIGTERM and\n"
    "SIGINT drain. Exit codes: 0 done, 64 usage, 65 damaged journal, 69 venue not available, 71 "
    "system refused,\n"
    "74 file, 75 another gateway has the state directory, 78 configuration.";

CLI::Option* add_config(CLI::App& command, std::string& config) {
  return command
      .add_option(
          "-c,--config", config,
          "The TOML configuration; environment variables PORTCULLIS__SECTION__KEY override it")
      ->required()
      ->type_name("FILE");
}

void add_journal_verbs(CLI::App& app, JournalCommand& command) {
  using Verb = JournalCommand::Verb;
  app.require_subcommand(1);
  const auto add = [&](const char* name, const char* help, Verb verb) {
    CLI::App* added = app.add_subcommand(name, help);
    added->add_option("DIR", command.directory, "The folder `journal` under gateway.state_dir")
        ->required();
    added->add_option("--memory-dir", command.memory_dir, "The gateway's journal.memory_dir")
        ->default_val(journal::FileSegments::kMemoryFolder);
    added->add_flag("--json", command.is_json, "JSON instead of text: one object, or one a line");
    added->callback([&command, verb] { command.verb = verb; });
    return added;
  };
  add("verify", "Check every byte, and name the place of the first that is wrong", Verb::kVerify)
      ->add_option("--head", command.head,
                   "A head hash noted earlier: fails when the journal does not contain it")
      ->type_name("HASH");
  add("dump", "Print every record, a line each", Verb::kDump);
  add("stat", "Count records by type, bytes and segments", Verb::kStat);
  add("replay", "Print the open orders and positions that follow from it", Verb::kReplay);
}

// What is wrong, as its author would put it: a word that nobody knows before one that is missing,
// since the first is often the second, misspelt.
void tell(const CLI::App& app, const CLI::ParseError& error) {
  const auto unknown = app.remaining(true);
  if (error.get_name() == "RequiredError" && !unknown.empty()) {
    (void)app.exit(CLI::ExtrasError{"portcullis", unknown}, std::cout, std::cerr);
  } else {
    (void)app.exit(error, std::cout, std::cerr);
  }
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CLI::App app{kDescription, "portcullis"};
  app.footer(kFooter);
  app.require_subcommand(1);

  RunCommand run;
  CLI::App* run_app =
      app.add_subcommand("run", "Trade: connect, reconcile, and go on until told to stop");
  add_config(*run_app, run.config);
  run_app->add_option("--seconds", run.seconds, "Drain by itself after so long")
      ->check(CLI::Range(1, 31'536'000))
      ->type_name("N");
  run_app->add_flag("--plain", run.is_plain, "One line a second instead of the panel");

  CheckCommand check;
  CLI::App* check_app =
      app.add_subcommand("check", "Read the configuration and print every problem at once");
  add_config(*check_app, check.config);
  check_app->add_flag("--effective", check.is_effective_shown,
                      "Also print each value in force and where it came from; secrets are hidden");

  RearmCommand rearm;
  CLI::App* rearm_app =
      app.add_subcommand("rearm", "Clear a latched kill, so that the next run may trade");
  add_config(*rearm_app, rearm.config);

  JournalCommand journal;
  CLI::App* journal_app = app.add_subcommand(
      "journal", "Look at a journal; nothing is changed, and a gateway may be writing it");
  add_journal_verbs(*journal_app, journal);

  CLI::App* risk_app = app.add_subcommand("risk", "Look at the pre-trade checks");
  risk_app->require_subcommand(1);
  CLI::App* checks_app = risk_app->add_subcommand(
      "checks", "Print each check: name, scopes, what follows, keys, meaning, source");

  CLI::App* version_app =
      app.add_subcommand("version", "Print the version, compiler and CPU requirements");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    tell(app, error);
    const bool is_help = error.get_exit_code() == 0;
    return {.command = std::nullopt, .exit_code = is_help ? ExitCode::kOk : ExitCode::kUsage};
  }
  if (run_app->parsed()) return {.command = run};
  if (check_app->parsed()) return {.command = check};
  if (rearm_app->parsed()) return {.command = rearm};
  if (journal_app->parsed()) return {.command = journal};
  if (checks_app->parsed()) return {.command = RiskChecksCommand{}};
  if (version_app->parsed()) return {.command = VersionCommand{}};
  return {.command = std::nullopt, .exit_code = ExitCode::kUsage};
}

}  // namespace portcullis::app
