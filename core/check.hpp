#pragma once

namespace portcullis {

// Prints file, line, condition and message to stderr and aborts. For bugs of ours: a wrong
// configuration or a venue's surprise is an error value, never a check.
[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               const char* message) noexcept;

}  // namespace portcullis

// Always on, in release too; restart is cheap, wrong state is not.
#define PORTCULLIS_CHECK(condition, message)                               \
  do {                                                                     \
    if (!(condition)) [[unlikely]] {                                       \
      ::portcullis::check_failed(__FILE__, __LINE__, #condition, message); \
    }                                                                      \
  } while (false)
