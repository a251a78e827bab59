#pragma once

#include <string>
#include <string_view>

namespace portcullis::sim {

// As streams spell a symbol and HTTP its header names. ASCII only: other letters stay as they are.
[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace portcullis::sim
