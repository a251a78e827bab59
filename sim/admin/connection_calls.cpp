#include <array>
#include <chrono>

#include "sim/admin/admin_call.hpp"
#include "sim/admin/connection_json.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

HttpReply list(AdminParts& parts, AdminRequest& request) {
  if (auto refused = request.refusal()) return *std::move(refused);
  JsonOut out;
  out.open_object().key("connections");
  write_connections(out, parts);
  return admin_ok(out.close_object().take());
}

HttpReply cut(AdminParts& parts, AdminRequest& request) {
  const auto id = request.query_number("id");
  const auto remote = request.query("remote");
  if (!id && !remote) {
    request.problem("query: say which with id= or remote=; GET /connections lists them");
  }
  if (auto refused = request.refusal()) return *std::move(refused);
  const std::size_t count = parts.connections->cut({.id = id, .remote = remote});
  if (count == 0) return admin_refusal(404, "no such connection; GET /connections lists them");
  return admin_ok(JsonOut{}.open_object().field("cut", count).close_object().take());
}

HttpReply disconnect(AdminParts& parts, AdminRequest& request) {
  CutAction action;
  action.what = request.body().optional_choice("what", "all", {"streams", "ws-api", "http", "all"});
  action.account = request.body().optional_string("account", "");
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_done(parts, action);
}

HttpReply shut_down(AdminParts& parts, AdminRequest& request) {
  ShutdownAction action;
  action.notice = request.body().optional_duration("notice", std::chrono::seconds{10}, Nanos{0},
                                                   std::chrono::hours{24});
  action.stays = request.body().optional_boolean("stays", false);
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_done(parts, action);
}

constexpr std::array kCalls{
    AdminCall{"GET", "/connections",
              "who is connected: kind, age, what went through and waits, subscriptions", "", list},
    AdminCall{"DELETE", "/connections", "cuts one, or all of an address", "?id, remote", cut},
    AdminCall{"POST", "/disconnect", "cuts all of a kind, or those with an account's user data",
              "what, account", disconnect},
    AdminCall{"POST", "/shutdown", "serverShutdown to all, and the end after the notice",
              "notice, stays", shut_down},
};

}  // namespace

std::span<const AdminCall> connection_calls() noexcept {
  return kCalls;
}

}  // namespace portcullis::sim
