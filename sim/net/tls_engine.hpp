#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sim/net/certificates.hpp"

namespace portcullis::sim {

// What all TLS connections of a port share: certificate, key, protocol versions (1.2 and 1.3).
class TlsContext {
 public:
  // The error names the file and the cause.
  [[nodiscard]] static std::expected<std::shared_ptr<TlsContext>, std::string> load(
      const CertificateFiles& files);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class TlsEngine;
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

// The server's side of one TLS session as a converter of bytes: sealed ones from the wire in,
// opened ones out, and the reverse. It knows no socket, so it can be fed anything. One thread.
class TlsEngine {
 public:
  enum class Status : std::uint8_t {
    kMore,    // all that came is used up
    kClosed,  // the peer said close
    kBroken,  // no TLS, or a broken one; an alert may be waiting to be sent
  };
  struct Opened {
    std::size_t count;  // bytes put into the caller's buffer; the status is meant when it is 0
    Status status;
  };

  explicit TlsEngine(const TlsContext& context);
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  // `sealed` is used up by calls of open() until one of them returns 0 bytes, not kept beyond it.
  void feed(std::string_view sealed) noexcept;
  // Handshake messages are dealt with on the way; what they want to send goes to `out`.
  [[nodiscard]] Opened open(std::span<char> into, std::string& out);
  // Appends the records for `text` to `out`; false when the session cannot send (any more).
  [[nodiscard]] bool seal(std::string_view text, std::string& out);
  // Appends the close notification, once.
  void say_close(std::string& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::sim
