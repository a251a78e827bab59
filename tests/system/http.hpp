#pragma once

#include <cstdint>
#include <string>

namespace portcullis::test {

struct HttpAnswer {
  int status{0};  // 0: no answer
  std::string body;
};

// One request over a plain socket to loopback, by hand, so that no code of the product is in it.
HttpAnswer http_request(std::uint16_t port, const std::string& method, const std::string& target,
                        const std::string& body = {}, const std::string& extra_headers = {});

[[nodiscard]] std::string hmac_sha256_hex(const std::string& secret, const std::string& payload);

}  // namespace portcullis::test
