#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "oms/fine_notional.hpp"

namespace portcullis::oms {

// State to bytes and back, field by field: little-endian, in the order in which a class's
// transfer() names its fields, which both directions go through. What changes there needs a new
// kStateVersion (order_recovery.hpp). Cold.

template <class T>
concept StateNumber = std::integral<T> || std::is_enum_v<T> || std::same_as<T, Int128>;
template <class T>
concept StateRaw = requires(const T& value) { value.raw(); };

class StateWriter {
 public:
  static constexpr bool kIsReading = false;

  template <class... Ts>
  void operator()(const Ts&... fields) {
    (put(fields), ...);
  }
  [[nodiscard]] std::vector<std::byte> take() noexcept { return std::move(bytes_); }

 private:
  template <StateNumber T>
  void put(const T& value) {
    const auto* at = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), at, at + sizeof value);
  }
  template <StateRaw T>
  void put(const T& value) {
    put(value.raw());
  }
  void put(MonoTime time) { put(count_ns(time)); }
  void put(Nanos time) { put(time.count()); }
  void put(const FineNotional& amount) { put(amount.raw); }
  void put(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    const auto bytes = std::as_bytes(std::span{text});
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }

  std::vector<std::byte> bytes_;
};

// Once something does not fit, nothing more is read and is_sound() stays false.
class StateReader {
 public:
  static constexpr bool kIsReading = true;

  explicit StateReader(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}

  template <class... Ts>
  void operator()(Ts&... fields) {
    (get(fields), ...);
  }
  void fail() noexcept { is_sound_ = false; }
  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }
  // Sound, and everything has been read.
  [[nodiscard]] bool is_at_end() const noexcept { return is_sound_ && bytes_.empty(); }

 private:
  [[nodiscard]] std::span<const std::byte> next(std::size_t size) noexcept {
    if (!is_sound_ || size > bytes_.size()) {
      is_sound_ = false;
      return {};
    }
    const auto taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  template <StateNumber T>
  void get(T& value) noexcept {
    const auto taken = next(sizeof value);
    if (taken.empty()) return;
    if constexpr (std::same_as<T, bool>) {
      value = taken[0] != std::byte{0};
    } else {
      std::memcpy(&value, taken.data(), sizeof value);
    }
  }
  template <StateRaw T>
  void get(T& value) noexcept {
    auto raw = value.raw();
    get(raw);
    if constexpr (requires { T::from_raw(raw); }) {
      value = T::from_raw(raw);
    } else {
      value = T{raw};
    }
  }
  void get(MonoTime& time) noexcept {
    std::int64_t ns = 0;
    get(ns);
    time = mono_time(ns);
  }
  void get(Nanos& time) noexcept {
    std::int64_t ns = 0;
    get(ns);
    time = Nanos{ns};
  }
  void get(FineNotional& amount) noexcept { get(amount.raw); }
  void get(std::string& text) {
    std::uint32_t size = 0;
    get(size);
    const auto taken = next(size);
    text.assign(reinterpret_cast<const char*>(taken.data()), taken.size());
  }

  std::span<const std::byte> bytes_;
  bool is_sound_{true};
};

}  // namespace portcullis::oms
