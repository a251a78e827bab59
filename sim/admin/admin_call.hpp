#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config_reader.hpp"
#include "core/time.hpp"
#include "sim/admin/names.hpp"
#include "sim/admin/venue_control.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/api/venue_service.hpp"
#include "sim/net/connections.hpp"
#include "sim/net/http_service.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {

// What the admin's calls work on.
struct AdminParts {
  VenueCore& venue;
  VenueService& service;
  VenueControl& control;
  const std::shared_ptr<Connections>& connections;  // of the venue's own ports
  // Where the venue listens, as the ready file says it: "plain" and "127.0.0.1:18080".
  std::map<std::string, std::string> addresses{};
  MonoTime started{venue.clock.steady()};
};

// One request, read strictly: whatever is wrong with query and body is collected, unknown names
// too, and refusal() tells all of it at once.
class AdminRequest {
 public:
  AdminRequest(const HttpRequest& http, ConfigDocument body);

  [[nodiscard]] const HttpRequest& http() const noexcept { return http_; }
  [[nodiscard]] ConfigSection& body() noexcept { return root_; }

  [[nodiscard]] std::optional<std::string> query(std::string_view name);
  std::string required_query(std::string_view name);
  [[nodiscard]] std::optional<std::uint64_t> query_number(std::string_view name);
  // Of the query's `account` or `symbol`, if it is there; a name that nobody has is a problem.
  [[nodiscard]] std::optional<SimAccountId> query_account(const VenueCore& venue);
  [[nodiscard]] std::optional<std::size_t> query_symbol(const VenueCore& venue);
  // Of the body, required; a name that nobody has is a problem, and the first one comes back.
  [[nodiscard]] SimAccountId body_account(const VenueCore& venue);
  [[nodiscard]] std::size_t body_symbol(const VenueCore& venue);

  void problem(const std::string& text);
  // Once, when everything was asked for that there is: the problems, if there are any, with 404
  // when all that is wrong is a name that nobody has, else 400.
  [[nodiscard]] std::optional<HttpReply> refusal();

 private:
  const HttpRequest& http_;
  Params query_;
  std::set<std::string, std::less<>> asked_;
  ConfigDocument document_;
  ConfigSection root_;
  void unknown_name(const std::string& text);

  std::string problems_;
  bool is_malformed_{false};
};

struct AdminCall {
  const char* method;
  const char* path;
  const char* about;
  const char* fields;  // of body or query, for people: "account, asset, amount"
  HttpReply (*carry_out)(AdminParts& parts, AdminRequest& request);
  bool has_json_body{true};
};

// By family, each in a file of its own.
[[nodiscard]] std::span<const AdminCall> general_calls() noexcept;
[[nodiscard]] std::span<const AdminCall> fault_calls() noexcept;
[[nodiscard]] std::span<const AdminCall> account_calls() noexcept;
[[nodiscard]] std::span<const AdminCall> key_calls() noexcept;
[[nodiscard]] std::span<const AdminCall> market_calls() noexcept;
[[nodiscard]] std::span<const AdminCall> limit_calls() noexcept;
[[nodiscard]] std::span<const AdminCall> connection_calls() noexcept;
[[nodiscard]] std::span<const AdminCall> truth_calls() noexcept;
[[nodiscard]] std::vector<std::span<const AdminCall>> all_admin_calls();

[[nodiscard]] HttpReply admin_ok(std::string json = "{}");
// {"error": why}
[[nodiscard]] HttpReply admin_refusal(int status, std::string_view why);
// Carries out an action on the venue.
[[nodiscard]] HttpReply admin_done(AdminParts& parts, const VenueAction& action);

}  // namespace portcullis::sim
