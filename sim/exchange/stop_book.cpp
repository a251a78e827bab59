#include "sim/exchange/stop_book.hpp"

#include <algorithm>

namespace portcullis::sim {

namespace {

constexpr std::int64_t kBipsOfOne = 10'000;

bool is_rising(const Order& order) {
  return is_triggered_above(order.type, order.side);
}

std::pair<Price, std::uint64_t> key_of(const Order& order) {
  return {is_rising(order) ? order.stop_px : -order.stop_px, order.order_id};
}

// A sell follows the highest price and triggers below it, a buy the lowest and above.
bool has_turned(const Order& order, Price extreme, Price px) {
  const Int128 bips = *order.trailing_bips;  // whatever a client said, where no filter bounds it
  const Int128 moved = static_cast<Int128>(px.raw()) * kBipsOfOne;
  if (order.side == Side::kSell) {
    return moved <= static_cast<Int128>(extreme.raw()) * (kBipsOfOne - bips);
  }
  return moved >= static_cast<Int128>(extreme.raw()) * (kBipsOfOne + bips);
}

}  // namespace

void StopBook::add(Entry& entry, Price last, WallTime now) {
  if (entry.order.stop_px.is_zero()) {
    start_trailing(entry, last, now);
  } else {
    waiting_of(entry.order).emplace(key_of(entry.order), &entry);
  }
}

void StopBook::remove(const Entry& entry) {
  waiting_of(entry.order).erase(key_of(entry.order));
  std::erase_if(trails_, [&entry](const Trail& trail) { return trail.entry == &entry; });
}

void StopBook::on_trade(Price px, WallTime now, std::vector<Entry*>& triggered) {
  for (Trail& trail : trails_) {
    const bool is_sell = trail.entry->order.side == Side::kSell;
    const bool is_better = is_sell ? px > trail.extreme : px < trail.extreme;
    if (trail.extreme.is_zero() || is_better) trail.extreme = px;
  }
  while (!rising_.empty() && rising_.begin()->first.first <= px) {
    reach(rising_, rising_.begin(), px, now, triggered);
  }
  while (!falling_.empty() && falling_.begin()->first.first <= -px) {
    reach(falling_, falling_.begin(), px, now, triggered);
  }
  std::erase_if(trails_, [px, &triggered](const Trail& trail) {
    if (!has_turned(trail.entry->order, trail.extreme, px)) return false;
    triggered.push_back(trail.entry);
    return true;
  });
}

StopBook::Waiting& StopBook::waiting_of(const Order& order) {
  return is_rising(order) ? rising_ : falling_;
}

void StopBook::start_trailing(Entry& entry, Price px, WallTime now) {
  entry.order.trailing_time = now;
  trails_.push_back({.entry = &entry, .extreme = px});
}

void StopBook::reach(Waiting& waiting, Waiting::iterator it, Price px, WallTime now,
                     std::vector<Entry*>& triggered) {
  Entry& entry = *it->second;
  waiting.erase(it);
  if (entry.order.trailing_bips) {
    start_trailing(entry, px, now);
  } else {
    triggered.push_back(&entry);
  }
}

}  // namespace portcullis::sim
