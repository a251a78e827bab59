#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/decimal.hpp"
#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// The named parameters of one request, as text, however they came: query string, form body or JSON.
// The typed readers answer with the venue's own error codes and texts (Binance: error codes).
class Params {
 public:
  // A name already there keeps its first value: the query wins over the body.
  void add(std::string name, std::string value);
  // Splits `a=1&b=2` and undoes percent and plus encoding. False when an escape is broken.
  bool add_encoded(std::string_view encoded);

  // Empty counts as absent, as at the venue.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name).has_value(); }

  // -1102 when absent.
  [[nodiscard]] std::expected<std::string_view, VenueError> required(std::string_view name) const;
  // -1100 for anything but digits and a point, -1111 beyond eight places.
  [[nodiscard]] std::expected<std::optional<std::int64_t>, VenueError> fixed8(
      std::string_view name) const;
  // -1100 for anything but 1 to 19 digits.
  [[nodiscard]] std::expected<std::optional<std::uint64_t>, VenueError> whole(
      std::string_view name) const;
  // -1100 outside the venue's alphabet for client order ids.
  [[nodiscard]] std::expected<std::optional<std::string_view>, VenueError> client_id(
      std::string_view name) const;

  // name=value joined by '&', sorted by name, without "signature": what the WebSocket API signs.
  [[nodiscard]] std::string sorted_payload() const;

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

[[nodiscard]] VenueError missing_parameter(std::string_view name);
[[nodiscard]] VenueError illegal_characters(std::string_view name, std::string_view legal);

}  // namespace portcullis::sim
