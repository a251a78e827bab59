#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/net/utf8.hpp"
#include "sim/net/ws_frame.hpp"

namespace portcullis::sim {

// Makes messages of a client's bytes, in whatever pieces they come, and judges them: masks,
// fragments, control frames between fragments, UTF-8, reserved bits, sizes (RFC 6455). Text and
// binary messages are told alike: a venue of JSON takes either, and either must be UTF-8.
class WsReader {
 public:
  // False ends the reading: what is left of the bytes is not looked at.
  class Handler {
   public:
    virtual ~Handler() = default;
    // Each frame, before what it carries is told.
    [[nodiscard]] virtual bool on_frame() = 0;
    [[nodiscard]] virtual bool on_message(std::string_view text) = 0;
    [[nodiscard]] virtual bool on_ping(std::string_view payload) = 0;
    [[nodiscard]] virtual bool on_pong(std::string_view payload) = 0;
    // The peer's close; 1005 for one without a code.
    virtual void on_close(std::uint16_t code) = 0;
  };
  // Why the connection has to end, as a close frame says it.
  struct Violation {
    std::uint16_t code;
    std::string_view reason;
  };

  explicit WsReader(std::size_t message_bytes_max) noexcept
      : message_bytes_max_{message_bytes_max} {}

  // Changes `bytes`: they are unmasked where they lie.
  [[nodiscard]] std::optional<Violation> read(std::span<char> bytes, Handler& handler);

 private:
  enum class Step : std::uint8_t { kMore, kStarved, kOver };

  [[nodiscard]] Step read_frame(std::span<char>& bytes, Handler& handler);
  [[nodiscard]] bool violates(const WsFrameHeader& header) noexcept;
  [[nodiscard]] Step on_control(const WsFrameHeader& header, std::string_view payload,
                                Handler& handler);
  [[nodiscard]] Step on_close_frame(std::string_view payload, Handler& handler);
  [[nodiscard]] Step on_data(const WsFrameHeader& header, std::string_view payload,
                             Handler& handler);
  [[nodiscard]] Step end(std::uint16_t code, std::string_view reason) noexcept;

  const std::size_t message_bytes_max_;
  std::string unread_;   // the start of a frame whose rest has not come
  std::string message_;  // of fragments
  bool is_fragmented_{false};
  Utf8Check utf8_;
  std::optional<Violation> violation_;
};

}  // namespace portcullis::sim
