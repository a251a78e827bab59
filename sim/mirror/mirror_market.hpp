#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange/exchange.hpp"
#include "sim/markets/book_mirror.hpp"
#include "sim/markets/depth_sync.hpp"
#include "sim/markets/feed_decoder.hpp"
#include "sim/markets/market.hpp"
#include "sim/mirror/live_source.hpp"

namespace portcullis::sim {

// The crowd is another venue's, live: its depth is mirrored into the books of the symbols that the
// exchange trades, by that venue's published recipe (Binance: "How to manage a local order book
// correctly"), its trades are printed. While a symbol's book is not known, because the streams are
// down, a number is missing or the snapshot has not come, the crowd's book is empty: our orders
// rest, and nobody fills them. One thread, the exchange's.
class MirrorMarket final : public Market {
 public:
  struct Stats {
    std::uint64_t depth_applied{0};
    std::uint64_t depth_gaps{0};
    std::uint64_t images{0};      // snapshots that began a book
    std::uint64_t images_old{0};  // too old for the updates that had come
    std::uint64_t images_failed{0};
    std::uint64_t trades{0};
    std::uint64_t malformed{0};  // frames and snapshots that are not what the format says
    std::uint64_t foreign{0};    // frames of a symbol that we do not trade
    std::uint64_t losses{0};     // times that the streams went down
  };
  // Told what a person wants to read: up, down, synchronised, gaps.
  using Say = std::move_only_function<void(const std::string&)>;

  MirrorMarket(Exchange& exchange, std::unique_ptr<LiveSource> source, Say say);
  ~MirrorMarket() override;

  // At most kMaxEventsPerStep events a call.
  void step(WallTime now) override;
  [[nodiscard]] bool is_finished() const override { return false; }

  [[nodiscard]] const Stats& stats() const noexcept { return stats_; }
  // Whether the symbol's book is the other venue's, and up to which of its update ids.
  [[nodiscard]] bool is_synced(std::size_t symbol) const;
  [[nodiscard]] std::uint64_t last_update_id(std::size_t symbol) const;

  static constexpr int kMaxEventsPerStep = 5'000;
  // Between a snapshot that failed and the next one asked for, of one symbol.
  static constexpr Nanos kImageRetry{2'000'000'000};

 private:
  struct Symbol;

  void on_event(const LiveEvent& event, WallTime now);
  void on_down(const LiveEvent& event, WallTime now);
  void on_frame(const LiveEvent& event, WallTime now);
  void on_image(const LiveEvent& event, WallTime now);
  void on_image_error(const LiveEvent& event, WallTime now);
  void on_depth(Symbol& symbol, DepthUpdate& update, WallTime now);
  void want_image(Symbol& symbol, WallTime now);
  [[nodiscard]] Symbol* find(std::string_view stream_symbol);

  std::unique_ptr<LiveSource> source_;
  Say say_;
  FeedDecoder decoder_;
  std::vector<Symbol> symbols_;
  bool is_up_{false};
  Stats stats_;
};

}  // namespace portcullis::sim
