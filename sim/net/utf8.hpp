#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace portcullis::sim {

// Judges UTF-8 (RFC 3629) that may come in pieces: a character may be cut between two of them.
class Utf8Check {
 public:
  // False as soon as what came so far cannot be the start of anything valid.
  [[nodiscard]] bool add(std::string_view piece) noexcept;
  // Whether the text may end here.
  [[nodiscard]] bool is_whole() const noexcept { return missing_ == 0; }
  void reset() noexcept { *this = {}; }

 private:
  [[nodiscard]] bool step(unsigned char byte) noexcept;

  int missing_{0};  // continuation bytes
  // What the next continuation byte may be: narrower than 80..BF right after some first bytes.
  unsigned char next_min_{0x80};
  unsigned char next_max_{0xBF};
};

[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
  Utf8Check check;
  return check.add(text) && check.is_whole();
}

}  // namespace portcullis::sim
