#include "core/histogram.hpp"

#include <algorithm>
#include <numeric>

namespace portcullis {

namespace {

constexpr std::uint64_t kPartsPerMillion = 1'000'000;

}  // namespace

std::uint64_t HistogramSnapshot::total() const noexcept {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::int64_t HistogramSnapshot::value_at_ppm(std::uint32_t ppm) const noexcept {
  const std::uint64_t count = total();
  if (count == 0) return 0;
  // Split, so that the product cannot overflow; rounded up, as HdrHistogram does.
  const std::uint64_t bounded = std::min<std::uint64_t>(ppm, kPartsPerMillion);
  const std::uint64_t whole = count / kPartsPerMillion * bounded;
  const std::uint64_t part = count % kPartsPerMillion * bounded;
  const std::uint64_t wanted =
      std::max<std::uint64_t>(1, whole + (part + kPartsPerMillion - 1) / kPartsPerMillion);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= wanted) return HistogramShape::highest_equivalent(i);
  }
  return max();
}

std::int64_t HistogramSnapshot::max() const noexcept {
  for (std::size_t i = counts_.size(); i-- > 0;) {
    if (counts_[i] != 0) return HistogramShape::highest_equivalent(i);
  }
  return 0;
}

HistogramSnapshot HistogramSnapshot::since(const HistogramSnapshot& earlier) const {
  HistogramSnapshot difference;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    difference.counts_[i] = counts_[i] - earlier.counts_[i];
  }
  return difference;
}

void HistogramSnapshot::add(const HistogramSnapshot& other) noexcept {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

LatencyHistogram::LatencyHistogram()
    : counts_{std::make_unique<std::atomic<std::uint64_t>[]>(HistogramShape::kCountsLength)} {
  for (std::size_t i = 0; i < HistogramShape::kCountsLength; ++i) {
    counts_[i].store(0, std::memory_order_relaxed);
  }
}

void LatencyHistogram::snapshot(HistogramSnapshot& out) const noexcept {
  for (std::size_t i = 0; i < HistogramShape::kCountsLength; ++i) {
    out.counts()[i] = counts_[i].load(std::memory_order_relaxed);
  }
}

}  // namespace portcullis
