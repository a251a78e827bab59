#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace portcullis::sim {

// Where a venue is reached: SCHEME://HOST[:PORT][/PATH].
struct VenueUrl {
  bool is_tls{false};
  std::string host;
  std::string port;
  std::string path;  // "/prefix" without a slash at its end; often empty

  // `scheme` is "ws" or "http"; with an s at its end it is over TLS. Says what is wrong otherwise.
  static std::expected<VenueUrl, std::string> parse(std::string_view text, std::string_view scheme);
};

}  // namespace portcullis::sim
