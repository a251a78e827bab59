#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/config_node.hpp"
#include "core/time.hpp"

namespace portcullis {

// How a value of each kind is read and shown. Internal to the reader (core/config_reader.hpp).

struct ConfigWrong {
  std::string message;
  std::string next_step;
};

struct DurationRule {
  static constexpr const char* kForm = "a duration string such as \"5ms\"";
  Nanos min;
  Nanos max;
  [[nodiscard]] std::expected<Nanos, ConfigWrong> convert(const ConfigNode& node) const;
  [[nodiscard]] static std::string show(Nanos value);
};

struct IntegerRule {
  static constexpr const char* kForm = "an integer";
  std::int64_t min;
  std::int64_t max;
  [[nodiscard]] std::expected<std::int64_t, ConfigWrong> convert(const ConfigNode& node) const;
  [[nodiscard]] static std::string show(std::int64_t value) { return std::to_string(value); }
};

struct DecimalRule {
  static constexpr const char* kForm = "a decimal string such as \"0.01\"";
  std::int64_t min;  // raw 1e-8
  std::int64_t max;
  [[nodiscard]] std::expected<std::int64_t, ConfigWrong> convert(const ConfigNode& node) const;
  [[nodiscard]] static std::string show(std::int64_t raw);
};

struct BooleanRule {
  static constexpr const char* kForm = "true or false";
  [[nodiscard]] static std::expected<bool, ConfigWrong> convert(const ConfigNode& node);
  [[nodiscard]] static std::string show(bool value) { return value ? "true" : "false"; }
};

struct StringRule {
  static constexpr const char* kForm = "a string";
  [[nodiscard]] static std::expected<std::string, ConfigWrong> convert(const ConfigNode& node);
  [[nodiscard]] static std::string show(const std::string& value) { return "\"" + value + "\""; }
};

struct ChoiceRule {
  static constexpr const char* kForm = "a word";
  const std::vector<std::string>& words;
  [[nodiscard]] std::expected<std::string, ConfigWrong> convert(const ConfigNode& node) const;
  [[nodiscard]] static std::string show(const std::string& value) { return "\"" + value + "\""; }
};

struct StringListRule {
  static constexpr const char* kForm = "a list of strings";
  [[nodiscard]] static std::expected<std::vector<std::string>, ConfigWrong> convert(
      const ConfigNode& node);
  [[nodiscard]] static std::string show(const std::vector<std::string>& value);
};

struct SecretFileRule {
  static constexpr const char* kForm = "the path of a file that holds the secret";
  [[nodiscard]] static std::expected<std::string, ConfigWrong> convert(const ConfigNode& node);
  [[nodiscard]] static std::string show(const std::string& /*secret*/) { return "<redacted>"; }
};

}  // namespace portcullis
