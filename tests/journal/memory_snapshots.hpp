#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/journal/snapshot_store.hpp"

namespace portcullis::journal::test {

// Snapshots on a disk in memory. A half-written one is lost with its process; one that is whole is
// on the disk. Its faults are set by the test.
class MemorySnapshots final : public SnapshotStore {
 public:
  bool is_full{false};
  bool is_rotten{false};  // what is written is not what is read
  std::size_t written_count{0};

  [[nodiscard]] std::expected<std::vector<std::uint64_t>, std::string> list() override {
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, bytes] : files) numbers.push_back(number);
    return numbers;
  }
  [[nodiscard]] std::expected<std::vector<std::byte>, std::string> read(
      std::uint64_t number) override {
    return files.at(number);
  }
  [[nodiscard]] std::expected<std::unique_ptr<SnapshotWriting>, std::string> begin(
      std::uint64_t number, std::vector<std::byte> bytes) override {
    if (is_full) return std::unexpected{name_of(number) + ": no space"};
    return std::make_unique<Writing>(*this, number, std::move(bytes));
  }
  [[nodiscard]] std::expected<void, std::string> remove(std::uint64_t number) override {
    files.erase(number);
    return {};
  }
  [[nodiscard]] std::string name_of(std::uint64_t number) const override {
    return "snapshot " + std::to_string(number);
  }

  std::map<std::uint64_t, std::vector<std::byte>> files;

 private:
  class Writing final : public SnapshotWriting {
   public:
    Writing(MemorySnapshots& disk, std::uint64_t number, std::vector<std::byte> bytes)
        : disk_{disk},
          number_{number},
          bytes_{std::move(bytes)} {}
    [[nodiscard]] std::expected<bool, std::string> step(std::size_t bytes) override {
      if (disk_.is_full) return std::unexpected{disk_.name_of(number_) + ": no space"};
      done_ += std::min(bytes, bytes_.size() - done_);
      if (done_ < bytes_.size()) return false;
      if (disk_.is_rotten) bytes_[bytes_.size() / 2] ^= std::byte{1};
      disk_.files[number_] = std::move(bytes_);
      ++disk_.written_count;
      return true;
    }

   private:
    MemorySnapshots& disk_;
    std::uint64_t number_;
    std::vector<std::byte> bytes_;
    std::size_t done_{0};
  };
};

}  // namespace portcullis::journal::test
