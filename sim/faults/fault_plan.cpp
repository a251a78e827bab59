#include "sim/faults/fault_plan.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

constexpr std::array<std::pair<FaultAction, const char*>, 10> kActions{{
    {FaultAction::kDropReply, "drop_reply"},
    {FaultAction::kDelayReply, "delay_reply"},
    {FaultAction::kDelayRequest, "delay_request"},
    {FaultAction::kDuplicateReply, "duplicate_reply"},
    {FaultAction::kReject, "reject"},
    {FaultAction::kError, "error"},
    {FaultAction::kDisconnect, "disconnect"},
    {FaultAction::kDropEvent, "drop_event"},
    {FaultAction::kDuplicateEvent, "duplicate_event"},
    {FaultAction::kDelayEvent, "delay_event"},
}};

const char* name_of(FaultAction action) {
  return kActions[static_cast<std::size_t>(action)].second;
}

std::optional<FaultAction> parse_action(std::string_view text) {
  for (const auto& [action, name] : kActions) {
    if (text == name) return action;
  }
  return std::nullopt;
}

bool is_for_events(FaultAction action) {
  return action == FaultAction::kDropEvent || action == FaultAction::kDuplicateEvent ||
         action == FaultAction::kDelayEvent;
}

bool take_count(Fault& fault) {
  if (fault.skip > 0) {
    --fault.skip;
    return false;
  }
  if (fault.count <= 0) return false;
  --fault.count;
  ++fault.fired;
  return true;
}

}  // namespace

std::expected<void, std::string> FaultPlan::add_json(std::string_view json) {
  const auto body = nlohmann::json::parse(json, nullptr, false);
  if (!body.is_object()) return std::unexpected{"the fault must be a JSON object"};
  try {
    const auto action = parse_action(body.value("action", ""));
    if (!action) return std::unexpected{"unknown action; see portcullis-sim --help"};
    const std::string method = body.value("method", "");
    if (method.empty())
      return std::unexpected{"\"method\" is missing: a method, an event or \"*\""};
    Fault fault{.method = method, .action = *action, .message = body.value("msg", "")};
    fault.ms = body.value("ms", fault.ms);
    fault.skip = body.value("skip", fault.skip);
    fault.count = body.value("count", fault.count);
    fault.accept = body.value("accept", *action != FaultAction::kReject);
    fault.code = body.value("code", fault.code);
    fault.status = body.value("status", fault.status);
    if (fault.ms < 0 || fault.skip < 0 || fault.count < 1 || fault.status < 100 ||
        fault.status > 599) {
      return std::unexpected{
          "ms and skip may not be negative, count must be 1 or more, status an "
          "HTTP status"};
    }
    add(std::move(fault));
  } catch (const nlohmann::json::exception& error) {
    return std::unexpected{std::string{"a member has the wrong type: "} + error.what()};
  }
  return {};
}

std::optional<Fault> FaultPlan::take_for_request(std::string_view method) {
  for (Fault& fault : faults_) {
    const bool matches =
        !is_for_events(fault.action) && (fault.method == "*" || fault.method == method);
    if (matches && take_count(fault)) return fault;
  }
  return std::nullopt;
}

std::optional<Fault> FaultPlan::take_for_event(std::string_view event,
                                               std::string_view execution_type) {
  const std::string qualified = std::string{event} + ":" + std::string{execution_type};
  for (Fault& fault : faults_) {
    const bool is_named = fault.method == "*" || fault.method == event ||
                          fault.method == qualified || (!cause_.empty() && fault.method == cause_);
    if (is_for_events(fault.action) && is_named && take_count(fault)) return fault;
  }
  return std::nullopt;
}

std::string FaultPlan::json() const {
  JsonOut out;
  out.open_object().key("faults").open_array();
  for (const Fault& fault : faults_) {
    out.open_object()
        .field("method", fault.method)
        .field("action", name_of(fault.action))
        .field("ms", fault.ms)
        .field("skip", fault.skip)
        .field("count", fault.count)
        .field("accept", fault.accept)
        .field("fired", fault.fired)
        .close_object();
  }
  return out.close_array().close_object().take();
}

}  // namespace portcullis::sim
