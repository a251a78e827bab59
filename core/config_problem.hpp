#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace portcullis {

// One thing wrong with the configuration, with its place and what to do.
struct ConfigProblem {
  std::string file{};  // or the environment variable's name
  int line{0};         // 0 when there is none
  std::string key{};   // dotted path ("risk.collar_width"); empty for the file as a whole
  std::string message{};
  std::string next_step{};

  // "portcullis.toml:12: risk.collar_width: message; next step"
  [[nodiscard]] std::string str() const;
};

// The candidate fewest edits away from `word`, case ignored; empty when none is near enough to have
// been meant.
[[nodiscard]] std::string nearest_word(std::string_view word,
                                       const std::vector<std::string>& candidates);

}  // namespace portcullis
