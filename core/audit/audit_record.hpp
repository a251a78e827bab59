#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace portcullis::audit {

// What a human, or the gateway for one, did that changes what may be traded. One entry an act, with
// a stable name in the log.
enum class Act : std::uint8_t {
  kStarted,          // the gateway; `after` is the digest of its configuration
  kStopped,          // and how
  kKilled,           // a scope was halted
  kRearmed,          // and let go again, by a named human
  kModeChanged,      // any other change of a mode
  kLimitsReloaded,   // the limits in force came from the file anew
  kLimitRequested,   // somebody wants to raise one
  kLimitApproved,    // somebody else agrees
  kLimitRefused,     // or not, or nobody did in time
  kLimitChanged,     // a limit in force is another
  kOverrideExpired,  // and a temporary one is what it was before
  kStrategyEnabled,  // by a human, after it was stopped
  kTailCut,          // an act that a crash had left half written; `before` is what was there
};
inline constexpr std::size_t kActCount = 13;

// Stable snake_case names ("limit_changed").
[[nodiscard]] const char* to_string(Act act) noexcept;

// What is said of an act. Any text: control characters and quotes are escaped in the log; bytes
// that are no UTF-8 are replaced.
struct Entry {
  Act act{Act::kStarted};
  std::string actor;   // who: "alice (uid 1000)", "signal", "breaker:daily_loss"
  std::string scope;   // of what: "gateway", "strategy 3", "symbols.BTCUSDT.max_order_qty"
  std::string reason;  // why, in the actor's words
  std::string before;
  std::string after;
};

// SHA-256, as 64 lower-case hex digits.
using Hash = std::string;

// The chain's end: the number of its last record, and that record's hash. An empty chain's is 0 and
// 64 zeros.
struct Head {
  std::uint64_t sequence{0};
  Hash hash = Hash(64, '0');

  friend bool operator==(const Head&, const Head&) = default;
};

// One line of the log, as read.
struct Record {
  Entry entry;
  std::uint64_t sequence{0};
  std::string time;  // RFC 3339, UTC, nanoseconds
  Hash previous;
  Hash hash;
};

[[nodiscard]] Hash sha256_hex(std::string_view bytes);

struct Line {
  std::string text;  // newline included
  Head head;         // of the chain with it
};

// The record behind `previous` as a line of the log: a JSON object whose last member is "hash", the
// SHA-256 of all bytes of the line before `,"hash":`. The hash of the record before is one of the
// members, so that each hash covers all records up to it, and any program that can cut a line and
// hash it can check the chain.
[[nodiscard]] Line render_line(const Entry& entry, const Head& previous, WallTime time);

// Reads a line (without its newline) and checks its own hash. The error says what is wrong with it.
[[nodiscard]] std::expected<Record, std::string> parse_line(std::string_view line);

}  // namespace portcullis::audit
