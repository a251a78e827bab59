// Snapshots and archived segments in real files.
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/journal/file_segments.hpp"
#include "core/journal/file_snapshots.hpp"
#include "core/journal/snapshot.hpp"
#include "tests/core/temp_directory.hpp"
#include "tests/journal/journal_fixture.hpp"

namespace portcullis::journal::test {
namespace {

namespace fs = std::filesystem;
using portcullis::test::TempDirectory;

Snapshot sample(std::uint64_t number) {
  Snapshot snapshot{.number = number,
                    .state_version = 3,
                    .anchor = {.segment = number,
                               .end = {.position = 4'096, .sequence = 77, .crc = 0xABCD},
                               .seal = {.position = 4'096, .hash = {}},
                               .previous = {.position = 2'048, .hash = {}}},
                    .taken = wall_time(5),
                    .state = {}};
  snapshot.anchor.seal.hash[3] = std::byte{9};
  for (int i = 0; i < 700; ++i) snapshot.state.push_back(static_cast<std::byte>(i * 7));
  return snapshot;
}

TEST(SnapshotFile, SaysWhatWasSaid) {
  const Snapshot told = sample(12);
  const auto read = decode_snapshot(encode_snapshot(told), 12, 3);
  ASSERT_TRUE(read.has_value()) << read.error();
  EXPECT_EQ(read->anchor.segment, told.anchor.segment);
  EXPECT_EQ(read->anchor.end.position, told.anchor.end.position);
  EXPECT_EQ(read->anchor.end.sequence, told.anchor.end.sequence);
  EXPECT_EQ(read->anchor.end.crc, told.anchor.end.crc);
  EXPECT_EQ(read->anchor.seal, told.anchor.seal);
  EXPECT_EQ(read->anchor.previous, told.anchor.previous);
  EXPECT_EQ(read->taken, told.taken);
  EXPECT_EQ(read->state, told.state);
}

TEST(SnapshotFile, IsNotBelievedWithAnyBitFlippedNorAnyByteMissing) {
  const std::vector<std::byte> sound = encode_snapshot(sample(12));
  for (std::size_t i = 0; i < sound.size() * 8; ++i) {
    std::vector<std::byte> changed = sound;
    changed[i / 8] ^= static_cast<std::byte>(1u << i % 8);
    ASSERT_FALSE(decode_snapshot(changed, 12, 3).has_value()) << "bit " << i;
  }
  for (std::size_t size = 0; size < sound.size(); ++size) {
    ASSERT_FALSE(decode_snapshot(std::span{sound}.first(size), 12, 3).has_value()) << size;
  }
  std::vector<std::byte> longer = sound;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(decode_snapshot(longer, 12, 3).has_value());
}

TEST(SnapshotFile, OfANewerVersionOrUnderAnotherNameIsRefusedWithTheReason) {
  const std::vector<std::byte> bytes = encode_snapshot(sample(12));
  EXPECT_TRUE(decode_snapshot(bytes, 12, 4).has_value()) << "an older one is read";
  EXPECT_NE(decode_snapshot(bytes, 12, 2).error().find("newer version"), std::string::npos);
  EXPECT_NE(decode_snapshot(bytes, 13, 3).error().find("its name"), std::string::npos);
}

class SnapshotFiles : public testing::Test {
 protected:
  SnapshotFiles() { fs::create_directory(directory_); }
  // So many steps, and then the process is gone: nothing of it is tidied up.
  void write_and_die(std::uint64_t number, std::size_t steps) {
    auto writing = store_.begin(number, bytes_);
    ASSERT_TRUE(writing.has_value()) << writing.error();
    for (std::size_t i = 0; i < steps; ++i) {
      ASSERT_TRUE((*writing)->step(256).has_value());
    }
    (void)writing->release();  // what a kill leaves, on purpose
  }
  [[nodiscard]] std::size_t steps_to_write() {
    auto writing = store_.begin(1, bytes_);
    std::size_t steps = 1;
    while (!*(*writing)->step(256)) ++steps;
    return steps;
  }

  const TempDirectory folder_;
  const std::string directory_ = folder_.file("journal");
  FileSnapshots store_{directory_};
  const std::vector<std::byte> bytes_ = encode_snapshot(sample(12));
};

TEST_F(SnapshotFiles, AKillAtAnyStepLeavesAWholeOneOrNone) {
  const std::size_t steps = steps_to_write();
  ASSERT_GE(steps, 5U);
  for (std::size_t i = 0; i <= steps; ++i) {
    const std::uint64_t number = 100 + i;
    ASSERT_NO_FATAL_FAILURE(write_and_die(number, i));
    const auto numbers = store_.list();
    ASSERT_TRUE(numbers.has_value()) << numbers.error();
    if (numbers->back() != number) continue;
    EXPECT_GE(i, steps - 1);
    EXPECT_EQ(*store_.read(number), bytes_);
  }
  EXPECT_EQ(store_.list()->back(), 100 + steps);
}

// What a killed process has left half-written goes with the next one.
TEST_F(SnapshotFiles, HalfWrittenOnesAreSweptUp) {
  ASSERT_NO_FATAL_FAILURE(write_and_die(7, 1));
  ASSERT_TRUE(fs::exists(store_.name_of(7) + ".new"));
  ASSERT_NO_FATAL_FAILURE(write_and_die(8, 1));
  EXPECT_FALSE(fs::exists(store_.name_of(7) + ".new"));
}

TEST_F(SnapshotFiles, OneThatIsGivenUpLeavesNothing) {
  {
    auto writing = store_.begin(7, bytes_);
    ASSERT_TRUE((*writing)->step(256).has_value());
  }
  EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(SnapshotFiles, ReplacesAndRemoves) {
  (void)steps_to_write();
  ASSERT_EQ(store_.list()->size(), 1U);
  EXPECT_EQ(*store_.read(1), bytes_);
  (void)steps_to_write();
  ASSERT_EQ(store_.list()->size(), 1U);
  EXPECT_TRUE(store_.remove(1).has_value());
  EXPECT_TRUE(store_.list()->empty());
}

TEST_F(SnapshotFiles, AnArchivedSegmentIsOutOfTheJournalAndIsReadWhereItLies) {
  const std::string memory = folder_.file("memory");
  fs::create_directory(memory);
  {
    auto store = FileSegments::open_to_write(directory_, memory);
    ASSERT_TRUE(store.has_value()) << store.error().text;
    const auto journal = resume(**store);
    fill(*journal, 1, 60);
    journal->close(at_ms(2));
    const std::vector<std::uint64_t> before = *(*store)->list();
    ASSERT_GT(before.size(), 3U);
    ASSERT_TRUE((*store)->archive(1).has_value());
    EXPECT_EQ((*store)->list()->front(), 2U);
    std::ofstream{directory_ + "/archive/000000000002.journal"} << "another one's";
    const auto refused = (*store)->archive(2);
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().find("is there already"), std::string::npos) << refused.error();
    EXPECT_EQ((*store)->list()->front(), 2U) << "nothing is overwritten";
    fs::remove(directory_ + "/archive/000000000002.journal");
  }
  const auto archived = FileSegments::open_to_read(directory_ + "/archive", memory);
  ASSERT_TRUE(archived.has_value()) << archived.error().text;
  const Contents contents = read_all(**archived);
  EXPECT_FALSE(contents.damage.has_value()) << contents.damage->text;
  EXPECT_FALSE(contents.numbers.empty());
  EXPECT_EQ(contents.numbers, numbers_up_to(contents.numbers.size()));
  const auto rest = FileSegments::open_to_read(directory_, memory);
  const Contents headless = read_all(**rest);
  ASSERT_TRUE(headless.damage.has_value());
  EXPECT_EQ(headless.damage->kind, DamageKind::kMissing);
}

}  // namespace
}  // namespace portcullis::journal::test
