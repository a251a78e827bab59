#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

// User data events as the venue writes them (Binance: user data stream), bare: without the
// subscription's envelope. `now` is the event's own time.

[[nodiscard]] std::string execution_report_json(const SymbolSpec& symbol, const AccountEvent& event,
                                                WallTime now,
                                                TimeUnit unit = TimeUnit::kMilliseconds);
[[nodiscard]] std::string account_position_json(const std::vector<Balance>& balances,
                                                WallTime updated, WallTime now,
                                                TimeUnit unit = TimeUnit::kMilliseconds);
[[nodiscard]] std::string list_status_json(const SymbolSpec& symbol, const OrderList& list,
                                           WallTime now, TimeUnit unit = TimeUnit::kMilliseconds);
[[nodiscard]] std::string balance_update_json(std::string_view asset, Qty delta, WallTime now,
                                              TimeUnit unit = TimeUnit::kMilliseconds);
// Funds locked or (negative) unlocked by something other than trading.
[[nodiscard]] std::string external_lock_json(std::string_view asset, Qty delta, WallTime now,
                                             TimeUnit unit = TimeUnit::kMilliseconds);
[[nodiscard]] std::string stream_terminated_json(WallTime now,
                                                 TimeUnit unit = TimeUnit::kMilliseconds);

}  // namespace portcullis::sim
