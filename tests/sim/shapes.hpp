#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

namespace portcullis::sim::test {

// The member names of an object.
[[nodiscard]] std::set<std::string> keys_of(const nlohmann::json& object);
// A line of recorded or documented examples: the first of `file` (below the shared data) whose JSON
// has `section` and, anywhere in its text, `marker`. Of a list its
// first element. Nothing when the file is not there.
[[nodiscard]] std::optional<nlohmann::json> documented(const std::string& file,
                                                       const std::string& section,
                                                       const std::string& marker);

}  // namespace portcullis::sim::test

// Compares an object's member names with a documented example; skips where the data is absent.
#define EXPECT_DOCUMENTED_SHAPE(actual, example)                                            \
  do {                                                                                      \
    const auto example_value = (example);                                                   \
    if (!example_value) GTEST_SKIP() << "the documented examples are not there: " #example; \
    EXPECT_EQ(::portcullis::sim::test::keys_of(actual),                                     \
              ::portcullis::sim::test::keys_of(*example_value));                            \
  } while (false)
