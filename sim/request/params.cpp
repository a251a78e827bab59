#include "sim/request/params.hpp"

#include <algorithm>
#include <charconv>

namespace portcullis::sim {

namespace {

constexpr std::string_view kDecimalRange = R"(^([0-9]{1,20})(\.[0-9]{1,20})?$)";
constexpr std::string_view kWholeRange = "^[0-9]{1,20}$";
constexpr std::string_view kClientIdRange = "^[a-zA-Z0-9-_]{1,36}$";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
  return !text.empty() && text.size() <= 20 && std::ranges::all_of(text, is_digit);
}
bool is_decimal(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return all_digits(text);
  return all_digits(text.substr(0, point)) && all_digits(text.substr(point + 1));
}
bool is_client_id_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    unsigned value = 0;
    const char* first = text.data() + i + 1;
    const auto [end, error] = std::from_chars(first, first + 2, value, 16);
    if (error != std::errc{} || end != first + 2) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

}  // namespace

VenueError missing_parameter(std::string_view name) {
  return {400, -1102,
          "Mandatory parameter '" + std::string{name} +
              "' was not sent, was empty/null, or malformed."};
}

VenueError illegal_characters(std::string_view name, std::string_view legal) {
  return {400, -1100,
          "Illegal characters found in parameter '" + std::string{name} + "'; legal range is '" +
              std::string{legal} + "'."};
}

void Params::add(std::string name, std::string value) {
  const bool is_known =
      std::ranges::any_of(entries_, [&name](const auto& entry) { return entry.first == name; });
  if (!is_known) entries_.emplace_back(std::move(name), std::move(value));
}

bool Params::add_encoded(std::string_view encoded) {
  while (!encoded.empty()) {
    const std::size_t end = std::min(encoded.find('&'), encoded.size());
    const std::string_view pair = encoded.substr(0, end);
    encoded.remove_prefix(std::min(end + 1, encoded.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = equals < pair.size() ? pair.substr(equals + 1) : "";
    auto name_text = percent_decode(pair.substr(0, equals));
    auto value_text = percent_decode(value);
    if (!name_text || !value_text) return false;
    add(std::move(*name_text), std::move(*value_text));
  }
  return true;
}

std::optional<std::string_view> Params::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : entries_) {
    if (key == name && !value.empty()) return value;
  }
  return std::nullopt;
}

std::expected<std::string_view, VenueError> Params::required(std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::unexpected{missing_parameter(name)};
  return *value;
}

std::expected<std::optional<std::int64_t>, VenueError> Params::fixed8(std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (!is_decimal(*value)) return std::unexpected{illegal_characters(name, kDecimalRange)};
  const std::size_t point = value->find('.');
  const bool is_too_fine =
      point != std::string_view::npos && value->size() - point - 1 > kDecimalPlaces;
  if (is_too_fine) {
    return std::unexpected{
        VenueError{400, -1111, "Parameter '" + std::string{name} + "' has too much precision."}};
  }
  const auto raw = parse_fixed8(*value);
  if (!raw) {
    return std::unexpected{
        VenueError{400, -1108, "Parameter '" + std::string{name} + "' overflowed."}};
  }
  return *raw;
}

std::expected<std::optional<std::uint64_t>, VenueError> Params::whole(std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (!all_digits(*value)) return std::unexpected{illegal_characters(name, kWholeRange)};
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value->begin(), value->end(), number);
  if (error != std::errc{} || number > 9'223'372'036'854'775'807U) {
    return std::unexpected{
        VenueError{400, -1108, "Parameter '" + std::string{name} + "' overflowed."}};
  }
  return number;
}

std::expected<std::optional<std::string_view>, VenueError> Params::client_id(
    std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (value->size() > 36 || !std::ranges::all_of(*value, is_client_id_char)) {
    return std::unexpected{illegal_characters(name, kClientIdRange)};
  }
  return *value;
}

std::string Params::sorted_payload() const {
  std::vector<const std::pair<std::string, std::string>*> sorted;
  for (const auto& entry : entries_) {
    if (entry.first != "signature") sorted.push_back(&entry);
  }
  std::ranges::sort(sorted, {}, [](const auto* entry) { return std::string_view{entry->first}; });
  std::string payload;
  for (const auto* entry : sorted) {
    if (!payload.empty()) payload += '&';
    payload += entry->first + '=' + entry->second;
  }
  return payload;
}

}  // namespace portcullis::sim
