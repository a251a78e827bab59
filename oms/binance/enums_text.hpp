#pragma once

#include <optional>
#include <string_view>

#include "core/enums.hpp"

namespace portcullis::oms::binance {

// Binance's spellings (spot documentation, "ENUM definitions"). Unknown text gives nothing, so that
// a word the venue adds later is noticed and never guessed.

[[nodiscard]] std::string_view side_text(Side side) noexcept;
[[nodiscard]] std::string_view ord_type_text(OrdType type) noexcept;
[[nodiscard]] std::string_view time_in_force_text(TimeInForce tif) noexcept;
// Of a mode or a peg that is asked for.
[[nodiscard]] std::string_view stp_mode_text(StpMode mode) noexcept;
[[nodiscard]] std::string_view peg_kind_text(PegKind kind) noexcept;

[[nodiscard]] std::optional<Side> parse_side(std::string_view text) noexcept;

// Order status. PENDING_NEW (a list's waiting leg) and PENDING_CANCEL (unused by the venue) are
// open orders, thus kNew; EXPIRED_IN_MATCH (self-trade prevention) is kExpired.
[[nodiscard]] std::optional<OrderState> parse_order_status(std::string_view text) noexcept;

// Execution type `x`, read together with the status, since two of them name no fact of ours:
// REPLACED (amended) and TRADE_PREVENTION become what the status says.
[[nodiscard]] std::optional<ExecType> parse_execution_type(std::string_view text,
                                                           OrderState state) noexcept;

// What happened, judged by where the order is; for answers that carry no execution type. A filled
// or partially filled order gives kNew: the fills are facts of their own.
[[nodiscard]] ExecType exec_type_of(OrderState state) noexcept;

}  // namespace portcullis::oms::binance
