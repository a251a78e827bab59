#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/decimal.hpp"
#include "core/time.hpp"

namespace portcullis::sim {

// Appends JSON text, placing the commas itself. It trusts its caller to open, name and close in a
// sensible order; every string is escaped.
class JsonOut {
 public:
  JsonOut() { text_.reserve(512); }

  JsonOut& open_object() { return open('{'); }
  JsonOut& close_object() { return close('}'); }
  JsonOut& open_array() { return open('['); }
  JsonOut& close_array() { return close(']'); }
  JsonOut& key(std::string_view name);

  JsonOut& text(std::string_view value);
  JsonOut& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonOut& null() { return raw("null"); }
  // A value that is JSON already.
  JsonOut& raw(std::string_view json);
  template <std::integral T>
  JsonOut& number(T value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return raw({digits, static_cast<std::size_t>(end - digits)});
  }
  // Quoted with eight places, as the venue writes every amount.
  template <class Tag>
  JsonOut& decimal(Decimal<Tag> value) {
    return text(value.str(kDecimalPlaces));
  }
  JsonOut& millis(WallTime time) { return number(count_ms(time)); }

  // "key": value in one call.
  JsonOut& field(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonOut& field(std::string_view name, const char* value) { return key(name).text(value); }
  JsonOut& field(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonOut& field(std::string_view name, WallTime value) { return key(name).millis(value); }
  template <std::integral T>
  JsonOut& field(std::string_view name, T value) {
    return key(name).number(value);
  }
  template <class Tag>
  JsonOut& field(std::string_view name, Decimal<Tag> value) {
    return key(name).decimal(value);
  }

  [[nodiscard]] const std::string& str() const noexcept { return text_; }
  [[nodiscard]] std::string take() noexcept { return std::move(text_); }

 private:
  JsonOut& open(char bracket);
  JsonOut& close(char bracket);
  void comma();

  std::string text_;
  bool needs_comma_{false};
};

// {"code":..,"msg":".."}
[[nodiscard]] std::string error_json(int code, std::string_view message);

}  // namespace portcullis::sim
