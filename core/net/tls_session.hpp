#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/net/endpoint.hpp"

namespace portcullis::net {

// The client's side of one TLS connection, without a socket: sealed bytes go in and out of two
// buffers, so that one system call moves many records and a seal can never stop half-way.
// TLS 1.2 or later; the chain and the host's name (or address) are verified, always.
//
// One thread at a time. After the handshake nothing here allocates (core/net/openssl_memory.hpp
// says how, and what rare things a peer may cause that do).
class TlsSession {
 public:
  // Room for the largest message sealed in one go, with each record's own overhead.
  static constexpr std::size_t kSealBytesMax = 80u << 10;
  static constexpr std::size_t kSealedInBytes = 64u << 10;

  // Cold. Loads the trust store; the error names the file where one was given.
  static std::expected<std::unique_ptr<TlsSession>, std::string> create(const Endpoint& endpoint);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  enum class Handshake : unsigned char { kDone, kNeedsBytes, kFailed };
  // Cold. One step; what it made is in sealed_out().
  [[nodiscard]] Handshake shake_hands() noexcept;
  // Cold. Why the handshake failed, with the next step.
  [[nodiscard]] std::string handshake_error() const;

  // Hot. Sealed bytes received are written here, then committed.
  [[nodiscard]] std::span<char> sealed_in_space() noexcept;
  void commit_sealed_in(std::size_t count) noexcept;

  enum class Opened : unsigned char { kBytes, kNeedsBytes, kEnd, kFailed };
  struct OpenResult {
    Opened status;
    std::size_t count;
    const char* cause;  // static text when kEnd or kFailed
  };
  // Hot. Opens at most one record into `into`.
  [[nodiscard]] OpenResult open(std::span<char> into) noexcept;

  // Hot. Seals all of `plain` behind what sealed_out() holds; false when the session is broken.
  [[nodiscard]] bool seal(std::string_view plain) noexcept;
  // Cold. Seals the farewell (close_notify).
  void seal_goodbye() noexcept;
  // Hot. Bytes to be sent, in order.
  [[nodiscard]] std::string_view sealed_out() const noexcept;
  void consume_sealed_out(std::size_t count) noexcept;

 private:
  struct Impl;
  explicit TlsSession(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::net
