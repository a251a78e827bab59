#pragma once

#include <optional>
#include <string>

#include "core/time.hpp"

namespace portcullis::sim {

// HTTP status, Binance code and text, as the real venue gives them (Binance: error codes).
struct VenueError {
  int http_status{400};
  int code{0};
  std::string message;
  // JSON that stands beside code and msg as "data"; empty: none (Binance: cancelReplace, bans).
  std::string data_json{};
  std::optional<WallTime> retry_at{};  // 429, 418: when to come again
};

}  // namespace portcullis::sim
