#pragma once

#include <string_view>

#include "sim/exchange/venue_error.hpp"

namespace portcullis::sim {

// The refusals of orders with the venue's codes and texts (Binance: error codes, "Messages for
// -1010, -2010, -2011 and -2038", "Filter failures").

// Before the matching engine: what the symbol and the account allow.
[[nodiscard]] VenueError request_refused(std::string_view text);   // -1013
[[nodiscard]] VenueError filter_failure(std::string_view filter);  // -1013 "Filter failure: "
// By the matching engine.
[[nodiscard]] VenueError order_refused(std::string_view text);   // -2010
[[nodiscard]] VenueError cancel_refused(std::string_view text);  // -2011
[[nodiscard]] VenueError amend_refused(std::string_view text);   // -2038

namespace refusal {

inline constexpr std::string_view kMarketClosed = "Market is closed.";
inline constexpr std::string_view kUnknownOrder = "Unknown order sent.";
inline constexpr std::string_view kUnknownList = "Unknown order list sent.";
inline constexpr std::string_view kDuplicate = "Duplicate order sent.";
inline constexpr std::string_view kNoFunds =
    "Account has insufficient balance for requested action.";
inline constexpr std::string_view kWouldTrigger = "Order would trigger immediately.";
inline constexpr std::string_view kWouldMatch = "Order would immediately match and take.";
inline constexpr std::string_view kBadPrices =
    "The relationship of the prices for the orders is not correct.";
inline constexpr std::string_view kNoValue = "Price * QTY is zero or less.";
inline constexpr std::string_view kIcebergTooBig = "IcebergQty exceeds QTY.";
inline constexpr std::string_view kMayNotTrade = "This account may not place or cancel orders.";
inline constexpr std::string_view kDisabled = "This action is disabled on this account.";
inline constexpr std::string_view kNotPermitted = "This symbol is not permitted for this account.";
inline constexpr std::string_view kRestricted = "This symbol is restricted for this account.";
inline constexpr std::string_view kCancelRestricted =
    "Order was not canceled due to cancel restrictions.";
inline constexpr std::string_view kNoPegLiquidity =
    "Order book liquidity is too low for this pegged order.";
inline constexpr std::string_view kNoAmend = "Order amend is not supported for this symbol.";
inline constexpr std::string_view kAmendIncrease =
    "Order amend (quantity increase) is not supported.";
inline constexpr std::string_view kAmendPendingOpo =
    "Order amend (pending OPO order) is not supported";
inline constexpr std::string_view kNoChange =
    "The requested action would change no state; rejecting.";

}  // namespace refusal

[[nodiscard]] VenueError no_such_order();
[[nodiscard]] VenueError ids_disagree();
[[nodiscard]] VenueError no_order_id_given();
[[nodiscard]] VenueError no_list_id_given();
[[nodiscard]] VenueError unsupported_combination();

}  // namespace portcullis::sim
