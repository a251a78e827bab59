#include "tests/sim_exchange/reference_exchange.hpp"

#include <algorithm>

namespace reference {

__extension__ using Wide = __int128;
constexpr Wide kScale = 100'000'000;

Exchange::Exchange(std::int64_t maker_ppm, std::int64_t taker_ppm, int accounts, std::int64_t base,
                   std::int64_t quote)
    : maker_ppm_{maker_ppm},
      taker_ppm_{taker_ppm} {
  for (int account = 1; account <= accounts; ++account) {
    totals_[{account, true}] = base;
    totals_[{account, false}] = quote;
  }
}

std::string Exchange::place(Order order) {
  const std::vector<std::uint64_t> reachable = in_reach(order);
  const Queue& others = order.is_buy ? asks_ : bids_;
  const bool would_take = !others.empty() && (order.is_buy ? others.begin()->first <= order.px
                                                           : others.rbegin()->first >= order.px);
  if (order.kind == Kind::kMaker && would_take) return "maker";
  if (order.account != 0 && !can_pay(order)) return "funds";

  order.id = ++last_id_;
  Order& taker = orders_[order.id] = order;
  std::int64_t available = 0;
  for (const std::uint64_t id : reachable) {
    const Order& maker = orders_.at(id);
    if (order.account == 0 || maker.account != order.account) available += maker.qty - maker.done;
  }
  if (order.kind != Kind::kFok || available >= order.qty) {
    for (const std::uint64_t id : reachable) {
      if (taker.done == taker.qty) break;
      Order& maker = orders_.at(id);
      if (taker.account != 0 && maker.account == taker.account) {
        take_off(maker);
        maker.state = 'e';
      } else {
        trade(taker, maker);
      }
    }
  }
  if (taker.done == taker.qty) return "";
  if (order.kind == Kind::kLimit || order.kind == Kind::kMaker) {
    (taker.is_buy ? bids_ : asks_)[taker.px].push_back(taker.id);
  } else {
    taker.state = 'e';
  }
  return "";
}

bool Exchange::cancel(int account, std::uint64_t id) {
  const auto found = orders_.find(id);
  if (found == orders_.end() || found->second.account != account) return false;
  if (found->second.state != 'n' && found->second.state != 'p') return false;
  take_off(found->second);
  found->second.state = 'c';
  return true;
}

// Everything on the other side the order's price allows, best price first, oldest first.
std::vector<std::uint64_t> Exchange::in_reach(const Order& order) const {
  std::vector<std::uint64_t> out;
  const auto add = [&out](const std::list<std::uint64_t>& queue) {
    out.insert(out.end(), queue.begin(), queue.end());
  };
  if (order.is_buy) {
    for (const auto& [px, queue] : asks_) {
      if (order.kind == Kind::kMarket || px <= order.px) add(queue);
    }
  } else {
    for (auto level = bids_.rbegin(); level != bids_.rend(); ++level) {
      if (order.kind == Kind::kMarket || level->first >= order.px) add(level->second);
    }
  }
  return out;
}

bool Exchange::can_pay(const Order& order) const {
  const bool pays_base = !order.is_buy;
  const std::int64_t free = total(order.account, pays_base) - locked(order.account, pays_base);
  if (pays_base) return order.qty <= free;
  if (order.kind != Kind::kMarket) {
    return (Wide{order.px} * order.qty + kScale - 1) / kScale <= free;
  }
  Wide cost = 0;
  std::int64_t left = order.qty;
  for (const std::uint64_t id : in_reach(order)) {
    const Order& maker = orders_.at(id);
    if (maker.account == order.account) continue;
    const std::int64_t qty = std::min(left, maker.qty - maker.done);
    cost += Wide{maker.px} * qty / kScale;
    left -= qty;
  }
  return cost <= free;
}

void Exchange::trade(Order& taker, Order& maker) {
  const std::int64_t qty = std::min(taker.qty - taker.done, maker.qty - maker.done);
  const auto quote = static_cast<std::int64_t>(Wide{maker.px} * qty / kScale);
  for (Order* order : {&taker, &maker}) {
    order->done += qty;
    order->paid += quote;
    order->state = order->done == order->qty ? 'f' : 'p';
  }
  settle(taker, qty, quote, taker_ppm_);
  settle(maker, qty, quote, maker_ppm_);
  trades_.push_back({.px = maker.px, .qty = qty, .is_buyer_maker = maker.is_buy});
  if (maker.done == maker.qty) take_off(maker);
}

void Exchange::settle(const Order& order, std::int64_t qty, std::int64_t quote, std::int64_t ppm) {
  const std::int64_t received = order.is_buy ? qty : quote;
  const std::int64_t given = order.is_buy ? quote : qty;
  const std::int64_t fee =
      order.account == 0 ? 0 : static_cast<std::int64_t>(Wide{received} * ppm / 1'000'000);
  totals_[{order.account, order.is_buy}] += received - fee;
  totals_[{order.account, !order.is_buy}] -= given;
  fees_[order.is_buy ? 0 : 1] += fee;
}

void Exchange::take_off(const Order& order) {
  Queue& side = order.is_buy ? bids_ : asks_;
  side.at(order.px).remove(order.id);
  if (side.at(order.px).empty()) side.erase(order.px);
}

std::int64_t Exchange::total(int account, bool is_base) const {
  const auto found = totals_.find({account, is_base});
  return found == totals_.end() ? 0 : found->second;
}

std::int64_t Exchange::locked(int account, bool is_base) const {
  Wide sum = 0;
  for (const auto& [px, queue] : is_base ? asks_ : bids_) {
    for (const std::uint64_t id : queue) {
      const Order& order = orders_.at(id);
      const std::int64_t left = order.qty - order.done;
      if (order.account == account) sum += is_base ? left : (Wide{px} * left + kScale - 1) / kScale;
    }
  }
  return static_cast<std::int64_t>(sum);
}

std::map<std::int64_t, std::int64_t> Exchange::depth(bool is_bids) const {
  std::map<std::int64_t, std::int64_t> out;
  for (const auto& [px, queue] : is_bids ? bids_ : asks_) {
    for (const std::uint64_t id : queue) out[px] += orders_.at(id).qty - orders_.at(id).done;
  }
  return out;
}

std::set<std::uint64_t> Exchange::open(int account) const {
  std::set<std::uint64_t> out;
  for (const Queue* side : {&bids_, &asks_}) {
    for (const auto& [px, queue] : *side) {
      for (const std::uint64_t id : queue) {
        if (orders_.at(id).account == account) out.insert(id);
      }
    }
  }
  return out;
}

}  // namespace reference
