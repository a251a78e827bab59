#pragma once

#include <expected>
#include <string_view>

#include "sim/api/venue_core.hpp"
#include "sim/net/http_service.hpp"

namespace portcullis::sim {

// The venue's REST interface on top of its methods (Binance: REST API, general information): where
// parameters and signatures are found, HTTP statuses and the usage headers. One thread.
class RestApi {
 public:
  explicit RestApi(VenueCore& venue) : venue_{venue} {}

  void answer(const HttpRequest& request, Responder responder);

 private:
  std::expected<SimAccountId, VenueError> authenticate(const HttpRequest& request,
                                                       const Params& params, WallTime now);
  void answer_with_fault(const Fault& fault, HttpReply reply, Responder responder);
  void add_usage_headers(HttpReply& reply, const Method& method, SimAccountId account,
                         WallTime now);

  VenueCore& venue_;
};

}  // namespace portcullis::sim
