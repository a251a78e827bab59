#include "bench/matching_flow.hpp"

#include <algorithm>
#include <cstdlib>

#include "sim/random.hpp"

namespace portcullis::bench {

namespace {

constexpr std::int64_t kStartTicks = 6'160'000;
constexpr std::int64_t kLotRaw = 1'000;
constexpr std::int64_t kLotsMax = 2'000;
constexpr std::size_t kOrdersPerLevel = 2;
constexpr std::uint32_t kNowhere = 0xFFFF'FFFF;

// Plays the flow through a core of its own to know which orders still rest.
class FlowMaker {
 public:
  FlowMaker(std::size_t resting, std::uint64_t seed)
      : resting_{resting},
        levels_{
            std::max<std::int64_t>(4, static_cast<std::int64_t>(resting / kOrdersPerLevel / 2))},
        random_{seed} {}

  void fill(MatchingFlow& flow) {
    while (live_.size() < resting_) flow.fill.push_back(limit());
  }
  void run(MatchingFlow& flow, std::size_t operations) {
    while (flow.operations.size() < operations) {
      if (random_.chance(20)) wander();
      const std::int64_t roll = random_.below(10);
      if (roll < 1) {
        flow.operations.push_back(market());
      } else if (roll < 4 && !live_.empty()) {
        flow.operations.push_back(cancel());
      } else {
        flow.operations.push_back(limit());
      }
      flow.resting_max = std::max(flow.resting_max, core_.book().order_count());
    }
    flow.price_runs = static_cast<std::uint32_t>((highest_ - lowest_) / 64 + 2) * 2;
  }

 private:
  struct Live {
    std::uint64_t id;
    std::int64_t ticks;
  };

  // One tick up or down, with a pull towards the start.
  void wander() {
    const bool is_up = random_.below(2 * levels_) >= levels_ + (reference_ - kStartTicks);
    reference_ += is_up ? 1 : -1;
  }
  Qty some_qty(std::int64_t times) {
    return Qty::from_raw(kLotRaw * (1 + random_.below(kLotsMax * times)));
  }
  Side some_side() { return random_.chance(50) ? Side::kBuy : Side::kSell; }

  FlowOperation limit() {
    const Side side = some_side();
    const std::int64_t level = std::min(random_.below(levels_), random_.below(levels_));
    const std::int64_t ticks = reference_ + (side == Side::kBuy ? -1 - level : 1 + level);
    lowest_ = std::min(lowest_, ticks);
    highest_ = std::max(highest_, ticks);
    const FlowOperation made{.kind = FlowOperation::Kind::kLimit,
                             .order = {.id = next_id_++,
                                       .side = side,
                                       .px = Price::from_raw(ticks * kFlowTickRaw),
                                       .qty = some_qty(1)}};
    const Qty left = core_.take(made.order, [this](std::uint64_t id) { forget(id); });
    core_.rest(made.order, left);
    place_.push_back(kNowhere);
    if (left.is_positive()) {
      place_.back() = static_cast<std::uint32_t>(live_.size());
      live_.push_back({.id = made.order.id, .ticks = ticks});
    }
    return made;
  }
  FlowOperation market() {
    const Side side = some_side();
    const FlowOperation made{.kind = FlowOperation::Kind::kMarket,
                             .order = {.id = next_id_++,
                                       .side = side,
                                       .px = sim::any_price(side),
                                       .qty = some_qty(live_.size() > resting_ ? 4 : 2)}};
    place_.push_back(kNowhere);
    (void)core_.take(made.order, [this](std::uint64_t id) { forget(id); });
    return made;
  }
  FlowOperation cancel() {
    const auto draw = [this] {
      return live_[static_cast<std::size_t>(
          random_.below(static_cast<std::int64_t>(live_.size())))];
    };
    const auto distance = [this](const Live& order) { return std::abs(order.ticks - reference_); };
    const Live first = draw();
    const Live second = draw();
    const Live chosen = distance(first) < distance(second) ? second : first;
    core_.cancel(chosen.id);
    forget(chosen.id);
    return {.kind = FlowOperation::Kind::kCancel, .order = {.id = chosen.id}};
  }
  void forget(std::uint64_t id) {
    const std::uint32_t at = place_[id];
    live_[at] = live_.back();
    place_[live_[at].id] = at;
    live_.pop_back();
    place_[id] = kNowhere;
  }

  std::size_t resting_;
  std::int64_t levels_;  // a side
  sim::Random random_;
  CoreMatcher core_{Price::from_raw(kFlowTickRaw)};
  std::int64_t reference_{kStartTicks};
  std::int64_t lowest_{kStartTicks};
  std::int64_t highest_{kStartTicks};
  std::uint64_t next_id_{1};
  std::vector<Live> live_;
  std::vector<std::uint32_t> place_ = std::vector<std::uint32_t>(1, kNowhere);  // by id, in live_
};

}  // namespace

MatchingFlow make_matching_flow(std::size_t resting, std::size_t operations, std::uint64_t seed) {
  MatchingFlow flow;
  FlowMaker maker{resting, seed};
  maker.fill(flow);
  maker.run(flow, operations);
  flow.resting_max = std::max(flow.resting_max, static_cast<std::uint32_t>(resting));
  return flow;
}

}  // namespace portcullis::bench
