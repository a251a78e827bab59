#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "app/limit_fields.hpp"
#include "core/time.hpp"

namespace portcullis::app {

// A limit in force that is another than the configured one, because somebody said so.
struct LimitOverride {
  std::string key;
  std::int64_t value{0};            // LimitField::value
  bool is_raise{false};             // above what is configured; two people wanted it
  std::optional<WallTime> until{};  // then it is what is configured; none: see docs/limits.md
  MonoTime until_mono{};            // the same by our own clock, of one that this run has made
  std::string requester;
  std::string approver;  // of a raise
  std::string reason;
};

// `base` with the overrides on it. One that lowers never makes a limit milder than `base` has it.
// What each strategy may do on a symbol follows that symbol's own limit where it was the same.
[[nodiscard]] LimitSettings with_overrides(const LimitSettings& base,
                                           const std::vector<LimitOverride>& overrides);

// The overrides that lower outlive the process, in a small durable file; those that raise end with
// it, so that a restart only ever makes it stricter.
[[nodiscard]] std::expected<void, std::string> save_overrides(
    const std::string& path, const std::vector<LimitOverride>& overrides,
    const LimitSettings& settings);
// Those that still hold at `now`; a missing file has none. What cannot be read, or is of a limit
// that there is not, is an error with the next step: a limit that was lowered must not come back by
// itself.
[[nodiscard]] std::expected<std::vector<LimitOverride>, std::string> load_overrides(
    const std::string& path, const LimitSettings& settings, WallTime now);

[[nodiscard]] std::string overrides_file(const std::string& state_dir);

}  // namespace portcullis::app
