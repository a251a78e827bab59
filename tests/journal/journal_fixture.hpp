#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/journal/journal.hpp"
#include "tests/journal/memory_segments.hpp"

namespace portcullis::journal::test {

inline constexpr std::uint16_t kType = kUserTypeMin;
inline constexpr std::size_t kSegmentBytes = kSegmentHeaderBytes + 1024;

inline Now at_ms(std::int64_t ms) {
  return {.mono = mono_time(ms * 1'000'000), .wall = wall_time(ms * 1'000'000)};
}

// Everything a journal holds: the numbers its records carry, and how reading ended.
struct Contents {
  std::vector<std::uint64_t> numbers;
  std::optional<Damage> damage;
  Seal sealed;
  JournalEnd end;
};

inline Contents read_all(SegmentStore& store) {
  auto reader = JournalReader::open(store);
  EXPECT_TRUE(reader.has_value()) << reader.error();
  Contents contents;
  while (const auto record = reader->next()) {
    if (record->header.type != kType) continue;
    std::uint64_t number;
    std::memcpy(&number, record->payload.data(), sizeof number);
    contents.numbers.push_back(number);
  }
  contents.damage = reader->damage();
  contents.sealed = reader->sealed();
  contents.end = reader->end();
  return contents;
}

inline std::unique_ptr<Journal> resume(SegmentStore& store,
                                       std::size_t segment_bytes = kSegmentBytes) {
  auto reader = JournalReader::open(store);
  EXPECT_TRUE(reader.has_value()) << reader.error();
  while (reader->next()) {
  }
  EXPECT_TRUE(reader->is_usable()) << reader->damage()->text;
  auto journal = Journal::resume(store, *reader, {.segment_bytes = segment_bytes}, at_ms(0));
  EXPECT_TRUE(journal.has_value()) << journal.error();
  return std::move(*journal);
}

// A record of 32 + 24 bytes with a number in it.
inline bool append(Journal& journal, std::uint64_t number, const Now& now = at_ms(1)) {
  const std::array payload{number, number * 3, ~number};
  return journal.append(kType, 1, std::as_bytes(std::span{payload}), now);
}

// Numbers first.. in order, with a keeper's turn and a seal after every `turn_every` of them.
inline void fill(Journal& journal, std::uint64_t first, std::uint64_t count,
                 std::uint64_t turn_every = 4) {
  for (std::uint64_t i = first; i < first + count; ++i) {
    ASSERT_TRUE(append(journal, i)) << i;
    if (i % turn_every != 0) continue;
    (void)journal.turn(at_ms(1).mono);
    (void)journal.embed_seal(at_ms(1));
  }
}

inline std::vector<std::uint64_t> numbers_up_to(std::uint64_t last) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t i = 1; i <= last; ++i) numbers.push_back(i);
  return numbers;
}

}  // namespace portcullis::journal::test
