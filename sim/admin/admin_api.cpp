#include "sim/admin/admin_api.hpp"

#include <algorithm>
#include <vector>

#include "core/config_problem.hpp"
#include "sim/admin/live_feed.hpp"
#include "sim/admin/page_files.hpp"
#include "sim/json/json_config.hpp"

namespace portcullis::sim {

namespace {

constexpr std::string_view kLivePath = "/live";

// An IP address or "localhost", with or without a port. A name would do as well, but a name is what
// a page needs whose owner points it here once it is loaded.
bool is_address(std::string_view host) {
  if (host.starts_with('[')) return host.find(']') != std::string_view::npos;
  const std::string_view name = host.substr(0, host.find(':'));
  if (name == "localhost") return true;
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

// Why a browser's request is refused; empty: it is not, and no other program's is.
std::string_view foreign(const HttpHeaders& headers) {
  const std::string_view host = headers.get("host");
  if (!host.empty() && !is_address(host)) {
    return "Host is a name; reach the admin port by its IP address or as localhost";
  }
  const std::string_view origin = headers.get("origin");
  if (!origin.empty() && origin != "http://" + std::string{host}) {
    return "Origin is another site; only the admin's own page may call from a browser";
  }
  return {};
}

HttpReply page_reply(const PageFile& file) {
  return {.status = 200,
          .body = std::string{file.text},
          .headers = {
              {"content-type", file.content_type},
              {"content-security-policy",
               "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
               "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
              {"x-content-type-options", "nosniff"},
              {"referrer-policy", "no-referrer"},
              {"cross-origin-opener-policy", "same-origin"},
              {"cache-control", "no-store"},
          }};
}

}  // namespace

AdminApi::AdminApi(const AdminParts& parts) : parts_{parts} {
  for (const std::span<const AdminCall> family : all_admin_calls()) {
    for (const AdminCall& call : family) calls_[{call.method, call.path}] = &call;
  }
}

void AdminApi::on_request(const HttpRequest& request, Responder responder) {
  const std::string_view why = foreign(request.headers);
  responder.reply(why.empty() ? act(request) : admin_refusal(403, why));
}

HttpReply AdminApi::act(const HttpRequest& request) {
  const auto found = calls_.find({request.method, request.path});
  if (found == calls_.end()) {
    const PageFile* file = request.method == "GET" ? find_page_file(request.path) : nullptr;
    return file != nullptr ? page_reply(*file) : no_such_call(request);
  }
  const AdminCall& call = *found->second;
  const bool has_body = call.has_json_body && request.method != "GET";
  auto body = read_json_config(has_body ? request.body : "", "body");
  if (!body) return admin_refusal(400, body.error());
  AdminRequest admin_request{request, *std::move(body)};
  return call.carry_out(parts_, admin_request);
}

HttpReply AdminApi::no_such_call(const HttpRequest& request) const {
  std::string allowed;
  std::vector<std::string> paths;
  for (const auto& [key, call] : calls_) {
    paths.emplace_back(key.second);
    if (key.second == request.path) {
      allowed += (allowed.empty() ? "" : ", ") + std::string{key.first};
    }
  }
  if (!allowed.empty()) {
    HttpReply reply = admin_refusal(405, request.path + " takes " + allowed + ", not " +
                                             request.method + "; GET /api lists the calls");
    reply.headers.emplace_back("allow", allowed);
    return reply;
  }
  const std::string near = nearest_word(request.path, paths);
  return admin_refusal(404, "there is no call " + request.method + " " + request.path +
                                (near.empty() ? "" : ", did you mean \"" + near + "\"?") +
                                "; GET /api lists them");
}

std::optional<WsKind> AdminApi::upgrade_kind(std::string_view target) const {
  if (target.substr(0, target.find('?')) != kLivePath) return std::nullopt;
  return WsKind::kOther;
}

std::optional<HttpReply> AdminApi::refuse_upgrade(const UpgradeRequest& request, WsKind) {
  const std::string_view why = foreign(request.headers);
  if (why.empty()) return std::nullopt;
  return admin_refusal(403, why);
}

std::unique_ptr<WsService> AdminApi::on_upgrade(const UpgradeRequest&, TextSink& sink) {
  return std::make_unique<LiveFeed>(parts_, sink);
}

}  // namespace portcullis::sim
