#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <nmmintrin.h>
#include <span>

namespace portcullis::journal {

// CRC-32C (Castagnoli) by the CPU's own instruction. By hand because Boost.CRC goes through a table
// byte by byte, some ten times slower, and each record pays for it before its order leaves; the
// test compares the two.
//
// `crc` is the result for what came before, so that a record can be taken in pieces; 0 at the
// start. No allocation.
[[nodiscard]] inline std::uint32_t crc32c(std::uint32_t crc,
                                          std::span<const std::byte> bytes) noexcept {
  std::uint64_t state = ~crc;
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    state = _mm_crc32_u64(state, word);
    at += sizeof word;
  }
  auto narrow = static_cast<std::uint32_t>(state);
  for (; left > 0; --left) narrow = _mm_crc32_u8(narrow, static_cast<std::uint8_t>(*at++));
  return ~narrow;
}

}  // namespace portcullis::journal
