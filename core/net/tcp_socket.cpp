#include "core/net/tcp_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <netdb.h>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/errno_text.hpp"

namespace portcullis::net {

namespace {

// Unacknowledged data older than this fails the connection: a dead path must not look like silence
// for the quarter of an hour that the kernel's retries take.
constexpr unsigned kUserTimeoutMs = 10'000;
// A fixed size, so that has_room() can reckon with it.
constexpr int kSendBufferBytes = 1 << 20;
// What the kernel charges for one small segment beside its bytes (its socket buffer and header
// room), rounded up.
constexpr std::size_t kSegmentOverheadBytes = 2048;

const char* failure_text(int error) noexcept {
  switch (error) {
    case ECONNRESET: return "the peer reset the connection";
    case EPIPE: return "the connection is already closed";
    case ETIMEDOUT: return "the peer stopped acknowledging (timed out)";
    case EHOSTUNREACH: return "no route to the peer any more";
    case ENETDOWN:
    case ENETUNREACH: return "the network is down or unreachable";
    default: return "the socket failed";
  }
}

struct AddrInfoFree {
  void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};
using AddrInfoList = std::unique_ptr<addrinfo, AddrInfoFree>;

std::expected<AddrInfoList, std::string> resolve(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const std::string port = std::to_string(endpoint.port);
  const int code = getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &list);
  if (code != 0) {
    return std::unexpected{"cannot resolve \"" + endpoint.host +
                           "\": " + (code == EAI_SYSTEM ? errno_text(errno) : gai_strerror(code)) +
                           "; check the host name and this machine's DNS"};
  }
  return AddrInfoList{list};
}

void set_options(int fd) noexcept {
  const int on = 1;
  static_cast<void>(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  static_cast<void>(
      setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs, sizeof kUserTimeoutMs));
  static_cast<void>(
      setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSendBufferBytes, sizeof kSendBufferBytes));
}

std::size_t send_buffer_size(int fd) noexcept {
  int size = 0;
  socklen_t length = sizeof size;
  if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &length) != 0 || size < 0) return 0;
  return static_cast<std::size_t>(size);
}

int pending_error(int fd) noexcept {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
  return error;
}

}  // namespace

std::expected<TcpSocket, std::string> TcpSocket::connect(const Endpoint& endpoint,
                                                         const Deadline& deadline) {
  const auto addresses = resolve(endpoint);
  if (!addresses) return std::unexpected{addresses.error()};
  int tries_left = 0;
  for (const addrinfo* a = addresses->get(); a != nullptr; a = a->ai_next) ++tries_left;
  std::string cause = "the name has no address";
  for (const addrinfo* a = addresses->get(); a != nullptr; a = a->ai_next, --tries_left) {
    const Deadline part = deadline.share(deadline.left() / tries_left);
    TcpSocket socket{
        ::socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol)};
    if (socket.fd_ < 0) {
      cause = errno_text(errno);
      continue;
    }
    set_options(socket.fd_);
    if (::connect(socket.fd_, a->ai_addr, a->ai_addrlen) != 0 && errno != EINPROGRESS) {
      cause = errno_text(errno);
      continue;
    }
    const auto connected = socket.finish_connect(part);
    if (connected) return socket;
    cause = connected.error();
    if (deadline.is_over()) break;
  }
  return std::unexpected{cause};
}

std::expected<void, std::string> TcpSocket::finish_connect(const Deadline& deadline) noexcept {
  if (!wait_writable(deadline)) {
    return std::unexpected{deadline.is_abandoned()
                               ? std::string{"called off"}
                               : std::string{"timed out: no answer from the address"}};
  }
  if (const int error = pending_error(fd_); error != 0) return std::unexpected{errno_text(error)};
  send_buffer_bytes_ = send_buffer_size(fd_);
  return {};
}

TcpSocket::TcpSocket(TcpSocket&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)},
      send_buffer_bytes_{other.send_buffer_bytes_},
      room_left_{other.room_left_} {
}

TcpSocket& TcpSocket::operator=(TcpSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(send_buffer_bytes_, other.send_buffer_bytes_);
  std::swap(room_left_, other.room_left_);
  return *this;
}

TcpSocket::~TcpSocket() {
  if (fd_ >= 0) ::close(fd_);
}

IoCount TcpSocket::receive(std::span<char> into) noexcept {
  const ssize_t count = ::recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
  if (count > 0) return {IoCount::Kind::kBytes, static_cast<std::size_t>(count), ""};
  if (count == 0) return {IoCount::Kind::kEnd, 0, "the peer ended the connection"};
  if (errno == EAGAIN || errno == EINTR) return {};
  return {IoCount::Kind::kFailed, 0, failure_text(errno)};
}

IoCount TcpSocket::send(std::string_view bytes) noexcept {
  const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count != static_cast<ssize_t>(bytes.size())) room_left_ = 0;
  if (count >= 0) return {IoCount::Kind::kBytes, static_cast<std::size_t>(count), ""};
  if (errno == EAGAIN || errno == EINTR) return {};
  return {IoCount::Kind::kFailed, 0, failure_text(errno)};
}

// A sealed TLS record cannot be taken back, so whether it fits must be known before it is made. The
// kernel reports a TCP socket writable while at least a third of its send buffer is free (Linux,
// sk_stream_is_writeable: free >= used / 2). So one poll() buys a budget of a third of the buffer;
// each send is charged at the kernel's rate, generously, and only an exhausted budget polls again.
bool TcpSocket::has_room(std::size_t count) noexcept {
  const std::size_t charge = 2 * count + kSegmentOverheadBytes;
  if (room_left_ < charge) {
    pollfd one{.fd = fd_, .events = POLLOUT, .revents = 0};
    if (::poll(&one, 1, 0) < 1) return false;
    // An error or a hang-up shows in the send itself.
    if ((one.revents & (POLLERR | POLLHUP)) != 0) return true;
    if ((one.revents & POLLOUT) == 0) return false;
    // More than a third at once: the kernel may take a part only, and the caller learns it so.
    room_left_ = std::max(send_buffer_bytes_ / 3, charge);
  }
  room_left_ -= charge;
  return true;
}

bool TcpSocket::wait_for(short events, const Deadline& deadline) const noexcept {
  for (;;) {
    if (deadline.is_abandoned()) return false;
    const auto left = deadline.left();
    const auto slice = std::min(left, Deadline::kSlice);
    pollfd one{.fd = fd_, .events = events, .revents = 0};
    if (::poll(&one, 1, static_cast<int>(slice.count())) > 0) return true;
    if (left.count() == 0) return false;
  }
}

bool TcpSocket::wait_readable(const Deadline& deadline) const noexcept {
  return wait_for(POLLIN, deadline);
}

bool TcpSocket::wait_writable(const Deadline& deadline) const noexcept {
  return wait_for(POLLOUT, deadline);
}

void TcpSocket::shut_down() noexcept {
  ::shutdown(fd_, SHUT_WR);
}

}  // namespace portcullis::net
