#include "bench/loopback_line.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "core/check.hpp"

namespace portcullis::bench {

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// The socket API's own way.
sockaddr* generic(sockaddr_in& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

UniqueFd new_socket() {
  return UniqueFd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
}

void send_at_once(const UniqueFd& fd) {
  const int yes = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

}  // namespace

UniqueFd connect_to(std::uint16_t port) {
  UniqueFd fd = new_socket();
  sockaddr_in address = loopback(port);
  PORTCULLIS_CHECK(::connect(fd.get(), generic(address), sizeof address) == 0, "cannot connect");
  send_at_once(fd);
  return fd;
}

LoopbackListener::LoopbackListener() : fd_{new_socket()} {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool listens = ::bind(fd_.get(), generic(address), size) == 0 &&
                       ::listen(fd_.get(), 1) == 0 &&
                       ::getsockname(fd_.get(), generic(address), &size) == 0;
  PORTCULLIS_CHECK(listens, "cannot listen");
  port_ = ntohs(address.sin_port);
}

UniqueFd LoopbackListener::accept() const {
  UniqueFd fd{::accept(fd_.get(), nullptr, nullptr)};
  PORTCULLIS_CHECK(static_cast<bool>(fd), "cannot accept");
  send_at_once(fd);
  return fd;
}

}  // namespace portcullis::bench
