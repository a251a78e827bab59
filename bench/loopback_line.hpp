#pragma once

#include <cstdint>
#include <string_view>

#include "core/unique_fd.hpp"
#include "sim/net/ws_frame.hpp"

namespace portcullis::bench {

// Sockets on 127.0.0.1 that block and do not wait to fill a segment; what fails ends the benchmark.
[[nodiscard]] UniqueFd connect_to(std::uint16_t port);

class LoopbackListener {
 public:
  LoopbackListener();  // on a free port
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] UniqueFd accept() const;

 private:
  UniqueFd fd_;
  std::uint16_t port_{0};
};

// Tells the payload of each whole frame, as it is on the line; what is left behind them.
template <class OnFrame>
std::string_view take_frames(std::string_view bytes, OnFrame&& on_frame) {
  while (const auto header = sim::parse_frame_header(bytes)) {
    const std::size_t size = header->size + header->length;
    if (bytes.size() < size) break;
    on_frame(bytes.substr(header->size, header->length));
    bytes.remove_prefix(size);
  }
  return bytes;
}

}  // namespace portcullis::bench
