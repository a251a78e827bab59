#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit/audit_record.hpp"

namespace portcullis::audit {

// The first record of a log that is not what was written.
struct Damage {
  std::uint64_t line{0};    // from 1
  std::uint64_t offset{0};  // of the line's first byte in the file
  std::string text;         // where, what, and what to do
};

// What a reading of a whole log has found.
struct Scan {
  Head head;                     // of the sound part
  std::uint64_t sound_bytes{0};  // behind the last sound record
  std::string torn_tail;         // a last line without its end: a write that a crash cut short
  std::optional<Damage> damage;

  [[nodiscard]] bool is_sound() const noexcept { return !damage.has_value(); }
};

// Reads complete lines from `offset` on, each of which has to continue the chain behind `head`, and
// gives each to `visit`. Stops at the first that does not. A missing file is an empty log. An error
// only when the file cannot be read.
[[nodiscard]] std::expected<Scan, std::string> scan(
    const std::string& path, const Head& head = {}, std::uint64_t offset = 0,
    std::move_only_function<void(const Record&)> visit = {});

// Heads that were noted elsewhere, a line each ("SEQUENCE HASH"): what finds an end that was cut
// off. An error names the line that is none.
[[nodiscard]] std::expected<std::vector<Head>, std::string> read_anchors(const std::string& path);

// A sound log, in which each of the anchors is found; the damage says which is not.
[[nodiscard]] std::expected<Scan, std::string> verify(const std::string& path,
                                                      const std::vector<Head>& anchors);

}  // namespace portcullis::audit
