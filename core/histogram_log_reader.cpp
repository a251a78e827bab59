#include "core/histogram_log_reader.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include <system_error>

#include <zlib.h>

namespace portcullis {

namespace {

constexpr std::uint32_t kCookieV2 = 0x1c849313;
constexpr std::uint32_t kCookieV2Compressed = 0x1c849314;
constexpr std::size_t kHeadBytes = 40;
// A histogram of five digits over the whole of int64 has 13 MB of counts at most.
constexpr std::size_t kPlainBytesMax = std::size_t{32} << 20U;
constexpr std::int64_t kDigitsMax = 5;

using Ranges = std::vector<HistogramRange>;

std::unexpected<std::string> because(const char* cause) {
  return std::unexpected{std::string{cause}};
}

std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char letter : text) {
    const std::size_t value = kAlphabet.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U | static_cast<std::uint32_t>(value)) & 0xFFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU));
  }
  return bytes;
}

// The caller has checked that the bytes are there.
std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (const char byte : bytes.substr(at, size)) {
    value = value << 8U | static_cast<unsigned char>(byte);
  }
  return value;
}

std::optional<std::string> inflate_all(std::string_view packed) {
  for (std::size_t room = 64U << 10U; room <= kPlainBytesMax; room *= 2) {
    std::string plain(room, '\0');
    uLongf length = room;
    const int result = ::uncompress(reinterpret_cast<Bytef*>(plain.data()), &length,
                                    reinterpret_cast<const Bytef*>(packed.data()), packed.size());
    if (result == Z_OK) {
      plain.resize(length);
      return plain;
    }
    if (result != Z_BUF_ERROR) return std::nullopt;
  }
  return std::nullopt;
}

// Where the value of an index begins and ends, for a histogram's own precision.
class Shape {
 public:
  Shape(std::int64_t lowest, std::int64_t digits)
      : unit_bits_{static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(lowest))) - 1} {
    std::uint64_t exact_to = 2;
    for (std::int64_t i = 0; i < digits; ++i) exact_to *= 10;
    half_bits_ = static_cast<unsigned>(std::bit_width(exact_to - 1)) - 1;
  }

  // Nothing for an index beyond int64.
  [[nodiscard]] std::optional<HistogramRange> at(std::uint64_t index, std::uint64_t count) const {
    const std::uint64_t half = std::uint64_t{1} << half_bits_;
    const bool is_first = index >> half_bits_ == 0;
    const std::uint64_t bucket = is_first ? 0 : (index >> half_bits_) - 1;
    const std::uint64_t sub = (index & (half - 1)) + (is_first ? 0 : half);
    const std::uint64_t shift = bucket + unit_bits_;
    if (shift + half_bits_ + 1 > 62) return std::nullopt;
    const auto low = static_cast<std::int64_t>(sub << shift);
    const auto width = static_cast<std::int64_t>(std::uint64_t{1} << shift);
    return HistogramRange{.low = low, .high = low + width - 1, .count = count};
  }

 private:
  unsigned unit_bits_{0};
  unsigned half_bits_{0};  // of the index: two halves of sub-buckets share a bucket
};

// ZigZag LEB128; the ninth byte carries eight whole bits. Nothing when the bytes end too early.
std::optional<std::int64_t> next_zigzag(std::string_view& bytes) {
  std::uint64_t zigzag = 0;
  for (unsigned i = 0; i < 9; ++i) {
    if (bytes.empty()) return std::nullopt;
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    zigzag |= (i < 8 ? byte & std::uint64_t{0x7F} : std::uint64_t{byte}) << (7 * i);
    if (i < 8 && byte < 0x80) break;
  }
  return static_cast<std::int64_t>(zigzag >> 1U) ^ -static_cast<std::int64_t>(zigzag & 1U);
}

std::expected<Ranges, std::string> decode_counts(std::string_view bytes, const Shape& shape) {
  Ranges ranges;
  std::uint64_t index = 0;
  while (!bytes.empty()) {
    const auto value = next_zigzag(bytes);
    if (!value) return because("its counts end in the middle of a number");
    if (*value < 0) {
      index += 0 - static_cast<std::uint64_t>(*value);
      continue;
    }
    if (*value > 0) {
      const auto range = shape.at(index, static_cast<std::uint64_t>(*value));
      if (!range) return because("its counts go beyond the largest value");
      ranges.push_back(*range);
    }
    ++index;
  }
  return ranges;
}

std::expected<Ranges, std::string> decode_plain(std::string_view bytes) {
  if (bytes.size() < kHeadBytes || big_endian(bytes, 0, 4) != kCookieV2) {
    return because("it is no V2 histogram");
  }
  const std::uint64_t length = big_endian(bytes, 4, 4);
  const std::uint64_t offset = big_endian(bytes, 8, 4);
  const auto digits = static_cast<std::int64_t>(big_endian(bytes, 12, 4));
  const auto lowest = static_cast<std::int64_t>(big_endian(bytes, 16, 8));
  // hdr-histogram-js writes 1 and shifts nothing.
  if (offset > 1) return because("it is a shifted histogram");
  if (digits > kDigitsMax || lowest < 1 || length > bytes.size() - kHeadBytes) {
    return because("its head makes no sense");
  }
  return decode_counts(bytes.substr(kHeadBytes, length), Shape{lowest, digits});
}

// One line's tag and histogram; nothing for a comment, the legend or a blank line.
struct LogLine {
  std::string_view tag;
  std::string_view histogram;
};
std::optional<LogLine> split_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty() || line.starts_with('#') || line.starts_with('"')) return std::nullopt;
  LogLine out;
  if (line.starts_with("Tag=")) {
    const std::size_t comma = std::min(line.find(','), line.size());
    out.tag = line.substr(4, comma - 4);
  }
  out.histogram = line.substr(line.rfind(',') + 1);
  return out;
}

std::string no_such_tag(const std::string& path, std::string_view tag,
                        const std::set<std::string>& seen) {
  std::string text = path + ": no histogram " +
                     (tag.empty() ? std::string{"without a tag"} : "of tag " + std::string{tag});
  text += seen.empty() ? "; it has none at all" : "; it has";
  for (const std::string& name : seen) text += " " + (name.empty() ? "(no tag)" : name);
  return text;
}

}  // namespace

std::expected<Ranges, std::string> decode_compressed_histogram(std::string_view base64) {
  const auto bytes = from_base64(base64);
  if (!bytes) return because("it is not base64");
  if (bytes->size() < 8 || big_endian(*bytes, 0, 4) != kCookieV2Compressed) {
    return because("it is no V2 compressed histogram");
  }
  const std::uint64_t length = big_endian(*bytes, 4, 4);
  if (length > bytes->size() - 8) return because("it is cut short");
  const auto plain = inflate_all(std::string_view{*bytes}.substr(8, length));
  if (!plain) return because("it cannot be decompressed");
  return decode_plain(*plain);
}

std::expected<Ranges, std::string> read_histogram_log(const std::string& path,
                                                      std::string_view tag) {
  std::ifstream file{path};
  if (!file) {
    return std::unexpected{path + ": open: " + std::generic_category().message(errno) +
                           "; check the path"};
  }
  std::map<std::int64_t, HistogramRange> sum;
  std::set<std::string> seen;
  std::size_t number = 0;
  for (std::string text; std::getline(file, text);) {
    ++number;
    const auto line = split_line(text);
    if (!line) continue;
    seen.emplace(line->tag);
    if (line->tag != tag) continue;
    const auto ranges = decode_compressed_histogram(line->histogram);
    if (!ranges) {
      return std::unexpected{path + ":" + std::to_string(number) + ": " + ranges.error()};
    }
    for (const HistogramRange& range : *ranges) {
      const auto [place, is_new] = sum.try_emplace(range.low, range);
      if (!is_new) place->second.count += range.count;
    }
  }
  if (!seen.contains(std::string{tag})) return std::unexpected{no_such_tag(path, tag, seen)};
  Ranges all;
  for (const auto& [low, range] : sum) all.push_back(range);
  return all;
}

}  // namespace portcullis
