#pragma once

#include "sim/exchange/exchange.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

// What accounts are and pay (Binance: account endpoints, commission FAQ). Each appends one value.

struct AccountView {
  SimAccountId account;
  WallTime updated;
  bool omits_zero_balances{false};
};
void write_account(JsonOut& out, const Exchange& exchange, const AccountView& view);

// The rates of an account in a symbol, by who made the price and by side.
void write_commission(JsonOut& out, const Exchange& exchange, SimAccountId account,
                      std::size_t symbol);
// The same for an order of one side: what its fills would pay, as maker and as taker.
void write_order_commission(JsonOut& out, const Exchange& exchange, SimAccountId account,
                            std::size_t symbol, Side side);

}  // namespace portcullis::sim
