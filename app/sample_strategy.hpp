#pragma once

#include <cstdint>
#include <vector>

#include "core/counters.hpp"
#include "core/hop_clock.hpp"
#include "core/hop_timer.hpp"
#include "core/instrument.hpp"
#include "core/log.hpp"
#include "core/messages.hpp"
#include "core/spsc_ring.hpp"
#include "oms/strategy_pulse.hpp"

namespace portcullis::app {

// What the sample strategy may do in one symbol. All distances are in price steps of the venue.
struct QuoteSettings {
  SymbolId symbol{kNoSymbol};
  Qty quote_qty{};
  std::int64_t half_spread_ticks{1};  // a quote rests at least this far from its own fair value
  std::int64_t requote_ticks{1};      // a resting quote is moved when it is this far off
  std::int64_t take_ticks{0};         // takes when the market is this far through fair; 0: never
  Qty inventory_max{};                // stops adding beyond this many base units either way
  Nanos requote_interval{std::chrono::milliseconds{100}};  // between two moves of one quote
};

struct SampleStrategySettings {
  StrategyId id{};
  StrategyRef first_ref{1};  // of its first order; it counts on from there
  std::vector<QuoteSettings> symbols;
};

// Gives paper trading something to do: quotes both sides of each symbol post-only around a slow
// average of the mid, leans on inventory limits, and takes with an IOC when the market stands
// through its fair value. It is a client of the gateway like any other: rings in, rings out, the
// same gate.
//
// Runs on one thread; owns no clock; never blocks.
class SampleStrategy {
 public:
  static constexpr const char* kRoleName = "strategy";

  SampleStrategy(const SampleStrategySettings& settings, const InstrumentTable& instruments,
                 SpscRing<MarketEvent>& market, SpscRing<OrderCommand>& orders,
                 SpscRing<ExecutionReport>& reports, oms::StrategyPulse& pulse, HopTimers& hops,
                 HopClock hop_clock, CounterFile& counters);

  int do_work(const Now& now) noexcept;

 private:
  enum class QuoteState : std::uint8_t { kIdle, kPending, kWorking, kCanceling };

  struct Quote {
    QuoteState state{QuoteState::kIdle};
    StrategyRef ref{};
    OrderId order_id{};
    Price px{};
    MonoTime moved_at{};
  };

  struct Book {
    QuoteSettings settings;
    Price tick{};
    Price fair{};  // zero until the first complete top of book
    TopOfBook top{};
    bool is_synced{false};
    Qty inventory{};
    Quote bid;
    Quote ask;
    StrategyRef take_ref{};
    bool is_take_pending{false};
    MonoTime took_at{};
  };

  void on_market(const MarketEvent& event, const Now& now) noexcept;
  void on_report(const ExecutionReport& report) noexcept;
  void on_quote_report(Quote& quote, const ExecutionReport& report) noexcept;
  void update_fair(Book& book) noexcept;
  void try_take(Book& book, const Trace& trace, const Now& now) noexcept;
  void requote(Book& book, Side side, const Trace& trace, const Now& now) noexcept;
  [[nodiscard]] Price target_px(const Book& book, Side side) const noexcept;
  [[nodiscard]] bool may_add(const Book& book, Side side) const noexcept;
  [[nodiscard]] bool send_order(const Book& book, Side side, OrdType type, TimeInForce tif,
                                Price px, StrategyRef ref, const Trace& trace) noexcept;
  void send_cancel(Quote& quote, const Trace& trace) noexcept;
  [[nodiscard]] bool push_cancel(OrderId id, const Trace& trace) noexcept;
  [[nodiscard]] Book* find(SymbolId symbol) noexcept;

  const StrategyId id_;
  SpscRing<MarketEvent>& market_;
  SpscRing<OrderCommand>& orders_;
  SpscRing<ExecutionReport>& reports_;
  oms::StrategyPulse& pulse_;
  HopTimers& hops_;
  const HopClock hop_clock_;

  std::vector<Book> books_;  // sized at construction
  StrategyRef next_ref_;
  Counter orders_sent_;
  Counter ring_full_;
};

}  // namespace portcullis::app
