#include "tests/system/http.hpp"

#include <array>
#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace portcullis::test {

namespace {

class Socket {
 public:
  explicit Socket(std::uint16_t port) : fd_{socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const timeval timeout{.tv_sec = 10, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  }
  ~Socket() { close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  bool send_all(const std::string& data) const {
    return is_connected_ &&
           send(fd_, data.data(), data.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(data.size());
  }
  [[nodiscard]] std::string receive_all() const {
    std::string all;
    std::array<char, 16384> chunk{};
    for (ssize_t count = 0; (count = recv(fd_, chunk.data(), chunk.size(), 0)) > 0;) {
      all.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return all;
  }

 private:
  int fd_;
  bool is_connected_{false};
};

}  // namespace

HttpAnswer http_request(std::uint16_t port, const std::string& method, const std::string& target,
                        const std::string& body, const std::string& extra_headers) {
  const Socket socket{port};
  const bool is_sent = socket.send_all(
      method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + "Connection: close\r\n" +
      extra_headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  if (!is_sent) return {};
  const std::string answer = socket.receive_all();
  const std::size_t head_end = answer.find("\r\n\r\n");
  if (head_end == std::string::npos || answer.size() < 12) return {};
  return {.status = std::atoi(answer.c_str() + 9), .body = answer.substr(head_end + 4)};
}

std::string hmac_sha256_hex(const std::string& secret, const std::string& payload) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(payload.data()), payload.size(), digest.data(),
       &length);
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

}  // namespace portcullis::test
