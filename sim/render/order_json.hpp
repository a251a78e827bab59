#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/exchange/exchange.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

// Orders, trades and order lists as the venue writes them in replies (Binance: trading endpoints,
// account endpoints, conditional fields in order responses). Each appends one value to `out`, whose
// time unit it uses; amounts are strings with the places that the symbol's assets have.

enum class ReplyShape : std::uint8_t { kAck, kResult, kFull };

void write_placed(JsonOut& out, const SymbolSpec& symbol, const PlaceResult& placed,
                  ReplyShape shape);
void write_canceled(JsonOut& out, const SymbolSpec& symbol, const Order& order,
                    std::string_view cancel_client_order_id);
// One order alone, or the whole list that went with it.
void write_cancel(JsonOut& out, const SymbolSpec& symbol, const CancelResult& canceled);
void write_order(JsonOut& out, const SymbolSpec& symbol, const Order& order);
void write_amended(JsonOut& out, const SymbolSpec& symbol, const AmendResult& amended);
void write_amendment(JsonOut& out, const SymbolSpec& symbol, const Amendment& amendment);
void write_trade(JsonOut& out, const SymbolSpec& symbol, const Fill& fill);
void write_prevented_match(JsonOut& out, const SymbolSpec& symbol, const PreventedMatch& match);

void write_list(JsonOut& out, const SymbolSpec& symbol, const OrderList& list);
void write_placed_list(JsonOut& out, const SymbolSpec& symbol, const PlaceListResult& placed,
                       ReplyShape shape);

[[nodiscard]] std::string order_json(const SymbolSpec& symbol, const Order& order);
[[nodiscard]] std::string trade_json(const SymbolSpec& symbol, const Fill& fill);

}  // namespace portcullis::sim
