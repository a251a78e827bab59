#pragma once

#include <array>
#include <cstdint>

namespace portcullis::risk {

__extension__ using Wide = __int128;

// The gate's rules a second time, by somebody in no hurry: plain integers, divisions and
// remainders, no type of the gate's. Money is in raw 1e-8 counts, time in nanoseconds; the answer
// is the reason by name, so that not even the enumeration is shared.

struct SlowInstrument {
  bool trading;
  std::int64_t tick, px_min, px_max;
  std::int64_t step, qty_min, qty_max;
  std::int64_t market_step, market_qty_min, market_qty_max;
  std::int64_t notional_min, notional_max;
  bool min_for_market, max_for_market;
};

struct SlowSymbolLimits {
  bool allowed;
  std::int64_t qty, notional, collar_ppm, age, max_long, max_short;
};

struct SlowMarket {
  bool published;
  int state;  // 0 empty, 1 buffering, 2 synced, 3 stale
  std::int64_t bid, ask, received;
};

struct SlowOrder {
  int symbol;  // -1: none named
  int side;    // 0 buy, 1 sell
  int type;    // 0 limit, 1 market, 2 post-only
  int tif;     // 0 GTC, 1 IOC, 2 FOK
  std::int64_t px, qty;
};

struct SlowExposure {
  std::int64_t position{0}, buys{0}, sells{0};
  bool doubtful{false};
};

class SlowOracle {
 public:
  static constexpr int kSymbols = 3;

  // "" when the order passes, which then holds its quantity and has its token.
  const char* judge(const SlowOrder& order, std::int64_t now);

  const char* switch_refusal{""};  // what the kill switch says now
  std::array<SlowInstrument, kSymbols> instruments{};
  std::array<SlowSymbolLimits, kSymbols> limits{};
  std::array<SlowMarket, kSymbols> markets{};
  std::array<SlowExposure, kSymbols> exposures{};
  std::int64_t rate{0}, window{0}, burst{0};

 private:
  const char* judge_form(const SlowOrder& order) const;
  const char* judge_filters(const SlowOrder& order, std::int64_t price) const;
  const char* judge_market(const SlowOrder& order, std::int64_t price, std::int64_t now) const;
  const char* judge_position(const SlowOrder& order) const;
  bool take_token(std::int64_t now);

  std::int64_t credit_{-1};  // nanoseconds saved up; -1 until first used
  std::int64_t credited_at_{0};
};

}  // namespace portcullis::risk
