#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace portcullis::net {

// Finds where frames end in a stream of WebSocket bytes from a server, without interpreting them
// (RFC 6455, section 5.2, "Base Framing Protocol"). Beast stays the judge: what looks wrong here is
// called kUnusual and shown to Beast as far as its header goes, and Beast says what is wrong.
struct FrameBounds {
  enum class Kind : std::uint8_t {
    kIncomplete,  // more bytes are needed to tell, or to have all of it
    kUnusual,     // nothing a server may send, or longer than allowed; header_bytes is set
    kPart,        // a fragment that is not the last
    kLast,        // a whole message, or its last fragment
    kPing,
    kControl,  // pong or close
  };
  Kind kind{Kind::kIncomplete};
  std::size_t header_bytes{0};
  std::size_t payload_bytes{0};

  [[nodiscard]] std::size_t frame_bytes() const noexcept { return header_bytes + payload_bytes; }
};

// `payload_bytes_max`: what a data frame may still carry.
[[nodiscard]] FrameBounds scan_frame(std::string_view bytes,
                                     std::uint64_t payload_bytes_max) noexcept;

}  // namespace portcullis::net
