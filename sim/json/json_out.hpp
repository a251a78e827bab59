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

// In what an answer's times are told (Binance: X-MBX-TIME-UNIT, timeUnit).
enum class TimeUnit : std::uint8_t { kMilliseconds, kMicroseconds };

// Appends JSON text, placing the commas itself. It trusts its caller to open, name and close in a
// sensible order; every string is escaped.
class JsonOut {
 public:
  explicit JsonOut(TimeUnit time_unit = TimeUnit::kMilliseconds) : time_unit_{time_unit} {
    text_.reserve(1'024);
  }

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
  // Quoted with eight places (or as many as its asset has), as the venue writes every amount.
  template <class Tag>
  JsonOut& decimal(Decimal<Tag> value, int places = kDecimalPlaces) {
    char quoted[kDecimalTextMax + 3];
    quoted[0] = '"';
    const std::size_t length = value.format(quoted + 1, places);
    quoted[length + 1] = '"';
    return raw({quoted, length + 2});
  }
  JsonOut& time(WallTime time) {
    return number(time_unit_ == TimeUnit::kMilliseconds ? count_ms(time) : count_ns(time) / 1'000);
  }

  // "key": value in one call.
  JsonOut& field(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonOut& field(std::string_view name, const char* value) { return key(name).text(value); }
  JsonOut& field(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonOut& field(std::string_view name, WallTime value) { return key(name).time(value); }
  template <std::integral T>
  JsonOut& field(std::string_view name, T value) {
    return key(name).number(value);
  }
  template <class Tag>
  JsonOut& field(std::string_view name, Decimal<Tag> value) {
    return key(name).decimal(value);
  }

  [[nodiscard]] TimeUnit time_unit() const noexcept { return time_unit_; }
  [[nodiscard]] const std::string& str() const noexcept { return text_; }
  [[nodiscard]] std::string take() noexcept { return std::move(text_); }

 private:
  JsonOut& open(char bracket);
  JsonOut& close(char bracket);
  void comma();

  std::string text_;
  TimeUnit time_unit_;
  bool needs_comma_{false};
};

// {"code":..,"msg":".."}, and "data" when there is any, as JSON.
[[nodiscard]] std::string error_json(int code, std::string_view message,
                                     std::string_view data_json = {});

}  // namespace portcullis::sim
