#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/time.hpp"

namespace portcullis::feeds::binance {

// The venue closes a stream connection that sends it more than five frames in a second, pongs and
// pings counted (Binance: WebSocket Streams, limits). Four are used, so that a pong, which is not
// ours to delay, always finds room.
class FramePacer {
 public:
  static constexpr std::size_t kFramesMax = 4;
  // Wider than the venue's second: frames bunch up on the way.
  static constexpr Nanos kWindow{1'200'000'000};

  [[nodiscard]] bool may_send(MonoTime now) const noexcept {
    return sent_ < kFramesMax || now - times_[sent_ % kFramesMax] >= kWindow;
  }
  // One frame left us: ours, or a pong that the connection answered by itself.
  void on_sent(MonoTime now) noexcept { times_[sent_++ % kFramesMax] = now; }
  void reset() noexcept { sent_ = 0; }

 private:
  std::array<MonoTime, kFramesMax> times_{};  // of the last frames, oldest at sent_ % kFramesMax
  std::uint64_t sent_{0};
};

}  // namespace portcullis::feeds::binance
