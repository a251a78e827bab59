#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "app/limit_settings.hpp"

namespace portcullis::app {

// How a limit is written in the configuration.
enum class LimitUnit : std::uint8_t { kAmount, kCount, kBps, kPpm, kDuration, kFlag };

// In which direction a limit lets more through.
enum class Looser : std::uint8_t {
  kLarger,        // most of them; of a flag: true
  kSmaller,       // of a flag: false
  kShorterWindow  // of events counted in it; zero refuses everything
};

// One limit of a set, by the name that the configuration has for it.
struct LimitField {
  std::string key;  // "symbols.BTCUSDT.max_order_qty", "limits.account.max_open_orders"
  LimitUnit unit{LimitUnit::kAmount};
  Looser looser{Looser::kLarger};
  // The place of the limit that this one belongs to and means nothing without, its own where there
  // is none: a window belongs to its count.
  std::size_t master{0};
  std::int64_t value{0};  // raw 1e-8, count, ppm, ns, 0 or 1

  [[nodiscard]] bool is_off() const noexcept;
  // As the configuration has it: "0.5", "300", "2s", "off", "true".
  [[nodiscard]] std::string text() const;
};

// Every limit of a set that may change while the gateway runs, inheritance applied. Two sets of one
// shape have the same fields in the same places.
[[nodiscard]] std::vector<LimitField> fields_of(const LimitSettings& settings);
// Puts the values back; `fields` are those of a set of this shape.
void put_fields(LimitSettings& settings, const std::vector<LimitField>& fields);

// The value that `text` means for this limit; the error says what to write.
[[nodiscard]] std::expected<std::int64_t, std::string> parse_limit(const LimitField& field,
                                                                   std::string_view text);

// What differs between two sets of one shape.
struct LimitChange {
  std::size_t place{0};  // in both lists
  std::string key;
  std::string before;
  std::string after;
  bool is_raise{false};  // lets something through that was refused before
};
[[nodiscard]] std::vector<LimitChange> changes_between(const std::vector<LimitField>& before,
                                                       const std::vector<LimitField>& after);

// Takes back, in `after`, each of the changes that raises something, with whatever belongs to the
// same limit. What is left only lowers.
void hold_raises(const std::vector<LimitField>& before, std::vector<LimitField>& after);

// What only a restart changes: which symbols, strategies, groups and conversions there are and in
// what order, who is in which group, what counts as flat, the reference currency. One sentence
// each.
[[nodiscard]] std::vector<std::string> shape_differences(const LimitSettings& before,
                                                         const LimitSettings& after);

}  // namespace portcullis::app
