#pragma once

#include <memory>
#include <string>

namespace portcullis::sim::test {

// The client's half of a signature, apart from the code under test.
[[nodiscard]] std::string hmac_hex(const std::string& secret, const std::string& payload);
[[nodiscard]] std::string ed25519_base64(const std::string& private_pem_file,
                                         const std::string& payload);
[[nodiscard]] std::string percent_encoded(const std::string& text);
[[nodiscard]] std::string now_ms_text(long offset_ms = 0);
[[nodiscard]] std::string file_text(const std::string& path);

// An RSA key of 2048 bits, made for the test.
class TestRsaKey {
 public:
  TestRsaKey();
  ~TestRsaKey();
  [[nodiscard]] std::string public_pem() const;
  // PKCS #1 v1.5 over SHA-256, base64.
  [[nodiscard]] std::string sign(const std::string& payload) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::sim::test
