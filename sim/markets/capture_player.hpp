#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/markets/book_mirror.hpp"
#include "sim/markets/capture_market.hpp"
#include "sim/markets/capture_reader.hpp"
#include "sim/markets/depth_sync.hpp"
#include "sim/markets/feed_decoder.hpp"

namespace portcullis::sim {

// One symbol's recording on its way into the book, line by line.
class CapturePlayer {
 public:
  static std::expected<std::unique_ptr<CapturePlayer>, std::string> open(
      Exchange& exchange, const CaptureSource& source);
  CapturePlayer(const CapturePlayer&) = delete;  // the line points into the reader
  CapturePlayer& operator=(const CapturePlayer&) = delete;
  ~CapturePlayer() = default;

  // When the next line was received; nothing: the end.
  [[nodiscard]] std::optional<std::int64_t> next_ns() const;
  // Plays that line.
  void play(WallTime now);
  [[nodiscard]] const CaptureMarket::Stats& stats() const noexcept { return stats_; }

 private:
  CapturePlayer(Exchange& exchange, std::size_t symbol, CaptureReader reader);

  void read_next();
  // False: not what the format says.
  bool play_frame(WallTime now);
  bool play_image(WallTime now);
  void play_depth(DepthUpdate& update, WallTime now);

  std::string stream_symbol_;  // "btcusdt"
  BookMirror mirror_;
  CaptureReader reader_;
  FeedDecoder decoder_;
  DepthSync sync_;
  std::optional<CaptureReader::Line> line_;
  CaptureMarket::Stats stats_;
};

}  // namespace portcullis::sim
