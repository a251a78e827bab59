#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/spsc_ring.hpp"
#include "core/time.hpp"

namespace portcullis {

enum class LogLevel : std::uint8_t { kInfo, kWarning, kError };

// A fixed-size log record: a string literal with places for numbers and one short text, formatted
// by a cold thread. `{}` takes the next number, `{d}` the next number as a raw 1e-8 decimal, `{s}`
// the text.
struct LogRecord {
  MonoTime time{};
  const char* message{nullptr};  // static storage only
  std::array<std::int64_t, 4> numbers{};
  std::array<char, 47> text{};  // cut, not refused, when longer; zero-terminated
  LogLevel level{LogLevel::kInfo};
};

// From one hot thread to the cold log writer. A full ring drops the record and counts it.
class LogRing {
 public:
  explicit LogRing(std::size_t capacity = 4096) : ring_{capacity} {}

  // Producer thread only; `message` must be a literal.
  void post(LogLevel level, MonoTime time, const char* message, std::int64_t a = 0,
            std::int64_t b = 0, std::int64_t c = 0, std::int64_t d = 0) noexcept {
    post_text(level, time, message, {}, a, b, c, d);
  }
  void post_text(LogLevel level, MonoTime time, const char* message, std::string_view text,
                 std::int64_t a = 0, std::int64_t b = 0, std::int64_t c = 0,
                 std::int64_t d = 0) noexcept {
    LogRecord record{.time = time, .message = message, .numbers = {a, b, c, d}, .level = level};
    const std::size_t length =
        text.size() < record.text.size() - 1 ? text.size() : record.text.size() - 1;
    text.copy(record.text.data(), length);
    if (!ring_.try_push(record)) {
      dropped_.store(dropped_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
  }

  // Cold thread.
  template <class Handler>
  int drain(Handler&& handler, int limit) noexcept {
    return ring_.drain(static_cast<Handler&&>(handler), limit);
  }
  [[nodiscard]] std::uint64_t dropped() const noexcept {
    return dropped_.load(std::memory_order_relaxed);
  }

 private:
  SpscRing<LogRecord> ring_;
  std::atomic<std::uint64_t> dropped_{0};
};

// "feed.binance: gap in {s}" with its places filled.
[[nodiscard]] std::string format_log_message(const LogRecord& record);

}  // namespace portcullis
