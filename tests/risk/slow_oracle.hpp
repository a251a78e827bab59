#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace portcullis::risk {

__extension__ using Wide = __int128;

// The gate's rules a second time, by somebody in no hurry: plain integers, divisions and
// remainders, the orders themselves kept and added up from scratch, no type of the gate's. Money is
// in raw 1e-8 counts, time in nanoseconds; the answer is the reason by name and the scope by name,
// so that not even the enumerations are shared.

struct SlowInstrument {
  bool trading;
  std::int64_t tick, px_min, px_max;
  std::int64_t step, qty_min, qty_max;
  std::int64_t market_step, market_qty_min, market_qty_max;
  std::int64_t notional_min, notional_max;
  bool min_for_market, max_for_market;
};

struct SlowRate {
  std::int64_t rate{0}, window{0}, burst{0};   // the bucket
  std::int64_t count_max{0}, count_window{0};  // the sliding window
};

struct SlowScope {
  std::int64_t order_value{0}, open_orders{0}, open_value{0}, daily_value{0};
  SlowRate rate;
};

struct SlowSymbolLimits {
  bool allowed;
  std::int64_t qty, notional, collar_ppm, age, max_long, max_short;
  bool markets, reduce;
  std::int64_t spread_ppm, last_ppm, last_age, daily_qty, baseline;
  bool uncovered;
  SlowScope scope;
};

struct SlowStrategyLimits {
  bool reduce;
  std::int64_t signal_age, confidence_min;
  bool untold;
  std::int64_t duplicates, duplicates_window;
  SlowScope scope;
};

struct SlowPairLimits {
  bool allowed, reduce;
  std::int64_t qty, max_long, max_short;
};

struct SlowMarket {
  bool published;
  int state;  // 0 empty, 1 buffering, 2 synced, 3 stale
  std::int64_t bid, ask, received;
  std::int64_t last, last_received;
};

struct SlowOrder {
  int symbol;  // -1: none named
  int side;    // 0 buy, 1 sell
  int type;    // 0 limit, 1 market, 2 post-only
  int tif;     // 0 GTC, 1 IOC, 2 FOK
  std::int64_t px, qty;
  int strategy;
  std::int64_t signal, confidence;  // when, zero: untold; parts per million
};

// An order that is open, and the price that it counts at.
struct SlowOpen {
  SlowOrder order{};
  std::int64_t held_px{0}, leaves{0};
};

struct SlowAnswer {
  const char* reason{""};  // "" when the order passes
  const char* scope{"order"};
};

class SlowOracle {
 public:
  static constexpr int kSymbols = 3;
  static constexpr int kStrategies = 2;
  static constexpr int kAccount = kStrategies;  // the row of all of them

  // An order that passes is open from then on, and has its tokens.
  SlowAnswer judge(const SlowOrder& order, std::int64_t now, std::int64_t wall);
  // Part of an open order is filled, at the price that it counts at, and the rest of it ends.
  void end(std::size_t index, std::int64_t filled, std::int64_t wall);
  // Everything of a symbol is forgotten, and it is trusted again.
  void restate(int symbol);

  const char* switch_refusal{""};  // what the kill switch says now
  std::array<SlowInstrument, kSymbols> instruments{};
  std::array<SlowSymbolLimits, kSymbols> limits{};
  std::array<SlowStrategyLimits, kStrategies> strategies{};
  std::array<std::array<SlowPairLimits, kSymbols>, kStrategies> pairs{};
  std::array<SlowMarket, kSymbols> markets{};
  std::array<bool, kSymbols> doubtful{};
  SlowScope account{};
  std::int64_t account_gross{0}, account_net{0};
  std::int64_t group_open{0}, group_gross{0}, group_net{0};  // of both strategies
  std::int64_t global_value{0}, global_gross{0}, global_net{0};

  std::vector<SlowOpen> open;
  // By row (strategies, then the account) and symbol.
  std::array<std::array<std::int64_t, kSymbols>, kStrategies + 1> positions{};
  [[nodiscard]] std::int64_t working(int row, int symbol, int side) const;
  [[nodiscard]] Wide open_value(int row, int symbol) const;

 private:
  struct Trade {
    int symbol, strategy;
    std::int64_t qty;
    Wide value;
  };
  struct Bucket {
    std::int64_t credit{-1}, at{0};  // nanoseconds saved up; -1 until first used
    std::vector<std::int64_t> times;
  };
  struct Sent {
    SlowOrder order{};
    std::int64_t at{0};
  };
  struct Sums {
    Wide gross{0}, up{0}, down{0};
    bool known{true};
  };

  SlowAnswer judge_form(const SlowOrder& order) const;
  SlowAnswer judge_authority(const SlowOrder& order, std::int64_t now) const;
  SlowAnswer judge_filters(const SlowOrder& order, std::int64_t price) const;
  SlowAnswer judge_sizes(const SlowOrder& order, std::int64_t price) const;
  SlowAnswer judge_market(const SlowOrder& order, std::int64_t price, std::int64_t now) const;
  SlowAnswer judge_duplicates(const SlowOrder& order, std::int64_t now) const;
  SlowAnswer judge_positions(const SlowOrder& order) const;
  SlowAnswer judge_open(const SlowOrder& order, std::int64_t price) const;
  SlowAnswer judge_exposures(const SlowOrder& order) const;
  SlowAnswer judge_day(const SlowOrder& order, std::int64_t price) const;
  SlowAnswer judge_rates(const SlowOrder& order, std::int64_t now);
  [[nodiscard]] int open_count(int row, int symbol) const;
  [[nodiscard]] Sums sums(int row, const SlowOrder* with) const;
  [[nodiscard]] Sums part(int row, int symbol, const SlowOrder* with) const;
  void mark(const SlowOrder& order);
  void roll(std::int64_t wall);

  // The price that a row's part of a symbol was last valued at; zero: none.
  std::array<std::array<std::int64_t, kSymbols>, kStrategies + 1> valued_at_{};
  std::array<std::int64_t, kSymbols> marks_{};
  std::vector<Trade> trades_;  // today's
  std::int64_t day_{-1};
  std::array<Bucket, kSymbols> symbol_rates_{};
  std::array<Bucket, kStrategies> strategy_rates_{};
  Bucket account_rate_{};
  std::vector<Sent> sent_;  // lately
};

}  // namespace portcullis::risk
