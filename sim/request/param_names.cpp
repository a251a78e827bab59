#include "sim/request/param_names.hpp"

#include <algorithm>
#include <string>

namespace portcullis::sim {

namespace {

bool has_name(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

VenueError too_many(std::size_t expected, std::size_t received) {
  return {400, -1101,
          "Too many parameters; expected '" + std::to_string(expected) + "' and received '" +
              std::to_string(received) + "'."};
}

VenueError not_all_read(std::size_t read, std::size_t sent) {
  return {400, -1104,
          "Not all sent parameters were read; read '" + std::to_string(read) +
              "' parameter(s) but was sent '" + std::to_string(sent) + "'."};
}

}  // namespace

std::optional<VenueError> check_names(const Params& params, const ParamNames& names,
                                      std::span<const std::string_view> common) {
  if (params.has_duplicates()) {
    return VenueError{400, -1101, "Duplicate values for a parameter detected."};
  }
  std::size_t read = 0;
  std::optional<std::string_view> empty;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const auto [name, value] = params.at(i);
    const bool is_mandatory = has_name(names.mandatory, name);
    if (is_mandatory || has_name(names.optional, name) || has_name(common, name)) ++read;
    if (value.empty() && !is_mandatory && !empty) empty = name;
  }
  const std::size_t known = names.mandatory.size() + names.optional.size() + common.size();
  if (params.size() > known) return too_many(known, params.size());
  if (read < params.size()) return not_all_read(read, params.size());
  for (const std::string_view name : names.mandatory) {
    if (!params.has(name)) return missing_parameter(name);
  }
  if (empty) {
    return VenueError{400, -1105, "Parameter '" + std::string{*empty} + "' was empty."};
  }
  return std::nullopt;
}

}  // namespace portcullis::sim
