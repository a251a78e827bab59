#include "tests/sim_model/reference_exchange.hpp"

#include <algorithm>
#include <limits>

namespace reference {

__extension__ using Wide = __int128;
constexpr Wide kScale = 100'000'000;
constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();

namespace {

// Quote for base at a price, rounded down or up, never more than can be counted.
std::int64_t value(std::int64_t px, std::int64_t qty, bool is_up) {
  const Wide product = Wide{px} * qty;
  return static_cast<std::int64_t>(std::min(kMost, (product + (is_up ? kScale - 1 : 0)) / kScale));
}

bool reaches(const Order& taker, std::int64_t px) {
  if (taker.kind == Kind::kMarket) return true;
  return taker.is_buy ? px <= taker.px : px >= taker.px;
}

bool is_self(const Order& taker, const Order& maker) {
  return taker.account != 0 && maker.account == taker.account && taker.expires != Expires::kNobody;
}
bool expires_taker(const Order& taker) {
  return taker.expires == Expires::kTaker || taker.expires == Expires::kBoth;
}
bool expires_maker(const Order& taker) {
  return taker.expires == Expires::kMaker || taker.expires == Expires::kBoth;
}

bool is_within(std::int64_t value, std::int64_t min, std::int64_t max, std::int64_t step) {
  return value > 0 && value >= min && (max == 0 || value <= max) && value % step == 0;
}

}  // namespace

Exchange::Exchange(const Rules& rules, int accounts, std::int64_t base, std::int64_t quote)
    : rules_{rules},
      open_(static_cast<std::size_t>(accounts) + 1) {
  for (int account = 1; account <= accounts; ++account) {
    totals_[{account, true}] = base;
    totals_[{account, false}] = quote;
  }
}

std::string Exchange::place(Order order) {
  trades_.clear();
  changed_.clear();
  if (const std::string no = refusal(order); !no.empty()) return no;
  order.id = last_id() + 1;
  orders_.push_back(order);
  Order& taker = orders_.back();
  note(taker);
  if (order.kind != Kind::kFok || reach(order).qty == order.qty) match(taker);
  if (!taker.is_open()) return "";
  if (order.kind == Kind::kLimit || order.kind == Kind::kMaker) {
    side_of(taker)[taker.px].push_back(taker.id);
    open_.at(static_cast<std::size_t>(order.account)).insert(taker.id);
  } else {
    taker.state = 'e';
  }
  return "";
}

bool Exchange::cancel(int account, std::uint64_t id) {
  trades_.clear();
  changed_.clear();
  if (id == 0 || id > last_id()) return false;
  Order& order = at(id);
  if (order.account != account || !order.is_open()) return false;
  end(order, 'c');
  return true;
}

std::vector<std::uint64_t> Exchange::cancel_all(int account) {
  trades_.clear();
  changed_.clear();
  const std::vector<std::uint64_t> ids(open(account).begin(), open(account).end());
  for (const std::uint64_t id : ids) end(at(id), 'c');
  return ids;
}

std::string Exchange::refusal(const Order& order) const {
  if (order.account != 0) {
    if (const std::string no = filter_refusal(order); !no.empty()) return no;
    // More than an account can hold at all.
    std::int64_t held = 0;
    const std::int64_t has = total(order.account, true);
    if (order.is_buy && __builtin_add_overflow(has, order.qty, &held)) return "position";
  }
  if (order.kind == Kind::kMaker && would_take(order)) return "maker";
  return order.account != 0 && !can_pay(order) ? "funds" : "";
}

std::string Exchange::filter_refusal(const Order& order) const {
  const bool is_market = order.kind == Kind::kMarket;
  if (!is_market) {
    if (order.px <= 0) return "price";
    if (rules_.has_price_filter &&
        !is_within(order.px, rules_.px_min, rules_.px_max, rules_.tick)) {
      return "price";
    }
  }
  if (order.qty <= 0) return "lot";
  if (rules_.has_lot_filter && !is_within(order.qty, rules_.qty_min, rules_.qty_max, rules_.lot)) {
    return "lot";
  }
  std::int64_t px = is_market ? last_px_ : order.px;
  if (px == 0) px = best(!order.is_buy).first;
  if (px == 0) return "";
  if (value(px, order.qty, false) == 0) return "value";
  return !is_market && value(px, order.qty, false) < rules_.notional_min ? "notional" : "";
}

bool Exchange::would_take(const Order& order) const {
  const auto [px, qty] = best(!order.is_buy);
  return qty != 0 && reaches(order, px);
}

bool Exchange::can_pay(const Order& order) const {
  const bool pays_base = !order.is_buy;
  const std::int64_t free = total(order.account, pays_base) - locked(order.account, pays_base);
  if (pays_base) return order.qty <= free;
  if (order.kind == Kind::kMarket) return reach(order).cost <= free;
  return value(order.px, order.qty, true) <= free;
}

// What the order would trade now, and what a buy of it would cost.
Exchange::Reach Exchange::reach(const Order& order) const {
  Reach out;
  // False when it is over.
  const auto look = [&](std::int64_t px, const std::deque<std::uint64_t>& queue) {
    if (!reaches(order, px)) return false;
    for (const std::uint64_t id : queue) {
      const Order& maker = orders_[id - 1];
      if (out.qty == order.qty) return false;
      if (is_self(order, maker) && expires_taker(order)) return false;
      if (is_self(order, maker)) continue;
      const std::int64_t qty = std::min(order.qty - out.qty, maker.qty - maker.done);
      out.qty += qty;
      out.cost += value(px, qty, false);
    }
    return true;
  };
  if (order.is_buy) {
    for (const auto& [px, queue] : asks_) {
      if (!look(px, queue)) break;
    }
  } else {
    for (auto level = bids_.rbegin(); level != bids_.rend(); ++level) {
      if (!look(level->first, level->second)) break;
    }
  }
  return out;
}

void Exchange::match(Order& taker) {
  Queues& others = taker.is_buy ? asks_ : bids_;
  while (taker.is_open() && !others.empty()) {
    const auto level = taker.is_buy ? others.begin() : std::prev(others.end());
    if (!reaches(taker, level->first)) return;
    Order& maker = at(level->second.front());
    if (!is_self(taker, maker)) {
      trade(taker, maker);
      continue;
    }
    if (expires_maker(taker)) end(maker, 'e');
    if (expires_taker(taker)) taker.state = 'e';
  }
}

void Exchange::trade(Order& taker, Order& maker) {
  const std::int64_t qty = std::min(taker.qty - taker.done, maker.qty - maker.done);
  const std::int64_t quote = value(maker.px, qty, false);
  for (Order* order : {&taker, &maker}) {
    order->done += qty;
    order->paid += quote;
    order->state = order->done == order->qty ? 'f' : 'p';
    note(*order);
  }
  settle(taker, qty, quote, rules_.taker_rate);
  settle(maker, qty, quote, rules_.maker_rate);
  trades_.push_back({.px = maker.px, .qty = qty, .quote = quote, .is_buyer_maker = maker.is_buy});
  last_px_ = maker.px;
  if (maker.state == 'f') end(maker, 'f');
}

void Exchange::settle(const Order& order, std::int64_t qty, std::int64_t quote, std::int64_t rate) {
  const std::int64_t received = order.is_buy ? qty : quote;
  const std::int64_t given = order.is_buy ? quote : qty;
  const std::int64_t fee =
      order.account == 0 ? 0 : static_cast<std::int64_t>(Wide{received} * rate / kScale);
  totals_[{order.account, order.is_buy}] += received - fee;
  totals_[{order.account, !order.is_buy}] -= given;
  fees_[order.is_buy ? 0 : 1] += fee;
}

void Exchange::end(Order& order, char state) {
  const auto level = side_of(order).find(order.px);
  std::deque<std::uint64_t>& queue = level->second;
  queue.erase(std::ranges::find(queue, order.id));
  if (queue.empty()) side_of(order).erase(level);
  open_.at(static_cast<std::size_t>(order.account)).erase(order.id);
  order.state = state;
  note(order);
}

void Exchange::note(const Order& order) {
  if (order.account != 0) changed_.insert(order.id);
}

std::int64_t Exchange::total(int account, bool is_base) const {
  const auto found = totals_.find({account, is_base});
  return found == totals_.end() ? 0 : found->second;
}

std::int64_t Exchange::locked(int account, bool is_base) const {
  if (account == 0) return 0;
  std::int64_t sum = 0;
  for (const std::uint64_t id : open(account)) {
    const Order& order = orders_[id - 1];
    if (order.is_buy == is_base) continue;
    const std::int64_t left = order.qty - order.done;
    sum += is_base ? left : value(order.px, left, true);
  }
  return sum;
}

std::map<std::int64_t, std::int64_t> Exchange::depth(bool is_bids) const {
  std::map<std::int64_t, std::int64_t> out;
  for (const auto& [px, queue] : is_bids ? bids_ : asks_) {
    for (const std::uint64_t id : queue) out[px] += orders_[id - 1].qty - orders_[id - 1].done;
  }
  return out;
}

std::pair<std::int64_t, std::int64_t> Exchange::best(bool is_bids) const {
  const Queues& side = is_bids ? bids_ : asks_;
  if (side.empty()) return {0, 0};
  const auto& [px, queue] = is_bids ? *side.rbegin() : *side.begin();
  std::int64_t qty = 0;
  for (const std::uint64_t id : queue) qty += orders_[id - 1].qty - orders_[id - 1].done;
  return {px, qty};
}

const std::set<std::uint64_t>& Exchange::open(int account) const {
  return open_.at(static_cast<std::size_t>(account));
}

}  // namespace reference
