#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "sim/api/rest_routes.hpp"
#include "sim/api/venue_core.hpp"
#include "sim/net/http_service.hpp"

namespace portcullis::sim {

// A refusal over HTTP, with Retry-After where there is one.
[[nodiscard]] HttpReply error_reply(const VenueError& error, WallTime now);

// The venue's REST interface on top of its methods (Binance: REST API, general information): where
// parameters and signatures are found, HTTP statuses and the usage headers. One thread.
class RestApi {
 public:
  explicit RestApi(VenueCore& venue) : venue_{venue} {}

  void answer(const HttpRequest& request, Responder responder);

 private:
  // A request on its way to its method.
  struct Pending {
    const Method* method;
    Params params;
    Caller caller;
    std::string api_key;
    std::uint64_t number{0};  // in the record
  };

  std::expected<Pending, VenueError> prepare(const HttpRequest& request, const Method& method,
                                             IpUsage& ip, WallTime now);
  std::optional<VenueError> authenticate(const HttpRequest& request, Pending& pending,
                                         WallTime now);
  HttpReply answer_other(RestRoute route, IpUsage& ip, WallTime now);
  void send_out(HttpReply reply, const std::optional<MessageFate>& fate, Responder responder);
  void carry_out(const Pending& pending, const RequestFault& fault, Responder responder);
  void add_usage_headers(HttpReply& reply, const IpUsage& ip, WallTime now) const;
  void add_order_headers(HttpReply& reply, SimAccountId account, WallTime now) const;

  VenueCore& venue_;
};

}  // namespace portcullis::sim
