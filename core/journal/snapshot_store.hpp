#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace portcullis::journal {

// A snapshot on its way to the disk, piece by piece. Unfinished, it is in no list.
class SnapshotWriting {
 public:
  virtual ~SnapshotWriting() = default;
  SnapshotWriting(const SnapshotWriting&) = delete;
  SnapshotWriting& operator=(const SnapshotWriting&) = delete;
  // The next `bytes`, or the last of what makes it durable under its name. True once it is; an
  // error is the last word.
  [[nodiscard]] virtual std::expected<bool, std::string> step(std::size_t bytes) = 0;

 protected:
  SnapshotWriting() = default;
};

// Where snapshots live: files (file_snapshots.hpp), or a simulation's disk. Cold threads only.
// Errors name the file, the cause and what to do.
class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;

  // Those that were written whole, in ascending order.
  [[nodiscard]] virtual std::expected<std::vector<std::uint64_t>, std::string> list() = 0;
  [[nodiscard]] virtual std::expected<std::vector<std::byte>, std::string> read(
      std::uint64_t number) = 0;
  // Takes the place of one of the same number.
  [[nodiscard]] virtual std::expected<std::unique_ptr<SnapshotWriting>, std::string> begin(
      std::uint64_t number, std::vector<std::byte> bytes) = 0;
  [[nodiscard]] virtual std::expected<void, std::string> remove(std::uint64_t number) = 0;
  // For messages.
  [[nodiscard]] virtual std::string name_of(std::uint64_t number) const = 0;
};

}  // namespace portcullis::journal
