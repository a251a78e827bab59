#include <chrono>

#include "bench/bench_list.hpp"
#include "core/histogram.hpp"

namespace portcullis::bench {

void bench_clock(Reporter& reporter) {
  if (reporter.wants("clock_read")) {
    Figure figure{"clock_read", "mean of 1000 reads, 2000 times; " + reporter.clock().description(),
                  "std::chrono::steady_clock"};
    measure_pair(
        reporter, figure, 2000, 1000, [&] { keep(reporter.clock().now()); },
        [] { keep(std::chrono::steady_clock::now()); });
    reporter.report(figure);
  }
  if (reporter.wants("histogram_record")) {
    Figure figure{"histogram_record", "mean of 1000 records, 2000 times"};
    LatencyHistogram histogram;
    std::int64_t value = 1;
    measure(reporter, figure, 2000, 1000, [&] {
      histogram.record(value);
      value = (value * 7 + 13) & 0xFFFFF;
    });
    reporter.report(figure);
  }
}

}  // namespace portcullis::bench
