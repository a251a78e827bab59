#pragma once

#include <cstdint>
#include <string>

#include "core/time.hpp"

namespace portcullis::sim {

// What reaches a mirror from the venue that it mirrors, in the order in which it came.
struct LiveEvent {
  enum class Kind : std::uint8_t {
    kUp,          // all streams are subscribed: what happens from now on is heard
    kDown,        // they are not any more: `text` says why
    kFrame,       // one message of the streams
    kImage,       // the body of a depth snapshot of `symbol`
    kImageError,  // there is none: `text` says why
  };
  Kind kind{Kind::kDown};
  std::string symbol{};
  std::string text{};
  WallTime received{};  // of a frame: this machine's clock
};

// Where a mirror hears the other venue. One thread, the exchange's.
class LiveSource {
 public:
  virtual ~LiveSource() = default;
  // False: nothing has come since.
  virtual bool take(LiveEvent& event) = 0;
  // A depth snapshot, please; it comes as kImage or kImageError.
  virtual void ask_image(const std::string& symbol) = 0;
};

}  // namespace portcullis::sim
