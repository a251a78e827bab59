#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace portcullis {

// HdrHistogram's log-linear buckets: three significant digits, 1 ns to about 73 minutes. The counts
// have the index order of HdrHistogram's own array (lowest discernible value 1, highest trackable
// 2^42-1, 3 significant figures), so that core/histogram_log.hpp writes them out as they are.
struct HistogramShape {
  static constexpr int kSubBucketBits = 11;  // 2048 sub-buckets hold three digits
  static constexpr std::int64_t kSubBuckets = 1 << kSubBucketBits;
  static constexpr std::int64_t kSubBucketHalf = kSubBuckets / 2;
  static constexpr int kValueBits = 42;
  static constexpr std::int64_t kHighestTrackable = (std::int64_t{1} << kValueBits) - 1;
  static constexpr std::size_t kCountsLength =
      static_cast<std::size_t>((kValueBits - kSubBucketBits + 2) * kSubBucketHalf);

  [[nodiscard]] static constexpr std::size_t index_of(std::int64_t value) noexcept {
    const auto bits = static_cast<std::uint64_t>(value) | (kSubBuckets - 1);
    const int bucket = static_cast<int>(std::bit_width(bits)) - kSubBucketBits;
    return static_cast<std::size_t>(((bucket + 1) << (kSubBucketBits - 1)) +
                                    ((value >> bucket) - kSubBucketHalf));
  }
  // Highest value that shares the index: what a percentile reports.
  [[nodiscard]] static constexpr std::int64_t highest_equivalent(std::size_t index) noexcept {
    auto bucket = static_cast<int>(index >> (kSubBucketBits - 1)) - 1;
    auto sub = static_cast<std::int64_t>(index & (kSubBucketHalf - 1)) + kSubBucketHalf;
    if (bucket < 0) {
      sub -= kSubBucketHalf;
      bucket = 0;
    }
    return (sub << bucket) + (std::int64_t{1} << bucket) - 1;
  }
};

// A reader's copy: counts at one moment, or the difference of two moments (an interval).
class HistogramSnapshot {
 public:
  HistogramSnapshot() : counts_(HistogramShape::kCountsLength, 0) {}

  [[nodiscard]] std::vector<std::uint64_t>& counts() noexcept { return counts_; }
  [[nodiscard]] const std::vector<std::uint64_t>& counts() const noexcept { return counts_; }
  [[nodiscard]] std::uint64_t total() const noexcept;
  // Value at a quantile in parts per million (990'000 is p99); 0 when empty.
  [[nodiscard]] std::int64_t value_at_ppm(std::uint32_t ppm) const noexcept;
  [[nodiscard]] std::int64_t max() const noexcept;
  // This minus an earlier snapshot of the same histogram.
  [[nodiscard]] HistogramSnapshot since(const HistogramSnapshot& earlier) const;
  void add(const HistogramSnapshot& other) noexcept;

 private:
  std::vector<std::uint64_t> counts_;
};

// One writer; any number of readers. Recording is one relaxed add: no lock, no allocation.
class LatencyHistogram {
 public:
  LatencyHistogram();  // takes and touches its memory

  // Writer thread only. Values outside the range are clamped to its ends and still counted.
  void record(std::int64_t value_ns) noexcept {
    const std::int64_t clamped =
        std::clamp<std::int64_t>(value_ns, 0, HistogramShape::kHighestTrackable);
    std::atomic<std::uint64_t>& count = counts_[HistogramShape::index_of(clamped)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  // Any thread. Each recorded value is in the snapshot whole or not at all.
  void snapshot(HistogramSnapshot& out) const noexcept;

 private:
  std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
};

}  // namespace portcullis
