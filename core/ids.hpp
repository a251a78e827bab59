#pragma once

#include <cstdint>

#include "core/strong.hpp"

namespace portcullis {

// Dense index into the InstrumentTable; strings die at the decoder.
using SymbolId = Strong<std::uint16_t, struct SymbolIdTag>;
// Index of an asset (BTC, USDT) in the InstrumentTable.
using AssetId = Strong<std::uint16_t, struct AssetIdTag>;
// Ours: epoch in the upper 24 bits, sequence in the lower 40; never used twice
// (core/cl_ord_id.hpp).
using OrderId = Strong<std::uint64_t, struct OrderIdTag>;
// The venue's order id; 0 until the venue has named the order.
using VenueOrderId = Strong<std::uint64_t, struct VenueOrderIdTag>;
// The venue's trade id, unique for each symbol; the key fills are deduplicated by.
using TradeId = Strong<std::uint64_t, struct TradeIdTag>;
// The venue's execution id: orders the events of one symbol.
using ExecId = Strong<std::uint64_t, struct ExecIdTag>;
// A market-data update id (`u` and `U` at Binance).
using SeqNum = Strong<std::uint64_t, struct SeqNumTag>;
// Which strategy an order came from; dense, from the configuration's order.
using StrategyId = Strong<std::uint16_t, struct StrategyIdTag>;
// The strategy's own name for an order, echoed in every report; the gateway never interprets it.
using StrategyRef = Strong<std::uint64_t, struct StrategyRefTag>;

inline constexpr SymbolId kNoSymbol{0xFFFF};
inline constexpr AssetId kNoAsset{0xFFFF};
inline constexpr StrategyId kNoStrategy{0xFFFF};

}  // namespace portcullis
