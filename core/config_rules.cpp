#include "core/config_rules.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/decimal.hpp"
#include "core/errno_text.hpp"
#include "core/unique_fd.hpp"

namespace portcullis {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
// Largest first, as show() wants them.
constexpr std::array kUnits{
    Unit{"h", 3'600'000'000'000}, Unit{"m", 60'000'000'000}, Unit{"s", 1'000'000'000},
    Unit{"ms", 1'000'000},        Unit{"us", 1'000},         Unit{"ns", 1}};

constexpr std::size_t kSecretMax = 64UL * 1024;

std::unexpected<ConfigWrong> wrong(std::string message, std::string next_step) {
  return std::unexpected{
      ConfigWrong{.message = std::move(message), .next_step = std::move(next_step)}};
}

std::unexpected<ConfigWrong> wrong_type(const char* form, const ConfigNode& node) {
  return wrong("expected " + std::string{form} + ", found " + node.describe(),
               "write " + std::string{form});
}

std::unexpected<ConfigWrong> out_of_range(const std::string& value, const std::string& min,
                                          const std::string& max) {
  return wrong(value + " is out of range", "choose a value from " + min + " to " + max);
}

// The node as text: a string, or anything at all that the environment gave.
std::optional<std::string> text_of(const ConfigNode& node) {
  if (node.kind == ConfigKind::kString) return node.text;
  const bool is_scalar = node.kind == ConfigKind::kInteger || node.kind == ConfigKind::kBoolean;
  if (is_scalar && node.origin == ConfigOrigin::kEnvironment) return node.raw;
  return std::nullopt;
}

std::optional<Nanos> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || count < 0) return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  const auto* unit = std::ranges::find(kUnits, name, &Unit::name);
  std::int64_t ns = 0;
  if (unit == kUnits.end() || __builtin_mul_overflow(count, unit->ns, &ns)) return std::nullopt;
  return Nanos{ns};
}

}  // namespace

std::expected<Nanos, ConfigWrong> DurationRule::convert(const ConfigNode& node) const {
  const auto text = text_of(node);
  if (!text) return wrong_type(kForm, node);
  const auto value = parse_duration(*text);
  if (!value) {
    return wrong("\"" + *text + "\" is not a duration",
                 "write a whole number with one of the units ns, us, ms, s, m, h: \"1500us\"");
  }
  if (*value < min || *value > max) return out_of_range(*text, show(min), show(max));
  return *value;
}

std::string DurationRule::show(Nanos value) {
  const std::int64_t ns = value.count();
  const auto* unit = std::ranges::find_if(
      kUnits, [ns](const Unit& candidate) { return ns != 0 && ns % candidate.ns == 0; });
  if (unit == kUnits.end()) return "0s";
  return std::to_string(ns / unit->ns) + std::string{unit->name};
}

std::expected<std::int64_t, ConfigWrong> IntegerRule::convert(const ConfigNode& node) const {
  if (node.kind != ConfigKind::kInteger) return wrong_type(kForm, node);
  if (node.integer < min || node.integer > max) {
    return out_of_range(node.text, show(min), show(max));
  }
  return node.integer;
}

std::expected<std::int64_t, ConfigWrong> DecimalRule::convert(const ConfigNode& node) const {
  const auto text = text_of(node);
  if (!text) {
    return wrong("expected " + std::string{kForm} + ", found " + node.describe(),
                 "write it in quotes, so that no digit is lost");
  }
  const auto raw = parse_fixed8(*text);
  if (!raw) {
    return wrong("\"" + *text + "\": " + to_string(raw.error()),
                 "write digits with at most eight places after the point");
  }
  if (*raw < min || *raw > max) return out_of_range(*text, show(min), show(max));
  return *raw;
}

std::string DecimalRule::show(std::int64_t raw) {
  std::array<char, kDecimalTextMax> digits{};
  return {digits.data(), format_fixed8(raw, digits.data())};
}

std::expected<bool, ConfigWrong> BooleanRule::convert(const ConfigNode& node) {
  if (node.kind != ConfigKind::kBoolean) return wrong_type(kForm, node);
  return node.boolean;
}

std::expected<std::string, ConfigWrong> StringRule::convert(const ConfigNode& node) {
  const auto text = text_of(node);
  if (!text) return wrong_type(kForm, node);
  if (text->empty()) return wrong("is empty", "give it a value, or leave the key out");
  return *text;
}

std::expected<std::string, ConfigWrong> ChoiceRule::convert(const ConfigNode& node) const {
  const auto text = text_of(node);
  if (!text) return wrong_type(kForm, node);
  if (std::ranges::find(words, *text) != words.end()) return *text;
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  const std::string near = nearest_word(*text, words);
  return wrong("\"" + *text + "\" is not one of the choices" +
                   (near.empty() ? "" : ", did you mean \"" + near + "\"?"),
               "choose one of: " + all);
}

std::expected<std::vector<std::string>, ConfigWrong> StringListRule::convert(
    const ConfigNode& node) {
  if (node.kind != ConfigKind::kStringList) return wrong_type(kForm, node);
  return node.list;
}

std::string StringListRule::show(const std::vector<std::string>& value) {
  std::string text;
  for (const std::string& item : value) text += (text.empty() ? "\"" : ", \"") + item + "\"";
  return "[" + text + "]";
}

std::expected<std::string, ConfigWrong> SecretFileRule::convert(const ConfigNode& node) {
  const auto path = text_of(node);
  if (!path || path->empty()) {
    return wrong("expected " + std::string{kForm}, "write the file's path in quotes");
  }
  const UniqueFd fd{::open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!fd) {
    const int error = errno;
    // Somebody may have pasted the secret itself: what does not look like a path is not repeated.
    const bool is_path = path->find('/') != std::string::npos && path->size() < 200;
    return wrong((is_path ? *path : "the file named here") + ": " + errno_text(error),
                 "create the file with the secret in it and nothing else, chmod 600; the key holds "
                 "the path, never the secret itself");
  }
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return wrong(*path + " is not a regular file", "name a file that holds the secret");
  }
  if ((status.st_mode & 077U) != 0) {
    return wrong(*path + " can be read by others", "run: chmod 600 " + *path);
  }
  std::string secret(kSecretMax, '\0');
  const ssize_t length = ::read(fd.get(), secret.data(), secret.size());
  secret.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.empty()) return wrong(*path + " is empty", "write the secret into it");
  return secret;
}

}  // namespace portcullis
