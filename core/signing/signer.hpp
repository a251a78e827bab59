#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "core/signing/secret.hpp"

namespace portcullis::signing {

// The venue's key types that are spoken here. On the WebSocket API Ed25519 keys log a session on
// once and sign nothing afterwards, HMAC keys sign each request; REST requests are all signed
// (Binance: request security).
enum class KeyKind : std::uint8_t { kHmacSha256, kEd25519 };

// Signs payloads with one API key's secret. One thread.
class Signer {
 public:
  // Hexadecimal HMAC: 64 characters; base64 Ed25519: 88.
  static constexpr std::size_t kSignatureMax = 88;

  // `secret`: the venue's secret as issued. Error text: what is wrong and what to do.
  static std::expected<Signer, std::string> hmac_sha256(const Secret& secret);
  // `pem`: content of a PKCS#8 private key file ("BEGIN PRIVATE KEY"), unencrypted.
  static std::expected<Signer, std::string> ed25519(const Secret& pem);
  static std::expected<Signer, std::string> make(KeyKind kind, const Secret& secret);

  Signer(Signer&& other) noexcept;
  Signer& operator=(Signer&& other) noexcept;
  ~Signer();  // wipes the key
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  [[nodiscard]] KeyKind kind() const noexcept;

  // Writes the signature's text to `out` (kSignatureMax bytes) and returns its length; zero when
  // the library failed, which no valid key makes it do. HMAC does not allocate and is for the hot
  // path; Ed25519 allocates inside OpenSSL and is for session set-up.
  [[nodiscard]] std::size_t sign(std::string_view payload, char* out) const noexcept;

 private:
  struct Impl;
  explicit Signer(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::signing
