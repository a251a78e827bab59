#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "core/net/deadline.hpp"
#include "core/net/io_count.hpp"
#include "core/net/receive_buffer.hpp"

namespace portcullis::net {

// What a WebSocket runs on: a real connection (Transport), or one of a simulation's, whose bytes
// come late, in pieces, or not at all. Virtual, since which of the two it is is known at start
// only, and the call costs nothing beside the system call behind it. One thread at a time.
class ByteStream {
 public:
  // Bounds the work of one receive(): what one system call brings, and the record that a TLS
  // session holds half of already.
  static constexpr std::size_t kReceiveBytesMax = 84u << 10;

  virtual ~ByteStream() = default;

  // Hot. At most one system call; appends what came to `into`, where the caller keeps
  // kReceiveBytesMax free. kBytes with a count of 0 does not happen.
  [[nodiscard]] virtual IoCount receive(ReceiveBuffer& into) noexcept = 0;

  // Hot. True when send() of that many bytes is sure to go whole.
  [[nodiscard]] virtual bool has_room(std::size_t count) noexcept = 0;

  enum class Sent : unsigned char { kAll, kNone, kPart, kFailed };
  // Hot. One system call. kNone: nothing was taken and the stream is as it was. kPart: a part left,
  // or cannot be taken back; the stream must be given up. kFailed: nothing of `bytes` left and
  // nothing will, cause().
  [[nodiscard]] virtual Sent send(std::string_view bytes) noexcept = 0;
  // Static text of the last failure of send().
  [[nodiscard]] virtual const char* cause() const noexcept = 0;

  // Cold. Waits for bytes and appends them; waits until all is sent.
  [[nodiscard]] virtual std::expected<void, std::string> receive_some(ReceiveBuffer& into,
                                                                      const Deadline& deadline) = 0;
  [[nodiscard]] virtual std::expected<void, std::string> send_all(std::string_view bytes,
                                                                  const Deadline& deadline) = 0;

  // Hot. No more will be sent.
  virtual void shut_down() noexcept = 0;

 protected:
  ByteStream() = default;
  ByteStream(const ByteStream&) = default;
  ByteStream& operator=(const ByteStream&) = default;
  ByteStream(ByteStream&&) = default;
  ByteStream& operator=(ByteStream&&) = default;
};

}  // namespace portcullis::net
