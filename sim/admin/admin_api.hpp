#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/admin/admin_call.hpp"
#include "sim/net/http_service.hpp"

namespace portcullis::sim {

// The venue's side door, on a port of its own: whoever reaches it may do everything. JSON over
// plain HTTP (GET /api lists the calls), a page for people at /, and its live feed. Requests that a
// foreign web page makes a browser send are refused: by their Origin, and by a Host that is a name.
// One thread.
class AdminApi final : public HttpService {
 public:
  explicit AdminApi(const AdminParts& parts);

  // Known when the ports are open.
  void set_addresses(std::map<std::string, std::string> addresses) {
    parts_.addresses = std::move(addresses);
  }

  void on_request(const HttpRequest& request, Responder responder) override;
  std::unique_ptr<WsService> on_upgrade(const UpgradeRequest& request, TextSink& sink) override;
  [[nodiscard]] std::optional<WsKind> upgrade_kind(std::string_view target) const override;
  std::optional<HttpReply> refuse_upgrade(const UpgradeRequest& request, WsKind kind) override;

 private:
  HttpReply act(const HttpRequest& request);
  [[nodiscard]] HttpReply no_such_call(const HttpRequest& request) const;

  AdminParts parts_;
  std::map<std::pair<std::string_view, std::string_view>, const AdminCall*> calls_;
};

}  // namespace portcullis::sim
