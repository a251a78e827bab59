#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/journal/segment_store.hpp"

namespace portcullis::journal::test {

// A disk in memory: each segment twice, as the process sees it and as it is on the disk. Its faults
// are set by the test.
class MemorySegments final : public SegmentStore {
 public:
  struct File {
    std::vector<std::byte> seen;
    std::vector<std::byte> synced;
    int failed_syncs{0};  // asked for again after an error: never right
  };

  bool has_disk{true};  // false: nothing is copied at a sync, for who loses no power
  bool is_full{false};
  bool is_sync_failing{false};
  int sync_count{0};
  // What happens elsewhere while a sync is under way.
  void (*meanwhile)(void*){nullptr};
  void* context{nullptr};

  [[nodiscard]] std::expected<std::vector<std::uint64_t>, std::string> list() override {
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, file] : files_) numbers.push_back(number);
    return numbers;
  }
  [[nodiscard]] std::expected<std::unique_ptr<SegmentMaking>, std::string> begin(
      std::uint64_t number, std::size_t bytes) override {
    if (is_full) return std::unexpected{"segment " + std::to_string(number) + ": no space"};
    return std::make_unique<Making>(*this, number, bytes);
  }
  [[nodiscard]] std::expected<std::unique_ptr<Segment>, std::string> open(
      std::uint64_t number) override {
    return std::make_unique<Opened>(*this, files_.at(number), "segment " + std::to_string(number));
  }
  [[nodiscard]] std::expected<void, std::string> set_aside(std::uint64_t number) override {
    aside.push_back(number);
    return remove(number);
  }
  [[nodiscard]] std::expected<void, std::string> archive(std::uint64_t number) override {
    archived[number] = files_.at(number);
    return remove(number);
  }
  [[nodiscard]] std::expected<void, std::string> remove(std::uint64_t number) override {
    files_.erase(number);
    return {};
  }
  [[nodiscard]] std::expected<void, std::string> trim(std::uint64_t number,
                                                      std::size_t bytes) override {
    files_.at(number)->seen.resize(bytes);
    files_.at(number)->synced.resize(bytes);
    return {};
  }

  [[nodiscard]] std::vector<std::byte>& bytes(std::uint64_t number) {
    return files_.at(number)->seen;
  }
  [[nodiscard]] File& file(std::uint64_t number) { return *files_.at(number); }
  void clear() { files_.clear(); }
  void copy(std::uint64_t from, std::uint64_t to) {
    files_[to] = std::make_shared<File>(*files_.at(from));
  }
  // A new process takes over what the one before it has left in memory, as FileSegments does when
  // it is opened to write.
  [[nodiscard]] std::expected<void, std::string> settle() {
    if (is_sync_failing) return std::unexpected{"what was left in memory cannot be synced"};
    for (auto& [number, file] : files_) file->synced = file->seen;
    return {};
  }
  // The machine loses its power: of each 512 bytes that were not synced, `survives` says whether
  // they reached the disk all the same.
  template <class Survives>
  void lose_power(Survives&& survives) {
    constexpr std::size_t kSector = 512;
    for (auto& [number, file] : files_) {
      for (std::size_t at = 0; at < file->seen.size(); at += kSector) {
        const std::size_t size = std::min(kSector, file->seen.size() - at);
        const auto seen = std::span{file->seen}.subspan(at, size);
        const auto synced = std::span{file->synced}.subspan(at, size);
        if (!std::ranges::equal(seen, synced) && survives())
          std::ranges::copy(seen, synced.begin());
      }
      file->seen = file->synced;
    }
  }
  // All that were archived, back in their place.
  void restore_archived() { files_.merge(archived); }

  std::vector<std::uint64_t> aside;
  std::map<std::uint64_t, std::shared_ptr<File>> archived;

 private:
  // In two steps, so that everything else can come between them.
  class Making final : public SegmentMaking {
   public:
    Making(MemorySegments& disk, std::uint64_t number, std::size_t bytes)
        : disk_{disk},
          number_{number},
          bytes_{bytes} {}
    [[nodiscard]] std::expected<std::unique_ptr<Segment>, std::string> step(std::size_t) override {
      if (disk_.is_full)
        return std::unexpected{"segment " + std::to_string(number_) + ": no space"};
      if (!std::exchange(is_begun_, true)) return nullptr;
      disk_.files_[number_] = std::make_shared<File>(
          File{.seen = std::vector<std::byte>(bytes_), .synced = std::vector<std::byte>(bytes_)});
      return disk_.open(number_);
    }

   private:
    MemorySegments& disk_;
    std::uint64_t number_;
    std::size_t bytes_;
    bool is_begun_{false};
  };
  class Opened final : public Segment {
   public:
    Opened(MemorySegments& disk, std::shared_ptr<File> file, std::string name)
        : disk_{disk},
          file_{std::move(file)},
          name_{std::move(name)} {}
    [[nodiscard]] std::span<std::byte> bytes() noexcept override { return file_->seen; }
    [[nodiscard]] const std::string& name() const noexcept override { return name_; }
    [[nodiscard]] std::expected<void, std::string> sync(std::size_t end) override {
      ++disk_.sync_count;
      if (disk_.meanwhile != nullptr) std::exchange(disk_.meanwhile, nullptr)(disk_.context);
      if (has_failed_) ++file_->failed_syncs;
      has_failed_ = has_failed_ || disk_.is_sync_failing;
      if (disk_.is_sync_failing) return std::unexpected{name_ + ": sync failed"};
      if (disk_.has_disk) std::copy_n(file_->seen.begin(), end, file_->synced.begin());
      return {};
    }
    void retire() noexcept override {}

   private:
    MemorySegments& disk_;
    std::shared_ptr<File> file_;
    std::string name_;
    bool has_failed_{false};
  };

  std::map<std::uint64_t, std::shared_ptr<File>> files_;
};

}  // namespace portcullis::journal::test
