#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/unique_fd.hpp"

namespace portcullis {

// A labelled 64-bit number in the counters file. One writer each; any thread or process may read.
class Counter {
 public:
  Counter() noexcept = default;  // counts into nowhere: for a stage under test

  // The one writer's thread only.
  void add(std::int64_t delta = 1) noexcept {
    if (cell_ != nullptr) {
      cell_->store(cell_->load(std::memory_order_relaxed) + delta, std::memory_order_relaxed);
    }
  }
  void set(std::int64_t value) noexcept {
    if (cell_ != nullptr) cell_->store(value, std::memory_order_relaxed);
  }
  void set_max(std::int64_t value) noexcept {
    if (value > get()) set(value);
  }
  [[nodiscard]] std::int64_t get() const noexcept {
    return cell_ != nullptr ? cell_->load(std::memory_order_relaxed) : 0;
  }

 private:
  friend class CounterFile;
  explicit Counter(std::atomic<std::int64_t>* cell) noexcept : cell_{cell} {}
  std::atomic<std::int64_t>* cell_{nullptr};
};

// The counters of a process in a memory-mapped file, so that they outlive it and can be read from
// outside without touching it. Cells stand one cache-line pair apart. Layout: docs/architecture.md.
class CounterFile {
 public:
  static constexpr std::size_t kLabelMax = 63;

  // Creates or replaces the file; an empty path keeps the counters in anonymous memory.
  static std::expected<CounterFile, std::string> create(const std::string& path,
                                                        std::size_t capacity = 1024);
  // Read-only, of a running or dead process; the file may be anything at all. Each read takes the
  // values anew.
  static std::expected<CounterFile, std::string> open(const std::string& path);
  CounterFile(CounterFile&& other) noexcept;
  CounterFile& operator=(CounterFile&& other) noexcept;
  ~CounterFile();
  CounterFile(const CounterFile&) = delete;
  CounterFile& operator=(const CounterFile&) = delete;

  // Start-up only, one thread. Labels are dotted lower-case words ("feed.binance.gaps"), unique; a
  // label twice or a full file is a bug and aborts.
  Counter allocate(std::string_view label);

  struct Entry {
    std::string label;
    std::int64_t value;
  };
  [[nodiscard]] std::vector<Entry> read_all() const;
  // Zero for a label that does not exist.
  [[nodiscard]] std::int64_t read(std::string_view label) const;

 private:
  CounterFile() noexcept = default;
  [[nodiscard]] std::vector<Entry> read_from_file() const;

  void* memory_{nullptr};  // of create(); open() reads through fd_ instead
  std::size_t bytes_{0};
  UniqueFd fd_;
};

}  // namespace portcullis
