#include "sim/json/text_out.hpp"

#include <algorithm>

namespace portcullis::sim {

namespace {

__extension__ using Wide = unsigned __int128;

// All `count` digits, zeros in front.
char* write_padded(char* out, std::uint64_t value, std::size_t count) noexcept {
  for (std::size_t i = count; i > 0; --i) {
    out[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + count;
}

char* write_wide(char* out, Wide value) noexcept {
  constexpr std::uint64_t kChunk = 1'000'000'000'000'000'000;
  constexpr std::size_t kChunkDigits = 18;
  if (value < kChunk) return write_whole(out, static_cast<std::uint64_t>(value));
  out = write_wide(out, value / kChunk);
  return write_padded(out, static_cast<std::uint64_t>(value % kChunk), kChunkDigits);
}

}  // namespace

char* write_whole(char* out, std::uint64_t value) noexcept {
  std::array<char, 20> digits;
  std::size_t at = digits.size();
  while (value >= 100) {
    at -= 2;
    detail::write_pair(digits.data() + at, static_cast<std::uint32_t>(value % 100));
    value /= 100;
  }
  if (value >= 10) {
    at -= 2;
    detail::write_pair(digits.data() + at, static_cast<std::uint32_t>(value));
  } else {
    digits[--at] = static_cast<char>('0' + value);
  }
  std::memcpy(out, digits.data() + at, digits.size() - at);
  return out + (digits.size() - at);
}

char* write_fixed8(char* out, Int128 raw) noexcept {
  auto size = static_cast<Wide>(raw);
  if (raw < 0) {
    *out++ = '-';
    size = Wide{0} - size;
  }
  constexpr auto kScale = static_cast<Wide>(kDecimalScale);
  out = write_wide(out, size / kScale);
  *out++ = '.';
  detail::write_eight(out, static_cast<std::uint32_t>(size % kScale));
  return out + kDecimalPlaces;
}

void TextOut::grow(std::size_t count) {
  text_.resize(std::max(2 * text_.size(), size_ + count));
}

}  // namespace portcullis::sim
