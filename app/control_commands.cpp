#include "app/control_commands.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/kill_latch.hpp"

namespace portcullis::app {

namespace {

using Json = nlohmann::ordered_json;

// A reason may hold anything; what is not UTF-8 is replaced, since an answer must be readable.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Microseconds; null: not yet.
Json us_of(Nanos duration) {
  if (duration.count() < 0) return nullptr;
  return duration.count() / 1000;
}

Json json_of(const ModeKeeper::Status& status) {
  Json json{{"scope", status.scope}, {"mode", to_string(status.state.mode)}};
  if (!status.reason.empty()) {
    json["cause"] = to_string(status.state.cause);
    json["reason"] = status.reason;
    json["latched"] = status.state.is_latched;
  }
  if (status.state.mode != Mode::kHalted) return json;
  json["kill_us"] = {{"latched", us_of(status.kill.latched)},
                     {"seen", us_of(status.kill.seen)},
                     {"first_cancel", us_of(status.kill.first_cancel)},
                     {"last_cancel", us_of(status.kill.last_cancel)},
                     {"verified_zero", us_of(status.kill.verified)}};
  return json;
}

std::string answer_ask(ModeKeeper& modes, std::string_view scope_text, Mode mode,
                       std::string_view reason, const std::string& actor) {
  const auto scope = modes.names().parse(scope_text);
  if (!scope) return control_error(scope.error());
  if (reason.empty()) return control_error("give a reason: whoever reads the latch needs it");
  const auto asked = modes.ask(*scope, mode, reason, actor);
  if (!asked) return control_error(asked.error());
  Json json{{"ok", true}, {"changed", *asked}};
  json.update(json_of(modes.status_of(*scope)));
  return text_of(json);
}

std::string kill(ModeKeeper& modes, const ControlCommands::Call& call, const std::string& actor) {
  std::string_view rest = call.arguments;
  const std::string_view scope = take_word(rest);
  return answer_ask(modes, scope, Mode::kHalted, rest, actor);
}

std::string change_mode(ModeKeeper& modes, const ControlCommands::Call& call,
                        const std::string& actor) {
  std::string_view rest = call.arguments;
  const std::string_view scope = take_word(rest);
  const auto mode = parse_mode(take_word(rest));
  if (!mode) return control_error("there is no such mode; use SAFE_MODE, CANCEL_ONLY, MAINTENANCE");
  return answer_ask(modes, scope, *mode, rest, actor);
}

std::string rearm(ModeKeeper& modes, const ControlCommands::Call& call, const std::string& actor) {
  std::string_view rest = call.arguments;
  const auto scope = modes.names().parse(take_word(rest));
  if (!scope) return control_error(scope.error());
  const auto mode = parse_mode(take_word(rest));
  if (!mode) return control_error("there is no such mode; use RUNNING, SAFE_MODE, CANCEL_ONLY");
  const std::string name{take_word(rest)};
  if (name.empty() || rest.empty()) return control_error("give a name and a reason");
  const KillLatch::Human human{.name = name + " as " + actor, .reason = std::string{rest}};
  const auto lowered = modes.lower(*scope, *mode, human);
  if (!lowered) return control_error(lowered.error());
  return text_of(Json{{"ok", true}, {"done", *lowered}});
}

// A strategy whose session was lost, where the configuration wants a human's word for its return.
std::string readmit(Gateway& gateway, ModeKeeper& modes, const ControlCommands::Call& call,
                    const std::string& actor) {
  std::string_view rest = call.arguments;
  const auto scope = modes.names().parse(take_word(rest));
  if (!scope) return control_error(scope.error());
  if (scope->kind != ScopeKind::kStrategy) return control_error("only a strategy comes back");
  const std::string name{take_word(rest)};
  if (name.empty() || rest.empty()) return control_error("give a name and a reason");
  const auto noted = gateway.audit().note({.act = audit::Act::kStrategyEnabled,
                                           .actor = name + " as " + actor,
                                           .scope = modes.names().text_of(*scope),
                                           .reason = std::string{rest},
                                           .before = {},
                                           .after = "may come back"},
                                          gateway.wall().at(gateway.clock().now()));
  if (!noted) return control_error("not done, for it cannot be written down: " + noted.error());
  gateway.readmit_strategy(StrategyId{scope->index});
  return text_of(Json{{"ok", true}});
}

std::string status(const Gateway& gateway, const ModeKeeper& modes,
                   const ControlCommands::Call& call) {
  Json scopes = Json::array();
  if (!call.arguments.empty()) {
    const auto scope = modes.names().parse(call.arguments);
    if (!scope) return control_error(scope.error());
    scopes.push_back(json_of(modes.status_of(*scope)));
  } else {
    for (const ModeKeeper::Status& each : modes.status()) scopes.push_back(json_of(each));
  }
  oms::OmsSnapshot summary;
  const bool is_known = gateway.oms().view().read(summary);
  Json json{{"ok", true}, {"scopes", std::move(scopes)}};
  if (is_known) {
    json["open_orders"] = summary.open_count;
    json["unknown_orders"] = summary.unknown_count;
  }
  return text_of(json);
}

// "drill" begins one; "drill result" tells of it. Two words, so that nobody waits in the control
// thread.
std::string drill(Gateway& gateway, const ControlCommands::Call& call) {
  if (call.arguments != "result") {
    if (gateway.drill().ask(gateway.clock().now())) return text_of(Json{{"ok", true}});
    return control_error("a drill is out that the trading thread has not answered");
  }
  const std::optional<oms::KillDrill::Result> result = gateway.drill().result();
  if (!result) return text_of(Json{{"ok", true}, {"answered", false}});
  return text_of(Json{{"ok", true},
                      {"answered", true},
                      {"seen_ns", (result->seen - result->asked).count()},
                      {"walked_ns", (result->walked - result->asked).count()},
                      {"orders", result->order_count}});
}

}  // namespace

std::string control_error(std::string_view text) {
  return text_of(Json{{"ok", false}, {"error", text}});
}

std::string_view take_word(std::string_view& text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  const auto* const end = std::ranges::find_if(text, is_blank);
  const std::string_view word{text.begin(), end};
  text.remove_prefix(word.size());
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return word;
}

ControlCommands::ControlCommands(Gateway& gateway, ModeKeeper& modes) {
  const auto actor_of = [&gateway](const Call& call) {
    return gateway.settings().operators.text_of(call.user);
  };
  add("kill", "kill SCOPE REASON: halts it, cancels everything in it, latched",
      [&modes, actor_of](const Call& call) { return kill(modes, call, actor_of(call)); });
  add("mode", "mode SCOPE MODE REASON: a stricter mode, latched",
      [&modes, actor_of](const Call& call) { return change_mode(modes, call, actor_of(call)); });
  add("rearm", "rearm SCOPE MODE NAME REASON: a milder one, of a named human",
      [&modes, actor_of](const Call& call) { return rearm(modes, call, actor_of(call)); });
  add("readmit", "readmit strategy:NAME NAME REASON: lets it come back after its session was lost",
      [&gateway, &modes, actor_of](const Call& call) {
        return readmit(gateway, modes, call, actor_of(call));
      });
  add("status", "status [SCOPE]: modes and kills",
      [&gateway, &modes](const Call& call) { return status(gateway, modes, call); });
  add("drill", "drill, then drill result: the way of a kill, without one",
      [&gateway](const Call& call) { return drill(gateway, call); });
  add("help", "help: this list", [this](const Call&) {
    Json usages = Json::array();
    for (const Entry& entry : entries_) usages.push_back(entry.usage);
    return text_of(Json{{"ok", true}, {"commands", std::move(usages)}});
  });
}

void ControlCommands::add(std::string word, std::string usage, Run run) {
  entries_.push_back({std::move(word), std::move(usage), std::move(run)});
}

std::string ControlCommands::run(std::string_view line, uid_t user) const {
  std::string_view arguments = line;
  const std::string_view word = take_word(arguments);
  const auto entry = std::ranges::find(entries_, word, &Entry::word);
  if (entry == entries_.end()) {
    return control_error("there is no command '" + std::string{word} + "'; say help");
  }
  return entry->run({.arguments = arguments, .user = user});
}

}  // namespace portcullis::app
