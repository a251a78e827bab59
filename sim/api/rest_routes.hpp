#pragma once

#include <cstdint>
#include <string_view>

namespace portcullis::sim {

// What stands behind a path of the REST interface.
struct RestRoute {
  enum class Kind : std::uint8_t {
    kMethod,
    kEmptyList,    // of a part of the venue that is not simulated; clients ask for it on their way
    kGone,         // was once, and is answered with 410 (Binance: listenKeys)
    kWrongMethod,  // the path exists, with another HTTP method
    kUnknown,
  } kind{Kind::kUnknown};
  std::string_view method{};  // as the WebSocket API calls it
};

[[nodiscard]] RestRoute find_route(std::string_view http_method, std::string_view path) noexcept;

}  // namespace portcullis::sim
