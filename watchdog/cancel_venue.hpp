#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace portcullis::watchdog {

// What a request came to. Every request of the watchdog may be repeated without harm.
enum class AnswerKind : std::uint8_t {
  kDone,
  kNothingOpen,  // to a cancel: there was nothing to cancel
  kHeld,         // the venue wants nothing until `retry_after` has passed (429, 418, 403)
  kClockOff,     // our timestamp was refused; the clock has to be measured again
  kKeyRefused,   // key, signature or permission; the next will be refused too
  kUnknown,      // no answer, an error of the venue's: it may have happened
};
[[nodiscard]] const char* to_string(AnswerKind kind) noexcept;

struct Answer {
  AnswerKind kind{AnswerKind::kUnknown};
  Nanos retry_after{};                 // kHeld: the venue's word; zero: it gave none
  bool is_ban{false};                  // kHeld: 418
  std::vector<std::string> open_in{};  // kDone, of a listing: each open order's symbol
  std::string text{};                  // of what is not kDone, for people
};

// What the watchdog wants of a venue. Blocking, bounded in time. The seam at which tests stand in
// for the venue.
class CancelVenue {
 public:
  virtual ~CancelVenue() = default;
  // Everything that the account has open in the symbol.
  virtual Answer cancel_all(const std::string& symbol) = 0;
  // What the account has open in the symbol; with an empty name, in all of them.
  virtual Answer open_orders(const std::string& symbol) = 0;
};

}  // namespace portcullis::watchdog
