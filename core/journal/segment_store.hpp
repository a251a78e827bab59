#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <utility>
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

// A segment in the making, piece by piece, so that the others can be synced in between. Unfinished,
// it leaves nothing behind.
class SegmentMaking {
 public:
  virtual ~SegmentMaking() = default;
  SegmentMaking(const SegmentMaking&) = delete;
  SegmentMaking& operator=(const SegmentMaking&) = delete;
  // The next `bytes` of it, or what is left. Null while there is more to do; an error is the last
  // word.
  [[nodiscard]] virtual std::expected<std::unique_ptr<Segment>, std::string> step(
      std::size_t bytes) = 0;

 protected:
  SegmentMaking() = default;
};

class SegmentStore {
 public:
  virtual ~SegmentStore() = default;

  // The segments there are, in ascending order.
  [[nodiscard]] virtual std::expected<std::vector<std::uint64_t>, std::string> list() = 0;
  // A new one of `bytes` zeros, its space taken and its name on the disk once it is made, so that
  // writing to it can fail for no want of space. Outlived by the store.
  [[nodiscard]] virtual std::expected<std::unique_ptr<SegmentMaking>, std::string> begin(
      std::uint64_t number, std::size_t bytes) = 0;
  // The same in one go.
  [[nodiscard]] std::expected<std::unique_ptr<Segment>, std::string> create(std::uint64_t number,
                                                                            std::size_t bytes) {
    auto making = begin(number, bytes);
    if (!making) return std::unexpected{std::move(making.error())};
    auto made = (*making)->step(bytes);
    while (made && *made == nullptr) made = (*making)->step(bytes);
    return made;
  }
  // To read: writing to it may kill the process.
  [[nodiscard]] virtual std::expected<std::unique_ptr<Segment>, std::string> open(
      std::uint64_t number) = 0;
  // Out of the list, but kept to be looked at.
  [[nodiscard]] virtual std::expected<void, std::string> set_aside(std::uint64_t number) = 0;
  // Out of the list, since a snapshot stands for it. Kept; moved back, it is in the list again.
  [[nodiscard]] virtual std::expected<void, std::string> archive(std::uint64_t number) = 0;
  // For one that was never written to, or that a snapshot stands for.
  [[nodiscard]] virtual std::expected<void, std::string> remove(std::uint64_t number) = 0;
  // Gives back the space behind the first `bytes`.
  [[nodiscard]] virtual std::expected<void, std::string> trim(std::uint64_t number,
                                                              std::size_t bytes) = 0;
};

}  // namespace portcullis::journal
