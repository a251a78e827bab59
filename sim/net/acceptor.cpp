#include "sim/net/acceptor.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <system_error>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "core/unique_fd.hpp"

namespace portcullis::sim {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kRetry{50};
constexpr int kAcceptsPerTurn = 64;  // then those that are connected have their turn

struct Address {
  sockaddr_storage storage{};
  socklen_t size{sizeof(sockaddr_storage)};

  [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] sockaddr_in& v4() noexcept { return reinterpret_cast<sockaddr_in&>(storage); }
  [[nodiscard]] sockaddr_in6& v6() noexcept { return reinterpret_cast<sockaddr_in6&>(storage); }

  [[nodiscard]] std::uint16_t port() noexcept {
    return ntohs(storage.ss_family == AF_INET ? v4().sin_port : v6().sin6_port);
  }
  [[nodiscard]] std::string text() noexcept {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    const void* bytes =
        storage.ss_family == AF_INET ? static_cast<const void*>(&v4().sin_addr) : &v6().sin6_addr;
    if (inet_ntop(storage.ss_family, bytes, buffer.data(), buffer.size()) == nullptr) return {};
    // Who comes by IPv4 to a port of both kinds is known by the IPv4 address.
    constexpr std::string_view kMapped = "::ffff:";
    const std::string_view text{buffer.data()};
    return std::string{text.starts_with(kMapped) ? text.substr(kMapped.size()) : text};
  }
};

std::optional<Address> parse_address(const std::string& text, std::uint16_t port) {
  Address address;
  if (inet_pton(AF_INET, text.c_str(), &address.v4().sin_addr) == 1) {
    address.v4().sin_family = AF_INET;
    address.v4().sin_port = htons(port);
    address.size = sizeof(sockaddr_in);
    return address;
  }
  if (inet_pton(AF_INET6, text.c_str(), &address.v6().sin6_addr) == 1) {
    address.v6().sin6_family = AF_INET6;
    address.v6().sin6_port = htons(port);
    address.size = sizeof(sockaddr_in6);
    return address;
  }
  return std::nullopt;
}

std::expected<UniqueFd, std::string> listen_on(Address address) {
  UniqueFd socket{
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int on = 1;
  const bool is_listening =
      socket && ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      ::bind(socket.get(), address.get(), address.size) == 0 &&
      ::listen(socket.get(), SOMAXCONN) == 0;
  if (!is_listening) return std::unexpected{std::generic_category().message(errno)};
  return socket;
}

}  // namespace

struct Acceptor::Impl : std::enable_shared_from_this<Impl> {
  Impl(EventLoop& loop_in, UniqueFd socket, OnAccept on_accept_in)
      : loop{loop_in},
        on_accept{std::move(on_accept_in)} {
    descriptor.emplace(loop.native(), socket.release());
  }

  void wait() {
    descriptor->async_wait(asio::posix::stream_descriptor::wait_read,
                           [weak = weak_from_this()](const boost::system::error_code& error) {
                             const auto self = weak.lock();
                             if (self && !error && self->descriptor) self->accept_turn();
                           });
  }

  void accept_turn() {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      Address peer;
      const int accepted = ::accept4(descriptor->native_handle(), peer.get(), &peer.size,
                                     SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted < 0) {
        if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) break;
        return wait_later();
      }
      const int on = 1;
      ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      on_accept(accepted, peer.text());
    }
    wait();
  }

  // Out of file handles, say: trying at once would only spin.
  void wait_later() {
    loop.after(kRetry, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self && self->descriptor) self->wait();
    });
  }

  EventLoop& loop;
  OnAccept on_accept;
  std::optional<asio::posix::stream_descriptor> descriptor;
};

Acceptor::Acceptor(std::shared_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {
}

Acceptor::~Acceptor() {
  impl_->descriptor.reset();
}

std::uint16_t Acceptor::port() const noexcept {
  Address bound;
  ::getsockname(impl_->descriptor->native_handle(), bound.get(), &bound.size);
  return bound.port();
}

std::expected<std::unique_ptr<Acceptor>, std::string> Acceptor::open(EventLoop& loop,
                                                                     const std::string& address,
                                                                     std::uint16_t port,
                                                                     OnAccept on_accept) {
  const auto parsed = parse_address(address, port);
  if (!parsed) return std::unexpected{"not an IP address"};
  auto socket = listen_on(*parsed);
  if (!socket) return std::unexpected{socket.error()};
  auto impl = std::make_shared<Impl>(loop, std::move(*socket), std::move(on_accept));
  impl->wait();
  return std::unique_ptr<Acceptor>{new Acceptor{std::move(impl)}};
}

}  // namespace portcullis::sim
