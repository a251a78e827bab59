#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace portcullis::journal {

// Where segments live: files (file_segments.hpp), or a simulation's disk. Cold threads only, but
// for a segment's bytes, which the trading thread writes and any thread may read behind it.
// Errors name the file, the cause and what to do.

class Segment {
 public:
  virtual ~Segment() = default;
  // The whole file, header included. Zero where nothing was written.
  [[nodiscard]] virtual std::span<std::byte> bytes() noexcept = 0;
  // The first `end` bytes are on the disk when this returns a value. An error is the last word on
  // this segment: the system may have dropped the pages and would call the next attempt a success,
  // so it is never asked again.
  [[nodiscard]] virtual std::expected<void, std::string> sync(std::size_t end) = 0;
  // It has been synced to its last record, and nothing will be written to it any more.
  virtual void retire() noexcept = 0;
  // For messages.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
};

class SegmentStore {
 public:
  virtual ~SegmentStore() = default;

  // The segments there are, in ascending order.
  [[nodiscard]] virtual std::expected<std::vector<std::uint64_t>, std::string> list() = 0;
  // A new one of `bytes` zeros, its space taken and its name on the disk, so that writing to it can
  // fail for no want of space. Fails whole: nothing stays behind.
  [[nodiscard]] virtual std::expected<std::unique_ptr<Segment>, std::string> create(
      std::uint64_t number, std::size_t bytes) = 0;
  // To read: writing to it may kill the process.
  [[nodiscard]] virtual std::expected<std::unique_ptr<Segment>, std::string> open(
      std::uint64_t number) = 0;
  // Out of the list, but kept to be looked at.
  [[nodiscard]] virtual std::expected<void, std::string> set_aside(std::uint64_t number) = 0;
  // For one that was never written to.
  [[nodiscard]] virtual std::expected<void, std::string> remove(std::uint64_t number) = 0;
  // Gives back the space behind the first `bytes`.
  [[nodiscard]] virtual std::expected<void, std::string> trim(std::uint64_t number,
                                                              std::size_t bytes) = 0;
};

}  // namespace portcullis::journal
