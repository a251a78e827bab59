#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sim/markets/feed_events.hpp"

namespace portcullis::sim {

// Reads combined-stream frames ({"stream":..,"data":{..}}) and REST depth snapshots of spot and of
// USD-M futures. What was read is kept until the next call. Times may be in milliseconds or
// microseconds, as the stream's URL asked for (Binance: timeUnit).
class FeedDecoder {
 public:
  enum class Kind : std::uint8_t {
    kDepth,     // in depth()
    kPrint,     // in print()
    kShutdown,  // the venue announces that this connection ends
    kOther,     // a stream that has no part in a mirror, or a print that is no market trade
    kMalformed,
  };

  FeedDecoder();
  ~FeedDecoder();
  FeedDecoder(const FeedDecoder&) = delete;
  FeedDecoder& operator=(const FeedDecoder&) = delete;
  FeedDecoder(FeedDecoder&&) noexcept;
  FeedDecoder& operator=(FeedDecoder&&) noexcept;

  // `received` stands in for a time that the frame does not have.
  Kind read_frame(std::string_view json, WallTime received);
  // False when it is not what the format says.
  bool read_image(std::string_view json);

  // "btcusdt", of the frame read last; empty when it had none.
  [[nodiscard]] const std::string& stream_symbol() const noexcept;
  [[nodiscard]] DepthUpdate& depth() noexcept;
  [[nodiscard]] const FeedPrint& print() const noexcept;
  [[nodiscard]] DepthImage& image() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::sim
