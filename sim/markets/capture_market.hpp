#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "sim/exchange/exchange.hpp"
#include "sim/markets/market.hpp"

namespace portcullis::sim {

struct CaptureMarketConfig {
  std::size_t symbol{0};           // the symbol of the exchange that mirrors the capture
  std::vector<std::string> files;  // gzip (or plain), replayed in this order as one capture
  std::int64_t speed{1};           // times the recorded pace; 0: as fast as step() is called
};

// A recorded day as the crowd: each line is `<receive time, ns> <raw JSON>`, combined-stream frames
// of one symbol plus one REST depth snapshot (a frame without "stream"). Depth is mirrored into the
// crowd's levels by the venue's published algorithm, trades are printed; bookTicker frames are
// skipped, the exchange makes its own. Before the snapshot nothing is mirrored.
class CaptureMarket final : public Market {
 public:
  struct Stats {
    std::uint64_t lines{0};
    std::uint64_t depth_applied{0};
    std::uint64_t depth_dropped{0};  // older than the snapshot
    std::uint64_t depth_gaps{0};
    std::uint64_t trades{0};
    std::uint64_t malformed{0};       // frames that are not what the format says
    std::uint64_t untimed{0};         // lines without a leading time
    std::uint64_t last_update_id{0};  // the venue's, of the newest depth applied
  };

  // Cause and file when one cannot be opened.
  static std::expected<std::unique_ptr<CaptureMarket>, std::string> open(
      Exchange& exchange, const CaptureMarketConfig& config);
  ~CaptureMarket() override;

  // At most kMaxLinesPerStep lines a call.
  void step(WallTime now) override;
  [[nodiscard]] bool is_finished() const override;
  [[nodiscard]] const Stats& stats() const noexcept;

  static constexpr int kMaxLinesPerStep = 5'000;

 private:
  struct Impl;
  explicit CaptureMarket(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::sim
