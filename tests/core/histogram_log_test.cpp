#include "core/histogram_log.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

#include "core/hops.hpp"
#include "tests/core/temp_directory.hpp"
#include "tests/support/paths.hpp"

namespace portcullis {
namespace {

constexpr WallTime kStart = wall_time(1'700'000'000'000'000'000);

// A decoder of its own, from HdrHistogram's description of the format.
std::vector<unsigned char> from_base64(const std::string& text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<unsigned char> bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<std::uint32_t>(alphabet.find(c));
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<unsigned char>(bits >> count & 0xFF));
    }
  }
  return bytes;
}

std::uint64_t big_endian(const std::vector<unsigned char>& bytes, std::size_t at, int size) {
  std::uint64_t value = 0;
  for (int i = 0; i < size; ++i) value = value << 8 | bytes.at(at + static_cast<std::size_t>(i));
  return value;
}

std::vector<std::uint64_t> decode_counts(const std::vector<unsigned char>& body, std::size_t at) {
  std::vector<std::uint64_t> counts;
  while (at < body.size()) {
    std::uint64_t zigzag = 0;
    for (int byte = 0; byte < 9; ++byte) {
      const std::uint64_t next = body.at(at++);
      zigzag |= byte < 8 ? (next & 0x7F) << (7 * byte) : next << 56;
      if (byte < 8 && next < 0x80) break;
    }
    const auto value =
        static_cast<std::int64_t>(zigzag >> 1) ^ -static_cast<std::int64_t>(zigzag & 1);
    if (value < 0) {
      counts.insert(counts.end(), static_cast<std::size_t>(-value), 0);
    } else {
      counts.push_back(static_cast<std::uint64_t>(value));
    }
  }
  return counts;
}

std::vector<std::uint64_t> decode_histogram(const std::string& base64) {
  const auto outer = from_base64(base64);
  EXPECT_EQ(big_endian(outer, 0, 4), 0x1c849314U);
  EXPECT_EQ(big_endian(outer, 4, 4), outer.size() - 8);
  std::vector<unsigned char> body(1'000'000);
  uLongf length = body.size();
  EXPECT_EQ(::uncompress(body.data(), &length, outer.data() + 8, outer.size() - 8), Z_OK);
  body.resize(length);
  EXPECT_EQ(big_endian(body, 0, 4), 0x1c849313U);
  EXPECT_EQ(big_endian(body, 4, 4), body.size() - 40);
  EXPECT_EQ(big_endian(body, 8, 4), 0U) << "normalizing index offset";
  EXPECT_EQ(big_endian(body, 12, 4), 3U) << "significant digits";
  EXPECT_EQ(big_endian(body, 16, 8), 1U) << "lowest discernible value";
  EXPECT_EQ(big_endian(body, 24, 8), (1ULL << 42) - 1) << "highest trackable value";
  EXPECT_EQ(big_endian(body, 32, 8), 0x3FF0'0000'0000'0000U) << "ratio 1.0";
  return decode_counts(body, 40);
}

HistogramSnapshot random_histogram(std::uint64_t seed, int count) {
  std::mt19937_64 random{seed};
  LatencyHistogram histogram;
  for (int i = 0; i < count; ++i) {
    histogram.record(static_cast<std::int64_t>(random() >> (25 + random() % 38)));
  }
  HistogramSnapshot snapshot;
  histogram.snapshot(snapshot);
  return snapshot;
}

void expect_round_trip(const HistogramSnapshot& snapshot) {
  const std::string text = encode_compressed_histogram(snapshot);
  EXPECT_TRUE(text.starts_with("HISTFAAA")) << text.substr(0, 16);
  auto counts = decode_histogram(text);
  ASSERT_LE(counts.size(), HistogramShape::kCountsLength);
  counts.resize(HistogramShape::kCountsLength, 0);
  EXPECT_EQ(counts, snapshot.counts());
}

TEST(HistogramLog, HistogramsSurviveTheRoundTrip) {
  expect_round_trip(HistogramSnapshot{});
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    expect_round_trip(random_histogram(seed, 1 << seed % 12));
  }
}

TEST(HistogramLog, CountsOfEverySizeSurvive) {
  HistogramSnapshot snapshot;
  for (std::size_t bit = 0; bit < 63; ++bit) {
    snapshot.counts()[bit * 3] = std::uint64_t{1} << bit;
    snapshot.counts()[bit * 3 + 1] = (std::uint64_t{1} << bit) - 1;
  }
  snapshot.counts().back() = 1;
  expect_round_trip(snapshot);
}

TEST(HistogramLog, LinesAreAsTheFormatSays) {
  const test::TempDirectory directory;
  const std::string path = directory.file("hops.hlog");
  auto writer = HistogramLogWriter::create(path, kStart);
  ASSERT_TRUE(writer) << writer.error();
  HistogramSnapshot one;
  one.counts()[HistogramShape::index_of(1'500'000)] = 1;
  ASSERT_TRUE(writer->write_interval("risk_check", kStart + Nanos{1'250'000'000},
                                     kStart + Nanos{2'250'000'000}, one));
  ASSERT_TRUE(writer->flush());
  const std::string text = test::read_file(path);
  EXPECT_NE(text.find("#[Histogram log format version 1.2]\n"), std::string::npos);
  EXPECT_NE(text.find("#[StartTime: 1700000000.000 (seconds since epoch)]\n"), std::string::npos);
  EXPECT_NE(text.find("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
                      "\"Interval_Compressed_Histogram\"\n"),
            std::string::npos);
  EXPECT_NE(text.find("\nTag=risk_check,1.250,1.000,1.500,HISTFAAA"), std::string::npos) << text;
}

TEST(HistogramLog, AFileThatCannotBeMadeIsAnError) {
  const auto writer = HistogramLogWriter::create("/nonexistent/hops.hlog", kStart);
  ASSERT_FALSE(writer);
  EXPECT_NE(writer.error().find("/nonexistent/hops.hlog"), std::string::npos);
}

std::optional<std::string> run_node(const std::string& script, const std::string& argument) {
  const std::string command = "node '" + script + "' '" + argument + "'";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string output;
  std::array<char, 4096> block{};
  for (std::size_t n = 0; (n = std::fread(block.data(), 1, block.size(), pipe)) > 0;) {
    output.append(block.data(), n);
  }
  if (::pclose(pipe) != 0) return std::nullopt;
  return output;
}

// HdrHistogram's JavaScript port reads our file and must see the same figures.
TEST(HistogramLog, TheEcosystemReadsIt) {
  const std::string node = source_dir() + "/tests/node";
  if (!std::filesystem::exists(node + "/node_modules/hdr-histogram-js")) {
    GTEST_SKIP() << "tests/node/node_modules is missing: run `npm ci` in tests/node";
  }
  const test::TempDirectory directory;
  const std::string path = directory.file("hops.hlog");
  auto writer = HistogramLogWriter::create(path, kStart);
  ASSERT_TRUE(writer) << writer.error();
  std::vector<HistogramSnapshot> written;
  for (std::size_t i = 0; i < kHopCount; ++i) {
    written.push_back(random_histogram(100 + i, i == 0 ? 0 : 997 * static_cast<int>(i)));
    const WallTime begin = kStart + Nanos{1'000'000'000} * static_cast<std::int64_t>(i);
    ASSERT_TRUE(writer->write_interval(to_string(static_cast<Hop>(i)), begin,
                                       begin + Nanos{500'000'000}, written.back()));
  }
  ASSERT_TRUE(writer->flush());
  const auto output = run_node(node + "/read_histogram_log.mjs", path);
  ASSERT_TRUE(output) << "node could not read the log";
  const auto intervals = nlohmann::json::parse(*output);
  ASSERT_EQ(intervals.size(), kHopCount);
  for (std::size_t i = 0; i < kHopCount; ++i) {
    const auto& seen = intervals[i];
    SCOPED_TRACE(to_string(static_cast<Hop>(i)));
    EXPECT_EQ(seen["tag"].get<std::string>(), to_string(static_cast<Hop>(i)));
    EXPECT_EQ(seen["start_ms"].get<std::int64_t>(),
              1'700'000'000'000 + 1000 * static_cast<std::int64_t>(i));
    EXPECT_EQ(seen["end_ms"].get<std::int64_t>() - seen["start_ms"].get<std::int64_t>(), 500);
    EXPECT_EQ(seen["total"].get<std::uint64_t>(), written[i].total());
    EXPECT_EQ(seen["max"].get<std::int64_t>(), written[i].max());
    if (written[i].total() == 0) continue;
    EXPECT_EQ(seen["p50"].get<std::int64_t>(), written[i].value_at_ppm(500'000));
    EXPECT_EQ(seen["p90"].get<std::int64_t>(), written[i].value_at_ppm(900'000));
    EXPECT_EQ(seen["p99"].get<std::int64_t>(), written[i].value_at_ppm(990'000));
    EXPECT_EQ(seen["p99_9"].get<std::int64_t>(), written[i].value_at_ppm(999'000));
  }
}

}  // namespace
}  // namespace portcullis
