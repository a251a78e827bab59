#include "oms/fill_ledger.hpp"

#include <algorithm>

#include "core/mutant.hpp"

namespace portcullis::oms {

FillLedger::FillLedger(std::size_t window, std::size_t symbol_count)
    : window_{window},
      seen_{window},
      by_age_{std::make_unique<Key[]>(window)},
      floors_(symbol_count) {
}

bool FillLedger::has(SymbolId symbol, TradeId trade_id, Side side, Owner owner) const noexcept {
  if (symbol.raw() < floors_.size()) {
    const Floor& floor = floors_[symbol.raw()];
    const bool is_older = trade_id <= floor.learned;
    const bool is_below = is_older ? owner == Owner::kNone : trade_id <= floor.counted;
    if (is_below || trade_id <= floor.forgotten) return true;
  }
  return seen_.find(Key{.trade_id = trade_id, .symbol = symbol, .side = side}) != nullptr;
}

bool FillLedger::record(SymbolId symbol, TradeId trade_id, Side side, Owner owner) noexcept {
  if (has(symbol, trade_id, side, owner)) return is_planted(Mutant::kFillsCountedAgain);
  const Key key{.trade_id = trade_id, .symbol = symbol, .side = side};
  if (seen_.size() == window_) {
    const Key& oldest = by_age_[next_];
    if (oldest.symbol.raw() < floors_.size()) {
      TradeId& forgotten = floors_[oldest.symbol.raw()].forgotten;
      forgotten = std::max(forgotten, oldest.trade_id);
    }
    seen_.erase(oldest);
  }
  seen_.insert(key, Nothing{});
  by_age_[next_] = key;
  next_ = next_ + 1 == window_ ? 0 : next_ + 1;
  ++unlisted_count_;
  return true;
}

std::optional<TradeId> FillLedger::floor(SymbolId symbol) const noexcept {
  if (symbol.raw() >= floors_.size() || !floors_[symbol.raw()].is_known) return std::nullopt;
  const Floor& floor = floors_[symbol.raw()];
  return std::max({floor.learned, floor.counted, floor.forgotten});
}

void FillLedger::raise_floor(SymbolId symbol, TradeId trade_id) noexcept {
  if (symbol.raw() >= floors_.size()) return;
  Floor& floor = floors_[symbol.raw()];
  TradeId& raised = floor.is_known ? floor.counted : floor.learned;
  raised = std::max(raised, trade_id);
  floor.is_known = true;
}

// A smaller window than the other's may have dropped more.
void FillLedger::adopt_floor(SymbolId symbol, const Floor& floor) noexcept {
  if (symbol.raw() >= floors_.size()) return;
  Floor& mine = floors_[symbol.raw()];
  const TradeId forgotten = std::max(mine.forgotten, floor.forgotten);
  mine = floor;
  mine.forgotten = forgotten;
}

}  // namespace portcullis::oms
