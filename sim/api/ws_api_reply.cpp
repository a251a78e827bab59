#include "sim/api/ws_api_reply.hpp"

namespace portcullis::sim {

namespace {

constexpr int kTooManyRequests = -1003;

// Over HTTP this is a header.
std::string retry_json(const VenueError& error, WallTime now) {
  return JsonOut{}
      .open_object()
      .field("serverTime", now)
      .field("retryAfter", *error.retry_at)
      .close_object()
      .take();
}

void add_error(JsonOut& out, const VenueError& error, WallTime now) {
  const bool tells_retry = error.code == kTooManyRequests && error.retry_at;
  out.field("status", error.http_status)
      .key("error")
      .raw(error_json(error.code, error.message,
                      tells_retry ? retry_json(error, now) : error.data_json));
}

}  // namespace

std::string reply_json(const UsageMeter& usage, const WsApiReply& reply, WallTime now) {
  JsonOut out;
  out.open_object().key("id").raw(reply.id_json);
  if (reply.result) {
    out.field("status", 200).key("result").raw(*reply.result);
  } else {
    add_error(out, reply.result.error(), now);
  }
  if (reply.ip != nullptr) {
    out.key("rateLimits");
    usage.write_rate_limits(out, *reply.ip, reply.orders_of, now);
  }
  return out.close_object().take();
}

}  // namespace portcullis::sim
