#pragma once

#include "core/cl_ord_id.hpp"
#include "core/instrument.hpp"
#include "core/messages.hpp"
#include "oms/binance/order_encoder.hpp"

namespace portcullis::bench {

// One liquid pair with the venue's usual filters.
[[nodiscard]] InstrumentTable make_instruments();
// A buy of 0.01 at 61602.01, post-only.
[[nodiscard]] NewOrderSingle make_order();
// With a key made for the occasion.
[[nodiscard]] oms::binance::OrderEncoder make_encoder(oms::binance::KeyKind kind,
                                                      const InstrumentTable& instruments,
                                                      const ClOrdIdCodec& codec);

}  // namespace portcullis::bench
