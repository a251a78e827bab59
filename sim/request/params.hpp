#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// The named parameters of one request, as text, however they came: query string, form body or JSON.
// The typed readers answer with the venue's own error codes and texts (Binance: error codes).
class Params {
 public:
  Params();

  // Takes one more parameter of the source being read. A name that an earlier source had keeps its
  // first value (the query wins over the body); twice in one source is a duplicate.
  void add(std::string_view name, std::string_view value);
  // One source: splits `a=1&b=2` and undoes percent and plus encoding. False when an escape is
  // broken.
  bool add_encoded(std::string_view encoded);

  struct Named {
    std::string_view name;
    std::string_view value;
  };
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] Named at(std::size_t index) const noexcept;
  [[nodiscard]] bool has_duplicates() const noexcept { return has_duplicates_; }

  // Empty counts as absent, as at the venue.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name).has_value(); }

  // -1102 when absent.
  [[nodiscard]] std::expected<std::string_view, VenueError> required(std::string_view name) const;
  // -1100 for anything but digits and a point, -1111 beyond `places`, -1108 beyond the range.
  [[nodiscard]] std::expected<std::optional<std::int64_t>, VenueError> fixed8(
      std::string_view name, int places = kDecimalPlaces) const;
  // -1100 for anything but 1 to 20 digits, -1108 beyond int64.
  [[nodiscard]] std::expected<std::optional<std::uint64_t>, VenueError> whole(
      std::string_view name) const;
  // A moment in milliseconds or microseconds, told apart by its size. Errors of whole().
  [[nodiscard]] std::expected<std::optional<WallTime>, VenueError> time(
      std::string_view name) const;
  // -1130 for anything but "true" and "false".
  [[nodiscard]] std::expected<std::optional<bool>, VenueError> boolean(std::string_view name) const;
  // -1100 outside the venue's alphabet for client order ids.
  [[nodiscard]] std::expected<std::optional<std::string_view>, VenueError> client_id(
      std::string_view name) const;
  // A JSON array of strings in `legal` characters, as ["A","B"] without spaces: -1100.
  [[nodiscard]] std::expected<std::optional<std::vector<std::string>>, VenueError> names(
      std::string_view name) const;
  // One of the words; `code` and `text` for any other, or -1130 without a text.
  template <class T>
  [[nodiscard]] std::expected<std::optional<T>, VenueError> choice(
      std::string_view name, std::span<const std::pair<std::string_view, T>> words,
      int code = -1130, const char* text = nullptr) const {
    const auto value = find(name);
    if (!value) return std::nullopt;
    for (const auto& [word, meaning] : words) {
      if (*value == word) return meaning;
    }
    return std::unexpected{no_such_word(name, code, text)};
  }

  // name=value joined by '&', sorted by name, without "signature": what the WebSocket API signs.
  [[nodiscard]] std::string sorted_payload() const;

 private:
  // Into text_, so that a copy or a move needs no care.
  struct Entry {
    std::uint32_t offset;
    std::uint32_t name_size;
    std::uint32_t value_size;
    std::uint32_t source;
  };
  static VenueError no_such_word(std::string_view name, int code, const char* text);
  [[nodiscard]] const Entry* entry_of(std::string_view name) const noexcept;
  void add_entry(std::size_t offset, std::size_t name_size);
  bool append_decoded(std::string_view encoded);

  std::string text_;
  std::vector<Entry> entries_;
  std::uint32_t source_{0};
  bool has_duplicates_{false};
};

[[nodiscard]] VenueError missing_parameter(std::string_view name);
[[nodiscard]] VenueError missing_both(std::string_view first, std::string_view second);
[[nodiscard]] VenueError illegal_characters(std::string_view name, std::string_view legal);
[[nodiscard]] VenueError invalid_data(std::string_view name);
[[nodiscard]] VenueError not_required(std::string_view name);
[[nodiscard]] VenueError bad_combination();

// A symbol's name as the venue admits it: word characters without small letters, '-' and '.', up to
// 50 of them; letters beyond ASCII are word characters (Binance: -1100 texts; UTF-8 symbols).
[[nodiscard]] bool is_symbol_name(std::string_view name) noexcept;
inline constexpr std::string_view kSymbolRange = R"(^[\w\-._&&[^a-z]]{1,50}$)";

}  // namespace portcullis::sim
