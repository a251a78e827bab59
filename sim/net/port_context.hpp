#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/net/connection_limits.hpp"
#include "sim/net/connections.hpp"
#include "sim/net/event_loop.hpp"
#include "sim/net/http_service.hpp"

namespace portcullis::sim {

// What the connections of one port share; loop and service outlive them.
struct PortContext {
  EventLoop& loop;
  HttpService& service;
  ConnectionLimits limits;
  std::weak_ptr<Connections> connections;
  std::vector<std::pair<std::string, std::string>> reply_headers{};  // of each HTTP reply
};

}  // namespace portcullis::sim
