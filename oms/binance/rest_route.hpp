#pragma once

#include <string_view>

namespace portcullis::oms::binance {

// What a method of the WebSocket API is called over REST; the parameters have the same names.
struct RestRoute {
  std::string_view verb;  // empty: there is none
  std::string_view path;
};
[[nodiscard]] RestRoute rest_route(std::string_view method) noexcept;

}  // namespace portcullis::oms::binance
