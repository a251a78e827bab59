#pragma once

#include <expected>

#include "sim/exchange/exchange.hpp"
#include "sim/render/order_json.hpp"
#include "sim/request/param_names.hpp"
#include "sim/request/params.hpp"

namespace portcullis::sim {

struct NewListCall {
  NewOrderList list;
  ReplyShape shape{ReplyShape::kResult};
};

// Reads the parameters of a new order list, leg by leg, with the refusals that come before the
// matching engine: which types a leg takes and where it stands (Binance: new order list; -1158 to
// -1168, -1196 to -1199, -1222 to -1225).
[[nodiscard]] std::expected<NewListCall, VenueError> read_oco(const Params& params,
                                                              const SymbolSpec& symbol);
[[nodiscard]] std::expected<NewListCall, VenueError> read_oto(const Params& params,
                                                              const SymbolSpec& symbol);
[[nodiscard]] std::expected<NewListCall, VenueError> read_otoco(const Params& params,
                                                                const SymbolSpec& symbol);
[[nodiscard]] std::expected<NewListCall, VenueError> read_opo(const Params& params,
                                                              const SymbolSpec& symbol);
[[nodiscard]] std::expected<NewListCall, VenueError> read_opoco(const Params& params,
                                                                const SymbolSpec& symbol);
// The OCO's older form: a limit order, and a stop with or without a limit.
[[nodiscard]] std::expected<NewListCall, VenueError> read_old_oco(const Params& params,
                                                                  const SymbolSpec& symbol);

extern const ParamNames kOcoNames;
extern const ParamNames kOtoNames;
extern const ParamNames kOtocoNames;
extern const ParamNames kOpoNames;
extern const ParamNames kOpocoNames;
extern const ParamNames kOldOcoNames;

}  // namespace portcullis::sim
