#include "sim/market_data/symbol_record.hpp"

#include <algorithm>

namespace portcullis::sim {

SymbolRecord::SymbolRecord(const Limits& limits)
    : trades_{limits.trades},
      aggregate_trades_{limits.aggregate_trades},
      candles_{limits.candles} {
}

void SymbolRecord::add(const PublicTrade& trade) {
  if (!aggregate_trades_.empty() && aggregate_trades_.back().takes_in(trade)) {
    AggregateTrade& last = aggregate_trades_.back();
    last.qty += trade.qty.raw();
    last.last_trade_id = trade.trade_id;
  } else {
    const std::uint64_t id = aggregate_trades_.empty() ? 1 : aggregate_trades_.back().id + 1;
    aggregate_trades_.push_back({.id = id,
                                 .px = trade.px,
                                 .qty = trade.qty.raw(),
                                 .first_trade_id = trade.trade_id,
                                 .last_trade_id = trade.trade_id,
                                 .buyer_is_maker = trade.buyer_is_maker,
                                 .taker_sequence = trade.taker_sequence,
                                 .time = trade.time});
  }
  trades_.push_back(trade);
  candles_.add(trade);
}

}  // namespace portcullis::sim
