// Another venue's levels and prints, and what they do to accounts' orders in between.
//
// A resting order's place is where it stands in its level's queue among the mirrored quantity. A
// print takes the queue forward: what it has used up ahead of the order is put behind it, so that
// the level shows the other venue's quantity until the next update lowers it, and that much of the
// loss is then no news. The rest of a loss is first taken from the back, for the time being. When a
// print of before the update comes late, it is put back, the print takes the queue forward, and
// what the print does not explain is taken again. When no such print can come any more, the part
// that cancels have ahead of orders is taken from the front and the rest from the back, for good.
#include <algorithm>
#include <ranges>
#include <utility>

#include "sim/exchange/matching_engine.hpp"

namespace portcullis::sim {

namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr auto kAll = static_cast<std::uint64_t>(-1);

Qty part_of(Qty qty, std::int64_t ppm) {
  return Qty::from_raw(static_cast<std::int64_t>(Int128{qty.raw()} * ppm / kMillion));
}

std::int64_t ppm_of(Qty part, Qty whole) {
  if (!whole.is_positive()) return 0;
  return static_cast<std::int64_t>(Int128{part.raw()} * kMillion / whole.raw());
}

// The levels of an image, and a zero for each present level that it does not name.
std::vector<Level> with_removals(std::span<const Level> image, const std::vector<Level>& present) {
  std::vector<Price> named;
  for (const Level& level : image) named.push_back(level.px);
  std::ranges::sort(named);
  std::vector<Level> out(image.begin(), image.end());
  for (const Level& level : present) {
    if (!std::ranges::binary_search(named, level.px)) out.push_back({.px = level.px, .qty = {}});
  }
  return out;
}

}  // namespace

// ---- levels

void MatchingEngine::mirror(const MirrorUpdate& update, WallTime now) {
  if (update.covers) mirror_.on_source_time(*update.covers, next_order_id_);
  const Nanos window = venue_.mirror_rules.print_window;
  for (auto& loss : mirror_.take_settled(std::nullopt, window)) settle_loss(std::move(loss));
  mirror_.begin_update(update.covers);
  const bool may_wait = update.covers && window > Nanos{0};
  const auto set = [&](Side side, std::span<const Level> levels, bool are_removals) {
    for (const Level& level : levels) {
      if (level.qty.is_zero() == are_removals) set_mirrored(side, level, may_wait, now);
    }
  };
  set(Side::kBuy, update.bids, true);
  set(Side::kSell, update.asks, true);
  set(Side::kBuy, update.bids, false);
  set(Side::kSell, update.asks, false);
  mirror_.end_update();
  settle_deferred(now);
}

void MatchingEngine::mirror_image(const MirrorUpdate& update, WallTime now) {
  mirror_.forget_taken_but(Side::kBuy, update.bids);
  mirror_.forget_taken_but(Side::kSell, update.asks);
  const auto bids = with_removals(update.bids, book_.levels(Side::kBuy, kAll));
  const auto asks = with_removals(update.asks, book_.levels(Side::kSell, kAll));
  mirror({.bids = bids, .asks = asks, .covers = update.covers}, now);
}

void MatchingEngine::set_mirrored(Side side, const Level& level, bool may_wait, WallTime now) {
  const MirrorRules& rules = venue_.mirror_rules;
  Level left{.px = level.px, .qty = mirror_.left_of(side, level, rules, now)};
  if (left.qty.is_positive()) {
    const Qty taken = take_from_accounts(opposite(side), left, now);
    left.qty -= taken;
    if (taken.is_positive()) mirror_.on_taken(side, {.px = left.px, .qty = taken}, rules, now);
  }
  const Qty present = book_.mirrored_at(side, left.px);
  if (left.qty < present) {
    lose_mirrored(side, left, present, may_wait);
  } else if (left.qty > present) {
    book_.set_mirrored(side, left.px, left.qty);
  }
}

void MatchingEngine::lose_mirrored(Side side, const Level& level, Qty present, bool may_wait) {
  const OrderBook::Handle last = book_.last_order_at(side, level.px, kAll);
  if (last == OrderBook::kNoHandle) return book_.set_mirrored(side, level.px, level.qty);
  MirrorLedger::Loss loss{.side = side,
                          .px = level.px,
                          .covers = mirror_.covering(),
                          .lost = present - level.qty,
                          .order_id_end = next_order_id_};
  loss.explained = std::min(loss.lost, mirror_.printed(side, level.px));
  book_.tell_change(last);
  book_.take_mirrored_back(last, loss.lost, &loss.places);
  if (may_wait) {
    mirror_.add_loss(std::move(loss));
  } else {
    settle_loss(std::move(loss));
  }
}

// Puts a loss's quantity back to where it stood. An order that has gone since has no place: what
// stood before it stands before the next one, or behind the last.
OrderBook::Handle MatchingEngine::undo_loss(MirrorLedger::Loss& loss) {
  const OrderBook::Handle last = book_.last_order_at(loss.side, loss.px, loss.order_id_end);
  if (last == OrderBook::kNoHandle) return last;
  OrderBook::Handle before = OrderBook::kNoHandle;
  for (const OrderBook::MirroredPlace& place : std::exchange(loss.places, {})) {
    const OrderBook::Handle found =
        place.before_order_id == 0 ? OrderBook::kNoHandle : book_.find(place.before_order_id);
    if (found != OrderBook::kNoHandle) before = found;
    if (before == OrderBook::kNoHandle) {
      book_.put_mirrored_behind(last, place.qty);
    } else {
      book_.put_mirrored_before(before, place.qty);
    }
  }
  return last;
}

void MatchingEngine::settle_loss(MirrorLedger::Loss loss) {
  const OrderBook::Handle last = undo_loss(loss);
  if (last == OrderBook::kNoHandle) return;
  const MirrorRules& rules = venue_.mirror_rules;
  book_.take_mirrored_back(last, loss.explained);
  const Qty unexplained = loss.lost - loss.explained;
  const OrderBook::Mirrored around = book_.mirrored_around(last);
  const std::int64_t ahead_ppm = rules.are_cancels_proportional
                                     ? ppm_of(around.ahead, around.ahead + around.behind)
                                     : rules.cancel_ahead_ppm;
  const Qty taken = book_.take_mirrored_front(last, part_of(unexplained, ahead_ppm));
  book_.take_mirrored_back(last, unexplained - taken);
}

Qty MatchingEngine::take_from_accounts(Side side, Level limit, WallTime now) {
  if (spec_.status != SymbolStatus::kTrading) return {};
  Qty left = limit.qty;
  ++taker_sequence_;
  OrderBook::Handle handle = book_.best(side);
  while (handle != OrderBook::kNoHandle && left.is_positive()) {
    const OrderBook::Resting resting = book_.at(handle);
    if (!may_trade_at(opposite(side), limit.px, resting.px)) break;
    OrderBook::Handle next = book_.next(handle);  // the trade may end this one
    if (resting.account != kCrowd) {
      const Qty qty = std::min(left, resting.leaves);
      left -= qty;
      book_.reduce(handle, qty);
      crowd_trade(handle, resting, qty, now);
      next = next_after(resting, qty, next);
    }
    handle = next;
  }
  return limit.qty - left;
}

// ---- prints

void MatchingEngine::mirror(const MirrorPrint& print, WallTime now) {
  const Side side = opposite(print.aggressor);
  mirror_.on_source_time(print.time, next_order_id_);
  const Nanos window = venue_.mirror_rules.print_window;
  for (auto& loss : mirror_.take_settled(print.time, window)) settle_loss(std::move(loss));
  const std::uint64_t order_id_end = mirror_.order_id_end_at(print.time);
  PrintTaker taker{.side = print.aggressor, .px = print.level.px, .left = print.level.qty};
  ++taker_sequence_;
  // Nothing of ours trades while the symbol is halted; the other venue's print is still told.
  const bool is_trading = spec_.status == SymbolStatus::kTrading;
  Qty filled = is_trading ? fill_passed(taker, order_id_end, now) : Qty{};
  if (!is_trading) {
    mirror_.add_print(side, print.level, print.time);
  } else if (mirror_.is_covered(print.time)) {
    filled += advance_late(taker, order_id_end, print.time, now);
  } else {
    mirror_.add_print(side, print.level, print.time);
    filled += advance_queue(taker, order_id_end, now);
  }
  const Qty rest = print.level.qty - filled;
  if (rest.is_positive()) {
    publish({.trade_id = next_trade_id_++,
             .px = print.level.px,
             .qty = rest,
             .quote = notional(print.level.px, rest),
             .time = now},
            print.aggressor == Side::kSell);
  }
  prices_.set_last(print.level.px);
  settle_deferred(now);
}

// Orders at prices better than the print's, which it could not have come by without taking them.
Qty MatchingEngine::fill_passed(PrintTaker& print, std::uint64_t order_id_end, WallTime now) {
  const Side side = opposite(print.side);
  const bool takes_all = venue_.mirror_rules.are_passed_orders_filled;
  Qty filled{};
  OrderBook::Handle handle = book_.best(side);
  while (handle != OrderBook::kNoHandle && (takes_all || print.left.is_positive())) {
    const OrderBook::Resting resting = book_.at(handle);
    if (resting.px == print.px || !may_trade_at(print.side, print.px, resting.px)) break;
    OrderBook::Handle next = book_.next(handle);  // the trade may end this one
    if (resting.account != kCrowd && resting.order_id < order_id_end) {
      if (takes_all) print.left = std::max(print.left, resting.leaves);
      const Qty qty = std::min(print.left, resting.leaves);
      print.left -= qty;
      book_.reduce(handle, qty);
      crowd_trade(handle, resting, qty, now);
      filled += qty;
      next = next_after(resting, qty, next);
    }
    handle = next;
  }
  return filled;
}

// What stands in line at the print's price, as far as its quantity goes.
Qty MatchingEngine::advance_queue(PrintTaker& print, std::uint64_t order_id_end, WallTime now) {
  const Side side = opposite(print.side);
  Qty passed{};
  Qty filled{};
  OrderBook::Handle handle = book_.first_at(side, print.px);
  while (handle != OrderBook::kNoHandle && print.left.is_positive()) {
    const OrderBook::Resting resting = book_.at(handle);
    if (resting.account != kCrowd && resting.order_id >= order_id_end) break;
    OrderBook::Handle next = book_.next_in_line(handle);
    const Qty qty = std::min(print.left, resting.leaves);
    if (resting.account == kCrowd) {
      print.left -= qty;
      passed += qty;
    } else {
      print.left -= qty;
      book_.reduce(handle, qty);
      crowd_trade(handle, resting, qty, now);
      filled += qty;
      next = next_after(resting, qty, next);
    }
    handle = next;
  }
  const OrderBook::Handle last = book_.last_order_at(side, print.px, order_id_end);
  if (last != OrderBook::kNoHandle) book_.move_mirrored_behind(last, passed);
  return filled;
}

// The level has lost this print's quantity already.
Qty MatchingEngine::advance_late(PrintTaker& print, std::uint64_t order_id_end, WallTime print_time,
                                 WallTime now) {
  const auto losses = mirror_.losses_at(opposite(print.side), print.px, print_time);
  Qty put_back{};
  for (MirrorLedger::Loss* loss : losses | std::views::reverse) {
    if (undo_loss(*loss) != OrderBook::kNoHandle) put_back += loss->lost;
  }
  Qty unused = print.left;
  const Qty filled = advance_queue(print, order_id_end, now);
  for (MirrorLedger::Loss* loss : losses) {
    const Qty explained = std::min(unused, loss->lost - loss->explained);
    unused -= explained;
    loss->explained += explained;
    const OrderBook::Handle last = book_.last_order_at(loss->side, loss->px, loss->order_id_end);
    if (last == OrderBook::kNoHandle) continue;
    book_.take_mirrored_back(last, loss->lost, &loss->places);
    put_back -= loss->lost;
  }
  // Of losses whose orders have all been filled now.
  if (put_back.is_positive()) {
    const Side side = opposite(print.side);
    const Price px = print.px;
    book_.set_mirrored(side, px, book_.mirrored_at(side, px) - put_back, kMillion);
  }
  return filled;
}

// An iceberg whose slice was last in line at its price is last in line again.
OrderBook::Handle MatchingEngine::next_after(const OrderBook::Resting& filled, Qty qty,
                                             OrderBook::Handle next) {
  const bool was_last = next == OrderBook::kNoHandle || book_.at(next).px != filled.px;
  if (!was_last || qty < filled.leaves) return next;
  const OrderBook::Handle again = orders_.entry_of(filled).handle;
  return again == OrderBook::kNoHandle ? next : again;
}

}  // namespace portcullis::sim
