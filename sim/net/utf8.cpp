#include "sim/net/utf8.hpp"

#include <cstring>

namespace portcullis::sim {

bool Utf8Check::step(unsigned char byte) noexcept {
  if (missing_ > 0) {
    if (byte < next_min_ || byte > next_max_) return false;
    --missing_;
    next_min_ = 0x80;
    next_max_ = 0xBF;
    return true;
  }
  if (byte < 0x80) return true;
  if (byte < 0xC2 || byte > 0xF4) return false;  // a stray continuation, overlong, or beyond 10FFFF
  missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  if (byte == 0xE0) next_min_ = 0xA0;  // overlong
  if (byte == 0xED) next_max_ = 0x9F;  // surrogates
  if (byte == 0xF0) next_min_ = 0x90;  // overlong
  if (byte == 0xF4) next_max_ = 0x8F;  // beyond 10FFFF
  return true;
}

bool Utf8Check::add(std::string_view piece) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080;
  std::size_t i = 0;
  while (i < piece.size()) {
    std::uint64_t word = 0;
    if (missing_ == 0 && piece.size() - i >= sizeof word) {
      std::memcpy(&word, piece.data() + i, sizeof word);
      if ((word & kHighBits) == 0) {
        i += sizeof word;
        continue;
      }
    }
    if (!step(static_cast<unsigned char>(piece[i]))) return false;
    ++i;
  }
  return true;
}

}  // namespace portcullis::sim
