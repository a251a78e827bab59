#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"

namespace portcullis::sim {

// Orders, trades and user data events as the venue writes them (Binance: trading endpoints, account
// endpoints, user data stream). Amounts are strings with eight places, times milliseconds.

// The client id of the cancels that a mass cancel makes; the venue generates one, too.
inline constexpr const char* kMassCancelId = "simMassCancel";

enum class ReplyShape : std::uint8_t { kAck, kResult, kFull };

[[nodiscard]] std::string placed_json(const SymbolSpec& symbol, const PlaceResult& placed,
                                      ReplyShape shape);
[[nodiscard]] std::string canceled_json(const SymbolSpec& symbol, const Order& order,
                                        std::string_view cancel_client_order_id);
[[nodiscard]] std::string order_json(const SymbolSpec& symbol, const Order& order);
[[nodiscard]] std::string trade_json(const SymbolSpec& symbol, const Fill& fill);

// The bare event, without the subscription's envelope.
[[nodiscard]] std::string execution_report_json(const SymbolSpec& symbol, const AccountEvent& event,
                                                WallTime now);
[[nodiscard]] std::string account_position_json(const std::vector<Balance>& balances,
                                                WallTime updated, WallTime now);
[[nodiscard]] std::string list_status_json(const SymbolSpec& symbol, const OrderList& list,
                                           WallTime now);
[[nodiscard]] std::string balance_update_json(std::string_view asset, Qty delta, WallTime now);

}  // namespace portcullis::sim
