#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis::sim::test {

// The member names of an object.
[[nodiscard]] std::set<std::string> keys_of(const nlohmann::json& object);
// A line of recorded or documented examples: the first of `file` (below the shared data) whose JSON
// has `section` and, anywhere in its text, `marker`. Of a list its
// first element. Nothing when the file is not there.
[[nodiscard]] std::optional<nlohmann::json> documented(const std::string& file,
                                                       const std::string& section,
                                                       const std::string& marker);

// Which fields a body has and of which JSON types they are: "orders[].orderId" -> {"integer"}.
// Elements of one array are taken together.
using Shape = std::map<std::string, std::set<std::string>>;
[[nodiscard]] Shape shape_of(const nlohmann::json& body);

// One recorded or documented body, by the file below the shared data and the section or endpoint it
// stands for there.
struct Example {
  std::string file;
  std::string key;
  int number{0};  // of its key in its file, from 1
  nlohmann::json body;

  [[nodiscard]] std::string name() const {
    return file + " \"" + key + "\" " + std::to_string(number);
  }
};
// Every body of a file, requests left out, replies of the WebSocket API stripped to their result or
// error. Empty when the file is not there.
[[nodiscard]] std::vector<Example> load_examples(const std::string& file);

// What this venue answers, by what was asked, in all the variants that the examples have.
using Answers = std::map<std::string, std::vector<nlohmann::json>>;

// Which answers an example belongs to. An empty answer: the venue cannot be made to say it, for
// `reason`.
struct ShapeRow {
  std::string_view file;
  std::string_view key;
  std::string_view answer;
  std::string_view reason{};
};

// A field that differs with reason. `file` and `path` may begin or end with '*'; `answer` may be
// "*".
struct ShapeExcuse {
  std::string_view file;
  std::string_view answer;
  std::string_view path;
  std::string_view reason;
};

// How the bodies of a file are to be taken. Those of the documentation are single answers, and one
// of ours has to have exactly the same fields. Those of the connectors are made up of all that an
// endpoint can say at once: each field has to be in one of ours, and none may lack that all of ours
// have.
enum class ShapeRule { kSameAsOne, kUnionOfAll };

// Compares; the lines say what is missing or too much, field by field, without those that are
// excused. `used` collects the excuses that were needed.
[[nodiscard]] std::vector<std::string> compare_shapes(const Example& example,
                                                      const std::vector<nlohmann::json>& answers,
                                                      ShapeRule rule, std::string_view answer,
                                                      const std::vector<ShapeExcuse>& excuses,
                                                      std::set<const ShapeExcuse*>& used);

}  // namespace portcullis::sim::test

// Compares an object's member names with a documented example; skips where the data is absent.
#define EXPECT_DOCUMENTED_SHAPE(actual, example)                                            \
  do {                                                                                      \
    const auto example_value = (example);                                                   \
    if (!example_value) GTEST_SKIP() << "the documented examples are not there: " #example; \
    EXPECT_EQ(::portcullis::sim::test::keys_of(actual),                                     \
              ::portcullis::sim::test::keys_of(*example_value));                            \
  } while (false)
