#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/sim_net/patience.hpp"

namespace portcullis::sim::test {

// A socket and nothing more, plain or TLS: it says what it is told to, byte by byte if need be, and
// hears what comes. Certificates are looked at elsewhere.
class RawClient {
 public:
  enum class End { kNone, kFin, kReset };
  struct Options {
    bool is_tls{false};
    std::string from{};     // own address, "127.0.0.2"
    int receive_buffer{0};  // bytes; 0: the system's
  };

  // Throws when nobody answers.
  explicit RawClient(std::uint16_t port) : RawClient{port, Options{}} {}
  RawClient(std::uint16_t port, const Options& options);
  ~RawClient();
  RawClient(RawClient&&) noexcept;
  RawClient& operator=(RawClient&&) = delete;

  // False when the line is gone, or takes no more for `patience`.
  bool send(std::string_view bytes, std::chrono::milliseconds patience = kPatience);
  // Some bytes; empty when none came in time, or the end did.
  std::string receive(std::chrono::milliseconds patience = kPatience);
  // Exactly so many, or what came before the end or the end of patience.
  std::string receive_exactly(std::size_t count, std::chrono::milliseconds patience = kPatience);
  // Up to and including `mark`; what came behind it stays.
  std::string receive_until(std::string_view mark, std::chrono::milliseconds patience = kPatience);
  // Everything until the peer ends.
  std::string receive_all(std::chrono::milliseconds patience = kPatience);
  // What receive() found at last. TLS: whether the peer said close before its FIN.
  [[nodiscard]] End end() const noexcept;
  [[nodiscard]] bool has_tls_closed() const noexcept;

  void half_close();
  void reset();
  // The bytes of one read, when they come: shows what left together.
  std::size_t readable_now(std::chrono::milliseconds patience = kPatience);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A frame as a client sends it. `first`: FIN, RSV and opcode; masked with a fixed key.
[[nodiscard]] std::string client_frame(std::string_view payload, unsigned first = 0x81);
[[nodiscard]] std::string close_payload(std::uint16_t code, std::string_view reason = {});
[[nodiscard]] std::string upgrade_request(std::string_view target);

struct ServerFrame {
  unsigned first{0};  // FIN, RSV and opcode
  bool is_masked{false};
  std::string payload{};
  [[nodiscard]] unsigned opcode() const noexcept { return first & 0xFU; }
  [[nodiscard]] std::uint16_t close_code() const noexcept;
};

// A WebSocket in the hands of a test: upgraded, then frames as they are.
class RawWs {
 public:
  RawWs(std::uint16_t port, std::string_view target) : RawWs{port, target, {}} {}
  RawWs(std::uint16_t port, std::string_view target, const RawClient::Options& options);

  bool send(std::string_view bytes) { return client_.send(bytes); }
  bool send_text(std::string_view text) { return client_.send(client_frame(text)); }
  // Nothing at the end, or when patience ends in the middle of it.
  std::optional<ServerFrame> next(std::chrono::milliseconds patience = kPatience);
  // The same, or an empty frame of no kind.
  ServerFrame frame() { return next().value_or(ServerFrame{}); }
  [[nodiscard]] RawClient& line() noexcept { return client_; }

 private:
  RawClient client_;
};

}  // namespace portcullis::sim::test
