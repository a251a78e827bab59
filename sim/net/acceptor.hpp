#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "sim/net/event_loop.hpp"

namespace portcullis::sim {

// Listens on a TCP port and hands over what connects.
class Acceptor {
 public:
  // The socket does not block and belongs to who is told; `remote` is the peer's IP address.
  using OnAccept = std::move_only_function<void(int socket, std::string remote)>;

  // Port 0: a free one. The error is the system's reason.
  static std::expected<std::unique_ptr<Acceptor>, std::string> open(EventLoop& loop,
                                                                    const std::string& address,
                                                                    std::uint16_t port,
                                                                    OnAccept on_accept);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;

 private:
  struct Impl;
  explicit Acceptor(std::shared_ptr<Impl> impl) noexcept;
  std::shared_ptr<Impl> impl_;
};

}  // namespace portcullis::sim
