#include "sim/exchange/mirror_ledger.hpp"

#include <algorithm>
#include <iterator>

namespace portcullis::sim {

namespace {

// Prints that come later than this are not worth remembering more for.
constexpr std::chrono::seconds kMemory{2};

}  // namespace

void MirrorLedger::on_source_time(WallTime time, std::uint64_t next_order_id) {
  if (!moments_.empty() && time <= moments_.back().time) return;
  moments_.push_back({time, next_order_id});
  while (moments_.front().time < time - kMemory) moments_.pop_front();
}

std::uint64_t MirrorLedger::order_id_end_at(WallTime time) const {
  const auto later = std::ranges::upper_bound(moments_, time, {}, &Moment::time);
  return later == moments_.end() ? static_cast<std::uint64_t>(-1) : later->next_order_id;
}

void MirrorLedger::add_print(Side side, const Level& level, WallTime time) {
  if (!prints_.empty()) {
    Print& last = prints_.back();
    if (last.side == side && last.px == level.px && last.time == time) {
      last.qty += level.qty;
      return;
    }
  }
  prints_.push_back({side, level.px, level.qty, time});
}

Qty MirrorLedger::printed(Side side, Price px) const {
  Qty sum{};
  for (const Print& print : prints_) {
    const bool is_in = !covering_ || print.time < *covering_;
    if (is_in && print.side == side && print.px == px) sum += print.qty;
  }
  return sum;
}

void MirrorLedger::begin_update(std::optional<WallTime> covers) {
  covering_ = covers;
}

void MirrorLedger::end_update() {
  if (covering_) covers_ = std::max(covers_, *covering_);
  std::erase_if(prints_,
                [this](const Print& print) { return !covering_ || print.time < *covering_; });
}

std::vector<MirrorLedger::Loss*> MirrorLedger::losses_at(Side side, Price px, WallTime print_time) {
  std::vector<Loss*> out;
  for (Loss& loss : losses_) {
    if (loss.side == side && loss.px == px && print_time < loss.covers) out.push_back(&loss);
  }
  return out;
}

std::vector<MirrorLedger::Loss> MirrorLedger::take_settled(std::optional<WallTime> print_time,
                                                           Nanos window) {
  if (losses_.empty()) return {};
  const WallTime newest = moments_.empty() ? covers_ : moments_.back().time;
  const auto is_settled = [&](const Loss& loss) {
    const bool has_passed = print_time && *print_time >= loss.covers;
    return has_passed || newest - loss.covers >= window;
  };
  std::vector<Loss> out;
  std::ranges::copy_if(losses_, std::back_inserter(out), is_settled);
  std::erase_if(losses_, is_settled);
  return out;
}

void MirrorLedger::on_taken(Side side, const Level& taken, const MirrorRules& rules, WallTime now) {
  if (rules.impact == MirrorRules::Impact::kUntilUpdate) return;
  for (Taken& known : taken_) {
    if (known.side != side || known.px != taken.px) continue;
    known.qty += taken.qty;
    known.time = now;
    return;
  }
  taken_.push_back({side, taken.px, taken.qty, now});
}

Qty MirrorLedger::left_of(Side side, const Level& level, const MirrorRules& rules, WallTime now) {
  const auto taken = std::ranges::find_if(taken_, [side, &level](const Taken& known) {
    return known.side == side && known.px == level.px;
  });
  if (taken == taken_.end()) return level.qty;
  const bool is_over =
      level.qty.is_zero() || rules.impact == MirrorRules::Impact::kUntilUpdate ||
      (rules.impact == MirrorRules::Impact::kForAWhile && now - taken->time >= rules.impact_for);
  if (is_over) {
    *taken = taken_.back();
    taken_.pop_back();
    return level.qty;
  }
  return std::max(Qty{}, level.qty - taken->qty);
}

void MirrorLedger::forget_taken_but(Side side, std::span<const Level> levels) {
  std::erase_if(taken_, [side, levels](const Taken& known) {
    return known.side == side && std::ranges::find(levels, known.px, &Level::px) == levels.end();
  });
}

}  // namespace portcullis::sim
