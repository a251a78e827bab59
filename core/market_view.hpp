#pragma once

#include <cstddef>
#include <memory>

#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/messages.hpp"
#include "core/seqlock.hpp"
#include "core/time.hpp"

namespace portcullis {

// What the gate and the panel know of a symbol's market.
struct MarketSnapshot {
  TopOfBook top{};
  MonoTime received{};  // of the last event that confirmed `top`; age is measured from here
  SeqNum update_id{};
  Price last_trade_px{};  // zero until a trade was seen
  MonoTime last_trade_received{};
  Price venue_reference_px{};  // the venue's own average or reference price; zero: not told
  MonoTime venue_reference_received{};
  BookState book_state{BookState::kEmpty};
};

// SymbolId -> latest snapshot. The feed agent writes; anyone reads. A symbol never written reads as
// kEmpty, which every reader refuses to trade on.
class MarketView {
 public:
  explicit MarketView(std::size_t symbol_count)
      : count_{symbol_count},
        cells_{std::make_unique<Seqlock<MarketSnapshot>[]>(symbol_count)} {}

  // Feed thread only.
  void publish(SymbolId symbol, const MarketSnapshot& snapshot) noexcept {
    cells_[symbol.raw()].store(snapshot);
  }
  // Any thread. False for an unknown symbol or a cell under constant writing.
  [[nodiscard]] bool read(SymbolId symbol, MarketSnapshot& out) const noexcept {
    return symbol.raw() < count_ && cells_[symbol.raw()].try_load(out);
  }
  // Asks for a symbol's snapshot ahead of read(). Any symbol.
  void prefetch(SymbolId symbol) const noexcept {
    if (symbol.raw() < count_) cells_[symbol.raw()].prefetch();
  }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }

 private:
  std::size_t count_;
  std::unique_ptr<Seqlock<MarketSnapshot>[]> cells_;
};

}  // namespace portcullis
