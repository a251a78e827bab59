#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "core/net/address_budget.hpp"

namespace portcullis::net {

// Where to connect, and how to trust who answers.
struct Endpoint {
  std::string host;
  std::uint16_t port{443};
  std::string path;  // with its query: "/stream?streams=btcusdt@trade"
  bool is_tls{true};
  std::string ca_file;  // empty: the system's trust store
  // Obeyed and told by who connects, as `party`; null: connects as it likes.
  std::shared_ptr<AddressBudget> address{};
  AddressBudget::Party party{AddressBudget::Party::kStart};
};

// "wss://host:port/path" or "ws://..."; says what is wrong otherwise.
[[nodiscard]] std::expected<Endpoint, std::string> parse_ws_url(std::string_view url);
// "https://host:port/path" or "http://...".
[[nodiscard]] std::expected<Endpoint, std::string> parse_http_url(std::string_view url);

// "host:port/path" for error texts and logs. The query is left out: a signed request carries its
// signature there.
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

// Whether the endpoint's address may be connected to at the moment: the venue has not turned it
// away. Cold threads; the error says what to wait for.
[[nodiscard]] std::expected<void, std::string> check_may_connect(const Endpoint& endpoint);

// The value of the HTTP Host header: the port only where it is not the scheme's own.
[[nodiscard]] std::string host_header(const Endpoint& endpoint);

}  // namespace portcullis::net
