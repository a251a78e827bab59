#pragma once

#include "core/instrument.hpp"
#include "core/market_view.hpp"
#include "core/messages.hpp"
#include "sim/random.hpp"

namespace portcullis::simulation {

// Makes of a limit order one of the kinds that are not plain: stops near the market, trailing ones,
// icebergs, market orders by quote quantity, pegged ones. The market has both sides.
void make_special(NewOrderSingle& order, const MarketSnapshot& market, const Instrument& instrument,
                  sim::Random& random);

}  // namespace portcullis::simulation
