#include "core/counters.hpp"

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "tests/core/temp_directory.hpp"

namespace portcullis {
namespace {

TEST(Counter, WithoutAFileCountsIntoNowhere) {
  Counter counter;
  counter.add(5);
  counter.set_max(7);
  EXPECT_EQ(counter.get(), 0);
}

TEST(CounterFile, AnonymousCountersCount) {
  auto file = CounterFile::create("");
  ASSERT_TRUE(file) << file.error();
  Counter gaps = file->allocate("feed.binance.gaps");
  Counter depth = file->allocate("ring.depth_max");
  gaps.add();
  gaps.add(2);
  depth.set_max(9);
  depth.set_max(4);
  EXPECT_EQ(file->read("feed.binance.gaps"), 3);
  EXPECT_EQ(file->read("ring.depth_max"), 9);
  EXPECT_EQ(file->read("no.such"), 0);
  ASSERT_EQ(file->read_all().size(), 2U);
  EXPECT_EQ(file->read_all()[0].label, "feed.binance.gaps");
}

TEST(CounterFile, IsReadFromOutsideWhileItCountsAndAfterwards) {
  const test::TempDirectory directory;
  const std::string path = directory.file("counters");
  auto reader = [&]() -> std::expected<CounterFile, std::string> {
    auto file = CounterFile::create(path, 16);
    EXPECT_TRUE(file) << file.error();
    Counter counter = file->allocate("oms.orders");
    auto opened = CounterFile::open(path);
    EXPECT_TRUE(opened) << opened.error();
    EXPECT_EQ(opened->read("oms.orders"), 0);
    counter.add(41);
    counter.add();
    file->allocate("oms.late").set(-7);
    EXPECT_EQ(opened->read("oms.orders"), 42);
    EXPECT_EQ(opened->read("oms.late"), -7);
    return opened;
  }();
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->read("oms.orders"), 42) << "the file outlives its writer";
}

TEST(CounterFile, ANewProcessReplacesTheFileWhole) {
  const test::TempDirectory directory;
  const std::string path = directory.file("counters");
  auto first = CounterFile::create(path, 16);
  ASSERT_TRUE(first);
  Counter counter = first->allocate("first");
  auto old_reader = CounterFile::open(path);
  ASSERT_TRUE(old_reader);
  auto second = CounterFile::create(path, 32);
  ASSERT_TRUE(second);
  second->allocate("second").add();
  counter.add();  // the old mapping is still there to be written
  EXPECT_EQ(old_reader->read("first"), 1);
  auto new_reader = CounterFile::open(path);
  ASSERT_TRUE(new_reader);
  EXPECT_EQ(new_reader->read("second"), 1);
  EXPECT_EQ(new_reader->read_all().size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(CounterFile, CellsStandApart) {
  auto file = CounterFile::create("", 4);
  ASSERT_TRUE(file);
  // Two writers on two cells: TSan would see it if they shared one.
  Counter left = file->allocate("left");
  Counter right = file->allocate("right");
  std::thread other{[&] {
    for (int i = 0; i < 100'000; ++i) left.add();
  }};
  for (int i = 0; i < 100'000; ++i) right.add();
  other.join();
  EXPECT_EQ(file->read("left"), 100'000);
  EXPECT_EQ(file->read("right"), 100'000);
}

TEST(CounterFile, MovesWithItsCounters) {
  auto file = CounterFile::create("", 4);
  ASSERT_TRUE(file);
  Counter counter = file->allocate("kept");
  CounterFile moved = std::move(*file);
  counter.add(3);
  EXPECT_EQ(moved.read("kept"), 3);
}

TEST(CounterFile, ErrorsNameTheFile) {
  const auto missing = CounterFile::open("/nonexistent/counters");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().find("/nonexistent/counters"), std::string::npos);
  const auto unwritable = CounterFile::create("/nonexistent/counters");
  ASSERT_FALSE(unwritable);
  EXPECT_NE(unwritable.error().find("/nonexistent/counters"), std::string::npos);
  EXPECT_FALSE(CounterFile::open("/dev/null"));
  EXPECT_FALSE(CounterFile::open("/"));
}

std::string valid_file(const test::TempDirectory& directory) {
  const std::string path = directory.file("good");
  auto file = CounterFile::create(path, 8);
  EXPECT_TRUE(file);
  file->allocate("a").set(1);
  file->allocate("b").set(2);
  return test::read_file(path);
}

TEST(CounterFile, EveryTruncationIsRefused) {
  const test::TempDirectory directory;
  const std::string good = valid_file(directory);
  for (std::size_t size = 0; size < good.size(); size += size < 200 ? 1 : 61) {
    const auto file = CounterFile::open(directory.write("cut", good.substr(0, size)));
    ASSERT_FALSE(file) << size;
  }
  EXPECT_FALSE(CounterFile::open(directory.write("long", good + "x")));
}

TEST(CounterFile, AHostileFileIsRefusedOrReadWithoutHarm) {
  const test::TempDirectory directory;
  const std::string good = valid_file(directory);
  std::mt19937_64 random{77};
  for (int i = 0; i < 2'000; ++i) {
    std::string bad = good;
    const std::size_t span = i % 2 == 0 ? 48 : bad.size();
    for (int n = 0; n < 4; ++n) bad[random() % span] = static_cast<char>(random());
    const auto file = CounterFile::open(directory.write("bad", bad));
    if (!file) continue;
    for (const auto& entry : file->read_all()) {
      ASSERT_LE(entry.label.size(), CounterFile::kLabelMax + 1);
      for (const char c : entry.label) ASSERT_TRUE(c > ' ' && c < 0x7F);
    }
  }
}

TEST(CounterFile, CutWhileOpenReadsAsFewerNotAsACrash) {
  const test::TempDirectory directory;
  const std::string path = directory.file("counters");
  auto file = CounterFile::create(path, 8);
  ASSERT_TRUE(file);
  file->allocate("a").set(1);
  auto reader = CounterFile::open(path);
  ASSERT_TRUE(reader);
  const std::string copy = directory.write("copy", test::read_file(path));
  auto copy_reader = CounterFile::open(copy);
  ASSERT_TRUE(copy_reader);
  std::filesystem::resize_file(copy, 10);
  EXPECT_TRUE(copy_reader->read_all().empty());
  EXPECT_EQ(reader->read("a"), 1);
}

TEST(CounterFileDeathTest, ALabelTwiceIsABug) {
  auto file = CounterFile::create("", 4);
  ASSERT_TRUE(file);
  file->allocate("same");
  EXPECT_DEATH(file->allocate("same"), "two counters with one label");
}

TEST(CounterFileDeathTest, AFullFileIsABug) {
  auto file = CounterFile::create("", 1);
  ASSERT_TRUE(file);
  file->allocate("one");
  EXPECT_DEATH(file->allocate("two"), "full");
}

}  // namespace
}  // namespace portcullis
