#include "app/kill_command.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <expected>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/audit_trail.hpp"
#include "app/control_client.hpp"
#include "app/load_settings.hpp"
#include "app/scope_names.hpp"
#include "core/clock.hpp"
#include "core/kill_latch.hpp"
#include "core/kill_page.hpp"
#include "core/log_writer.hpp"

namespace portcullis::app {

namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr milliseconds kLook{2};

ExitCode fail(ExitCode code, const std::string& text) {
  std::fprintf(stderr, "portcullis: %s\n", text.c_str());
  return code;
}

// Where the gateway's files are, and what its scopes are called. A configuration that has become
// unreadable must not keep anyone from stopping it: the folder can be named instead.
std::optional<std::string> state_dir_of(const StatePlace& place, std::optional<ScopeNames>& names) {
  if (!place.state_dir.empty()) return place.state_dir;
  const auto settings = load_settings(place.config);
  if (!settings) return std::nullopt;
  names.emplace(*settings);
  return settings->state_dir;
}

std::string scope_of(const ScopeChoice& choice) {
  if (choice.is_account) return "account";
  if (!choice.strategy.empty()) return "strategy:" + choice.strategy;
  if (!choice.symbol.empty()) return "symbol:" + choice.symbol;
  return std::string{KillLatch::kGlobal};
}

std::expected<Json, ControlFailure> ask(const std::string& state_dir, const std::string& line) {
  const auto answer = ask_gateway(state_dir, line);
  if (!answer) return std::unexpected{answer.error()};
  return Json::parse(*answer);
}

std::string us_text(const Json& kill, const char* name) {
  const Json& value = kill.at(name);
  return value.is_null() ? std::string{"not yet"}
                         : std::to_string(value.get<std::int64_t>()) + " us";
}

void print_scope(const Json& scope) {
  std::printf("%s: %s", scope.at("scope").get<std::string>().c_str(),
              scope.at("mode").get<std::string>().c_str());
  if (scope.contains("reason")) {
    std::printf(", %s (%s)", scope.at("latched").get<bool>() ? "latched" : "not latched yet",
                scope.at("reason").get<std::string>().c_str());
  }
  std::printf("\n");
  if (!scope.contains("kill_us")) return;
  const Json& kill = scope.at("kill_us");
  std::printf(
      "  seen by the trading thread after %s, latched %s, first cancel %s,\n"
      "  last cancel %s, the venue lists nothing open %s\n",
      us_text(kill, "seen").c_str(), us_text(kill, "latched").c_str(),
      us_text(kill, "first_cancel").c_str(), us_text(kill, "last_cancel").c_str(),
      us_text(kill, "verified_zero").c_str());
}

// Asks until the venue has shown that nothing is open, and tells how it went.
ExitCode wait_for_proof(const std::string& state_dir, const std::string& scope,
                        std::chrono::seconds at_most) {
  const auto until = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    const auto status = ask(state_dir, "status " + scope);
    if (!status || !status->at("ok").get<bool>()) {
      return fail(ExitCode::kUnavailable,
                  "killed, but the gateway does not say how it goes; look at the venue");
    }
    const Json& first = status->at("scopes").at(0);
    const bool is_proven =
        first.contains("kill_us") && !first.at("kill_us").at("verified_zero").is_null();
    if (is_proven || std::chrono::steady_clock::now() >= until) {
      print_scope(first);
      if (is_proven) return ExitCode::kOk;
      return fail(ExitCode::kUnavailable,
                  "killed, and nothing leaves; the venue has not yet shown that nothing is open: "
                  "ask 'portcullis status' again");
    }
    std::this_thread::sleep_for(10 * kLook);
  }
}

ExitCode ask_page(const std::string& state_dir) {
  auto page = KillPage::open(state_dir);
  if (!page) return fail(ExitCode::kIoError, page.error());
  page->ask_kill();
  std::printf(
      "asked by %s/kill.page: the trading thread reads it at its next turn; look at the "
      "venue, and at 'portcullis status'\n",
      state_dir.c_str());
  return ExitCode::kOk;
}

// Nobody runs there: what the next start is to find.
ExitCode latch_for_next_start(const std::string& state_dir, const std::string& scope, Mode mode,
                              const std::string& reason) {
  const KillLatch latch{state_dir};
  const auto set = latch.set({.scope = scope, .mode = mode, .reason = reason, .time = wall_now()});
  if (!set) return fail(ExitCode::kIoError, set.error());
  const bool is_kill = mode == Mode::kHalted;
  const auto noted =
      note_offline(state_dir, {.act = is_kill ? audit::Act::kKilled : audit::Act::kModeChanged,
                               .actor = {},
                               .scope = scope,
                               .reason = reason,
                               .before = "no gateway running",
                               .after = to_string(mode)});
  if (!noted)
    std::fprintf(stderr, "portcullis: done, but not audited: %s\n", noted.error().c_str());
  std::printf("no gateway answers on %s: %s is %s from the next start on\n", state_dir.c_str(),
              scope.c_str(), to_string(mode));
  if (is_kill && scope == KillLatch::kGlobal) return ask_page(state_dir);
  std::printf("one that runs without a control socket is not stopped by this: use --page\n");
  return ExitCode::kOk;
}

}  // namespace

ExitCode stop_scope(const StopCommand& command) {
  std::optional<ScopeNames> names;
  const auto state_dir = state_dir_of(command.place, names);
  if (!state_dir) return ExitCode::kConfig;
  const auto mode = parse_mode(command.mode);
  if (!mode) return fail(ExitCode::kUsage, "there is no mode '" + command.mode + "'");
  const std::string scope = scope_of(command.scope);
  if (command.is_page) {
    if (scope == KillLatch::kGlobal) return ask_page(*state_dir);
    return fail(ExitCode::kUsage, "the page can only kill everything; leave the scope away");
  }
  if (names) {
    if (const auto known = names->parse(scope); !known)
      return fail(ExitCode::kUsage, known.error());
  }
  const std::string reason = one_line(command.reason);
  const bool is_kill = *mode == Mode::kHalted;
  const std::string line = is_kill ? "kill " + scope + " " + reason
                                   : "mode " + scope + " " + to_string(*mode) + " " + reason;
  const auto answer = ask(*state_dir, line);
  if (!answer) {
    if (answer.error().is_nobody) return latch_for_next_start(*state_dir, scope, *mode, reason);
    if (is_kill && scope == KillLatch::kGlobal) return ask_page(*state_dir);
    return fail(ExitCode::kUnavailable,
                answer.error().text + "; 'portcullis kill --page' stops everything without it");
  }
  if (!answer->at("ok").get<bool>()) {
    return fail(ExitCode::kUnavailable, answer->at("error").get<std::string>());
  }
  if (!answer->at("changed").get<bool>()) std::printf("it was that strict already\n");
  if (is_kill) return wait_for_proof(*state_dir, scope, std::chrono::seconds{command.wait_s});
  print_scope(*answer);
  return ExitCode::kOk;
}

ExitCode drill(const StopCommand& command) {
  const auto state_dir = state_dir_of(command.place);
  if (!state_dir) return ExitCode::kConfig;
  std::vector<std::int64_t> seen;
  std::vector<std::int64_t> walked;
  std::int64_t orders = 0;
  for (std::int64_t i = 0; i < command.drills; ++i) {
    auto answer = ask(*state_dir, "drill");
    for (int tries = 0; answer && answer->at("ok").get<bool>() && tries < 1'000; ++tries) {
      answer = ask(*state_dir, "drill result");
      if (!answer || answer->at("answered").get<bool>()) break;
      std::this_thread::sleep_for(kLook);
    }
    if (!answer) return fail(ExitCode::kUnavailable, answer.error().text);
    if (!answer->value("answered", false)) {
      return fail(ExitCode::kUnavailable,
                  "the trading thread does not answer a drill: it is stuck");
    }
    seen.push_back(answer->at("seen_ns").get<std::int64_t>());
    walked.push_back(answer->at("walked_ns").get<std::int64_t>());
    orders = answer->at("orders").get<std::int64_t>();
  }
  std::ranges::sort(seen);
  std::ranges::sort(walked);
  const auto show = [](const char* what, const std::vector<std::int64_t>& sorted) {
    std::printf("%s: %.1f us median, %.1f us at most\n", what,
                static_cast<double>(sorted[sorted.size() / 2]) / 1e3,
                static_cast<double>(sorted.back()) / 1e3);
  };
  std::printf("%zu drills, %lld open orders; nothing was halted, cancelled or sent\n", seen.size(),
              static_cast<long long>(orders));
  show("asked to seen by the trading thread", seen);
  show("asked to each order looked at", walked);
  return ExitCode::kOk;
}

ExitCode show_status(const StatusCommand& command) {
  const auto state_dir = state_dir_of(command.place);
  if (!state_dir) return ExitCode::kConfig;
  const auto answer = ask(*state_dir, "status");
  if (answer) {
    if (command.is_json) {
      std::printf("%s\n", answer->dump().c_str());
      return ExitCode::kOk;
    }
    if (!answer->at("ok").get<bool>()) {
      return fail(ExitCode::kUnavailable, answer->at("error").get<std::string>());
    }
    for (const Json& scope : answer->at("scopes")) print_scope(scope);
    if (answer->contains("open_orders")) {
      std::printf("open orders: %lld, of these with unknown outcome: %lld\n",
                  answer->at("open_orders").get<long long>(),
                  answer->at("unknown_orders").get<long long>());
    }
    return ExitCode::kOk;
  }
  if (!answer.error().is_nobody) return fail(ExitCode::kUnavailable, answer.error().text);
  const auto records = KillLatch{*state_dir}.read_all();
  if (!records) return fail(ExitCode::kUnavailable, "no gateway runs; " + records.error());
  for (const KillLatch::Record& record : *records) {
    std::printf("%s: %s since %s, latched (%s)\n", record.scope.c_str(), to_string(record.mode),
                format_wall_time(record.time).c_str(), record.reason.c_str());
  }
  return fail(ExitCode::kUnavailable, "no gateway runs on " + *state_dir);
}

ExitCode rearm(const RearmCommand& command) {
  const auto state_dir = state_dir_of(command.place);
  if (!state_dir) return ExitCode::kConfig;
  const auto mode = parse_mode(command.mode);
  if (!mode) return fail(ExitCode::kUsage, "there is no mode '" + command.mode + "'");
  const std::string scope = scope_of(command.scope);
  std::string name = one_line(command.name);
  std::ranges::replace(name, ' ', '_');
  const std::string reason = one_line(command.reason);
  if (name.empty() || reason.empty()) {
    return fail(ExitCode::kUsage, "--by and --reason must say something");
  }
  const auto answer =
      ask(*state_dir, "rearm " + scope + " " + to_string(*mode) + " " + name + " " + reason);
  if (answer) {
    if (!answer->at("ok").get<bool>()) {
      return fail(ExitCode::kUnavailable, answer->at("error").get<std::string>());
    }
    std::printf("re-armed: %s\n", answer->at("done").get<std::string>().c_str());
    return ExitCode::kOk;
  }
  if (!answer.error().is_nobody) {
    return fail(ExitCode::kUnavailable, answer.error().text + "; stop it, then re-arm");
  }
  const bool is_global = scope == KillLatch::kGlobal;
  if (is_global && std::filesystem::exists(std::filesystem::symlink_status(*state_dir + "/KILL"))) {
    return fail(ExitCode::kUnavailable, *state_dir + "/KILL is still there: remove it first");
  }
  const KillLatch latch{*state_dir};
  const auto records = latch.read_all();
  const auto noted = note_offline(*state_dir, {.act = audit::Act::kRearmed,
                                               .actor = name,
                                               .scope = scope,
                                               .reason = reason,
                                               .before = records ? "latched" : "unreadable latch",
                                               .after = to_string(*mode)});
  if (!noted) {
    return fail(ExitCode::kIoError,
                "not re-armed, for it cannot be written down: " + noted.error());
  }
  const auto lowered = latch.lower(scope, *mode, {.name = name, .reason = reason}, wall_now());
  if (!lowered) return fail(ExitCode::kIoError, lowered.error());
  if (is_global) {
    auto page = KillPage::open(*state_dir);
    if (!page) return fail(ExitCode::kIoError, page.error());
    page->take_back();
  }
  if (!records) {
    std::printf("re-armed: an unreadable latch is cleared; the next run may trade\n");
    return ExitCode::kOk;
  }
  const auto old = std::ranges::find(*records, scope, &KillLatch::Record::scope);
  if (old == records->end()) {
    std::printf("%s was not latched at %s\n", scope.c_str(), latch.path().c_str());
  } else {
    std::printf("re-armed: %s is %s at the next start; it was %s since %s (%s)\n", scope.c_str(),
                to_string(*mode), to_string(old->mode), format_wall_time(old->time).c_str(),
                old->reason.c_str());
  }
  return ExitCode::kOk;
}

}  // namespace portcullis::app
