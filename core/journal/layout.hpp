#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "core/journal/crc32c.hpp"

namespace portcullis::journal {

// The bytes on the disk. A journal is one stream of records, cut into segment files; a *position*
// counts the stream's bytes from its beginning, whatever file they are in.
//
// Segment: one page of header, then records, then zeros to the end of the file (or nothing, once
// the file has been trimmed). A record that does not fit goes to the next segment. The header's
// `base` says where in the stream the segment begins; it is the word of the newer segment that
// counts, so that a torn tail is cut by what is written after it, and stays to be looked at.
//
// Record: header, payload, a multiple of eight bytes in all. It carries its own CRC and the one of
// the record before it: the first shows that it was changed, the second that one was taken out, put
// in or moved.
//
// Seal: a record that says that everything before a position is on the disk, and gives the SHA-256
// chain up to there (hash_chain.hpp). Damage before the last sealed position is damage; behind it,
// it may be the tail that a power failure tore.

static_assert(std::endian::native == std::endian::little, "the files are little-endian");

inline constexpr std::array<char, 8> kSegmentMagic{'P', 'C', 'J', 'O', 'U', 'R', 'N', 'L'};
inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::size_t kSegmentHeaderBytes = 4096;
inline constexpr std::size_t kRecordAlign = 8;
inline constexpr std::size_t kPayloadMax = 1024;

using Hash = std::array<std::byte, 32>;

struct SegmentHeader {
  std::array<char, 8> magic;
  std::uint32_t format_version;
  std::uint32_t previous_crc;  // of the record before the first one here; 0 at the stream's start
  std::uint64_t number;        // of the segment, from 1
  std::uint64_t base;          // position of the first record
  std::uint64_t sequence;      // of the first record
  std::int64_t wall_ns;        // when it was begun
  std::uint64_t sealed_position;
  Hash sealed_hash;
  std::uint32_t reserved;
  std::uint32_t crc;  // of everything before it
};

// What the journal itself writes; the users' types begin at kUserTypeMin.
inline constexpr std::uint16_t kSealType = 1;
inline constexpr std::uint16_t kUserTypeMin = 16;

struct RecordHeader {
  std::uint32_t length;  // of the record, this header included
  std::uint16_t type;
  std::uint8_t version;  // of the payload
  std::uint8_t reserved;
  std::uint64_t sequence;  // of the record, from 1, without a hole
  std::int64_t wall_ns;
  std::uint32_t previous_crc;
  std::uint32_t crc;  // of the header before it, and of the payload
};

struct SealPayload {
  std::uint64_t position;
  Hash hash;
};

// No padding, so that every byte is written on purpose and a CRC means something.
static_assert(std::has_unique_object_representations_v<SegmentHeader>);
static_assert(std::has_unique_object_representations_v<RecordHeader>);
static_assert(std::has_unique_object_representations_v<SealPayload>);
static_assert(sizeof(SegmentHeader) == 96 && sizeof(RecordHeader) == 32);
static_assert(sizeof(SealPayload) == 40);

template <class T>
[[nodiscard]] std::span<const std::byte> bytes_of(const T& value) noexcept {
  static_assert(std::has_unique_object_representations_v<T>);
  return std::as_bytes(std::span{&value, 1});
}

[[nodiscard]] inline std::uint32_t crc_of(const SegmentHeader& header) noexcept {
  return crc32c(0, bytes_of(header).first(offsetof(SegmentHeader, crc)));
}
[[nodiscard]] inline std::uint32_t crc_of(const RecordHeader& header,
                                          std::span<const std::byte> payload) noexcept {
  return crc32c(crc32c(0, bytes_of(header).first(offsetof(RecordHeader, crc))), payload);
}

// Up to where the stream is on the disk, and its hash up to there.
struct Seal {
  std::uint64_t position{0};
  Hash hash{};
  friend bool operator==(const Seal&, const Seal&) noexcept = default;
};

}  // namespace portcullis::journal
