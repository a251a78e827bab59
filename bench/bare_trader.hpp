#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace portcullis::bench {

// The least that a program could do: opens whatever record comes on one connection, looks at
// nothing, and seals a prepared order of the same size on the other. Spins.
class BareTrader {
 public:
  BareTrader(std::uint16_t tick_port, std::uint16_t order_port, std::string order_frame);
  ~BareTrader();
  BareTrader(const BareTrader&) = delete;
  BareTrader& operator=(const BareTrader&) = delete;

  // True when a tick had come and its order was sent.
  bool poll();

 private:
  struct Line;
  std::unique_ptr<Line> ticks_;
  std::unique_ptr<Line> orders_;
  std::string order_frame_;
};

// `payload` as a masked text frame.
[[nodiscard]] std::string masked_frame(const std::string& payload);

}  // namespace portcullis::bench
