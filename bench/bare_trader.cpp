#include "bench/bare_trader.hpp"

#include <array>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "core/check.hpp"

namespace portcullis::bench {

struct BareTrader::Line {
  explicit Line(std::uint16_t port) : fd{socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    PORTCULLIS_CHECK(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
                     "cannot connect to the benchmark's own server");
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SSL_set_fd(ssl.get(), fd);
    PORTCULLIS_CHECK(SSL_connect(ssl.get()) == 1, "no TLS with the benchmark's own server");
    const std::string upgrade =
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    write(upgrade);
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
      const int count = SSL_read(ssl.get(), buffer.data(), static_cast<int>(buffer.size()));
      PORTCULLIS_CHECK(count > 0, "no upgrade from the benchmark's own server");
      head.append(buffer.data(), static_cast<std::size_t>(count));
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
  ~Line() { close(fd); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void write(const std::string& bytes) {
    PORTCULLIS_CHECK(SSL_write(ssl.get(), bytes.data(), static_cast<int>(bytes.size())) ==
                         static_cast<int>(bytes.size()),
                     "the benchmark's own server does not take the order");
  }

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()),
                                                            &SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl{SSL_new(context.get()), &SSL_free};
  int fd;
  std::array<char, 16'384> buffer{};
};

BareTrader::BareTrader(std::uint16_t tick_port, std::uint16_t order_port, std::string order_frame)
    : ticks_{std::make_unique<Line>(tick_port)},
      orders_{std::make_unique<Line>(order_port)},
      order_frame_{std::move(order_frame)} {
}

BareTrader::~BareTrader() = default;

bool BareTrader::poll() {
  const int count =
      SSL_read(ticks_->ssl.get(), ticks_->buffer.data(), static_cast<int>(ticks_->buffer.size()));
  if (count <= 0) return false;
  orders_->write(order_frame_);
  return true;
}

std::string masked_frame(const std::string& payload) {
  PORTCULLIS_CHECK(payload.size() < 65'536, "a frame of the benchmark is short");
  const std::string mask{"\x11\x22\x33\x44", 4};
  std::string frame{"\x81", 1};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80U | payload.size());
  } else {
    frame += static_cast<char>(0xFE);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size() & 0xFF);
  }
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ mask[i & 3]);
  }
  return frame;
}

}  // namespace portcullis::bench
