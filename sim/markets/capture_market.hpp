#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "sim/exchange/exchange.hpp"
#include "sim/markets/market.hpp"

namespace portcullis::sim {

// One symbol's recording.
struct CaptureSource {
  std::size_t symbol{0};           // the symbol of the exchange that mirrors it
  std::vector<std::string> files;  // gzip (or plain), replayed in this order as one capture
};

struct CaptureMarketConfig {
  std::vector<CaptureSource> sources;  // replayed together, on one time line
  std::int64_t speed{1};               // times the recorded pace; 0: as fast as step() is called
};

// Recorded days as the crowd: each line is `<receive time, ns> <raw JSON>`, combined-stream frames
// of one symbol plus one REST depth snapshot (a frame without "stream"). Depth is mirrored into the
// crowd's levels by the venue's published algorithm, trades are printed; bookTicker frames are
// skipped, the exchange makes its own. Before the snapshot nothing is mirrored. The lines of all
// sources come in the order of their receive times.
//
// A capture of USD-M futures is followed by its own rules (`pu`), but what trades on it is still a
// spot symbol: no funding, no margin, no liquidation.
class CaptureMarket final : public Market {
 public:
  struct Stats {
    std::uint64_t lines{0};
    std::uint64_t depth_applied{0};
    std::uint64_t depth_dropped{0};  // older than the snapshot
    std::uint64_t depth_gaps{0};
    std::uint64_t trades{0};
    std::uint64_t malformed{0};       // frames that are not what the format says
    std::uint64_t foreign{0};         // frames of another symbol
    std::uint64_t untimed{0};         // lines without a leading time
    std::uint64_t last_update_id{0};  // the venue's, of the newest depth applied
  };

  // Cause, file and next step when one cannot be opened, or holds another symbol.
  static std::expected<std::unique_ptr<CaptureMarket>, std::string> open(
      Exchange& exchange, const CaptureMarketConfig& config);
  ~CaptureMarket() override;

  // At most kMaxLinesPerStep lines a call.
  void step(WallTime now) override;
  [[nodiscard]] bool is_finished() const override;
  // Of one source, by its place in the configuration.
  [[nodiscard]] const Stats& stats(std::size_t source = 0) const;

  static constexpr int kMaxLinesPerStep = 5'000;

 private:
  struct Impl;
  explicit CaptureMarket(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::sim
