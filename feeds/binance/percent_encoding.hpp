#pragma once

#include <string>
#include <string_view>

namespace portcullis::feeds::binance {

// A value for a URL's query (RFC 3986): everything but unreserved characters as %XX. Symbols are
// usually plain, but not always: the test network has one in Chinese. Cold.
[[nodiscard]] inline std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace portcullis::feeds::binance
