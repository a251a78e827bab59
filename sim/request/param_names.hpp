#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "sim/request/params.hpp"

namespace portcullis::sim {

// The names that a method reads. One from elsewhere is an error at the venue, and so is an empty
// value (Binance: -1101, -1102, -1104, -1105).
struct ParamNames {
  std::span<const std::string_view> mandatory{};
  std::span<const std::string_view> optional{};
};

// Several lists as one, for tables that are made while compiling.
template <std::size_t... kSizes>
[[nodiscard]] constexpr auto joined(const std::array<std::string_view, kSizes>&... lists) {
  std::array<std::string_view, (kSizes + ... + 0)> all{};
  std::size_t count = 0;
  const auto append = [&all, &count](const auto& list) {
    for (const std::string_view name : list) all[count++] = name;
  };
  (append(lists), ...);
  return all;
}

// What is wrong with the names sent: doubled, too many, unread, missing or empty ones, in this
// order. `common` are those that the protocol itself reads.
[[nodiscard]] std::optional<VenueError> check_names(const Params& params, const ParamNames& names,
                                                    std::span<const std::string_view> common);

}  // namespace portcullis::sim
