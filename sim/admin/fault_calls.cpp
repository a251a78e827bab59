#include <array>

#include "sim/admin/admin_call.hpp"
#include "sim/faults/script_reader.hpp"

namespace portcullis::sim {

namespace {

HttpReply list(AdminParts& parts, AdminRequest& request) {
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_ok(parts.venue.faults.json());
}

// Has a strict reader of its own (sim/faults/script_reader.hpp).
HttpReply add(AdminParts& parts, AdminRequest& request) {
  const auto added = parts.venue.faults.add_json(request.http().body, parts.venue.clock.steady());
  return added ? admin_ok() : admin_refusal(400, added.error());
}

HttpReply start_scenario(AdminParts& parts, AdminRequest& request) {
  const auto scenario = parse_scenario(request.http().body, "scenario");
  if (!scenario) return admin_refusal(400, scenario.error());
  const auto added = parts.venue.faults.add(*scenario, parts.venue.clock.steady());
  return added ? admin_ok() : admin_refusal(400, added.error());
}

HttpReply remove(AdminParts& parts, AdminRequest& request) {
  const auto name = request.query("name");
  if (auto refused = request.refusal()) return *std::move(refused);
  if (!name) {
    parts.venue.faults.clear();
    return admin_ok();
  }
  if (parts.venue.faults.remove(*name)) return admin_ok();
  return admin_refusal(404, "there is no fault \"" + *name + "\"; GET /faults lists them");
}

HttpReply catalogue(AdminParts&, AdminRequest& request) {
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_ok(fault_catalogue_json());
}

constexpr std::array kCalls{
    AdminCall{"GET", "/faults", "every fault, how often it matched and fired, and the neverFired",
              "", list},
    AdminCall{"POST", "/faults", "adds one fault; its time starts now",
              "action, name, method | stream | on, and as GET /fault_actions says", add, false},
    AdminCall{"DELETE", "/faults", "forgets one fault, or all, and takes back what can be", "?name",
              remove},
    AdminCall{"GET", "/fault_actions", "what can go wrong, and its keys", "", catalogue},
    AdminCall{"POST", "/scenario", "adds a scenario; the body is its TOML", "", start_scenario,
              false},
};

}  // namespace

std::span<const AdminCall> fault_calls() noexcept {
  return kCalls;
}

}  // namespace portcullis::sim
