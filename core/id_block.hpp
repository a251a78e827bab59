#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "core/ids.hpp"
#include "core/time.hpp"
#include "core/unique_fd.hpp"

namespace portcullis {

// Where order ids come from: none is ever given twice in the life of the file, crashes included,
// since epoch and sequence are on the disk before the first id that uses them.
//
// The file holds the epoch of the last start and the end of the last reserved block. Each start
// takes the next epoch and goes on behind that end, so that either half alone keeps ids apart. A
// file that is missing is a first start: its epoch is the minutes since 2024, so that a lost file
// does not lead back to old ids either.
class IdBlock {
 public:
  static constexpr std::uint64_t kBlockSize = 10'000;

  // Cold. Locks the file against a second process, takes the next epoch and reserves the first
  // block, durably. A damaged file is an error, never a restart.
  static std::expected<std::unique_ptr<IdBlock>, std::string> open(const std::string& path,
                                                                   WallTime now);

  ~IdBlock();
  IdBlock(const IdBlock&) = delete;
  IdBlock& operator=(const IdBlock&) = delete;

  // Trading thread only. Nothing when the reserved ids are used up: the order is refused.
  [[nodiscard]] std::optional<OrderId> next() noexcept;

  // Cold thread only, often: reserves the next block, durably, once half of the last one is used.
  // True when it did. An error leaves the ids already reserved usable; try again.
  [[nodiscard]] std::expected<bool, std::string> refill();

  [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
  // Any thread; a moment's estimate.
  [[nodiscard]] std::uint64_t remaining() const noexcept {
    // In this order: the end only grows, so that it is never seen behind the next.
    const std::uint64_t next = next_.load(std::memory_order_acquire);
    return reserved_end_.load(std::memory_order_acquire) - next;
  }

 private:
  IdBlock(std::string path, UniqueFd lock, std::uint64_t epoch, std::uint64_t first) noexcept;
  [[nodiscard]] std::expected<void, std::string> reserve(std::uint64_t end);

  std::string path_;
  UniqueFd lock_;  // holds the flock for as long as this lives
  std::uint64_t epoch_;
  std::atomic<std::uint64_t> reserved_end_;  // first sequence not reserved; cold thread writes
  std::atomic<std::uint64_t> next_;          // trading thread writes
};

}  // namespace portcullis
