#include "sim/admin/connection_json.hpp"

#include <chrono>

namespace portcullis::sim {

namespace {

const char* kind_of(const ConnectionInfo& info) {
  if (!info.kind) return "http";
  switch (*info.kind) {
    case WsKind::kStreams: return "streams";
    case WsKind::kApi: return "ws-api";
    case WsKind::kOther: return "other";
  }
  return "?";
}

}  // namespace

void write_connections(JsonOut& out, const AdminParts& parts) {
  const auto subscriptions = parts.service.subscriptions();
  const auto now = std::chrono::steady_clock::now();
  out.open_array();
  parts.connections->for_each([&](const Connection& connection) {
    const ConnectionTraffic traffic = connection.traffic();
    const auto age =
        std::chrono::duration_cast<std::chrono::milliseconds>(now - connection.since());
    out.open_object()
        .field("id", connection.info().id)
        .field("kind", kind_of(connection.info()))
        .field("remote", connection.info().remote)
        .field("ageMs", age.count())
        .field("in", traffic.messages_in)
        .field("out", traffic.messages_out)
        .field("queued", traffic.queued_messages)
        .field("queuedBytes", traffic.queued_bytes)
        .key("subscriptions")
        .open_array();
    const auto found = subscriptions.find(connection.info().id);
    if (found != subscriptions.end()) {
      for (const std::string& name : found->second) out.text(name);
    }
    out.close_array().close_object();
  });
  out.close_array();
}

}  // namespace portcullis::sim
