#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oms/breakers/breaker_marks.hpp"

namespace portcullis::app {

// `state_dir/breaker.marks`: what the loss limits are counted from, by the strategies' names, so
// that a restart forgets no loss. Control thread, and start-up.
class BreakerMarksFile {
 public:
  // `strategies`: by StrategyId.
  BreakerMarksFile(const std::string& state_dir, std::vector<std::string> strategies);

  // Nothing when there is no file, or one that cannot be believed: `warning` says so then. A
  // strategy that is not configured any more is left out.
  [[nodiscard]] std::optional<oms::BreakerMarks> read(std::string& warning) const;
  // Durable when it returns a value; writes only what has changed.
  [[nodiscard]] std::expected<void, std::string> keep(const oms::BreakerMarks& marks);

 private:
  [[nodiscard]] std::string render(const oms::BreakerMarks& marks) const;
  [[nodiscard]] std::optional<oms::BreakerMarks> parse(std::string_view content) const;

  std::string path_;
  std::vector<std::string> names_;  // of BreakerMarks' places
  oms::BreakerMarks written_{};
  bool is_there_{false};  // written by this process
};

}  // namespace portcullis::app
