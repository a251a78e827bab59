#include "core/journal/snapshot.hpp"

#include <algorithm>
#include <cstring>

#include "core/journal/crc32c.hpp"
#include "core/journal/hash_chain.hpp"

namespace portcullis::journal {

namespace {

std::uint32_t crc_of_header(const SnapshotHeader& header) noexcept {
  return crc32c(0, bytes_of(header).first(offsetof(SnapshotHeader, crc)));
}

// It goes on from the journal's own chain.
Hash hash_of(const Seal& seal, std::span<const std::byte> bytes) {
  HashChain chain{seal};
  chain.take(bytes);
  return chain.seal().hash;
}

const char* fault_of(const SnapshotHeader& header, std::size_t file_bytes) noexcept {
  if (header.magic != kSnapshotMagic || header.crc != crc_of_header(header)) {
    return "its header is damaged, or it is no snapshot";
  }
  if (header.state_bytes != file_bytes - sizeof header - sizeof(Hash)) {
    return "it has another length than its header says";
  }
  return nullptr;
}

}  // namespace

std::vector<std::byte> encode_snapshot(const Snapshot& snapshot) {
  const SnapshotAnchor& anchor = snapshot.anchor;
  SnapshotHeader header{.magic = kSnapshotMagic,
                        .format_version = kSnapshotFormatVersion,
                        .state_version = snapshot.state_version,
                        .number = snapshot.number,
                        .segment = anchor.segment,
                        .position = anchor.end.position,
                        .sequence = anchor.end.sequence,
                        .sealed_hash = anchor.seal.hash,
                        .previous_position = anchor.previous.position,
                        .previous_hash = anchor.previous.hash,
                        .wall_ns = count_ns(snapshot.taken),
                        .state_bytes = snapshot.state.size(),
                        .record_crc = anchor.end.crc,
                        .state_crc = crc32c(0, snapshot.state),
                        .reserved = 0,
                        .crc = 0};
  header.crc = crc_of_header(header);
  std::vector<std::byte> bytes(snapshot.file_bytes());
  std::memcpy(bytes.data(), &header, sizeof header);
  std::ranges::copy(snapshot.state, bytes.begin() + sizeof header);
  const std::size_t hashed = bytes.size() - sizeof(Hash);
  const Hash hash = hash_of(anchor.seal, std::span{bytes}.first(hashed));
  std::memcpy(bytes.data() + hashed, hash.data(), sizeof hash);
  return bytes;
}

std::expected<Snapshot, std::string> decode_snapshot(std::span<const std::byte> bytes,
                                                     std::uint64_t number,
                                                     std::uint32_t state_version_max) {
  SnapshotHeader header;
  if (bytes.size() < sizeof header + sizeof(Hash)) return std::unexpected{"it is cut off"};
  std::memcpy(&header, bytes.data(), sizeof header);
  if (const char* fault = fault_of(header, bytes.size()); fault != nullptr) {
    return std::unexpected{fault};
  }
  if (header.format_version > kSnapshotFormatVersion || header.state_version > state_version_max) {
    return std::unexpected{"it was written by a newer version of this program"};
  }
  if (header.number != number) return std::unexpected{"it is another snapshot than its name says"};
  const auto state = bytes.subspan(sizeof header, header.state_bytes);
  if (header.state_crc != crc32c(0, state)) return std::unexpected{"its CRC is wrong"};
  const Seal seal{.position = header.position, .hash = header.sealed_hash};
  Hash stated;
  std::memcpy(stated.data(), bytes.data() + bytes.size() - sizeof stated, sizeof stated);
  if (stated != hash_of(seal, bytes.first(bytes.size() - sizeof stated))) {
    return std::unexpected{"its hash does not go on from its seal"};
  }
  return Snapshot{
      .number = header.number,
      .state_version = header.state_version,
      .anchor = {.segment = header.segment,
                 .end = {.position = header.position,
                         .sequence = header.sequence,
                         .crc = header.record_crc},
                 .seal = seal,
                 .previous = {.position = header.previous_position, .hash = header.previous_hash}},
      .taken = wall_time(header.wall_ns),
      .state = {state.begin(), state.end()}};
}

}  // namespace portcullis::journal
