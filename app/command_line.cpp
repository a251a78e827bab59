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
    "  portcullis kill --config portcullis.toml --reason 'quotes are wrong'\n"
    "                                                 everything; --strategy, --symbol, --account: "
    "less\n"
    "  portcullis status --config portcullis.toml     modes, and how each kill went\n"
    "  portcullis rearm --config portcullis.toml --by ann --reason 'feed was stale, fixed'\n"
    "                                                 after a kill, once a human has looked\n"
    "  portcullis journal verify STATE_DIR/journal    every byte of what was written down\n"
    "  portcullis audit verify STATE_DIR/audit.log    who changed what, and whether all of it is "
    "here\n"
    "  portcullis limits show --config portcullis.toml    each limit, what is used and left\n"
    "  portcullis risk checks                         each pre-trade check in one table\n"
    "\n"
    "Signals of 'run': SIGUSR1 kills (latched until rearm), SIGUSR2 is cancel-only, SIGHUP reads\n"
    "the limits anew, SIGTERM and SIGINT drain. With a section [watchdog], 'run' starts\n"
    "portcullis-watchdog, which cancels everything when the gateway cannot any more. Exit codes: "
    "0\n"
    "done, 64 usage, 65 damaged journal or audit log, 69 venue not available, 71 system refused,\n"
    "74 file, 75 another gateway has the state directory, 78 configuration.";

CLI::Option* add_config(CLI::App& command, std::string& config) {
  return command
      .add_option(
          "-c,--config", config,
          "The TOML configuration; environment variables PORTCULLIS__SECTION__KEY override it")
      ->required()
      ->type_name("FILE");
}

CLI::App* add_run(CLI::App& app, RunCommand& run) {
  CLI::App* verb =
      app.add_subcommand("run", "Trade: connect, reconcile, and go on until told to stop");
  add_config(*verb, run.config);
  verb->add_option("--seconds", run.seconds, "Drain by itself after so long")
      ->check(CLI::Range(1, 31'536'000))
      ->type_name("N");
  verb->add_flag("--plain", run.is_plain, "One line a second instead of the panel");
  return verb;
}

CLI::App* add_check(CLI::App& app, CheckCommand& check) {
  CLI::App* verb =
      app.add_subcommand("check", "Read the configuration and print every problem at once");
  add_config(*verb, check.config);
  verb->add_flag("--effective", check.is_effective_shown,
                 "Also print each value in force and where it came from; secrets are hidden");
  return verb;
}

void add_place(CLI::App& command, StatePlace& place) {
  CLI::App* group = command.add_option_group("place", "One of these")->require_option(1);
  group->add_option("-c,--config", place.config, "The gateway's TOML configuration")
      ->type_name("FILE");
  group->add_option("--state-dir", place.state_dir, "Its gateway.state_dir itself")
      ->type_name("DIR");
}

void add_scope(CLI::App& command, ScopeChoice& scope) {
  CLI::App* group = command.add_option_group("scope", "Less than everything")->require_option(0, 1);
  group->add_option("--strategy", scope.strategy, "One strategy, by name or number")
      ->type_name("NAME");
  group->add_option("--symbol", scope.symbol, "One symbol")->type_name("SYMBOL");
  group->add_flag("--account", scope.is_account, "The account");
}

void add_kill(CLI::App& command, StopCommand& kill) {
  add_place(command, kill.place);
  add_scope(command, kill.scope);
  CLI::App* what = command.add_option_group("what", "One of these")->require_option(1);
  what->add_option("--reason", kill.reason, "For whoever reads the latch")->type_name("TEXT");
  what->add_flag("--drill{20}", kill.drills,
                 "No kill: measure its way to the trading thread, so often (--drill=N)");
  command.add_flag("--page", kill.is_page,
                   "Everything, by the memory page that the trading thread reads itself: for a "
                   "gateway whose control thread does not answer");
  command.add_option("--wait", kill.wait_s, "For the venue to show that nothing is open")
      ->check(CLI::Range(0, 3'600))
      ->type_name("SECONDS");
}

void add_mode(CLI::App& command, StopCommand& mode) {
  add_place(command, mode.place);
  add_scope(command, mode.scope);
  command.add_option("MODE", mode.mode, "SAFE_MODE (reduce-only), CANCEL_ONLY or MAINTENANCE")
      ->required();
  command.add_option("--reason", mode.reason, "For whoever reads the latch")
      ->required()
      ->type_name("TEXT");
}

void add_status(CLI::App& command, StatusCommand& status) {
  add_place(command, status.place);
  command.add_flag("--json", status.is_json, "The gateway's own answer, one JSON object");
}

void add_rearm(CLI::App& command, RearmCommand& rearm) {
  add_place(command, rearm.place);
  add_scope(command, rearm.scope);
  command.add_option("--by", rearm.name, "Who has looked")->required()->type_name("NAME");
  command.add_option("--reason", rearm.reason, "Why it may trade again")
      ->required()
      ->type_name("TEXT");
  command.add_option("--to", rearm.mode, "A milder mode than RUNNING to begin with")
      ->type_name("MODE");
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
  add("verify", "Check every byte and each snapshot, and name the place of the first that is wrong",
      Verb::kVerify)
      ->add_option("--head", command.head,
                   "A head hash noted earlier: fails when the journal does not contain it")
      ->type_name("HASH");
  add("dump", "Print every record, a line each", Verb::kDump);
  add("stat", "Count records by type, bytes and segments", Verb::kStat);
  add("replay", "Print the open orders and positions that follow from it", Verb::kReplay);
}

void add_audit_verbs(CLI::App& app, AuditCommand& command) {
  using Verb = AuditCommand::Verb;
  app.require_subcommand(1);
  const auto add = [&](const char* name, const char* help, Verb verb) {
    CLI::App* added = app.add_subcommand(name, help);
    added->add_option("FILE", command.file, "The file `audit.log` under gateway.state_dir")
        ->required();
    added->add_flag("--json", command.is_json, "JSON instead of text: one object, or one a line");
    added->callback([&command, verb] { command.verb = verb; });
    return added;
  };
  add("verify", "Check every record, and name the first that is wrong", Verb::kVerify)
      ->add_option("--anchor", command.anchor_file,
                   "What audit.anchor_file was: fails when a head noted there is not in the log")
      ->type_name("FILE");
  add("show", "Print every act, a line each", Verb::kShow);
}

void add_limits_request(CLI::App& verb, LimitsCommand& command) {
  verb.add_option("--set", command.sets,
                  "A limit by its key in the configuration: symbols.BTCUSDT.max_order_qty=2")
      ->required()
      ->type_name("KEY=VALUE");
  verb.add_option("--reason", command.reason, "For whoever approves it, and for the audit log")
      ->required()
      ->type_name("TEXT");
  CLI::Option* until =
      verb.add_option("--until", command.until, "Then it is as configured again (UTC)")
          ->type_name("2026-11-27T18:00:00Z");
  verb.add_option("--for", command.length, "So long from when it is in force")
      ->type_name("2h")
      ->excludes(until);
}

void add_limits_verbs(CLI::App& app, LimitsCommand& command) {
  using Verb = LimitsCommand::Verb;
  app.require_subcommand(1);
  const auto add = [&](const char* name, const char* help, Verb verb) {
    CLI::App* added = app.add_subcommand(name, help);
    add_place(*added, command.place);
    added->add_flag("--json", command.is_json, "The gateway's own answer, one JSON object");
    added->callback([&command, verb] { command.verb = verb; });
    return added;
  };
  CLI::App* show = add(
      "show", "Each limit with what is used of it and what is left; ! from 80 % on", Verb::kShow);
  show->add_option("PREFIX", command.prefix, "Only keys that begin so: symbols.BTCUSDT");
  show->add_flag("--all", command.is_all, "Also limits that are not used up: collars, ages, rates");
  (void)add("diff", "What the file has and what is in force, and the requests that wait",
            Verb::kDiff);
  (void)add("reload", "Read the limits of the file anew (as SIGHUP); what raises one is held",
            Verb::kReload);
  add_limits_request(
      *add("request", "Change limits: lower at once, raise when another operator approves",
           Verb::kRequest),
      command);
  add("approve", "Agree to another operator's request", Verb::kApprove)
      ->add_option("ID", command.id, "Its number")
      ->required();
}

CLI::App* add_risk_checks(CLI::App& app) {
  CLI::App* risk = app.add_subcommand("risk", "Look at the pre-trade checks");
  risk->require_subcommand(1);
  return risk->add_subcommand(
      "checks", "Print each check: name, scopes, what follows, keys, meaning, source");
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
  CLI::App* run_app = add_run(app, run);
  CheckCommand check;
  CLI::App* check_app = add_check(app, check);

  StopCommand kill;
  CLI::App* kill_app = app.add_subcommand(
      "kill", "Halt everything or a part: nothing new, all cancelled, proven, latched");
  add_kill(*kill_app, kill);
  StopCommand mode;
  CLI::App* mode_app = app.add_subcommand("mode", "Take everything or a part to a stricter mode");
  add_mode(*mode_app, mode);
  StatusCommand status;
  CLI::App* status_app = app.add_subcommand("status", "Show the modes, and how each kill went");
  add_status(*status_app, status);
  RearmCommand rearm;
  CLI::App* rearm_app =
      app.add_subcommand("rearm", "Let trade again what was stopped, in a human's name");
  add_rearm(*rearm_app, rearm);

  JournalCommand journal;
  CLI::App* journal_app = app.add_subcommand(
      "journal", "Look at a journal; nothing is changed, and a gateway may be writing it");
  add_journal_verbs(*journal_app, journal);

  AuditCommand audit;
  CLI::App* audit_app =
      app.add_subcommand("audit", "Look at the log of privileged acts; nothing is changed");
  add_audit_verbs(*audit_app, audit);

  LimitsCommand limits;
  CLI::App* limits_app =
      app.add_subcommand("limits", "Show and change the limits of the gateway that runs");
  add_limits_verbs(*limits_app, limits);

  CLI::App* checks_app = add_risk_checks(app);

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
  if (kill_app->parsed()) return {.command = kill};
  if (mode_app->parsed()) return {.command = mode};
  if (status_app->parsed()) return {.command = status};
  if (rearm_app->parsed()) return {.command = rearm};
  if (journal_app->parsed()) return {.command = journal};
  if (audit_app->parsed()) return {.command = audit};
  if (limits_app->parsed()) return {.command = limits};
  if (checks_app->parsed()) return {.command = RiskChecksCommand{}};
  if (version_app->parsed()) return {.command = VersionCommand{}};
  return {.command = std::nullopt, .exit_code = ExitCode::kUsage};
}

}  // namespace portcullis::app
