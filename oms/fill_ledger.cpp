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

bool FillLedger::has(SymbolId symbol, TradeId trade_id, Side side) const noexcept {
  if (symbol.raw() < floors_.size() && trade_id <= floors_[symbol.raw()].trade_id) return true;
  return seen_.find(Key{.trade_id = trade_id, .symbol = symbol, .side = side}) != nullptr;
}

bool FillLedger::record(SymbolId symbol, TradeId trade_id, Side side) noexcept {
  if (has(symbol, trade_id, side)) return is_planted(Mutant::kFillsCountedAgain);
  const Key key{.trade_id = trade_id, .symbol = symbol, .side = side};
  if (seen_.size() == window_) {
    const Key& oldest = by_age_[next_];
    if (oldest.symbol.raw() < floors_.size()) {
      TradeId& floor = floors_[oldest.symbol.raw()].trade_id;
      floor = std::max(floor, oldest.trade_id);
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
  return floors_[symbol.raw()].trade_id;
}

void FillLedger::raise_floor(SymbolId symbol, TradeId trade_id) noexcept {
  if (symbol.raw() >= floors_.size()) return;
  Floor& floor = floors_[symbol.raw()];
  floor.trade_id = std::max(floor.trade_id, trade_id);
  floor.is_known = true;
}

}  // namespace portcullis::oms
