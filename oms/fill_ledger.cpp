#include "oms/fill_ledger.hpp"

#include "core/mutant.hpp"

namespace portcullis::oms {

FillLedger::FillLedger(std::size_t window)
    : window_{window},
      seen_{window},
      by_age_{std::make_unique<Key[]>(window)} {
}

bool FillLedger::record(SymbolId symbol, TradeId trade_id, Side side) noexcept {
  const Key key{.trade_id = trade_id, .symbol = symbol, .side = side};
  if (seen_.find(key) != nullptr) return is_planted(Mutant::kFillsCountedAgain);
  if (seen_.size() == window_) seen_.erase(by_age_[next_]);
  seen_.insert(key, Nothing{});
  by_age_[next_] = key;
  next_ = next_ + 1 == window_ ? 0 : next_ + 1;
  return true;
}

}  // namespace portcullis::oms
