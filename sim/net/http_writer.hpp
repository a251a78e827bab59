#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/net/http_service.hpp"

namespace portcullis::sim {

struct HttpReplyFrame {
  bool keeps_alive;
  bool has_body;  // false: a HEAD, which is told the length and gets nothing
};

// The reply as it goes over the wire; names in lower case, as the live venue sends them.
// `standing`: headers of every reply of the port.
[[nodiscard]] std::string http_reply_text(
    const HttpReply& reply, const HttpReplyFrame& frame,
    const std::vector<std::pair<std::string, std::string>>& standing);

inline constexpr std::string_view kHttpContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace portcullis::sim
