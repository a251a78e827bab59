#include "core/net/endpoint.hpp"

#include <algorithm>
#include <charconv>

#include <system_error>

namespace portcullis::net {

namespace {

struct Schemes {
  std::string_view tls;    // "wss"
  std::string_view plain;  // "ws"
};

std::unexpected<std::string> bad_url(std::string_view url, const Schemes& schemes,
                                     std::string_view cause) {
  std::string text = "not a usable URL: \"";
  text.append(url).append("\": ").append(cause);
  text.append("; write ").append(schemes.tls).append("://host:port/path");
  return std::unexpected{std::move(text)};
}

bool is_plain_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

// Splits "host:port" or "[v6]:port"; a null cause means it was understood.
const char* split_authority(std::string_view authority, Endpoint& endpoint) {
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const auto bracket = authority.find(']');
    if (bracket == std::string_view::npos) return "the IPv6 address is not closed with ]";
    endpoint.host = authority.substr(1, bracket - 1);
    port = authority.substr(bracket + 1);
    has_port = port.starts_with(':');
    if (!port.empty() && !has_port) return "only a port may follow the IPv6 address";
  } else {
    const auto colon = authority.find(':');
    endpoint.host = authority.substr(0, colon);
    has_port = colon != std::string_view::npos;
    if (has_port) port = authority.substr(colon);
  }
  if (endpoint.host.empty()) return "the host is missing";
  if (!has_port) return nullptr;
  port.remove_prefix(1);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc{} || end != port.data() + port.size() || number == 0) {
    return "the port must be a number from 1 to 65535";
  }
  endpoint.port = number;
  return nullptr;
}

std::expected<Endpoint, std::string> parse_url(std::string_view url, const Schemes& schemes) {
  Endpoint endpoint;
  const auto colon = url.find("://");
  const std::string_view scheme = url.substr(0, std::min(colon, url.size()));
  if (colon == std::string_view::npos || (scheme != schemes.tls && scheme != schemes.plain)) {
    return bad_url(url, schemes, "the scheme is not the one expected here");
  }
  if (!is_plain_ascii(url)) return bad_url(url, schemes, "it has a space or a non-ASCII character");
  if (url.contains('#')) return bad_url(url, schemes, "a fragment (#) cannot be sent");
  endpoint.is_tls = scheme == schemes.tls;
  endpoint.port = endpoint.is_tls ? 443 : 80;
  const std::string_view rest = url.substr(colon + 3);
  const auto path_begin = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, path_begin);
  endpoint.path = rest.substr(path_begin);
  if (!endpoint.path.starts_with('/')) endpoint.path.insert(0, 1, '/');
  if (authority.contains('@')) {
    return bad_url(url.substr(0, colon), schemes, "credentials do not belong in a URL");
  }
  if (const char* cause = split_authority(authority, endpoint); cause != nullptr) {
    return bad_url(url, schemes, cause);
  }
  return endpoint;
}

std::string bracketed(const std::string& host) {
  return host.contains(':') ? "[" + host + "]" : host;
}

}  // namespace

std::expected<Endpoint, std::string> parse_ws_url(std::string_view url) {
  return parse_url(url, {.tls = "wss", .plain = "ws"});
}

std::expected<Endpoint, std::string> parse_http_url(std::string_view url) {
  return parse_url(url, {.tls = "https", .plain = "http"});
}

std::string to_string(const Endpoint& endpoint) {
  return bracketed(endpoint.host) + ':' + std::to_string(endpoint.port) +
         endpoint.path.substr(0, endpoint.path.find('?'));
}

std::expected<void, std::string> check_may_connect(const Endpoint& endpoint) {
  if (endpoint.address == nullptr ||
      AddressBudget::cold_now() >= endpoint.address->blocked_until()) {
    return {};
  }
  return std::unexpected{to_string(endpoint) +
                         ": not connected: the venue has limited or banned this address; wait "
                         "until that is over"};
}

std::string host_header(const Endpoint& endpoint) {
  const std::uint16_t usual = endpoint.is_tls ? 443 : 80;
  if (endpoint.port == usual) return bracketed(endpoint.host);
  return bracketed(endpoint.host) + ':' + std::to_string(endpoint.port);
}

}  // namespace portcullis::net
