#include "sim/exchange/liquidity.hpp"

#include <algorithm>

namespace portcullis::sim {

namespace {

template <class Amount>
Amount sum_of(Amount a, Amount b) {
  return checked_add(a, b).value_or(Amount::max());
}

}  // namespace

struct Liquidity::Walk {
  const TakerTerms& terms;
  OrderBook::Handle handle;
  Reach found{};
  Qty spent{};  // traded and prevented

  [[nodiscard]] Qty left() const { return terms.qty - spent; }
  void trade(Price px, Qty qty) {
    found.qty += qty;
    found.cost = sum_of(found.cost, notional(px, qty));
    spent += qty;
  }
};

Liquidity::Reach Liquidity::reach(const TakerTerms& terms) const {
  Walk walk{.terms = terms, .handle = book_.best(opposite(terms.side))};
  while (walk.handle != OrderBook::kNoHandle && walk.left().is_positive()) {
    const Price px = book_.at(walk.handle).px;
    if (!terms.takes(px) || !terms.band.contains(px)) break;
    if (!take_level(walk)) break;
  }
  return walk.found;
}

// What shows comes first, in its order; then the hidden rest, which queues behind it.
bool Liquidity::take_level(Walk& walk) const {
  const TakerTerms& terms = walk.terms;
  const Price px = book_.at(walk.handle).px;
  Qty hidden_foreign{};
  Qty hidden_own{};
  for (; walk.handle != OrderBook::kNoHandle; walk.handle = book_.next(walk.handle)) {
    const OrderBook::Resting resting = book_.at(walk.handle);
    if (resting.px != px || !walk.left().is_positive()) break;
    const bool is_own = terms.account != kCrowd && resting.account != kCrowd &&
                        terms.stp != StpMode::kNone &&
                        venue_.is_one_owner(terms.account, resting.account);
    const Qty qty = std::min(walk.left(), resting.leaves);
    if (!is_own) {
      walk.trade(px, qty);
      hidden_foreign = sum_of(hidden_foreign, hidden(resting));
      continue;
    }
    if (terms.stp == StpMode::kExpireTaker || terms.stp == StpMode::kExpireBoth) return false;
    if (terms.stp == StpMode::kExpireMaker) continue;
    walk.spent += qty;
    if (is_transfer(terms, resting)) {
      walk.found.cost = sum_of(walk.found.cost, notional(px, qty));
    }
    hidden_own = sum_of(hidden_own, hidden(resting));
  }
  walk.trade(px, std::min(walk.left(), hidden_foreign));
  walk.spent += std::min(walk.left(), hidden_own);
  return true;
}

// A transfer moves the money as a trade would; within one account there is nothing to move.
bool Liquidity::is_transfer(const TakerTerms& terms, const OrderBook::Resting& resting) const {
  return terms.stp == StpMode::kTransfer && resting.account != terms.account &&
         orders_.entry_of(resting).order.stp == StpMode::kTransfer;
}

Qty Liquidity::hidden(const OrderBook::Resting& resting) const {
  if (resting.account == kCrowd) return {};
  return orders_.entry_of(resting).order.leaves() - resting.leaves;
}

Liquidity::ForQuote Liquidity::for_quote(Side taker_side, Notional quote, Qty step) const {
  ForQuote out;
  const auto to_step = [step](Qty qty) {
    return Qty::from_raw(qty.raw() - qty.raw() % step.raw());
  };
  const auto bought_by = [](Notional value, Price px) {
    const Int128 raw = static_cast<Int128>(value.raw()) * kDecimalScale / px.raw();
    return Qty::from_raw(static_cast<std::int64_t>(std::min<Int128>(raw, Qty::max().raw())));
  };
  Notional left = quote;
  Price px{};
  for (auto handle = book_.best(opposite(taker_side)); handle != OrderBook::kNoHandle;
       handle = book_.next(handle)) {
    const OrderBook::Resting resting = book_.at(handle);
    px = resting.px;
    const Qty there = resting.leaves + hidden(resting);
    const Notional value = notional(px, there);
    if (value >= left) {
      out.qty = to_step(sum_of(out.qty, bought_by(left, px)));
      return out;
    }
    left -= value;
    out.qty = sum_of(out.qty, there);
  }
  out.is_book_empty = px.is_zero();
  out.is_exhausted = true;
  // The rest is asked for at the last price there is, and expires.
  if (!px.is_zero()) out.qty = to_step(sum_of(out.qty, bought_by(left, px)));
  return out;
}

std::optional<Price> Liquidity::peg_price(Side side, const Peg& peg) const {
  const Side from = peg.price_type == PegPriceType::kPrimary ? side : opposite(side);
  const auto index = static_cast<std::size_t>(peg.offset_levels);
  const std::vector<Level> levels = book_.levels(from, index + 1);
  if (levels.size() <= index) return std::nullopt;
  return levels[index].px;
}

}  // namespace portcullis::sim
