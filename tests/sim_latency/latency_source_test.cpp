#include "sim/latency/latency_source.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>

#include "core/histogram_log.hpp"

namespace portcullis::sim {
namespace {

LatencySource source(std::string_view text) {
  auto parsed = LatencySource::parse(text);
  EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error());
  return parsed.value_or(LatencySource{});
}
std::string problem(std::string_view text) {
  const auto parsed = LatencySource::parse(text);
  return parsed ? std::string{} : parsed.error();
}
std::vector<std::int64_t> draws(const LatencySource& from, std::uint64_t seed, int count) {
  Random random{seed};
  std::vector<std::int64_t> out;
  for (int i = 0; i < count; ++i) out.push_back(from.draw(random).count());
  std::ranges::sort(out);
  return out;
}
// Of sorted draws, at parts per ten thousand.
std::int64_t at(const std::vector<std::int64_t>& sorted, std::size_t pptt) {
  return sorted[(sorted.size() - 1) * pptt / 10'000];
}
// Within `percent` of what is wanted.
void expect_near(std::int64_t got, std::int64_t wanted, std::int64_t percent) {
  EXPECT_GE(got, wanted - wanted * percent / 100);
  EXPECT_LE(got, wanted + wanted * percent / 100);
}

constexpr int kDraws = 200'000;

TEST(LatencySource, NoneAndConstant) {
  EXPECT_TRUE(source("none").is_zero());
  EXPECT_TRUE(source("const:0us").is_zero());
  for (const auto& [text, ns] :
       std::vector<std::pair<const char*, std::int64_t>>{{"const:7ns", 7},
                                                         {"const:500us", 500'000},
                                                         {"const:3ms", 3'000'000},
                                                         {"const:2s", 2'000'000'000}}) {
    EXPECT_EQ(draws(source(text), 1, 3), (std::vector<std::int64_t>{ns, ns, ns})) << text;
  }
}

TEST(LatencySource, UniformCoversItsRangeEvenly) {
  const auto sorted = draws(source("uniform:200us/900us"), 5, kDraws);
  EXPECT_GE(sorted.front(), 200'000);
  EXPECT_LE(sorted.back(), 900'000);
  for (const std::size_t tenth : {1U, 3U, 5U, 9U}) {
    expect_near(at(sorted, tenth * 1'000), 200'000 + 70'000 * static_cast<std::int64_t>(tenth), 2);
  }
}

// Quantiles of exp(z log(p99/median)/z99), by an independent calculation.
TEST(LatencySource, LognormalHasTheQuantilesOfOneForAnySeed) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const auto sorted = draws(source("lognormal:400us/3ms"), seed, kDraws);
    expect_near(at(sorted, 100), 53'333, 6);
    expect_near(at(sorted, 1'000), 131'920, 4);
    expect_near(at(sorted, 5'000), 400'000, 3);
    expect_near(at(sorted, 9'000), 1'213'000, 4);
    expect_near(at(sorted, 9'900), 3'000'000, 5);
    expect_near(at(sorted, 9'990), 5'810'000, 10);
  }
  EXPECT_EQ(draws(source("lognormal:400us/400us"), 1, 1).front(), 400'000);
}

TEST(LatencySource, QuantilesAreMetAndJoinedByStraightLines) {
  const auto sorted =
      draws(source("quantiles:0=90us/50=300us/99=2ms/99.9=9ms/100=40ms"), 9, kDraws);
  EXPECT_GE(sorted.front(), 90'000);
  EXPECT_LE(sorted.back(), 40'000'000);
  expect_near(at(sorted, 2'500), 195'000, 2);
  expect_near(at(sorted, 5'000), 300'000, 2);
  expect_near(at(sorted, 9'900), 2'000'000, 15);
  expect_near(at(sorted, 9'990), 9'000'000, 20);
}

TEST(LatencySource, ARecordingIsDrawnFromByItsCounts) {
  const auto file =
      std::filesystem::path{::testing::TempDir()} / (std::to_string(::getpid()) + "-latency.hlog");
  auto writer = HistogramLogWriter::create(file.string(), WallTime{});
  HistogramSnapshot counts;
  counts.counts()[HistogramShape::index_of(1'000)] = 700;
  counts.counts()[HistogramShape::index_of(50'000)] = 299;
  counts.counts()[HistogramShape::index_of(9'000'000)] = 1;
  ASSERT_TRUE(writer->write_interval("wire_to_ack", WallTime{}, WallTime{}, counts));
  ASSERT_TRUE(writer->flush());
  const auto sorted = draws(source("hlog:" + file.string() + "#wire_to_ack"), 3, kDraws);
  const auto below = [&sorted](std::int64_t ns) {
    return std::ranges::lower_bound(sorted, ns) - sorted.begin();
  };
  expect_near(below(10'000), kDraws * 7 / 10, 2);
  expect_near(below(1'000'000), kDraws * 999 / 1'000, 1);
  EXPECT_LT(below(1'000'000), kDraws);
  expect_near(sorted.back(), 9'000'000, 1);  // the range of a value is a thousandth of it
  EXPECT_NE(problem("hlog:" + file.string() + "#nothing").find("wire_to_ack"), std::string::npos);
  std::filesystem::remove(file);
}

TEST(LatencySource, SaysWhatItCannotRead) {
  for (const char* text :
       {"", "fast", "const:", "const:5", "const:-5us", "const:5m", "const:99999999s", "uniform:5us",
        "uniform:9us/5us", "lognormal:0us/5us", "lognormal:1us/1s", "quantiles:0=1us",
        "quantiles:50=1us/100=2us", "quantiles:0=5us/100=1us",
        "quantiles:0=1us/90=2us/80=3us/100=4us", "quantiles:0=1us/101=2us", "hlog:/nowhere#a"}) {
    EXPECT_NE(problem(text), "") << text;
  }
  EXPECT_EQ(problem("lognormal:4ms"), "\"4ms\": two times, such as 200us/900us");
}

}  // namespace
}  // namespace portcullis::sim
