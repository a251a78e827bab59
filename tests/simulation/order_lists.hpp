#pragma once

#include "core/instrument.hpp"
#include "core/market_view.hpp"
#include "core/messages.hpp"
#include "sim/random.hpp"

namespace portcullis::simulation {

// A list of any kind around the market, whose first order is of the symbol, side and quantity
// given; now and then one that the gate or the venue refuses. Orders' references follow the given
// one's. The market has both sides.
[[nodiscard]] NewOrderList make_list(const NewOrderSingle& like, const MarketSnapshot& market,
                                     const Instrument& instrument, sim::Random& random);

}  // namespace portcullis::simulation
