#pragma once

#include <memory>
#include <string>
#include <utility>

namespace portcullis::sim::test {

// The client's half of a signature, apart from the code under test.
[[nodiscard]] std::string hmac_hex(const std::string& secret, const std::string& payload);
[[nodiscard]] std::string percent_encoded(const std::string& text);
[[nodiscard]] std::string now_ms_text(long offset_ms = 0);
[[nodiscard]] std::string file_text(const std::string& path);

// A key pair in a test's hands: RSA of 2048 bits signs with PKCS #1 v1.5 over SHA-256.
class SigningKey {
 public:
  [[nodiscard]] static SigningKey rsa();
  [[nodiscard]] static SigningKey ed25519();
  // Throws when there is none in the file.
  [[nodiscard]] static SigningKey read(const std::string& private_pem_file);

  [[nodiscard]] std::string public_pem() const;
  // In base64.
  [[nodiscard]] std::string sign(const std::string& payload) const;

 private:
  struct Impl;
  explicit SigningKey(std::shared_ptr<const Impl> impl) : impl_{std::move(impl)} {}
  std::shared_ptr<const Impl> impl_;
};

// session.logon, id 0.
[[nodiscard]] std::string logon_text(const std::string& api_key, const SigningKey& key,
                                     const std::string& time_ms);

}  // namespace portcullis::sim::test
