#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace portcullis::oms::binance::test {

// OpenSSL's one-shot HMAC: another way through the library than the signer's.
inline std::string hmac_oracle(std::string_view secret, std::string_view payload) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(payload.data()), payload.size(), digest.data(),
       &size);
  std::string text;
  for (const unsigned char byte : digest) {
    std::array<char, 3> hex{};
    std::snprintf(hex.data(), hex.size(), "%02x", byte);
    text += hex.data();
  }
  return text;
}

}  // namespace portcullis::oms::binance::test
