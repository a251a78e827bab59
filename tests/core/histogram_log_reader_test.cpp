#include "core/histogram_log_reader.hpp"

#include <fstream>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "core/histogram_log.hpp"
#include "tests/core/temp_directory.hpp"

namespace portcullis {
namespace {

std::uint64_t total(const std::vector<HistogramRange>& ranges) {
  return std::accumulate(
      ranges.begin(), ranges.end(), std::uint64_t{0},
      [](std::uint64_t sum, const HistogramRange& range) { return sum + range.count; });
}
// The highest value of the range that holds the n-th smallest.
std::int64_t nth(const std::vector<HistogramRange>& ranges, std::uint64_t n) {
  for (const HistogramRange& range : ranges) {
    if (n <= range.count) return range.high;
    n -= range.count;
  }
  return -1;
}

class HistogramLogReader : public ::testing::Test {
 protected:
  std::string write(const std::string& text) {
    const std::string file = path();
    std::ofstream{file} << text;
    return file;
  }
  [[nodiscard]] std::string path() const { return directory_.path() + "/hops.hlog"; }
  static std::string problem(const std::string& file, std::string_view tag) {
    const auto read = read_histogram_log(file, tag);
    return read ? std::string{} : read.error();
  }
  test::TempDirectory directory_;
};

TEST_F(HistogramLogReader, ReadsWhatTheWriterWrote) {
  constexpr WallTime kStart = wall_time(1'700'000'000'000'000'000);
  auto writer = HistogramLogWriter::create(path(), kStart);
  ASSERT_TRUE(writer.has_value());
  std::mt19937_64 random{7};
  HistogramSnapshot wanted;
  for (int interval = 0; interval < 3; ++interval) {
    HistogramSnapshot counts;
    for (int i = 0; i < 1'000; ++i) {
      const auto value = static_cast<std::int64_t>(random() >> (22 + random() % 40));
      ++counts.counts()[HistogramShape::index_of(value)];
    }
    wanted.add(counts);
    ASSERT_TRUE(writer->write_interval("wire_to_ack", kStart, kStart, counts));
    ASSERT_TRUE(writer->write_interval("other", kStart, kStart, HistogramSnapshot{}));
  }
  ASSERT_TRUE(writer->flush());
  const auto ranges = read_histogram_log(path(), "wire_to_ack");
  ASSERT_TRUE(ranges.has_value()) << ranges.error();
  HistogramSnapshot read;
  for (const HistogramRange& range : *ranges) {
    read.counts()[HistogramShape::index_of(range.low)] += range.count;
    EXPECT_EQ(range.high, HistogramShape::highest_equivalent(HistogramShape::index_of(range.low)));
    EXPECT_EQ(HistogramShape::index_of(range.low), HistogramShape::index_of(range.high));
  }
  EXPECT_EQ(read.counts(), wanted.counts());
  EXPECT_TRUE(read_histogram_log(path(), "other")->empty());
}

// Written by hdr-histogram-js 3.0.1: two digits from 1000 up, 100 values of 10'000 i and three of
// 250'000'000; its own percentiles are the expected ones.
TEST_F(HistogramLogReader, ReadsAnotherToolsLogOfAnotherPrecision) {
  const std::string file = write(
      "#[Histogram log format version 1.3]\n"
      "#[StartTime: 1700000000.000 (seconds since epoch)]\n\n"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n"
      "Tag=ack,1700000000.000,1.000,250.001,HISTFAAAAE54nJNpmSzMwMBwmoGBgZGBgYGJAQyYX4DIa5OXME"
      "ABoyqTKpMyVizMJAiG/Bg0JxM7CmQlwAeJsDIxMDEjYVQepggheXSRj/xsABhHCoA=\n"
      "1700000000.000,1.000,250.001,HISTFAAAAF14nJNpmSzMwMBwkoGBgZGBgYGJAQyYX4DIa5OXMEAB40tGpu"
      "eMTO2MTMVMvkzmTJZM5kz6TNJM0kySSKQgEy8TNxM3XpKZiZWJlWKSgYmJAQrhDCKYr7nYAPjFDQI=\r\n");
  const auto tagged = read_histogram_log(file, "ack");
  ASSERT_TRUE(tagged.has_value()) << tagged.error();
  EXPECT_EQ(total(*tagged), 103U);
  EXPECT_EQ(nth(*tagged, 52), 520'191);
  EXPECT_EQ(nth(*tagged, 102), 250'609'663);
  const auto plain = read_histogram_log(file, "");
  ASSERT_TRUE(plain.has_value()) << plain.error();
  EXPECT_EQ(total(*plain), 103U);
  EXPECT_EQ(nth(*plain, 52), 3'129'343);
}

TEST_F(HistogramLogReader, NamesTheTagsThatThereAre) {
  EXPECT_NE(problem(path(), "a").find(path()), std::string::npos);
  const std::string head = "0.000,1.000,0.1,";
  const std::string empty = encode_compressed_histogram(HistogramSnapshot{});
  const std::string file = write("Tag=a," + head + empty + "\nTag=b," + head + empty + "\n");
  EXPECT_EQ(problem(file, "a"), "");
  EXPECT_NE(problem(file, "c").find("a b"), std::string::npos) << problem(file, "c");
  EXPECT_NE(problem(file, "").find("a b"), std::string::npos);
}

TEST_F(HistogramLogReader, ADamagedLineIsNamed) {
  HistogramSnapshot counts;
  ++counts.counts()[5'000];
  const std::string good = encode_compressed_histogram(counts);
  for (std::size_t kept = 0; kept < good.size() - 4; kept += 3) {
    const std::string file = write("#\nTag=a,0,1,1," + good.substr(0, kept) + "\n");
    EXPECT_NE(problem(file, "a").find(":2: "), std::string::npos) << kept;
  }
  EXPECT_FALSE(decode_compressed_histogram("HISTFAAAA*").has_value());
  std::mt19937 random{3};
  for (int i = 0; i < 3'000; ++i) {  // whatever is in it, it is an answer
    std::string bad = good;
    bad[random() % bad.size()] = "AZ09+/=x"[random() % 8];
    (void)decode_compressed_histogram(bad);
  }
}

}  // namespace
}  // namespace portcullis
