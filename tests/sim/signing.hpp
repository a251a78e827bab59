#pragma once

#include <string>

namespace portcullis::sim::test {

// The client's half of a signature, apart from the code under test.
[[nodiscard]] std::string hmac_hex(const std::string& secret, const std::string& payload);
[[nodiscard]] std::string ed25519_base64(const std::string& private_pem_file,
                                         const std::string& payload);
[[nodiscard]] std::string percent_encoded(const std::string& text);
[[nodiscard]] std::string now_ms_text(long offset_ms = 0);
[[nodiscard]] std::string file_text(const std::string& path);

}  // namespace portcullis::sim::test
