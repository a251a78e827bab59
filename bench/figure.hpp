#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"

namespace portcullis::bench {

// Keeps a result alive without writing it anywhere.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

// Samples of one thing measured, in nanoseconds for one operation.
class Samples {
 public:
  void reserve(std::size_t count) { values_.reserve(count); }
  void add(double ns) { values_.push_back(ns); }
  void add(const Samples& more) {
    values_.insert(values_.end(), more.values_.begin(), more.values_.end());
  }
  [[nodiscard]] double quantile(double q) const;
  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  mutable std::vector<double> values_;
  mutable bool is_sorted_{false};
};

struct Figure {
  // `method`: what was timed and how often, in one line.
  explicit Figure(std::string figure_name, std::string how, std::string reference_what = {})
      : name{std::move(figure_name)},
        method{std::move(how)},
        reference_name{std::move(reference_what)} {}

  std::string name;
  std::string method;
  std::string reference_name;
  Samples ours;
  std::optional<Samples> reference;  // measured in the same run, turn by turn with ours
  std::string unit{"ns"};
};

// Prints figures as a table, or one JSON object a line.
class Reporter {
 public:
  Reporter(bool is_json, std::string filter) : is_json_{is_json}, filter_{std::move(filter)} {}

  [[nodiscard]] bool wants(std::string_view name) const {
    return filter_.empty() || name.find(filter_) != std::string_view::npos;
  }
  void report(const Figure& figure);
  [[nodiscard]] const MonoClock& clock() const { return clock_; }
  [[nodiscard]] int reported() const { return reported_; }
  // A line for a person; silent under --json.
  void remark(const std::string& text) const;

 private:
  MonoClock clock_;
  bool is_json_;
  std::string filter_;
  int reported_{0};
};

// Times `batch` calls at a time and adds the mean of each batch, so that the clock's own cost and
// grain disappear; the quantiles are those of the batch means.
template <class Operation>
double time_batch(const MonoClock& clock, int batch, Operation&& operation) {
  const MonoTime begin = clock.now();
  for (int i = 0; i < batch; ++i) operation();
  return static_cast<double>((clock.now() - begin).count()) / batch;
}

// Ours and the reference turn by turn, so that a noisy neighbour hits both.
template <class Ours, class Reference>
void measure_pair(const Reporter& reporter, Figure& figure, int rounds, int batch, Ours&& ours,
                  Reference&& reference) {
  figure.reference.emplace();
  for (int round = 0; round < rounds; ++round) {
    figure.ours.add(time_batch(reporter.clock(), batch, ours));
    figure.reference->add(time_batch(reporter.clock(), batch, reference));
  }
}

template <class Ours>
void measure(const Reporter& reporter, Figure& figure, int rounds, int batch, Ours&& ours) {
  for (int round = 0; round < rounds; ++round) {
    figure.ours.add(time_batch(reporter.clock(), batch, ours));
  }
}

}  // namespace portcullis::bench
