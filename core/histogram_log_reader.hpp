#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis {

// So many values, each from `low` to `high`, both included.
struct HistogramRange {
  std::int64_t low{0};
  std::int64_t high{0};
  std::uint64_t count{0};
  friend bool operator==(const HistogramRange&, const HistogramRange&) = default;
};

// All intervals of one tag of an HdrHistogram interval log together, in ascending order, empty
// ranges left out. Any log with V2 compressed histograms will do (HistogramLogWriter's, or another
// tool's); the values' unit is the log's own. An empty tag: the intervals without one. The error
// names the file, the line and the cause, or the tags that there are. Cold threads only.
[[nodiscard]] std::expected<std::vector<HistogramRange>, std::string> read_histogram_log(
    const std::string& path, std::string_view tag);

// One histogram as it stands in a log's last column.
[[nodiscard]] std::expected<std::vector<HistogramRange>, std::string> decode_compressed_histogram(
    std::string_view base64);

}  // namespace portcullis
