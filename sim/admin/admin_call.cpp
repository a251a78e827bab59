#include "sim/admin/admin_call.hpp"

#include <utility>
#include <vector>

#include "core/config_problem.hpp"
#include "sim/admin/names.hpp"
#include "sim/json/json_config.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

AdminRequest::AdminRequest(const HttpRequest& http, ConfigDocument body)
    : http_{http},
      document_{std::move(body)},
      root_{document_.root()} {
  if (!query_.add_encoded(http.query)) problem("query: a broken % escape");
}

std::optional<std::string> AdminRequest::query(std::string_view name) {
  asked_.emplace(name);
  const auto found = query_.find(name);
  if (!found) return std::nullopt;
  return std::string{*found};
}

std::string AdminRequest::required_query(std::string_view name) {
  auto found = query(name);
  if (!found) {
    problem("query: " + std::string{name} + " is missing; add ?" + std::string{name} + "=..");
  }
  return std::move(found).value_or("");
}

std::optional<std::uint64_t> AdminRequest::query_number(std::string_view name) {
  asked_.emplace(name);
  const auto value = query_.whole(name);
  if (!value) problem("query: " + std::string{name} + " is not a whole number");
  return value.value_or(std::nullopt);
}

std::optional<SimAccountId> AdminRequest::query_account(const VenueCore& venue) {
  const auto name = query("account");
  if (!name) return std::nullopt;
  const auto account = venue.accounts.find(*name);
  if (!account) unknown_name("query: " + no_such_account(venue, *name));
  return account;
}

std::optional<std::size_t> AdminRequest::query_symbol(const VenueCore& venue) {
  const auto name = query("symbol");
  if (!name) return std::nullopt;
  const auto symbol = venue.exchange.find_symbol(*name);
  if (!symbol) unknown_name("query: " + no_such_symbol(venue, *name));
  return symbol;
}

SimAccountId AdminRequest::body_account(const VenueCore& venue) {
  const std::string name = root_.required_string("account");
  const auto account = venue.accounts.find(name);
  if (!account && !name.empty()) unknown_name("account: " + no_such_account(venue, name));
  return account.value_or(kCrowd);
}

std::size_t AdminRequest::body_symbol(const VenueCore& venue) {
  const std::string name = root_.required_string("symbol");
  const auto symbol = venue.exchange.find_symbol(name);
  if (!symbol && !name.empty()) unknown_name("symbol: " + no_such_symbol(venue, name));
  return symbol.value_or(0);
}

void AdminRequest::problem(const std::string& text) {
  is_malformed_ = true;
  unknown_name(text);
}

void AdminRequest::unknown_name(const std::string& text) {
  problems_ += (problems_.empty() ? "" : "\n") + text;
}

std::optional<HttpReply> AdminRequest::refusal() {
  root_.finish();
  const std::vector<std::string> names{asked_.begin(), asked_.end()};
  for (std::size_t i = 0; i < query_.size(); ++i) {
    const std::string name{query_.at(i).name};
    if (asked_.contains(name)) continue;
    const std::string near = nearest_word(name, names);
    problem("query: unknown parameter " + name +
            (near.empty() ? "" : ", did you mean \"" + near + "\"?"));
  }
  if (const std::string in_body = json_config_problems(document_); !in_body.empty()) {
    problem(in_body);
  }
  if (problems_.empty()) return std::nullopt;
  return admin_refusal(is_malformed_ ? 400 : 404, problems_);
}

HttpReply admin_ok(std::string json) {
  return {.status = 200, .body = std::move(json)};
}

HttpReply admin_refusal(int status, std::string_view why) {
  return {.status = status,
          .body = JsonOut{}.open_object().field("error", why).close_object().take()};
}

HttpReply admin_done(AdminParts& parts, const VenueAction& action) {
  const auto performed = parts.control.perform(action);
  return performed ? admin_ok() : admin_refusal(400, performed.error());
}

std::vector<std::span<const AdminCall>> all_admin_calls() {
  return {general_calls(), fault_calls(), account_calls(),    key_calls(),
          market_calls(),  limit_calls(), connection_calls(), truth_calls()};
}

}  // namespace portcullis::sim
