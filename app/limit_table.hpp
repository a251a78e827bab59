#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

#include "core/config_reader.hpp"
#include "core/time.hpp"
#include "risk/limits.hpp"

namespace portcullis::app {

// The keys of one table of limits. Each value begins as what is inherited, zero when there is
// nothing to inherit, and stays so when the key is not there; "off" is the largest. Start-up.
class LimitTable {
 public:
  static constexpr Nanos kDay = std::chrono::hours{24};

  explicit LimitTable(ConfigSection section) : section_{std::move(section)} {}

  template <class Money>
  void money(const char* key, Money& value) {
    if (is_off(key, value, Money::max())) return;
    value = section_.optional_decimal<Money>(key, value, Money{}, Money::max());
  }
  void count(const char* key, std::uint32_t& value, std::int64_t max) {
    if (is_off(key, value, risk::kOffCount)) return;
    value = static_cast<std::uint32_t>(section_.optional_integer(key, value, 0, max));
  }
  // Basis points, kept in parts per million.
  void bips(const char* key, std::uint32_t& ppm) {
    constexpr std::uint32_t kPpmOfOne = 100;
    if (is_off(key, ppm, risk::kOffPpm)) return;
    const std::int64_t bips = section_.optional_integer(key, ppm / kPpmOfOne, 0, 10'000);
    ppm = static_cast<std::uint32_t>(bips) * kPpmOfOne;
  }
  void age(const char* key, Nanos& value, Nanos max) {
    if (is_off(key, value, risk::kOffAge)) return;
    value = section_.optional_duration(key, value, Nanos{0}, max);
  }
  // A window has no "off": what is not counted is switched off by its limit.
  void window(const char* key, Nanos& value) {
    value = section_.optional_duration(key, value, Nanos{0}, kDay);
  }
  void flag(const char* key, bool& value) { value = section_.optional_boolean(key, value); }

  [[nodiscard]] ConfigSection& section() noexcept { return section_; }

 private:
  template <class Value>
  bool is_off(const char* key, Value& value, Value off) {
    if (!section_.is_word(key, "off")) return value == off && !section_.has(key);  // inherited
    value = off;
    return true;
  }

  ConfigSection section_;
};

}  // namespace portcullis::app
