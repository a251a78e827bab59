#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "core/journal/journal_writer.hpp"
#include "core/journal/layout.hpp"
#include "core/time.hpp"

namespace portcullis::journal {

// What follows from a journal up to a position, as its user wrote it, in a file of its own: a start
// reads it and goes on from there.
//
// File: header, state, hash. The position is one that a seal vouches for, and the hash goes on from
// that seal's: a snapshot is a link of the journal's own chain.

inline constexpr std::array<char, 8> kSnapshotMagic{'P', 'C', 'S', 'N', 'A', 'P', 'S', 'H'};
inline constexpr std::uint32_t kSnapshotFormatVersion = 1;

// Where in a journal reading goes on.
struct SnapshotAnchor {
  std::uint64_t segment{0};  // the one that holds the position, or ends there
  JournalEnd end{};          // the last record before the position
  Seal seal{};               // of the position
  Seal previous{};           // the one before it: its record may stand behind the position
};

struct SnapshotHeader {
  std::array<char, 8> magic;
  std::uint32_t format_version;
  std::uint32_t state_version;  // the user's
  std::uint64_t number;         // of the newest segment that was finished then; the file's name
  std::uint64_t segment;
  std::uint64_t position;
  std::uint64_t sequence;
  Hash sealed_hash;
  std::uint64_t previous_position;
  Hash previous_hash;
  std::int64_t wall_ns;
  std::uint64_t state_bytes;
  std::uint32_t record_crc;  // of the last record before the position
  std::uint32_t state_crc;
  std::uint32_t reserved;
  std::uint32_t crc;  // of everything before it
};
static_assert(std::has_unique_object_representations_v<SnapshotHeader>);
static_assert(sizeof(SnapshotHeader) == 152);

struct Snapshot {
  std::uint64_t number{0};
  std::uint32_t state_version{0};
  SnapshotAnchor anchor{};
  WallTime taken{};
  std::vector<std::byte> state{};

  [[nodiscard]] std::size_t file_bytes() const noexcept {
    return sizeof(SnapshotHeader) + state.size() + sizeof(Hash);
  }
};

// The file's bytes.
[[nodiscard]] std::vector<std::byte> encode_snapshot(const Snapshot& snapshot);

// Nothing of a file is believed that is not sound to the last byte, has another number than its
// name says, or is of a newer version than these. The error names the cause.
[[nodiscard]] std::expected<Snapshot, std::string> decode_snapshot(std::span<const std::byte> bytes,
                                                                   std::uint64_t number,
                                                                   std::uint32_t state_version_max);

}  // namespace portcullis::journal
