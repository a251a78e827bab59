#include "sim/net/ws_handshake.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <openssl/evp.h>

#include "core/check.hpp"

namespace portcullis::sim {

namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

}  // namespace

std::string ws_accept_key(std::string_view key) {
  const std::string text = std::string{key} + std::string{kGuid};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  PORTCULLIS_CHECK(
      EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr) == 1,
      "OpenSSL has no SHA-1");
  std::array<unsigned char, std::size_t{2} * EVP_MAX_MD_SIZE> encoded{};
  const int size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(length));
  return {encoded.begin(), encoded.begin() + size};
}

std::string ws_upgrade_response(std::string_view key) {
  return "HTTP/1.1 101 Switching Protocols\r\n"
         "upgrade: websocket\r\n"
         "connection: upgrade\r\n"
         "sec-websocket-accept: " +
         ws_accept_key(key) + "\r\n\r\n";
}

bool is_ws_key(std::string_view key) noexcept {
  constexpr std::size_t kEncodedSize = 24;
  if (key.size() != kEncodedSize || !key.ends_with("==")) return false;
  return std::ranges::all_of(key.substr(0, kEncodedSize - 2), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  });
}

}  // namespace portcullis::sim
