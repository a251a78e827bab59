#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "core/net/deadline.hpp"
#include "core/net/endpoint.hpp"
#include "core/net/io_count.hpp"

namespace portcullis::net {

// A connected, non-blocking TCP socket. Never raises SIGPIPE. One thread at a time.
class TcpSocket {
 public:
  // Cold. Resolves (the system's resolver, whose own timeouts apply) and tries each address in
  // turn. The error text is the cause alone; the caller names endpoint and step.
  static std::expected<TcpSocket, std::string> connect(const Endpoint& endpoint,
                                                       const Deadline& deadline);
  TcpSocket(TcpSocket&& other) noexcept;
  TcpSocket& operator=(TcpSocket&& other) noexcept;
  TcpSocket(const TcpSocket&) = delete;
  TcpSocket& operator=(const TcpSocket&) = delete;
  ~TcpSocket();

  // Hot: one system call, never waits.
  [[nodiscard]] IoCount receive(std::span<char> into) noexcept;
  [[nodiscard]] IoCount send(std::string_view bytes) noexcept;

  // Hot. True when the kernel is sure to take a send of `count` bytes whole. Costs a system call
  // only once per several sends: see the file.
  [[nodiscard]] bool has_room(std::size_t count) noexcept;

  // Cold. Waits until the socket can be read (or written); false when the deadline is over first.
  [[nodiscard]] bool wait_readable(const Deadline& deadline) const noexcept;
  [[nodiscard]] bool wait_writable(const Deadline& deadline) const noexcept;

  // No more will be sent; what is queued still leaves.
  void shut_down() noexcept;

 private:
  explicit TcpSocket(int fd) noexcept : fd_{fd} {}
  [[nodiscard]] bool wait_for(short events, const Deadline& deadline) const noexcept;
  // Waits for a connect under way and sets the options; the cause when it failed.
  [[nodiscard]] std::expected<void, std::string> finish_connect(const Deadline& deadline) noexcept;

  int fd_{-1};
  std::size_t send_buffer_bytes_{0};
  std::size_t room_left_{0};  // known to be free in the kernel's send buffer, in its own account
};

}  // namespace portcullis::net
