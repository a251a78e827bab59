#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/config_problem.hpp"
#include "core/decimal.hpp"
#include "core/time.hpp"

namespace portcullis {

class ConfigNode;
class ConfigState;

enum class ConfigOrigin : std::uint8_t { kFile, kEnvironment, kDefault };
[[nodiscard]] const char* to_string(ConfigOrigin origin) noexcept;

// A value in force, as `--print-effective` shows it; secrets are redacted.
struct ConfigEntry {
  std::string key;
  std::string value;
  ConfigOrigin origin{ConfigOrigin::kDefault};
};

// One table of the configuration. Reading is strict and never stops: each problem is recorded in
// the document, and a value that cannot be read comes back as the default, or as zero, empty or
// false where it was required. Use the values only when the document has no problem.
//
// Durations are strings with a unit ("250us", "5ms", "2s", "1m"), decimals are strings ("0.01"), so
// that neither unit nor digit is guessed. Bounds are inclusive.
//
// A light handle into the ConfigDocument, which must outlive it. Cold, one thread.
class ConfigSection {
 public:
  [[nodiscard]] bool has(std::string_view key) const;
  // Whether the key's value is this word, where otherwise something else is expected ("off").
  // Counts as asked for only when it is.
  bool is_word(std::string_view key, std::string_view word);

  Nanos required_duration(std::string_view key, Nanos min, Nanos max);
  Nanos optional_duration(std::string_view key, Nanos fallback, Nanos min, Nanos max);
  std::int64_t required_integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::int64_t optional_integer(std::string_view key, std::int64_t fallback, std::int64_t min,
                                std::int64_t max);
  bool required_boolean(std::string_view key);
  bool optional_boolean(std::string_view key, bool fallback);
  std::string required_string(std::string_view key);
  std::string optional_string(std::string_view key, std::string_view fallback);
  // One of the words given; a near miss is named in the problem.
  std::string required_choice(std::string_view key, const std::vector<std::string>& words);
  std::string optional_choice(std::string_view key, std::string_view fallback,
                              const std::vector<std::string>& words);
  std::vector<std::string> required_string_list(std::string_view key);
  std::vector<std::string> optional_string_list(std::string_view key,
                                                const std::vector<std::string>& fallback);

  // Money: section.required_decimal<Qty>("max_order_qty", min, max).
  template <class Money>
  Money required_decimal(std::string_view key, Money min, Money max) {
    return Money::from_raw(read_decimal(key, nullptr, min.raw(), max.raw()));
  }
  template <class Money>
  Money optional_decimal(std::string_view key, Money fallback, Money min, Money max) {
    const std::int64_t raw = fallback.raw();
    return Money::from_raw(read_decimal(key, &raw, min.raw(), max.raw()));
  }

  // The key names a file; the value is the file's content without the newlines at its end. It must
  // exist, hold something, and be closed to group and others (chmod 600).
  std::string required_secret_file(std::string_view key);

  // A table that is missing reads as an empty one, so that each required key in it is reported.
  ConfigSection subsection(std::string_view name);
  // The names of the tables in this one, in the file's order ([symbols.BTCUSDT]). The environment
  // adds no name.
  [[nodiscard]] std::vector<std::string> table_names() const;

  // Reports each key of this table and those below it that was never asked for. Once, at the end,
  // on the root.
  void finish();

  // A problem that the caller found ("max below min"), at the key's place.
  void report(std::string_view key, std::string message, std::string next_step);

 private:
  friend class ConfigDocument;
  ConfigSection(ConfigState& state, ConfigNode& node) noexcept : state_{&state}, node_{&node} {}
  std::int64_t read_decimal(std::string_view key, const std::int64_t* fallback, std::int64_t min,
                            std::int64_t max);

  ConfigState* state_;
  ConfigNode* node_;
};

// A TOML file and the environment over it: PORTCULLIS__SECTION__KEY=value, case ignored, the value
// a TOML scalar or plain text. Variables under PORTCULLIS_ that look like secrets are refused:
// secrets come from files.
class ConfigDocument {
 public:
  using Environment = std::map<std::string, std::string>;

  // Never fails as such: a file that cannot be read or parsed is a problem like any other.
  static ConfigDocument load(const std::string& path, const Environment& environment);
  // `name` stands for the file in problems.
  static ConfigDocument parse(std::string_view text, const std::string& name,
                              const Environment& environment);
  // This process's, names beginning with PORTCULLIS_ only.
  static Environment process_environment();

  ConfigDocument(ConfigDocument&& other) noexcept;
  ConfigDocument& operator=(ConfigDocument&& other) noexcept;
  ~ConfigDocument();
  ConfigDocument(const ConfigDocument&) = delete;
  ConfigDocument& operator=(const ConfigDocument&) = delete;

  ConfigSection root() noexcept;
  [[nodiscard]] const std::vector<ConfigProblem>& problems() const noexcept;
  // Each value read so far, in the order of reading.
  [[nodiscard]] const std::vector<ConfigEntry>& effective() const noexcept;

 private:
  ConfigDocument();
  std::unique_ptr<ConfigState> state_;
};

}  // namespace portcullis
