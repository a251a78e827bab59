#include "oms/binance/failure_class.hpp"

namespace portcullis::oms::binance {

namespace {

constexpr std::string_view kUnknownOrderText = "Unknown order sent.";

bool is_cancel(RequestTag tag) noexcept {
  return tag == RequestTag::kCancel || tag == RequestTag::kMassCancel ||
         tag == RequestTag::kSymbolCancel || tag == RequestTag::kListCancel;
}

}  // namespace

FailureClass classify_failure(RequestTag tag, std::int32_t http_status, std::int32_t code,
                              std::string_view message) noexcept {
  if (http_status == 429 || http_status == 418) return FailureClass::kRateLimited;
  if (http_status >= 500) return FailureClass::kUnknown;
  switch (code) {
    case -1000:  // UNKNOWN
    case -1001:  // DISCONNECTED: "Internal error; unable to process your request"
    case -1006:  // UNEXPECTED_RESP
    case -1007:  // TIMEOUT
      return FailureClass::kUnknown;
    case -1003:  // TOO_MANY_REQUESTS
    case -1008:  // SERVER_BUSY
    case -1015:  // TOO_MANY_ORDERS
      return FailureClass::kRateLimited;
    case -1002:  // UNAUTHORIZED
    case -1021:  // INVALID_TIMESTAMP
    case -1022:  // INVALID_SIGNATURE
    case -2014:  // BAD_API_KEY_FMT
    case -2015:  // REJECTED_MBX_KEY
      return FailureClass::kAuthentication;
    case -2013: return FailureClass::kNoSuchOrder;
    case -2011:
      return is_cancel(tag) && message == kUnknownOrderText ? FailureClass::kNoSuchOrder
                                                            : FailureClass::kRejected;
    default: break;
  }
  // Without a code of the venue's it is its firewall, which turns the address away.
  if (http_status == 403) return FailureClass::kRateLimited;
  return http_status >= 400 ? FailureClass::kRejected : FailureClass::kUnknown;
}

}  // namespace portcullis::oms::binance
