#include "tests/sim_net/raw_client.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "core/unique_fd.hpp"

namespace portcullis::sim::test {

namespace {

using Clock = std::chrono::steady_clock;

sockaddr_in loopback(const std::string& address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &out.sin_addr) != 1) throw std::runtime_error{address};
  return out;
}

}  // namespace

struct RawClient::Impl {
  UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{nullptr, &SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl{nullptr, &SSL_free};
  std::string unread;
  End end{End::kNone};
  bool has_tls_closed{false};

  bool wait(short events, Clock::time_point deadline) const {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      pollfd waiting{fd.get(), events, 0};
      const int ready = ::poll(&waiting, 1, std::max(0, static_cast<int>(left.count())));
      if (ready > 0) return true;
      if (ready == 0 || errno != EINTR) return false;
    }
  }

  void connect(std::uint16_t port, const Options& options) {
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (options.receive_buffer > 0) {
      ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof(int));
    }
    if (!options.from.empty()) {
      const sockaddr_in own = loopback(options.from, 0);
      if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
        throw std::runtime_error{"cannot be " + options.from};
      }
    }
    const sockaddr_in peer = loopback("127.0.0.1", port);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) {
      throw std::runtime_error{"cannot connect"};
    }
    if (options.is_tls) start_tls();
  }

  void start_tls() {
    context.reset(SSL_CTX_new(TLS_client_method()));
    ssl.reset(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), fd.get());
    if (SSL_connect(ssl.get()) != 1) throw std::runtime_error{"no TLS"};
  }

  // 0 at the end, -1 when patience ended.
  ssize_t read(char* into, std::size_t size, Clock::time_point deadline) {
    for (;;) {
      if (ssl && SSL_pending(ssl.get()) > 0)
        return SSL_read(ssl.get(), into, static_cast<int>(size));
      if (!wait(POLLIN, deadline)) return -1;
      ssize_t count = 0;
      if (ssl) {
        count = SSL_read(ssl.get(), into, static_cast<int>(size));
        if (count > 0) return count;
        const int error = SSL_get_error(ssl.get(), static_cast<int>(count));
        has_tls_closed = error == SSL_ERROR_ZERO_RETURN;
        if (error == SSL_ERROR_WANT_READ) continue;
        end = error == SSL_ERROR_SYSCALL && errno == ECONNRESET ? End::kReset : End::kFin;
        ERR_clear_error();
        return 0;
      }
      count = ::recv(fd.get(), into, size, 0);
      if (count > 0) return count;
      end = count == 0 ? End::kFin : End::kReset;
      return 0;
    }
  }
};

RawClient::RawClient(std::uint16_t port, const Options& options) : impl_{std::make_unique<Impl>()} {
  // OpenSSL writes to sockets that may have been reset.
  std::signal(SIGPIPE, SIG_IGN);
  impl_->connect(port, options);
}
RawClient::~RawClient() = default;
RawClient::RawClient(RawClient&&) noexcept = default;

bool RawClient::send(std::string_view bytes, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (!bytes.empty()) {
    if (!impl_->wait(POLLOUT, deadline)) return false;
    ssize_t count = 0;
    if (impl_->ssl) {
      count = SSL_write(impl_->ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
    } else {
      count = ::send(impl_->fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && errno == EAGAIN) continue;
    }
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::string RawClient::receive(std::chrono::milliseconds patience) {
  if (!impl_->unread.empty()) return std::exchange(impl_->unread, {});
  std::array<char, 64u << 10> buffer{};
  const ssize_t count = impl_->read(buffer.data(), buffer.size(), Clock::now() + patience);
  return count > 0 ? std::string{buffer.data(), static_cast<std::size_t>(count)} : std::string{};
}

std::string RawClient::receive_exactly(std::size_t count, std::chrono::milliseconds patience) {
  if (count == 0) return {};
  const auto deadline = Clock::now() + patience;
  std::string heard;
  while (heard.size() < count) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const std::string some = receive(std::max(left, std::chrono::milliseconds{0}));
    if (some.empty()) return heard;
    heard += some;
  }
  impl_->unread = heard.substr(count);
  heard.resize(count);
  return heard;
}

std::string RawClient::receive_until(std::string_view mark, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  std::string heard;
  std::size_t found = std::string::npos;
  while ((found = heard.find(mark)) == std::string::npos) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const std::string some = receive(std::max(left, std::chrono::milliseconds{0}));
    if (some.empty()) return heard;
    heard += some;
  }
  impl_->unread = heard.substr(found + mark.size());
  heard.resize(found + mark.size());
  return heard;
}

std::string RawClient::receive_all(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  std::string heard;
  while (end() == End::kNone) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const std::string some = receive(std::max(left, std::chrono::milliseconds{0}));
    if (some.empty()) return heard;
    heard += some;
  }
  return heard;
}

RawClient::End RawClient::end() const noexcept {
  return impl_->end;
}

bool RawClient::has_tls_closed() const noexcept {
  return impl_->has_tls_closed;
}

void RawClient::half_close() {
  if (impl_->ssl) SSL_shutdown(impl_->ssl.get());
  ::shutdown(impl_->fd.get(), SHUT_WR);
}

void RawClient::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(impl_->fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  impl_->fd = UniqueFd{};
}

std::size_t RawClient::readable_now(std::chrono::milliseconds patience) {
  if (!impl_->wait(POLLIN, Clock::now() + patience)) return 0;
  int count = 0;
  ::ioctl(impl_->fd.get(), FIONREAD, &count);
  return static_cast<std::size_t>(count);
}

std::string client_frame(std::string_view payload, unsigned first) {
  constexpr std::array<char, 4> kMask{0x37, 0x7A, 0x21, 0x5D};
  std::string frame;
  frame += static_cast<char>(first);
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80U | payload.size());
  } else if (payload.size() <= 0xFFFF) {
    frame += static_cast<char>(0x80U | 126U);
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size() & 0xFFU);
  } else {
    frame += static_cast<char>(0x80U | 127U);
    for (int i = 7; i >= 0; --i) frame += static_cast<char>(payload.size() >> (8 * i) & 0xFFU);
  }
  frame.append(kMask.data(), kMask.size());
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ kMask[i & 3U]);
  }
  return frame;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string payload;
  payload += static_cast<char>(code >> 8U);
  payload += static_cast<char>(code & 0xFFU);
  payload += reason;
  return payload;
}

std::string upgrade_request(std::string_view target) {
  return "GET " + std::string{target} +
         " HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
}

std::uint16_t ServerFrame::close_code() const noexcept {
  if (payload.size() < 2) return 1005;
  return static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8U |
                                    static_cast<unsigned char>(payload[1]));
}

RawWs::RawWs(std::uint16_t port, std::string_view target, const RawClient::Options& options)
    : client_{port, options} {
  client_.send(upgrade_request(target));
  const std::string head = client_.receive_until("\r\n\r\n");
  if (!head.starts_with("HTTP/1.1 101")) throw std::runtime_error{"no upgrade: " + head};
}

std::optional<ServerFrame> RawWs::next(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  const auto exactly = [&](std::size_t count) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    return client_.receive_exactly(count, std::max(left, std::chrono::milliseconds{0}));
  };
  const std::string head = exactly(2);
  if (head.size() < 2) return std::nullopt;
  ServerFrame frame{.first = static_cast<unsigned char>(head[0]),
                    .is_masked = (static_cast<unsigned char>(head[1]) & 0x80U) != 0};
  std::size_t length = static_cast<unsigned char>(head[1]) & 0x7FU;
  if (length >= 126) {
    const std::size_t size = length == 126 ? 2 : 8;
    const std::string extended = exactly(size);
    if (extended.size() < size) return std::nullopt;
    length = 0;
    for (const char byte : extended) length = length << 8U | static_cast<unsigned char>(byte);
  }
  const std::string mask = exactly(frame.is_masked ? 4 : 0);
  frame.payload = exactly(length);
  if (frame.payload.size() < length) return std::nullopt;
  if (!frame.is_masked) return frame;
  for (std::size_t i = 0; i < length; ++i) {
    frame.payload[i] = static_cast<char>(frame.payload[i] ^ mask[i & 3U]);
  }
  return frame;
}

}  // namespace portcullis::sim::test
