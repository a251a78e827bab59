#pragma once

#include <string>
#include <string_view>

#include "core/time.hpp"
#include "sim/api/method.hpp"
#include "sim/api/usage_meter.hpp"

namespace portcullis::sim {

// A reply of the WebSocket API (Binance: response format).
struct WsApiReply {
  std::string_view id_json;
  const ApiResult& result;
  const IpUsage* ip{nullptr};              // null: without rateLimits
  const SimAccountId* orders_of{nullptr};  // whose ORDERS counts come first among them
};
[[nodiscard]] std::string reply_json(const UsageMeter& usage, const WsApiReply& reply,
                                     WallTime now);

}  // namespace portcullis::sim
