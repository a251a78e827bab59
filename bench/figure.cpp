#include "bench/figure.hpp"

#include <algorithm>
#include <cstdio>

namespace portcullis::bench {

double Samples::quantile(double q) const {
  if (values_.empty()) return 0;
  if (!is_sorted_) std::ranges::sort(values_);
  is_sorted_ = true;
  const auto last = static_cast<double>(values_.size() - 1);
  return values_[static_cast<std::size_t>(q * last)];
}

void Reporter::report(const Figure& figure) {
  ++reported_;
  const double p50 = figure.ours.quantile(0.5);
  const double p99 = figure.ours.quantile(0.99);
  const double reference = figure.reference ? figure.reference->quantile(0.5) : 0;
  if (is_json_) {
    std::printf(R"({"figure":"%s","unit":"%s","p50":%.2f,"p99":%.2f,"runs":%zu)",
                figure.name.c_str(), figure.unit.c_str(), p50, p99, figure.ours.size());
    if (figure.reference) {
      std::printf(R"(,"reference":%.2f,"ratio":%.3f)", reference, p50 / reference);
    }
    std::printf("}\n");
    std::fflush(stdout);
    return;
  }
  if (reported_ == 1) {
    std::printf("%-24s %10s %10s %8s %6s %10s %7s  %s\n", "figure", "p50", "p99", "runs", "unit",
                "reference", "ratio", "method");
  }
  std::printf("%-24s %10.1f %10.1f %8zu %6s", figure.name.c_str(), p50, p99, figure.ours.size(),
              figure.unit.c_str());
  if (figure.reference) {
    std::printf(" %10.1f %7.2f  %s; reference: %s\n", reference, p50 / reference,
                figure.method.c_str(), figure.reference_name.c_str());
  } else {
    std::printf(" %10s %7s  %s\n", "-", "-", figure.method.c_str());
  }
  std::fflush(stdout);
}

void Reporter::remark(const std::string& text) const {
  if (!is_json_) std::printf("%s\n", text.c_str());
}

}  // namespace portcullis::bench
