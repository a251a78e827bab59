// Every way in which the bytes of a journal can be wrong, and what the reader says of each.
#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "tests/journal/journal_fixture.hpp"

namespace portcullis::journal::test {
namespace {

struct Place {
  std::uint64_t segment;
  std::size_t offset;
  std::uint64_t position;
  std::size_t length;
};

// Where the records are, found without the reader: headers are walked by their lengths.
std::vector<Place> places(MemorySegments& disk) {
  std::vector<Place> found;
  std::uint64_t position = 0;
  const auto segments = disk.list();
  for (const std::uint64_t segment : *segments) {
    const std::vector<std::byte>& bytes = disk.bytes(segment);
    std::size_t offset = kSegmentHeaderBytes;
    while (offset + sizeof(RecordHeader) <= bytes.size()) {
      RecordHeader header;
      std::memcpy(&header, bytes.data() + offset, sizeof header);
      if (header.length == 0) break;
      found.push_back({segment, offset, position, header.length});
      offset += header.length;
      position += header.length;
    }
  }
  return found;
}

// The record's CRCs made right again, as somebody would who knows the format.
std::uint32_t mend_crc(MemorySegments& disk, const Place& place, std::uint32_t previous) {
  std::byte* at = disk.bytes(place.segment).data() + place.offset;
  RecordHeader header;
  std::memcpy(&header, at, sizeof header);
  header.previous_crc = previous;
  header.crc = crc_of(header, {at + sizeof header, place.length - sizeof header});
  std::memcpy(at, &header, sizeof header);
  return header.crc;
}

std::uint32_t crc_at(MemorySegments& disk, const Place& place) {
  RecordHeader header;
  std::memcpy(&header, disk.bytes(place.segment).data() + place.offset, sizeof header);
  return header.crc;
}

void write_closed(MemorySegments& disk, std::uint64_t count) {
  const auto journal = resume(disk);
  fill(*journal, 1, count);
  journal->close(at_ms(2));
}

TEST(JournalDamage, ATailTornAtAnyByteOfTheLastThreeRecordsIsCutThere) {
  for (const bool is_garbage : {false, true}) {
    for (std::size_t cut = 0; cut < 3 * 56; ++cut) {
      MemorySegments disk;
      const auto journal = resume(disk);
      fill(*journal, 1, 8, 100);
      std::vector<std::byte>& bytes = disk.bytes(1);
      const Place last = places(disk).back();
      const std::size_t end = last.offset + last.length;
      const auto tail = std::span{bytes}.subspan(end - cut, cut);
      std::ranges::fill(tail, std::byte{0});
      if (is_garbage && cut > 0) tail.back() = std::byte{0x5A};
      const std::uint64_t kept = 8 - (cut + 55) / 56;
      const Contents contents = read_all(disk);
      ASSERT_EQ(contents.numbers, numbers_up_to(kept)) << cut;
      ASSERT_TRUE(!contents.damage || contents.damage->kind == DamageKind::kTornTail) << cut;
      ASSERT_EQ(contents.damage.has_value(), cut % 56 != 0 || (is_garbage && cut > 0)) << cut;
      const auto resumed = resume(disk);
      ASSERT_TRUE(append(*resumed, kept + 1));
      ASSERT_EQ(read_all(disk).numbers, numbers_up_to(kept + 1)) << cut;
    }
  }
}

TEST(JournalDamage, EveryFlippedBitIsFoundAtItsRecord) {
  MemorySegments disk;
  write_closed(disk, 30);
  const std::vector<Place> records = places(disk);
  ASSERT_GT(records.back().segment, 2u);
  for (const Place& record : records) {
    const bool is_last = record.position == records.back().position;
    for (std::size_t bit = 0; bit < record.length * 8; ++bit) {
      std::byte& byte = disk.bytes(record.segment)[record.offset + bit / 8];
      const auto mask = static_cast<std::byte>(1u << bit % 8);
      byte ^= mask;
      const Contents contents = read_all(disk);
      ASSERT_TRUE(contents.damage.has_value()) << record.offset << " bit " << bit;
      ASSERT_EQ(contents.damage->offset, record.offset) << bit;
      ASSERT_EQ(contents.damage->position, record.position) << bit;
      // The last seal vouches for what is before it, and nothing vouches for the seal.
      ASSERT_EQ(contents.damage->kind == DamageKind::kTornTail, is_last) << bit;
      byte ^= mask;
    }
  }
  ASSERT_FALSE(read_all(disk).damage.has_value());
}

TEST(JournalDamage, EveryFlippedBitOfASegmentsHeaderIsFound) {
  MemorySegments disk;
  write_closed(disk, 30);
  for (const std::uint64_t segment : {1u, 2u}) {
    for (std::size_t byte = 0; byte < kSegmentHeaderBytes; byte += byte < 128 ? 1 : 61) {
      disk.bytes(segment)[byte] ^= std::byte{0x10};
      const Contents contents = read_all(disk);
      ASSERT_TRUE(contents.damage.has_value()) << segment << ": " << byte;
      ASSERT_NE(contents.damage->kind, DamageKind::kTornTail) << segment << ": " << byte;
      ASSERT_EQ(contents.damage->segment, "segment " + std::to_string(segment)) << byte;
      disk.bytes(segment)[byte] ^= std::byte{0x10};
    }
  }
}

TEST(JournalDamage, AnEditedRecordWithItsCrcMadeRightIsFoundByTheNextOne) {
  MemorySegments disk;
  write_closed(disk, 30);
  const std::vector<Place> records = places(disk);
  const Place& edited = records[5];
  disk.bytes(edited.segment)[edited.offset + sizeof(RecordHeader)] ^= std::byte{1};
  (void)mend_crc(disk, edited, crc_at(disk, records[4]));
  const Contents contents = read_all(disk);
  ASSERT_TRUE(contents.damage.has_value());
  EXPECT_EQ(contents.damage->kind, DamageKind::kOutOfPlace);
  EXPECT_EQ(contents.damage->position, records[6].position);
}

TEST(JournalDamage, AnEditWithEveryCrcMadeRightIsFoundByTheSealsHash) {
  MemorySegments disk;
  const auto journal = resume(disk, kSegmentHeaderBytes + 8'192);  // all in one segment
  fill(*journal, 1, 30);
  journal->close(at_ms(2));
  const std::vector<Place> records = places(disk);
  disk.bytes(1)[records[5].offset + sizeof(RecordHeader)] ^= std::byte{1};
  std::uint32_t previous = crc_at(disk, records[4]);
  for (std::size_t i = 5; i < records.size(); ++i) previous = mend_crc(disk, records[i], previous);
  const Contents contents = read_all(disk);
  ASSERT_TRUE(contents.damage.has_value());
  EXPECT_EQ(contents.damage->kind, DamageKind::kHash);
}

TEST(JournalDamage, ARecordTakenOutPutInOrMovedIsFoundThere) {
  const auto expect_out_of_place = [](auto&& change, std::size_t at) {
    MemorySegments disk;
    const auto journal = resume(disk, kSegmentHeaderBytes + 8'192);
    fill(*journal, 1, 30, 100);  // the records of one size follow each other
    journal->close(at_ms(2));
    const std::vector<Place> records = places(disk);
    std::vector<std::byte>& bytes = disk.bytes(1);
    change(bytes, records);
    const Contents contents = read_all(disk);
    ASSERT_TRUE(contents.damage.has_value());
    EXPECT_EQ(contents.damage->kind, DamageKind::kOutOfPlace);
    EXPECT_EQ(contents.damage->position, records[at].position);
    EXPECT_EQ(contents.damage->sequence, at) << "records before it";
  };
  using Bytes = std::vector<std::byte>;
  using Places = std::vector<Place>;
  const auto begin = [](Bytes& bytes, const Place& place) {
    return bytes.begin() + static_cast<std::ptrdiff_t>(place.offset);
  };
  expect_out_of_place(
      [&](Bytes& bytes, const Places& at) {
        bytes.erase(begin(bytes, at[7]), begin(bytes, at[8]));
        bytes.resize(bytes.size() + at[7].length);
      },
      7);
  expect_out_of_place(
      [&](Bytes& bytes, const Places& at) {
        const Bytes copy{begin(bytes, at[7]), begin(bytes, at[8])};
        bytes.insert(begin(bytes, at[8]), copy.begin(), copy.end());
      },
      8);
  expect_out_of_place(
      [&](Bytes& bytes, const Places& at) {
        std::swap_ranges(begin(bytes, at[9]), begin(bytes, at[10]), begin(bytes, at[10]));
      },
      9);
}

TEST(JournalDamage, AMissingDoubledOrExchangedSegmentIsFound) {
  const auto damage_after = [](auto&& change) {
    MemorySegments disk;
    write_closed(disk, 60);
    change(disk);
    const Contents contents = read_all(disk);
    EXPECT_TRUE(contents.damage.has_value());
    return contents.damage.value_or(Damage{});
  };
  const Damage missing = damage_after([](MemorySegments& disk) { (void)disk.remove(2); });
  EXPECT_EQ(missing.kind, DamageKind::kMissing);
  EXPECT_EQ(missing.segment, "segment 1");
  const Damage beheaded = damage_after([](MemorySegments& disk) { (void)disk.remove(1); });
  EXPECT_EQ(beheaded.kind, DamageKind::kMissing);
  EXPECT_EQ(beheaded.segment, "segment 2");
  const Damage doubled = damage_after([](MemorySegments& disk) { disk.copy(2, 3); });
  EXPECT_NE(doubled.kind, DamageKind::kTornTail);
  EXPECT_EQ(doubled.segment, "segment 3");
  const Damage exchanged = damage_after([](MemorySegments& disk) {
    disk.copy(2, 1'000);
    disk.copy(3, 2);
    disk.copy(1'000, 3);
    (void)disk.remove(1'000);
  });
  EXPECT_NE(exchanged.kind, DamageKind::kTornTail);
}

TEST(JournalDamage, BytesCutOutOfTheMiddleAreMissing) {
  MemorySegments disk;
  write_closed(disk, 60);
  const Place third = places(disk)[3];
  std::ranges::fill(std::span{disk.bytes(1)}.subspan(third.offset), std::byte{0});
  const Contents contents = read_all(disk);
  ASSERT_TRUE(contents.damage.has_value());
  EXPECT_EQ(contents.damage->kind, DamageKind::kMissing);
  EXPECT_EQ(contents.damage->position, third.position);
}

TEST(JournalDamage, ACleanCutOfTheEndShowsInTheHeadHashAlone) {
  MemorySegments disk;
  write_closed(disk, 60);
  const Seal head = read_all(disk).sealed;
  const Place last = places(disk)[places(disk).size() - 4];
  std::ranges::fill(std::span{disk.bytes(last.segment)}.subspan(last.offset), std::byte{0});
  const Contents contents = read_all(disk);
  EXPECT_FALSE(contents.damage.has_value());
  EXPECT_NE(contents.sealed, head);
}

TEST(JournalDamage, ANewerFormatIsRefusedByName) {
  MemorySegments disk;
  write_closed(disk, 3);
  SegmentHeader header;
  std::memcpy(&header, disk.bytes(1).data(), sizeof header);
  header.format_version = kFormatVersion + 1;
  header.crc = crc_of(header);
  std::memcpy(disk.bytes(1).data(), &header, sizeof header);
  const Contents contents = read_all(disk);
  ASSERT_TRUE(contents.damage.has_value());
  EXPECT_EQ(contents.damage->kind, DamageKind::kNewerVersion);
  EXPECT_TRUE(contents.numbers.empty());
}

}  // namespace
}  // namespace portcullis::journal::test
