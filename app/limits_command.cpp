#include "app/limits_command.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <expected>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/control_client.hpp"
#include "core/config_reader.hpp"

namespace portcullis::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kAlertPercent = 80;

ExitCode fail(ExitCode code, const std::string& text) {
  std::fprintf(stderr, "portcullis: %s\n", text.c_str());
  return code;
}

std::string text_at(const Json& json, const char* key) {
  return json.contains(key) && json.at(key).is_string() ? json.at(key).get<std::string>() : "";
}

// Columns as wide as what is in them; the first leaned to the left, the others to the right.
void print_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], static_cast<int>(row[i].size()));
    }
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(static_cast<std::size_t>(widths[i]) - row[i].size(), ' ');
      line += i == 0 ? row[i] + space : "  " + space + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    std::printf("%s\n", line.c_str());
  }
}

void print_changes(const char* title, const Json& changes) {
  if (changes.empty()) return;
  std::printf("%s\n", title);
  for (const Json& change : changes) {
    std::printf("  %s: %s -> %s\n", text_at(change, "key").c_str(),
                text_at(change, "before").c_str(), text_at(change, "after").c_str());
  }
}

void print_overrides(const Json& overrides) {
  for (const Json& one : overrides) {
    const std::string until = text_at(one, "until");
    const std::string approver = text_at(one, "approver");
    std::printf("override: %s = %s until %s, by %s%s%s: %s\n", text_at(one, "key").c_str(),
                text_at(one, "value").c_str(), until.empty() ? "changed" : until.c_str(),
                text_at(one, "requester").c_str(), approver.empty() ? "" : ", approved by ",
                approver.c_str(), text_at(one, "reason").c_str());
  }
}

void print_show(const Json& answer) {
  std::vector<std::vector<std::string>> rows{
      {"limit", "in force", "used", "headroom", "%", "configured"}};
  for (const Json& limit : answer.at("limits")) {
    const bool is_different = limit.at("in_force") != limit.at("configured");
    std::string percent;
    if (limit.contains("percent") && limit.at("percent").is_number()) {
      const int value = limit.at("percent").get<int>();
      percent = std::to_string(value) + (value >= kAlertPercent ? " !" : "  ");
    }
    std::string used = text_at(limit, "used");
    if (!limit.value("complete", true)) used += " +?";
    rows.push_back({text_at(limit, "key"), text_at(limit, "in_force"), used,
                    text_at(limit, "headroom"), percent,
                    is_different ? text_at(limit, "configured") : ""});
  }
  print_table(rows);
  if (const auto left = answer.value("left_off", std::int64_t{0}); left > 0) {
    std::printf("%lld more; give a prefix\n", static_cast<long long>(left));
  }
  print_overrides(answer.at("overrides"));
  if (!answer.value("taken", true)) {
    std::printf("the trading thread has not taken the latest change yet\n");
  }
}

ExitCode print_diff(const Json& answer) {
  for (const Json& problem : answer.at("problems")) {
    std::fprintf(stderr, "%s\n", problem.get<std::string>().c_str());
  }
  print_changes("the file has -> in force is", answer.at("changes"));
  print_overrides(answer.at("overrides"));
  for (const Json& request : answer.at("requests")) {
    std::printf("request %lld of %s, until %s: %s\n", request.at("id").get<long long>(),
                text_at(request, "requester").c_str(), text_at(request, "expires").c_str(),
                text_at(request, "reason").c_str());
    print_changes("  would change", request.at("changes"));
  }
  if (!answer.at("problems").empty()) {
    return fail(ExitCode::kConfig, "a reload would be refused: see above");
  }
  if (answer.at("changes").empty()) std::printf("in force is what the file has\n");
  return ExitCode::kOk;
}

void print_done(const LimitsCommand& command, const Json& answer) {
  switch (command.verb) {
    case LimitsCommand::Verb::kShow:
    case LimitsCommand::Verb::kDiff: return;
    case LimitsCommand::Verb::kReload:
      print_changes("in force now:", answer.at("changes"));
      print_changes("NOT taken, for these raise a limit (ask for them with 'limits request'):",
                    answer.at("held"));
      if (answer.at("changes").empty() && answer.at("held").empty()) {
        std::printf("nothing has changed\n");
      }
      break;
    case LimitsCommand::Verb::kRequest:
      print_changes("in force now:", answer.at("done"));
      print_changes("waits for another operator:", answer.at("waiting"));
      if (answer.at("id").is_number()) {
        std::printf("request %lld: 'portcullis limits approve %lld' within 10 minutes\n",
                    answer.at("id").get<long long>(), answer.at("id").get<long long>());
      }
      break;
    case LimitsCommand::Verb::kApprove:
      print_changes("in force now:", answer.at("request").at("changes"));
      break;
  }
  if (const std::string warning = text_at(answer, "warning"); !warning.empty()) {
    std::fprintf(stderr, "portcullis: %s\n", warning.c_str());
  }
  if (!answer.value("taken", true)) {
    std::printf("the trading thread has not taken it yet; see 'portcullis limits show'\n");
  }
}

// "2026-11-27T18:00:00Z"; UTC, whole seconds.
std::optional<std::int64_t> seconds_of(const std::string& text) {
  std::istringstream in{text};
  std::chrono::sys_seconds moment{};
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  char end = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u%c", &year, &month, &day, &hour, &minute,
                  &second, &end) != 7 ||
      end != 'Z') {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  moment = std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second};
  return moment.time_since_epoch().count();
}

std::expected<std::string, std::string> end_of(const LimitsCommand& command) {
  if (!command.until.empty()) {
    const auto seconds = seconds_of(command.until);
    if (!seconds) return std::unexpected{"--until: write UTC as 2026-11-27T18:00:00Z"};
    return "until:" + std::to_string(*seconds);
  }
  if (command.length.empty()) return "-";
  ConfigDocument document =
      ConfigDocument::parse("for = \"" + command.length + "\"\n", "--for", {});
  const Nanos length = document.root().required_duration("for", std::chrono::seconds{1},
                                                         std::chrono::hours{24 * 31});
  if (!document.problems().empty()) {
    const ConfigProblem& problem = document.problems().front();
    return std::unexpected{"--for: " + problem.message + "; " + problem.next_step};
  }
  return "for:" + std::to_string(length / std::chrono::seconds{1});
}

std::expected<std::string, std::string> line_of(const LimitsCommand& command) {
  switch (command.verb) {
    case LimitsCommand::Verb::kShow:
      return std::string{"limits show"} + (command.is_all ? " all " : " ") + command.prefix;
    case LimitsCommand::Verb::kDiff: return "limits diff";
    case LimitsCommand::Verb::kReload: return "limits reload";
    case LimitsCommand::Verb::kApprove: return "limits approve " + std::to_string(command.id);
    case LimitsCommand::Verb::kRequest: break;
  }
  const auto end = end_of(command);
  if (!end) return std::unexpected{end.error()};
  std::string sets;
  for (const std::string& set : command.sets) {
    if (set.find_first_of(" ,\t\n") != std::string::npos || !set.contains('=')) {
      return std::unexpected{"--set: '" + set + "' is no KEY=VALUE"};
    }
    sets += (sets.empty() ? "" : ",") + set;
  }
  return "limits request " + *end + " " + sets + " " + one_line(command.reason);
}

}  // namespace

ExitCode run_limits(const LimitsCommand& command) {
  const auto line = line_of(command);
  if (!line) return fail(ExitCode::kUsage, line.error());
  const auto state_dir = state_dir_of(command.place);
  if (!state_dir) return ExitCode::kConfig;
  const auto text = ask_gateway(*state_dir, *line);
  if (!text) {
    const std::string hint =
        text.error().is_nobody ? "no gateway runs on " + *state_dir + ": " : "";
    return fail(ExitCode::kUnavailable, hint + text.error().text);
  }
  const Json answer = Json::parse(*text);
  const bool is_ok = answer.at("ok").get<bool>();
  if (command.is_json) std::printf("%s\n", answer.dump().c_str());
  if (!is_ok) {
    const bool is_of_file =
        command.verb == LimitsCommand::Verb::kReload && answer.contains("problems");
    const ExitCode code = is_of_file ? ExitCode::kConfig : ExitCode::kUnavailable;
    return fail(code, answer.at("error").get<std::string>());
  }
  if (command.is_json) return ExitCode::kOk;
  if (command.verb == LimitsCommand::Verb::kDiff) return print_diff(answer);
  if (command.verb == LimitsCommand::Verb::kShow) print_show(answer);
  print_done(command, answer);
  return ExitCode::kOk;
}

}  // namespace portcullis::app
