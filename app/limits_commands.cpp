#include "app/limits_commands.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "app/limits_report.hpp"
#include "core/log_writer.hpp"

namespace portcullis::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kRowsMax = 1'000;  // of one answer
constexpr Nanos kTakenMax = std::chrono::milliseconds{50};

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string problems_text(const LimitsKeeper::Problems& problems) {
  std::string first;
  for (const std::string& problem : problems) first += (first.empty() ? "" : "\n") + problem;
  return text_of(Json{{"ok", false}, {"error", first}, {"problems", problems}});
}

Json json_of(const std::vector<LimitChange>& changes) {
  Json all = Json::array();
  for (const LimitChange& change : changes) {
    if (all.size() == kRowsMax) break;
    all.push_back({{"key", change.key}, {"before", change.before}, {"after", change.after}});
  }
  return all;
}

Json json_of(const LimitsKeeper::Request& request) {
  Json json{{"id", request.id},
            {"requester", request.requester},
            {"reason", request.reason},
            {"expires", format_wall_time(request.expires)},
            {"changes", json_of(request.changes)}};
  if (request.end.at) json["until"] = format_wall_time(*request.end.at);
  if (request.end.after > Nanos{0}) json["for_s"] = request.end.after / std::chrono::seconds{1};
  return json;
}

Json overrides_json(const LimitsKeeper& keeper) {
  std::vector<LimitField> fields = fields_of(keeper.configured());
  Json all = Json::array();
  for (const LimitOverride& override : keeper.overrides()) {
    const auto field = std::ranges::find(fields, override.key, &LimitField::key);
    if (field == fields.end()) continue;
    LimitField shown = *field;
    shown.value = override.value;
    Json json{{"key", override.key},
              {"value", shown.text()},
              {"requester", override.requester},
              {"approver", override.approver},
              {"reason", override.reason}};
    json["until"] = override.until ? Json(format_wall_time(*override.until)) : Json(nullptr);
    all.push_back(std::move(json));
  }
  return all;
}

class Words {
 public:
  Words(LimitsKeeper& keeper, Gateway& gateway) : keeper_{keeper}, gateway_{gateway} {}

  std::string run(const ControlCommands::Call& call) const {
    std::string_view rest = call.arguments;
    const std::string_view word = take_word(rest);
    if (word == "show") return show(rest);
    if (word == "diff") return diff();
    if (word == "reload") return reload(call.user);
    if (word == "request") return request(rest, call.user);
    if (word == "approve") return approve(rest, call.user);
    return control_error("say limits show, diff, reload, request or approve");
  }

 private:
  [[nodiscard]] Now now() const {
    const MonoTime mono = gateway_.clock().now();
    return {.mono = mono, .wall = gateway_.wall().at(mono)};
  }

  // Nearly always at its next turn; one that hangs is not waited for.
  [[nodiscard]] bool wait_until_taken() const {
    const MonoTime until = gateway_.clock().now() + kTakenMax;
    while (!keeper_.is_settled()) {
      if (gateway_.clock().now() >= until) return false;
      std::this_thread::sleep_for(std::chrono::microseconds{100});
    }
    return true;
  }

  [[nodiscard]] std::string show(std::string_view rest) const {
    std::string_view arguments = rest;
    const std::string_view first = take_word(arguments);
    const bool is_all = first == "all";
    const std::string_view prefix = is_all ? take_word(arguments) : first;
    const auto rows =
        limit_rows(keeper_.configured(), keeper_.in_force(), gateway_.usage(), prefix, is_all);
    Json all = Json::array();
    for (const LimitRow& row : rows) {
      if (all.size() == kRowsMax) break;
      Json json{{"key", row.key}, {"in_force", row.in_force}, {"configured", row.configured}};
      if (!row.used.empty()) {
        json["used"] = row.used;
        json["headroom"] = row.headroom;
        json["percent"] = row.percent ? Json(*row.percent) : Json(nullptr);
        json["complete"] = row.is_complete;
      }
      all.push_back(std::move(json));
    }
    const std::size_t left_off = rows.size() - all.size();
    return text_of(Json{{"ok", true},
                        {"taken", keeper_.is_settled()},
                        {"limits", std::move(all)},
                        {"left_off", left_off},
                        {"overrides", overrides_json(keeper_)}});
  }

  [[nodiscard]] std::string diff() const {
    Json json{{"ok", true}};
    if (const auto file = keeper_.read_file()) {
      json["problems"] = Json::array();
      json["changes"] = json_of(changes_between(fields_of(*file), fields_of(keeper_.in_force())));
    } else {
      json["problems"] = file.error();
      json["changes"] = Json::array();
    }
    json["overrides"] = overrides_json(keeper_);
    json["requests"] = Json::array();
    for (const LimitsKeeper::Request& request : keeper_.requests()) {
      json["requests"].push_back(json_of(request));
    }
    return text_of(json);
  }

  [[nodiscard]] std::string reload(uid_t user) const {
    const auto done = keeper_.reload(gateway_.settings().operators.text_of(user), now());
    if (!done) return problems_text(done.error());
    return text_of(Json{{"ok", true},
                        {"taken", wait_until_taken()},
                        {"changes", json_of(done->changes)},
                        {"held", json_of(done->held)}});
  }

  // END is "-", "for:SECONDS" or "until:SECONDS since the epoch".
  [[nodiscard]] static std::expected<LimitsKeeper::End, std::string> end_of(std::string_view text) {
    LimitsKeeper::End end;
    if (text == "-") return end;
    const std::size_t colon = text.find(':');
    const std::string_view kind = text.substr(0, colon);
    const std::string_view number = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    std::int64_t seconds = 0;
    const auto [stop, error] =
        std::from_chars(number.data(), number.data() + number.size(), seconds);
    constexpr std::int64_t kSecondsMax = 9'000'000'000;
    const bool is_number = error == std::errc{} && stop == number.data() + number.size() &&
                           seconds > 0 && seconds < kSecondsMax;
    if (!is_number || (kind != "for" && kind != "until")) {
      return std::unexpected{"the end is -, for:SECONDS or until:SECONDS since the epoch"};
    }
    if (kind == "for") {
      end.after = std::chrono::seconds{seconds};
    } else {
      end.at = WallTime{std::chrono::seconds{seconds}};
    }
    return end;
  }

  [[nodiscard]] std::string request(std::string_view rest, uid_t user) const {
    const auto end = end_of(take_word(rest));
    if (!end) return control_error(end.error());
    std::string_view list = take_word(rest);
    std::vector<std::pair<std::string, std::string>> sets;
    while (!list.empty()) {
      const std::string_view one = list.substr(0, list.find(','));
      list.remove_prefix(std::min(one.size() + 1, list.size()));
      const std::size_t equals = one.find('=');
      if (equals == std::string_view::npos) {
        return control_error("'" + std::string{one} + "' is no KEY=VALUE");
      }
      sets.emplace_back(one.substr(0, equals), one.substr(equals + 1));
    }
    if (sets.empty()) return control_error("say which: KEY=VALUE, with commas between");
    const auto asked = keeper_.request(user, sets, *end, std::string{rest}, now());
    if (!asked) return problems_text(asked.error());
    Json json{{"ok", true},
              {"taken", wait_until_taken()},
              {"done", json_of(asked->done)},
              {"waiting", json_of(asked->waiting)}};
    json["id"] = asked->id ? Json(*asked->id) : Json(nullptr);
    if (!asked->warning.empty()) json["warning"] = asked->warning;
    return text_of(json);
  }

  [[nodiscard]] std::string approve(std::string_view rest, uid_t user) const {
    const std::string_view word = take_word(rest);
    std::uint64_t id = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), id);
    if (word.empty() || error != std::errc{} || stop != word.data() + word.size()) {
      return control_error("say which: the number of a request");
    }
    const auto approved = keeper_.approve(user, id, now());
    if (!approved) return control_error(approved.error());
    return text_of(
        Json{{"ok", true}, {"taken", wait_until_taken()}, {"request", json_of(*approved)}});
  }

  LimitsKeeper& keeper_;
  Gateway& gateway_;
};

}  // namespace

void add_limits_commands(ControlCommands& commands, LimitsKeeper& keeper, Gateway& gateway) {
  commands.add("limits",
               "limits show [all] [PREFIX] | diff | reload | request END KEY=VALUE,... REASON | "
               "approve ID",
               [words = Words{keeper, gateway}](const ControlCommands::Call& call) {
                 return words.run(call);
               });
}

}  // namespace portcullis::app
