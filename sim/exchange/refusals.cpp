#include "sim/exchange/refusals.hpp"

#include <string>

namespace portcullis::sim {

namespace {

VenueError refuse(int code, std::string_view text) {
  return {.http_status = 400, .code = code, .message = std::string{text}};
}

}  // namespace

VenueError request_refused(std::string_view text) {
  return refuse(-1013, text);
}
VenueError filter_failure(std::string_view filter) {
  return refuse(-1013, "Filter failure: " + std::string{filter});
}
VenueError order_refused(std::string_view text) {
  return refuse(-2010, text);
}
VenueError cancel_refused(std::string_view text) {
  return refuse(-2011, text);
}
VenueError amend_refused(std::string_view text) {
  return refuse(-2038, text);
}
VenueError no_such_order() {
  return refuse(-2013, "Order does not exist.");
}
VenueError ids_disagree() {
  return refuse(-2039, "Client order ID is not correct for this order ID.");
}
VenueError no_order_id_given() {
  return refuse(-1102,
                "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!");
}
VenueError no_list_id_given() {
  return refuse(-1102,
                "Param 'orderListId' or 'listClientOrderId' must be sent, but both were "
                "empty/null!");
}
VenueError unsupported_combination() {
  return refuse(-1014, "Unsupported order combination.");
}

}  // namespace portcullis::sim
