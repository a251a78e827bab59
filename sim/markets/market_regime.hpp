#pragma once

#include <cstdint>

#include "core/time.hpp"
#include "sim/random.hpp"

namespace portcullis::sim {

// How a generated market changes its mood; zero switches a part off.
struct RegimeConfig {
  Nanos mean_length{0};         // of a regime: calm, wild, rising or falling
  std::int64_t wild_factor{8};  // in the wild one the price moves this many times as far
  std::int64_t trend_percent{
      30};  // of the moves go with a rising or falling one, besides half the rest
  Nanos mean_between_bursts{0};
  Nanos burst_length{500'000'000};
  std::int64_t burst_factor{10};  // in a burst this many times as much happens

  static constexpr std::int64_t kFactorMax = 1'000;
};

// The mood of one symbol as time goes by: one regime after the other, each drawn anew and as long
// as half to one and a half times the mean, and bursts of activity that come and go by themselves.
// Integers and a seed: the same times give the same moods everywhere.
class MarketRegime {
 public:
  enum class Kind : std::uint8_t { kCalm, kWild, kRising, kFalling };

  MarketRegime(const RegimeConfig& config, std::uint64_t seed) noexcept
      : config_{config},
        random_{seed} {}

  // Time does not go back.
  void advance(WallTime now);

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_burst() const noexcept { return is_burst_; }
  [[nodiscard]] std::int64_t move_factor() const noexcept {
    return kind_ == Kind::kWild ? config_.wild_factor : 1;
  }
  [[nodiscard]] std::int64_t event_factor() const noexcept {
    return is_burst_ ? config_.burst_factor : 1;
  }
  // 1 or -1: the price goes with the trend this time; 0: it goes as it likes.
  [[nodiscard]] int trend_of_move();

 private:
  [[nodiscard]] Nanos around(Nanos mean);
  void advance_regime(WallTime now);
  void advance_bursts(WallTime now);

  const RegimeConfig config_;
  Random random_;
  Kind kind_{Kind::kCalm};
  bool is_burst_{false};
  bool has_begun_{false};
  WallTime regime_end_{};
  WallTime burst_turn_{};  // when the burst that is ends, or the next one begins
};

}  // namespace portcullis::sim
