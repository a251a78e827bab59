#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

// The longest text of a whole number here: an Int128 with a sign, or with a point and quotes.
inline constexpr std::size_t kWholeTextMax = 48;

// Both write at `out`, which has room for kWholeTextMax, and return the end.
char* write_whole(char* out, std::uint64_t value) noexcept;
// With eight places, whatever the size of the sum: "-0.00000001".
char* write_fixed8(char* out, Int128 raw) noexcept;
inline char* write_fixed8(char* out, std::int64_t raw) noexcept;

// Text put together piece by piece in memory that is kept, for messages made a hundred thousand
// times a second: no copy on the way, no allocation once it has grown. Knows nothing of JSON; what
// is put in must be escaped.
class TextOut {
 public:
  explicit TextOut(std::size_t reserve = 4'096) : text_(reserve) {}

  void clear() noexcept { size_ = 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  // Until the next change.
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }
  [[nodiscard]] std::string_view view(std::size_t from) const noexcept {
    return view().substr(from);
  }
  // Forgets what came after.
  void cut_to(std::size_t size) noexcept { size_ = size; }

  TextOut& put(std::string_view text) {
    char* const out = room(text.size());
    std::memcpy(out, text.data(), text.size());
    size_ += text.size();
    return *this;
  }
  TextOut& put(char c) {
    *room(1) = c;
    ++size_;
    return *this;
  }
  TextOut& whole(std::uint64_t value) { return advance(write_whole(room(kWholeTextMax), value)); }
  TextOut& signed_whole(std::int64_t value) {
    if (value >= 0) return whole(static_cast<std::uint64_t>(value));
    return put('-').whole(0U - static_cast<std::uint64_t>(value));
  }
  TextOut& boolean(bool value) {
    return put(value ? std::string_view{"true"} : std::string_view{"false"});
  }
  TextOut& time(WallTime time, TimeUnit unit) {
    const std::int64_t ns = count_ns(time);
    return signed_whole(unit == TimeUnit::kMilliseconds ? ns / 1'000'000 : ns / 1'000);
  }
  // Quoted, with eight places.
  template <class Tag>
  TextOut& decimal(Decimal<Tag> value) {
    return quoted_fixed8(value.raw());
  }
  TextOut& decimal(Int128 raw) { return quoted_fixed8(raw); }

 private:
  template <class Raw>
  TextOut& quoted_fixed8(Raw raw) {
    char* out = room(kWholeTextMax);
    *out++ = '"';
    out = write_fixed8(out, raw);
    *out++ = '"';
    return advance(out);
  }
  char* room(std::size_t count) {
    if (text_.size() - size_ < count) grow(count);
    return text_.data() + size_;
  }
  TextOut& advance(const char* end) noexcept {
    size_ = static_cast<std::size_t>(end - text_.data());
    return *this;
  }
  void grow(std::size_t count);

  std::vector<char> text_;
  std::size_t size_{0};
};

namespace detail {
inline constexpr std::array<char, 200> kDigitPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

inline void write_pair(char* out, std::uint32_t value) noexcept {
  std::memcpy(out, kDigitPairs.data() + std::size_t{2} * value, 2);
}
inline void write_eight(char* out, std::uint32_t value) noexcept {
  const std::uint32_t high = value / 10'000;
  const std::uint32_t low = value % 10'000;
  write_pair(out, high / 100);
  write_pair(out + 2, high % 100);
  write_pair(out + 4, low / 100);
  write_pair(out + 6, low % 100);
}
}  // namespace detail

inline char* write_fixed8(char* out, std::int64_t raw) noexcept {
  auto size = static_cast<std::uint64_t>(raw);
  if (raw < 0) {
    *out++ = '-';
    size = 0U - size;
  }
  constexpr auto kScale = static_cast<std::uint64_t>(kDecimalScale);
  out = write_whole(out, size / kScale);
  *out++ = '.';
  detail::write_eight(out, static_cast<std::uint32_t>(size % kScale));
  return out + kDecimalPlaces;
}

}  // namespace portcullis::sim
