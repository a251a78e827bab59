#include "sim/exchange/settlement.hpp"

#include <algorithm>

namespace portcullis::sim {

Qty Settlement::lock_needed(const Order& order) noexcept {
  if (order.status == OrderStatus::kPendingNew) return {};
  if (order.side == Side::kSell) return order.leaves();
  Price px = order.limit_px();
  if (is_market_like(order.type)) px = order.is_working() ? Price{} : order.stop_px;
  // A peg that waits for its trigger is valued at the stop price.
  if (px.is_zero() && !order.is_working()) px = order.stop_px;
  return as_qty(notional(px, order.leaves(), Rounding::kUp));
}

bool Settlement::relock(Entry& entry, Qty needed) {
  const SimAccountId account = entry.order.account;
  const Accounts::Asset asset = lock_asset(entry.order.side);
  if (needed > entry.locked) {
    const Qty more = needed - entry.locked;
    if (venue_.accounts.free(account, asset) < more) return false;
    venue_.accounts.lock(account, asset, more);
  } else if (needed < entry.locked) {
    venue_.accounts.unlock(account, asset, entry.locked - needed);
  }
  entry.locked = needed;
  return true;
}

Qty Settlement::free_for(SimAccountId account, Side side) const {
  return venue_.accounts.free(account, lock_asset(side));
}

Fill Settlement::settle(Entry& entry, const Trade& trade, bool is_maker, Qty* hold) {
  const Order& order = entry.order;
  const bool is_buy = order.side == Side::kBuy;
  const Qty received = is_buy ? trade.qty : as_qty(trade.quote);
  spend(entry, is_buy ? as_qty(trade.quote) : trade.qty);
  venue_.accounts.credit(order.account, lock_asset(opposite(order.side)), received);
  Fill fill{.trade_id = trade.trade_id,
            .order_id = order.order_id,
            .list_id = order.list_id,
            .symbol = symbol_,
            .account = order.account,
            .side = order.side,
            .px = trade.px,
            .qty = trade.qty,
            .quote = trade.quote,
            .is_maker = is_maker,
            .time = trade.time};
  if (!charge_discounted(fill)) charge(fill, received);
  if (hold != nullptr) *hold += hold_received(fill, received);
  return fill;
}

// The commission comes out of what was free before, where there is enough of it and the asset is
// not the discount asset; else out of what was received (Binance: OPO FAQ).
Qty Settlement::hold_received(const Fill& fill, Qty received) {
  const bool is_discount_asset = venue_.discount_asset == base_;
  const bool is_short = free_for(fill.account, Side::kSell) < received;
  const bool pays = fill.fee_asset == spec_.base_asset && (is_discount_asset || is_short);
  const Qty held = pays ? received - Qty::from_raw(fill.fee.raw()) : received;
  lock_base(fill.account, held);
  return held;
}

// A better price than the limit gives its difference back; a market order's buy had nothing locked.
void Settlement::spend(Entry& entry, Qty spent) {
  relock(entry, std::min(entry.locked, lock_needed(entry.order)));
  venue_.accounts.credit(entry.order.account, lock_asset(entry.order.side), -spent);
}

void Settlement::charge(Fill& fill, Qty received) {
  const bool is_buy = fill.side == Side::kBuy;
  const int places = is_buy ? spec_.base_commission_precision : spec_.quote_commission_precision;
  pay(fill, lock_asset(opposite(fill.side)), commission_on(received, rate_of(fill), places));
}

bool Settlement::charge_discounted(Fill& fill) {
  const VenueState::Account& account = venue_.of_account[fill.account.raw()];
  const bool is_on = account.settings.has_discount && venue_.discount_asset &&
                     venue_.commission(fill.account, symbol_, spec_).has_discount;
  if (!is_on) return false;
  // What a buy brings in is worth what it cost: the quote asset's price will do for it.
  const bool is_buy = fill.side == Side::kBuy;
  Price px = venue_.discount_px(is_buy ? base_ : quote_);
  Qty received = is_buy ? fill.qty : as_qty(fill.quote);
  if (px.is_zero() && is_buy) {
    px = venue_.discount_px(quote_);
    received = as_qty(fill.quote);
  }
  if (px.is_zero()) return false;
  const Fee fee = discounted_commission(received, rate_of(fill), venue_.rules.discount, px);
  const Qty free = venue_.accounts.free(fill.account, *venue_.discount_asset);
  if (fee.raw() > free.raw()) return false;
  pay(fill, *venue_.discount_asset, fee);
  return true;
}

void Settlement::pay(Fill& fill, Accounts::Asset asset, Fee fee) {
  const Qty amount = Qty::from_raw(fee.raw());
  fill.fee = fee;
  fill.fee_asset = venue_.accounts.name(asset);
  venue_.accounts.credit(fill.account, asset, -amount);
  venue_.accounts.collect_fee(asset, amount);
}

CommissionRate Settlement::rate_of(const Fill& fill) const {
  return commission_rate(venue_.commission(fill.account, symbol_, spec_), fill.side, fill.is_maker);
}

void Settlement::settle_crowd(Side side, const Trade& trade) {
  const bool is_buy = side == Side::kBuy;
  venue_.accounts.credit(kCrowd, base_, is_buy ? trade.qty : -trade.qty);
  venue_.accounts.credit(kCrowd, quote_, is_buy ? -as_qty(trade.quote) : as_qty(trade.quote));
}

void Settlement::transfer(Entry& buyer, Entry& seller, Notional quote, Qty qty) {
  spend(buyer, as_qty(quote));
  spend(seller, qty);
  venue_.accounts.credit(buyer.order.account, base_, qty);
  venue_.accounts.credit(seller.order.account, quote_, as_qty(quote));
}

Qty Settlement::position(SimAccountId account) const {
  const Balance balance = venue_.accounts.balance(account, base_);
  return checked_add(balance.free, balance.locked).value_or(Qty::max());
}

void Settlement::note_position(SimAccountId account) {
  venue_.outbox.add_position(account, base_);
  venue_.outbox.add_position(account, quote_);
  const bool has_discount = venue_.of_account[account.raw()].settings.has_discount;
  if (has_discount && venue_.discount_asset) {
    venue_.outbox.add_position(account, *venue_.discount_asset);
  }
}

}  // namespace portcullis::sim
