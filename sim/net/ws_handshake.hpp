#pragma once

#include <string>
#include <string_view>

namespace portcullis::sim {

// The value of Sec-WebSocket-Accept for a client's key (RFC 6455, 4.2.2).
[[nodiscard]] std::string ws_accept_key(std::string_view key);
// The whole answer to an upgrade. Extensions and subprotocols are declined by saying nothing.
[[nodiscard]] std::string ws_upgrade_response(std::string_view key);
// Sixteen bytes in base64.
[[nodiscard]] bool is_ws_key(std::string_view key) noexcept;

}  // namespace portcullis::sim
