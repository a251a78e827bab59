#include "sim/request/params.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace portcullis::sim {

namespace {

constexpr std::string_view kDecimalRange = R"(^([0-9]{1,20})(\.[0-9]{1,20})?$)";
constexpr std::string_view kWholeRange = "^[0-9]{1,20}$";
constexpr std::string_view kClientIdRange = "^[a-zA-Z0-9-_]{1,36}$";
constexpr std::string_view kNamesRange =
    R"(^\[("[\w\-._&&[^a-z]]{1,50}"(,"[\w\-._&&[^a-z]]{1,50}"){0,}){0,1}\]$)";
constexpr std::uint64_t kFirstMicrosecondValue = 100'000'000'000'000;  // the year 5138 in ms

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
bool is_symbol_char(char c) {
  const bool is_beyond_ascii = static_cast<unsigned char>(c) >= 0x80;
  return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_' || c == '.' ||
         is_beyond_ascii;
}

VenueError overflowed(std::string_view name) {
  return {400, -1108, "Parameter '" + std::string{name} + "' overflowed."};
}

}  // namespace

VenueError missing_parameter(std::string_view name) {
  return {400, -1102,
          "Mandatory parameter '" + std::string{name} +
              "' was not sent, was empty/null, or malformed."};
}

VenueError missing_both(std::string_view first, std::string_view second) {
  return {400, -1102,
          "Param '" + std::string{first} + "' or '" + std::string{second} +
              "' must be sent, but both were empty/null!"};
}

VenueError illegal_characters(std::string_view name, std::string_view legal) {
  return {400, -1100,
          "Illegal characters found in parameter '" + std::string{name} + "'; legal range is '" +
              std::string{legal} + "'."};
}

VenueError invalid_data(std::string_view name) {
  return {400, -1130, "Data sent for parameter '" + std::string{name} + "' is not valid."};
}

VenueError not_required(std::string_view name) {
  return {400, -1106, "Parameter '" + std::string{name} + "' sent when not required."};
}

VenueError bad_combination() {
  return {400, -1128, "Combination of optional parameters invalid."};
}

bool is_symbol_name(std::string_view name) noexcept {
  const auto is_start_of_character = [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  };
  return !name.empty() && std::ranges::count_if(name, is_start_of_character) <= 50 &&
         std::ranges::all_of(name, is_symbol_char);
}

Params::Params() {
  text_.reserve(512);
  entries_.reserve(20);
}

Params::Named Params::at(std::size_t index) const noexcept {
  const Entry& entry = entries_[index];
  const std::string_view text{text_};
  return {text.substr(entry.offset, entry.name_size),
          text.substr(entry.offset + entry.name_size, entry.value_size)};
}

const Params::Entry* Params::entry_of(std::string_view name) const noexcept {
  for (const Entry& entry : entries_) {
    if (entry.name_size == name.size() && text_.compare(entry.offset, name.size(), name) == 0) {
      return &entry;
    }
  }
  return nullptr;
}

// The name and the value, one after the other, are what was appended last.
void Params::add_entry(std::size_t offset, std::size_t name_size) {
  const Entry* known = entry_of(std::string_view{text_}.substr(offset, name_size));
  if (known == nullptr) {
    entries_.push_back({.offset = static_cast<std::uint32_t>(offset),
                        .name_size = static_cast<std::uint32_t>(name_size),
                        .value_size = static_cast<std::uint32_t>(text_.size() - offset - name_size),
                        .source = source_});
    return;
  }
  if (known->source == source_) has_duplicates_ = true;
  text_.resize(offset);
}

void Params::add(std::string_view name, std::string_view value) {
  const std::size_t offset = text_.size();
  text_ += name;
  text_ += value;
  add_entry(offset, name.size());
}

bool Params::append_decoded(std::string_view encoded) {
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] != '%') {
      text_ += encoded[i] == '+' ? ' ' : encoded[i];
      continue;
    }
    if (i + 2 >= encoded.size()) return false;
    unsigned value = 0;
    const char* first = encoded.data() + i + 1;
    const auto [end, error] = std::from_chars(first, first + 2, value, 16);
    if (error != std::errc{} || end != first + 2) return false;
    text_ += static_cast<char>(value);
    i += 2;
  }
  return true;
}

bool Params::add_encoded(std::string_view encoded) {
  ++source_;
  while (!encoded.empty()) {
    const std::size_t end = std::min(encoded.find('&'), encoded.size());
    const std::string_view pair = encoded.substr(0, end);
    encoded.remove_prefix(std::min(end + 1, encoded.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::size_t offset = text_.size();
    if (!append_decoded(pair.substr(0, equals))) return false;
    const std::size_t name_size = text_.size() - offset;
    if (equals < pair.size() && !append_decoded(pair.substr(equals + 1))) return false;
    add_entry(offset, name_size);
  }
  return true;
}

std::optional<std::string_view> Params::find(std::string_view name) const noexcept {
  const Entry* entry = entry_of(name);
  if (entry == nullptr || entry->value_size == 0) return std::nullopt;
  return std::string_view{text_}.substr(entry->offset + entry->name_size, entry->value_size);
}

std::expected<std::string_view, VenueError> Params::required(std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::unexpected{missing_parameter(name)};
  return *value;
}

std::expected<std::optional<std::int64_t>, VenueError> Params::fixed8(std::string_view name,
                                                                      int places) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (!is_decimal(*value)) return std::unexpected{illegal_characters(name, kDecimalRange)};
  const std::size_t point = value->find('.');
  const bool is_too_fine = point != std::string_view::npos &&
                           value->size() - point - 1 > static_cast<std::size_t>(places);
  if (is_too_fine) {
    return std::unexpected{
        VenueError{400, -1111, "Parameter '" + std::string{name} + "' has too much precision."}};
  }
  const auto raw = parse_fixed8(*value);
  if (!raw) return std::unexpected{overflowed(name)};
  return *raw;
}

std::expected<std::optional<std::uint64_t>, VenueError> Params::whole(std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (!all_digits(*value)) return std::unexpected{illegal_characters(name, kWholeRange)};
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (error != std::errc{} || number > 9'223'372'036'854'775'807U) {
    return std::unexpected{overflowed(name)};
  }
  return number;
}

std::expected<std::optional<WallTime>, VenueError> Params::time(std::string_view name) const {
  const auto value = whole(name);
  if (!value) return std::unexpected{value.error()};
  if (!*value) return std::nullopt;
  // Beyond what nanoseconds can count is as far away as anything.
  constexpr std::uint64_t kLast = 9'223'372'036'854'775;
  const std::uint64_t micros = **value >= kFirstMicrosecondValue ? **value : **value * 1'000;
  return wall_time(static_cast<std::int64_t>(std::min(micros, kLast)) * 1'000);
}

std::expected<std::optional<bool>, VenueError> Params::boolean(std::string_view name) const {
  using Words = std::pair<std::string_view, bool>;
  static constexpr std::array<Words, 4> kWords{
      {{"true", true}, {"false", false}, {"TRUE", true}, {"FALSE", false}}};
  return choice<bool>(name, kWords);
}

VenueError Params::no_such_word(std::string_view name, int code, const char* text) {
  return text != nullptr ? VenueError{400, code, text} : invalid_data(name);
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

std::expected<std::optional<std::vector<std::string>>, VenueError> Params::names(
    std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const VenueError error = illegal_characters(name, kNamesRange);
  std::string_view rest = *value;
  if (!rest.starts_with('[') || !rest.ends_with(']') || rest.size() < 2) {
    return std::unexpected{error};
  }
  rest = rest.substr(1, rest.size() - 2);
  std::vector<std::string> list;
  while (!rest.empty()) {
    const std::size_t end = rest.starts_with('"') ? rest.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) return std::unexpected{error};
    const std::string_view each = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    const bool goes_on = rest.starts_with(',') && rest.size() > 1;
    if (!is_symbol_name(each) || (!rest.empty() && !goes_on)) return std::unexpected{error};
    if (goes_on) rest.remove_prefix(1);
    list.emplace_back(each);
  }
  return list;
}

std::string Params::sorted_payload() const {
  std::vector<Named> sorted;
  sorted.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (at(i).name != "signature") sorted.push_back(at(i));
  }
  std::ranges::sort(sorted, {}, &Named::name);
  std::string payload;
  payload.reserve(text_.size() + 2 * entries_.size());
  for (const Named& entry : sorted) {
    if (!payload.empty()) payload += '&';
    payload += entry.name;
    payload += '=';
    payload += entry.value;
  }
  return payload;
}

}  // namespace portcullis::sim
