#include "sim/exchange/order_checks.hpp"

#include <algorithm>
#include <string>

#include "sim/exchange/refusals.hpp"

namespace portcullis::sim {

namespace {

using Verdict = std::optional<VenueError>;

const char* type_words(OrderType type) {
  switch (type) {
    case OrderType::kLimit: return "Limit";
    case OrderType::kMarket: return "Market";
    case OrderType::kStopLoss: return "Stop loss";
    case OrderType::kStopLossLimit: return "Stop loss limit";
    case OrderType::kTakeProfit: return "Take profit";
    case OrderType::kTakeProfitLimit: return "Take profit limit";
    case OrderType::kLimitMaker: return "Limit maker";
    case OrderType::kCount: break;
  }
  return "";
}

Verdict check_peg(const SymbolSpec& spec, const NewOrder& order) {
  if (!order.peg.is_set()) return std::nullopt;
  if (!spec.allows_pegged) {
    return request_refused("Pegged orders are not supported for this symbol.");
  }
  if (!has_limit_price(order.type)) {
    return request_refused("This order type may not use pegged price.");
  }
  const bool is_primary = order.peg.price_type == PegPriceType::kPrimary;
  const bool is_passive_only = order.type == OrderType::kLimit && order.tif != TimeInForce::kGtc;
  const bool is_maker = order.type == OrderType::kLimitMaker;
  if (is_primary ? is_passive_only : is_maker) {
    return request_refused("This price peg cannot be used with this order type.");
  }
  return std::nullopt;
}

Verdict check_symbol_features(const SymbolSpec& spec, const NewOrder& order) {
  if (!spec.allows(order.type)) {
    return request_refused(std::string{type_words(order.type)} +
                           " orders are not supported for this symbol.");
  }
  if (order.iceberg_qty.is_positive() && !spec.allows_iceberg) {
    return request_refused("Iceberg orders are not supported for this symbol.");
  }
  if (order.trailing_bips && !spec.allows_trailing_stop) {
    return request_refused("Trailing stop orders are not supported for this symbol.");
  }
  if (!order.quote_order_qty.is_zero() && !spec.allows_quote_order_qty_market) {
    return request_refused("Quote order qty market orders are not support for this symbol.");
  }
  if (order.stp && !spec.allows(*order.stp)) {
    return request_refused("This symbol does not allow the specified self-trade prevention mode.");
  }
  return check_peg(spec, order);
}

// Terms that contradict each other; the protocol has refused most of them already.
Verdict check_combination(const NewOrder& order) {
  const bool has_trigger = !order.stop_px.is_zero() || order.trailing_bips;
  const bool has_quote = !order.quote_order_qty.is_zero();
  if (is_contingent(order.type) != has_trigger) return unsupported_combination();
  if (order.trailing_bips && *order.trailing_bips <= 0) return unsupported_combination();
  constexpr int kPegLevelsMax = 100;
  if (order.peg.offset_levels < 0 || order.peg.offset_levels > kPegLevelsMax) {
    return unsupported_combination();
  }
  if (has_quote && (order.type != OrderType::kMarket || !order.qty.is_zero())) {
    return unsupported_combination();
  }
  if (order.iceberg_qty.is_zero()) return std::nullopt;
  if (!has_limit_price(order.type) || order.tif != TimeInForce::kGtc) {
    return unsupported_combination();
  }
  if (!order.qty.is_zero() && order.iceberg_qty >= order.qty) {
    return request_refused(refusal::kIcebergTooBig);
  }
  return std::nullopt;
}

VenueError list_error(int code, std::string text) {
  return {.http_status = 400, .code = code, .message = std::move(text)};
}

bool is_stop_loss(OrderType type) {
  return type == OrderType::kStopLoss || type == OrderType::kStopLossLimit;
}
bool is_take_profit(OrderType type) {
  return type == OrderType::kTakeProfit || type == OrderType::kTakeProfitLimit;
}
bool may_be_in_pair(OrderType type) {
  return is_contingent(type) || type == OrderType::kLimitMaker;
}

Verdict check_pair(const NewOrder& above, const NewOrder& below) {
  if (!may_be_in_pair(above.type) || !may_be_in_pair(below.type)) {
    return list_error(-1158, "Order type not supported in OCO.");
  }
  for (const NewOrder* leg : {&above, &below}) {
    if (leg->iceberg_qty.is_zero() || leg->tif == TimeInForce::kGtc) continue;
    const std::string name = leg == &above ? "aboveIcebergQty" : "belowIcebergQty";
    return list_error(-1160, "Parameter '" + name +
                                 "' is not supported if `aboveTimeInForce`/`belowTimeInForce` is "
                                 "not GTC.");
  }
  if (above.type == OrderType::kLimitMaker && below.type == OrderType::kLimitMaker) {
    return list_error(-1168, "At least one OCO order must be contingent.");
  }
  const bool is_buy = above.side == Side::kBuy;
  if (is_buy && above.type == OrderType::kLimitMaker) {
    return list_error(-1165, "A limit order in a buy OCO must be below.");
  }
  if (!is_buy && below.type == OrderType::kLimitMaker) {
    return list_error(-1166, "A limit order in a sell OCO must be above.");
  }
  if (is_buy && is_stop_loss(below.type)) {
    return list_error(-1196, "A stop loss order in a buy OCO must be above.");
  }
  if (!is_buy && is_stop_loss(above.type)) {
    return list_error(-1197, "A stop loss order in a sell OCO must be below.");
  }
  if (is_buy && is_take_profit(above.type)) {
    return list_error(-1198, "A take profit order in a buy OCO must be below.");
  }
  if (!is_buy && is_take_profit(below.type)) {
    return list_error(-1199, "A take profit order in a sell OCO must be above.");
  }
  if (above.side != below.side || above.qty != below.qty) return unsupported_combination();
  return std::nullopt;
}

Verdict check_opo(const NewOrderList& list) {
  if (list.orders[0].side != Side::kBuy) {
    return list_error(-1222, "Working order in an OPO list must be a bid.");
  }
  if (list.orders[0].qty.is_zero()) {
    return list_error(-1224, "Working order must include the 'workingQuantity' tag.");
  }
  for (std::size_t leg = 1; leg < list.orders.size(); ++leg) {
    if (list.orders[leg].side != Side::kSell) {
      return list_error(-1223, "Pending orders in an OPO list must be asks.");
    }
    if (!list.orders[leg].qty.is_zero()) {
      return list_error(-1225, "Pending orders should not include the 'pendingQuantity' tag.");
    }
  }
  return std::nullopt;
}

Verdict check_list_allowed(const SymbolSpec& spec, ListKind kind) {
  const bool has_pair =
      kind == ListKind::kOco || kind == ListKind::kOtoco || kind == ListKind::kOpoco;
  if (kind != ListKind::kOco && !spec.allows_oto) {
    return request_refused("OTO orders are not supported for this symbol");
  }
  if ((kind == ListKind::kOpo || kind == ListKind::kOpoco) && !spec.allows_opo) {
    return request_refused("OPO orders are not supported for this symbol");
  }
  if (has_pair && !spec.allows_oco) {
    return request_refused("OCO orders are not supported for this symbol");
  }
  return std::nullopt;
}

// The price that must lie on the leg's side of the last one: the stop price of what waits for a
// stop loss or sells at the market, else the limit.
Price pair_px(const NewOrder& order) noexcept {
  const bool has_limit =
      order.type == OrderType::kLimitMaker || order.type == OrderType::kTakeProfitLimit;
  return has_limit ? order.px : order.stop_px;
}

}  // namespace

Verdict check_account(const SymbolSpec& spec, const AccountSettings& account) {
  if (!account.can_trade) return order_refused(refusal::kMayNotTrade);
  if (account.is_disabled) return order_refused(refusal::kDisabled);
  if (!spec.is_spot_allowed) return order_refused(refusal::kRestricted);
  const bool is_permitted = std::ranges::all_of(spec.permission_sets, [&](const auto& any_of) {
    return any_of.empty() || std::ranges::any_of(any_of, [&](const std::string& permission) {
             return std::ranges::find(account.permissions, permission) != account.permissions.end();
           });
  });
  if (!is_permitted) return order_refused(refusal::kNotPermitted);
  return std::nullopt;
}

Verdict check_allowed(const SymbolSpec& spec, const AccountSettings& account,
                      const NewOrder& order) {
  if (spec.status != SymbolStatus::kTrading) return request_refused(refusal::kMarketClosed);
  if (auto no = check_account(spec, account)) return no;
  if (auto no = check_symbol_features(spec, order)) return no;
  return check_combination(order);
}

Verdict check_list_shape(const SymbolSpec& spec, const NewOrderList& list) {
  if (auto no = check_list_allowed(spec, list.kind)) return no;
  const bool has_two =
      list.kind == ListKind::kOco || list.kind == ListKind::kOto || list.kind == ListKind::kOpo;
  if (list.orders.size() != (has_two ? 2U : 3U)) return unsupported_combination();
  if (list.kind == ListKind::kOco) return check_pair(list.orders[0], list.orders[1]);
  const OrderType working = list.orders[0].type;
  if (working != OrderType::kLimit && working != OrderType::kLimitMaker) {
    return list_error(-1159, "Order type not supported for working order.");
  }
  for (const NewOrder& order : list.orders) {
    if (!order.quote_order_qty.is_zero()) return unsupported_combination();
  }
  if (list.kind == ListKind::kOpo || list.kind == ListKind::kOpoco) {
    if (auto no = check_opo(list)) return no;
  }
  return has_two ? std::nullopt : check_pair(list.orders[1], list.orders[2]);
}

bool is_pair_around(const NewOrder& above, const NewOrder& below, Price last) noexcept {
  const Price high = pair_px(above);
  const Price low = pair_px(below);
  if (!high.is_zero() && !low.is_zero() && high <= low) return false;
  if (last.is_zero()) return true;
  return (high.is_zero() || high > last) && (low.is_zero() || low < last);
}

}  // namespace portcullis::sim
