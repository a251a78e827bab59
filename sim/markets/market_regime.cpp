#include "sim/markets/market_regime.hpp"

namespace portcullis::sim {

namespace {

constexpr std::int64_t kKinds = 4;
// Of what a long absence has missed: the mood of now counts, not its history.
constexpr int kTurnsMax = 1'000;

}  // namespace

void MarketRegime::advance(WallTime now) {
  if (!has_begun_) {
    has_begun_ = true;
    regime_end_ = now + around(config_.mean_length);
    burst_turn_ = now + around(config_.mean_between_bursts);
  }
  if (config_.mean_length.count() > 0) advance_regime(now);
  if (config_.mean_between_bursts.count() > 0) advance_bursts(now);
}

void MarketRegime::advance_regime(WallTime now) {
  for (int turn = 0; turn < kTurnsMax && now >= regime_end_; ++turn) {
    kind_ = static_cast<Kind>(random_.below(kKinds));
    regime_end_ += around(config_.mean_length);
  }
}

void MarketRegime::advance_bursts(WallTime now) {
  for (int turn = 0; turn < kTurnsMax && now >= burst_turn_; ++turn) {
    is_burst_ = !is_burst_;
    burst_turn_ += is_burst_ ? config_.burst_length : around(config_.mean_between_bursts);
  }
}

int MarketRegime::trend_of_move() {
  if (kind_ != Kind::kRising && kind_ != Kind::kFalling) return 0;
  if (!random_.chance(config_.trend_percent)) return 0;
  return kind_ == Kind::kRising ? 1 : -1;
}

Nanos MarketRegime::around(Nanos mean) {
  if (mean.count() <= 0) return Nanos{0};
  return mean / 2 + Nanos{random_.below(mean.count())} + Nanos{1};
}

}  // namespace portcullis::sim
