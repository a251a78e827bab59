#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/limit_fields.hpp"
#include "risk/usage_view.hpp"

namespace portcullis::app {

// A limit, what it is configured to be, and how much of it is used.
struct LimitRow {
  std::string key;
  std::string in_force;
  std::string configured;
  std::string used{};      // empty: nothing that is counted up (a collar, an age, a rate)
  std::string headroom{};  // the same; "off" where nothing ends it
  std::optional<int> percent{};
  bool is_complete{true};  // of the use: otherwise something could not be valued
};

// Rows in the order of the configuration. Only limits whose key begins with `prefix`; unless
// `is_all`, only those that are used up and those that differ from what is configured, of symbols
// and strategies that may trade.
[[nodiscard]] std::vector<LimitRow> limit_rows(const LimitSettings& configured,
                                               const LimitSettings& in_force,
                                               const risk::UsageView& usage,
                                               std::string_view prefix, bool is_all);

}  // namespace portcullis::app
