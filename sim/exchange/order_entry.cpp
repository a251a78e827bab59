// From a request to an order that works.
#include <algorithm>
#include <utility>

#include "sim/exchange/matching_engine.hpp"
#include "sim/exchange/order_checks.hpp"
#include "sim/exchange/refusals.hpp"

namespace portcullis::sim {

namespace {

OpenCounts counts_of(const NewOrder& order) {
  OpenCounts counts;
  counts.orders = 1;
  counts.algo_orders = is_contingent(order.type) ? 1 : 0;
  counts.iceberg_orders = order.iceberg_qty.is_positive() ? 1 : 0;
  return counts;
}

}  // namespace

std::expected<PlaceResult, VenueError> MatchingEngine::place(SimAccountId account,
                                                             const NewOrder& order, WallTime now) {
  if (account == kCrowd) return place_as_crowd(order, now);
  if (auto no = request_refusal(account, order, now)) return std::unexpected{*std::move(no)};
  if (auto no = count_refusal(account, counts_of(order), now)) {
    return std::unexpected{*std::move(no)};
  }
  auto placed = enter(account, order, now);
  settle_deferred(now);
  if (!placed) return std::unexpected{std::move(placed.error().error)};
  return *std::move(placed);
}

std::expected<void, VenueError> MatchingEngine::test(SimAccountId account, const NewOrder& order,
                                                     WallTime now) const {
  if (auto no = request_refusal(account, order, now)) return std::unexpected{*std::move(no)};
  if (auto no = count_refusal(account, counts_of(order), now)) {
    return std::unexpected{*std::move(no)};
  }
  return {};
}

std::optional<VenueError> MatchingEngine::request_refusal(SimAccountId account,
                                                          const NewOrder& order,
                                                          WallTime now) const {
  const AccountSettings& settings = venue_.of_account[account.raw()].settings;
  if (auto no = check_allowed(spec_, settings, order)) return no;
  const OrderFilters rules = filters(order.side, now);
  if (auto no = rules.check(order)) return no;
  if (auto no = rules.check_asset_limits(settings, order)) return no;
  if (order.side != Side::kBuy) return std::nullopt;
  return rules.check_position(order, position_with_buys(account));
}

// What the account has and what its open orders are buying; these are added up only for the filter.
Qty MatchingEngine::position_with_buys(SimAccountId account) const {
  Qty position = settlement_.position(account);
  const OrderHistory* history = orders_.history_of(account);
  if (!spec_.filters.position_max || history == nullptr) return position;
  for (const std::uint64_t id : history->open()) {
    const Order& open = orders_.find(account, id)->order;
    if (open.side != Side::kBuy) continue;
    position = checked_add(position, open.leaves()).value_or(Qty::max());
  }
  return position;
}

std::optional<VenueError> MatchingEngine::count_refusal(SimAccountId account,
                                                        const OpenCounts& added,
                                                        WallTime now) const {
  const OrderHistory* history = orders_.history_of(account);
  const OpenCounts none;
  return filters(Side::kBuy, now)
      .check_counts(venue_.rules.filters, history == nullptr ? none : history->counts(),
                    venue_.of_account[account.raw()].open, added);
}

OrderFilters MatchingEngine::filters(Side side, WallTime now) const {
  return {spec_, prices_, reference_price(now), book_.best_level(opposite(side)).px, now};
}

std::optional<Price> MatchingEngine::reference_price(WallTime now) const {
  if (!spec_.reference_price) return std::nullopt;
  if (spec_.reference_price->kind == ReferencePriceRule::Kind::kExternal) {
    return external_reference_;
  }
  return prices_.reference(now);
}

// ---- what only the engine can know
// -----------------------------------------------------------------

std::expected<MatchingEngine::Terms, MatchingEngine::Refusal> MatchingEngine::engine_terms(
    SimAccountId account, const NewOrder& order, WallTime now) const {
  Terms terms{.order = order};
  if (is_duplicate(account, order.client_order_id)) {
    return std::unexpected{Refusal{order_refused(refusal::kDuplicate)}};
  }
  if (auto no = resolve_quote(terms, now)) return std::unexpected{*std::move(no)};
  if (auto no = resolve_peg(terms, now)) return std::unexpected{*std::move(no)};
  if (auto no = price_refusal(terms)) return std::unexpected{*std::move(no)};
  return terms;
}

std::optional<MatchingEngine::Refusal> MatchingEngine::resolve_quote(Terms& terms,
                                                                     WallTime now) const {
  NewOrder& order = terms.order;
  if (order.quote_order_qty.is_zero()) return std::nullopt;
  const auto& market_lot = spec_.filters.market_lot_size;
  const Qty market_step = market_lot ? market_lot->lot_size : Qty{};
  const Qty step = std::max(spec_.lot_size(), market_step);
  const auto found = liquidity_.for_quote(order.side, order.quote_order_qty, step);
  if (found.is_book_empty) {
    return Refusal{order_refused("Order book liquidity is less than symbol minimum quantity.")};
  }
  order.qty = found.qty;
  const auto no = filters(order.side, now).check_quantity(order);
  if (!no) return std::nullopt;
  const auto& lot = spec_.filters.lot_size;
  if (found.is_exhausted && lot && found.qty < lot->qty_min) {
    return Refusal{
        order_refused("Order book liquidity is less than `LOT_SIZE` filter minimum quantity.")};
  }
  if (found.is_exhausted && market_lot && found.qty < market_lot->qty_min) {
    return Refusal{order_refused(
        "Order book liquidity is less than `MARKET_LOT_SIZE` filter minimum quantity.")};
  }
  return Refusal{*no};
}

std::optional<MatchingEngine::Refusal> MatchingEngine::resolve_peg(Terms& terms,
                                                                   WallTime now) const {
  const NewOrder& order = terms.order;
  // A contingent order takes its price when it is triggered.
  if (!order.peg.is_set() || is_contingent(order.type)) return std::nullopt;
  const auto px = liquidity_.peg_price(order.side, order.peg);
  if (!px) return Refusal{order_refused(refusal::kNoPegLiquidity)};
  terms.pegged_px = *px;
  const OrderFilters rules = filters(order.side, now);
  if (auto no = rules.check_price(order.side, *px)) return Refusal{*std::move(no)};
  if (auto no = rules.check_value(order, *px)) return Refusal{*std::move(no)};
  return std::nullopt;
}

std::optional<MatchingEngine::Refusal> MatchingEngine::price_refusal(const Terms& terms) const {
  const NewOrder& order = terms.order;
  const Price last = prices_.last();
  if (is_contingent(order.type) && !order.stop_px.is_zero() && !last.is_zero()) {
    const bool is_above = is_triggered_above(order.type, order.side);
    if (is_above ? last >= order.stop_px : last <= order.stop_px) {
      return Refusal{order_refused(refusal::kWouldTrigger),
                     RejectReason::kStopWouldTriggerImmediately};
    }
  }
  if (order.type == OrderType::kLimitMaker) {
    Order probe;
    probe.side = order.side;
    probe.px = order.px;
    probe.peg = order.peg;
    probe.pegged_px = terms.pegged_px;
    if (book_.is_crossed_by(order.side, probe.limit_px())) {
      return Refusal{order_refused(refusal::kWouldMatch), RejectReason::kWouldMatchImmediately};
    }
  }
  return std::nullopt;
}

bool MatchingEngine::is_duplicate(SimAccountId account, std::string_view client_order_id) const {
  const OrderHistory* history = orders_.history_of(account);
  return history != nullptr && !client_order_id.empty() && history->is_open(client_order_id);
}

// What the order must lock, or what a market order will cost on the present book.
bool MatchingEngine::can_pay(const Order& order, Qty locked_already, WallTime now) const {
  const Qty free = settlement_.free_for(order.account, order.side) + locked_already;
  if (order.side == Side::kBuy && is_market_like(order.type) && order.is_working()) {
    return as_qty(liquidity_.reach(taker_terms(order, now)).cost) <= free;
  }
  return Settlement::lock_needed(order) <= free;
}

std::expected<PlaceResult, MatchingEngine::Refusal> MatchingEngine::enter(SimAccountId account,
                                                                          const NewOrder& order,
                                                                          WallTime now) {
  const auto terms = engine_terms(account, order, now);
  if (!terms) return std::unexpected{terms.error()};
  Order made = make_order(account, *terms, now);
  if (!can_pay(made, {}, now)) {
    return std::unexpected{
        Refusal{order_refused(refusal::kNoFunds), RejectReason::kInsufficientBalances}};
  }
  Entry& entry = accept(std::move(made));
  settlement_.relock(entry, Settlement::lock_needed(entry.order));
  PlaceResult placed;
  if (is_contingent(entry.order.type)) {
    entry.is_waiting = true;
    stops_.add(entry, prices_.last(), now);
    tell(entry, EventType::kNew);
  } else {
    tell(entry, EventType::kNew);
    work(entry, now, &placed.prevented);
  }
  placed.order = entry.order;
  placed.fills = entry.fills;
  return placed;
}

Order MatchingEngine::make_order(SimAccountId account, const Terms& terms, WallTime now) const {
  const NewOrder& order = terms.order;
  const bool has_tif = has_limit_price(order.type) && order.type != OrderType::kLimitMaker;
  Order made{.order_id = next_order_id_,
             .client_order_id = order.client_order_id,
             .account = account,
             .symbol = symbol_,
             .side = order.side,
             .type = order.type,
             .tif = has_tif ? order.tif : TimeInForce::kGtc,
             .px = has_limit_price(order.type) ? order.px : Price{},
             .qty = order.qty,
             .quote_order_qty = order.quote_order_qty,
             .stop_px = order.stop_px,
             .trailing_bips = order.trailing_bips,
             .iceberg_qty = order.iceberg_qty,
             .stp = order.stp.value_or(spec_.default_stp),
             .peg = order.peg,
             .pegged_px = terms.pegged_px,
             .strategy_id = order.strategy_id,
             .strategy_type = order.strategy_type,
             .created = now,
             .updated = now};
  if (!is_contingent(order.type)) made.working_time = now;
  if (made.client_order_id.empty()) made.client_order_id = make_id(next_order_id_);
  return made;
}

MatchingEngine::Entry& MatchingEngine::accept(Order order) {
  order.order_id = next_order_id_++;
  venue_.of_account[order.account.raw()].open.add(order, 1);
  return orders_.history_for(order.account).add(order);
}

}  // namespace portcullis::sim
