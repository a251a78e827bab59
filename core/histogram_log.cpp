#include "core/histogram_log.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <limits>

#include <zlib.h>

#include "core/check.hpp"
#include "core/errno_text.hpp"

namespace portcullis {

namespace {

constexpr std::uint32_t kCookieV2 = 0x1c849313;
constexpr std::uint32_t kCookieV2Compressed = 0x1c849314;
constexpr std::uint32_t kSignificantDigits = 3;
constexpr std::uint64_t kRatioOne = 0x3FF0'0000'0000'0000;  // 1.0 as an IEEE 754 bit pattern
constexpr std::int64_t kNanosPerMilli = 1'000'000;

void put_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xFF));
  }
}

void put_u64(std::string& out, std::uint64_t value) {
  put_u32(out, static_cast<std::uint32_t>(value >> 32));
  put_u32(out, static_cast<std::uint32_t>(value));
}

// ZigZag LEB128; the ninth byte, if there is one, carries eight whole bits.
void put_zigzag(std::string& out, std::int64_t value) {
  auto rest = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  for (int byte = 0; byte < 8; ++byte) {
    if (rest < 0x80) {
      out.push_back(static_cast<char>(rest));
      return;
    }
    out.push_back(static_cast<char>((rest & 0x7F) | 0x80));
    rest >>= 7;
  }
  out.push_back(static_cast<char>(rest));
}

// Counts up to the last that is not zero; a run of zeros is its length, negative.
std::string encode_counts(const std::vector<std::uint64_t>& counts) {
  std::string payload;
  std::size_t end = counts.size();
  while (end > 0 && counts[end - 1] == 0) --end;
  for (std::size_t i = 0; i < end;) {
    std::size_t run = i;
    while (run < end && counts[run] == 0) ++run;
    const std::size_t zeros = run - i;
    if (zeros > 0) {
      put_zigzag(payload, -static_cast<std::int64_t>(zeros));
      i = run;
    } else {
      put_zigzag(payload, static_cast<std::int64_t>(counts[i]));
      ++i;
    }
  }
  return payload;
}

std::string encode_histogram(const HistogramSnapshot& counts) {
  const std::string payload = encode_counts(counts.counts());
  std::string out;
  put_u32(out, kCookieV2);
  put_u32(out, static_cast<std::uint32_t>(payload.size()));
  put_u32(out, 0);  // normalizing index offset
  put_u32(out, kSignificantDigits);
  put_u64(out, 1);  // lowest discernible value
  put_u64(out, static_cast<std::uint64_t>(HistogramShape::kHighestTrackable));
  put_u64(out, kRatioOne);
  return out + payload;
}

std::string compress(std::string_view plain) {
  std::string out(::compressBound(plain.size()), '\0');
  uLongf length = out.size();
  const int result = ::compress(reinterpret_cast<Bytef*>(out.data()), &length,
                                reinterpret_cast<const Bytef*>(plain.data()), plain.size());
  PORTCULLIS_CHECK(result == Z_OK, "zlib could not compress into a buffer of its own bound");
  out.resize(length);
  return out;
}

std::string to_base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t b = 0; b < count; ++b) {
      group |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + b])) << (16 - 8 * b);
    }
    for (std::size_t c = 0; c < 4; ++c) {
      out.push_back(c <= count ? kAlphabet[group >> (18 - 6 * c) & 0x3F] : '=');
    }
  }
  return out;
}

// Thousandths as "12.345": milliseconds to seconds, microseconds to milliseconds.
std::string thousandths(std::int64_t value) {
  std::array<char, 32> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%lld.%03lld", static_cast<long long>(value / 1000),
                    static_cast<long long>(value % 1000));
  return {text.data(), static_cast<std::size_t>(length)};
}

bool is_tag_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

}  // namespace

std::string encode_compressed_histogram(const HistogramSnapshot& counts) {
  const std::string body = compress(encode_histogram(counts));
  std::string out;
  put_u32(out, kCookieV2Compressed);
  put_u32(out, static_cast<std::uint32_t>(body.size()));
  return to_base64(out + body);
}

std::expected<HistogramLogWriter, std::string> HistogramLogWriter::create(const std::string& path,
                                                                          WallTime start) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) {
    return std::unexpected{path + ": open: " + errno_text(errno) +
                           "; the directory must exist and be writable"};
  }
  HistogramLogWriter writer{path, file, start};
  const std::string seconds = thousandths(count_ms(start));
  const auto header = writer.write(
      "#[Portcullis: latency of each hop, in nanoseconds]\n"
      "#[Histogram log format version 1.2]\n"
      "#[StartTime: " +
      seconds +
      " (seconds since epoch)]\n"
      "#[BaseTime: " +
      seconds +
      " (seconds since epoch)]\n"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
      "\"Interval_Compressed_Histogram\"\n");
  if (!header) return std::unexpected{header.error()};
  return writer;
}

std::expected<void, std::string> HistogramLogWriter::write_interval(
    std::string_view tag, WallTime begin, WallTime end, const HistogramSnapshot& counts) {
  PORTCULLIS_CHECK(!tag.empty() && std::ranges::all_of(tag, is_tag_char), "tag of a histogram");
  // A wall clock set back must not write a negative time.
  const std::int64_t from_ms = std::max<std::int64_t>(0, count_ms(begin) - count_ms(start_));
  const std::int64_t length_ms = std::max<std::int64_t>(0, count_ms(end) - count_ms(begin));
  const std::int64_t max_us = counts.max() / (kNanosPerMilli / 1000);
  std::string line = "Tag=";
  line.append(tag).append(",").append(thousandths(from_ms)).append(",");
  line.append(thousandths(length_ms)).append(",").append(thousandths(max_us)).append(",");
  line.append(encode_compressed_histogram(counts)).append("\n");
  return write(line);
}

std::expected<void, std::string> HistogramLogWriter::flush() {
  if (std::fflush(file_.get()) == 0) return {};
  return std::unexpected{path_ + ": flush: " + errno_text(errno) + "; check the disk's space"};
}

std::expected<void, std::string> HistogramLogWriter::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size()) return {};
  return std::unexpected{path_ + ": write: " + errno_text(errno) + "; check the disk's space"};
}

}  // namespace portcullis
