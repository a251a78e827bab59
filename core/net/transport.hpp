#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/net/byte_stream.hpp"
#include "core/net/deadline.hpp"
#include "core/net/endpoint.hpp"
#include "core/net/receive_buffer.hpp"
#include "core/net/tcp_socket.hpp"
#include "core/net/tls_session.hpp"

namespace portcullis::net {

// A byte stream to an endpoint, plain or TLS: connected by a cold thread, then read and written by
// a hot one without waiting or allocating. One thread at a time.
class Transport final : public ByteStream {
 public:
  // Cold. TCP, then TLS where the endpoint asks for it. The error names endpoint, step and cause.
  static std::expected<std::unique_ptr<Transport>, std::string> connect(const Endpoint& endpoint,
                                                                        const Deadline& deadline);
  // Cold. Says goodbye where that is still possible.
  ~Transport() override;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  [[nodiscard]] IoCount receive(ReceiveBuffer& into) noexcept override;
  [[nodiscard]] bool has_room(std::size_t count) noexcept override {
    return socket_.has_room(count);
  }
  [[nodiscard]] Sent send(std::string_view bytes) noexcept override;
  [[nodiscard]] const char* cause() const noexcept override { return cause_; }
  [[nodiscard]] std::expected<void, std::string> receive_some(ReceiveBuffer& into,
                                                              const Deadline& deadline) override;
  [[nodiscard]] std::expected<void, std::string> send_all(std::string_view bytes,
                                                          const Deadline& deadline) override;
  void shut_down() noexcept override;

 private:
  Transport(TcpSocket socket, std::unique_ptr<TlsSession> tls) noexcept
      : socket_{std::move(socket)},
        tls_{std::move(tls)} {}

  [[nodiscard]] std::expected<void, std::string> shake_hands(const Deadline& deadline);
  [[nodiscard]] std::expected<void, std::string> send_raw(std::string_view bytes,
                                                          const Deadline& deadline);
  [[nodiscard]] std::expected<void, std::string> flush_sealed(const Deadline& deadline);
  [[nodiscard]] IoCount receive_sealed(ReceiveBuffer& into) noexcept;
  // Opens every whole record that is here; kBytes, or why there is none.
  [[nodiscard]] IoCount open_records(ReceiveBuffer& into) noexcept;
  [[nodiscard]] Sent send_sealed(std::string_view bytes) noexcept;

  TcpSocket socket_;
  std::unique_ptr<TlsSession> tls_;  // null: plain
  const char* cause_{""};
  IoCount ended_{};  // an end found behind the last bytes: the next receive() says so
  bool is_shut_{false};
};

}  // namespace portcullis::net
