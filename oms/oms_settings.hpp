#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/decimal.hpp"
#include "core/time.hpp"
#include "oms/fee_rates.hpp"

namespace portcullis::oms {

// What becomes of a working order that this gateway did not make. It counts in the limits in any
// case; one of our own client ids that no journal knows is always cancelled.
enum class ExternalOrderPolicy : std::uint8_t {
  kFlag,    // said and left alone; its trades count in the position and not in the result
  kAdopt,   // left alone; its trades count in the result too
  kCancel,  // cancelled
};

// When a strategy counts as gone (oms/strategy_sessions.hpp).
struct StrategySessionSettings {
  Nanos heartbeat_timeout{std::chrono::seconds{5}};
  bool is_required{false};         // one that has never beaten is watched, too
  bool is_return_by_human{false};  // one that was lost may order again only when a human says so
};

// Everything the order accounting may be told. Constant after start-up.
struct OmsSettings {
  // Capacities: all memory is taken at start.
  std::size_t order_capacity{8'192};   // open orders, and closed ones kept for late events
  std::size_t fill_window{65'536};     // trades remembered for deduplication
  std::size_t report_overflow{4'096};  // reports kept for a strategy that does not take them

  std::size_t external_order_max{
      1'024};  // working orders of others; more, and no order is let pass
  ExternalOrderPolicy external_orders{ExternalOrderPolicy::kFlag};

  std::size_t strategies_min{0};  // of earlier runs whose results are kept; ports count in any case

  std::size_t held_max{1'024};  // orders that wait for the disk; beyond that they are denied

  // Bounds of one duty cycle.
  int commands_per_cycle{16};  // from each strategy
  int walk_per_cycle{64};      // open orders looked at for timers
  int sends_per_cycle{8};      // queries, repeated cancels and mass cancels

  Nanos timer_interval{std::chrono::milliseconds{10}};

  // No answer to a new order or a cancel within this: its outcome is unknown.
  Nanos ack_timeout{std::chrono::seconds{3}};

  // An unknown order is absent once the venue has denied it twice, `absence_spacing` apart, both
  // times asked later than the sum of the next three after sending: until then it may still be
  // accepted. recv_window is what the venue session puts on new orders; the venue stops working on
  // a request after 10 s (Binance: general API information, "timeout").
  Nanos recv_window{std::chrono::milliseconds{1'500}};
  Nanos venue_processing_max{std::chrono::seconds{10}};
  Nanos absence_margin{std::chrono::seconds{1}};
  Nanos absence_spacing{std::chrono::seconds{1}};
  Nanos unknown_alert_after{std::chrono::seconds{60}};

  // Questions to the venue are repeated at a doubling interval between these two.
  Nanos query_backoff_min{std::chrono::milliseconds{250}};
  Nanos query_backoff_max{std::chrono::seconds{5}};
  // The venue claims more fills than we have seen: time for the stream to bring them by itself.
  Nanos missing_fill_delay{std::chrono::milliseconds{200}};
  // After a rate-limit answer nothing but cancels is sent for this long.
  Nanos rate_limit_pause{std::chrono::seconds{1}};

  // A refused key or signature stops trading; the account is asked again after this long.
  Nanos authentication_retry{std::chrono::seconds{5}};
  // Open orders, own trades and balances are compared with ours this often; zero never. Finds what
  // the stream lost.
  Nanos audit_interval{std::chrono::seconds{60}};
  Nanos mark_age_max{std::chrono::seconds{5}};  // of a book that results and fees are valued at
  Nanos summary_interval{std::chrono::milliseconds{50}};  // of OmsView

  std::uint8_t cancel_attempts_max{8};  // of one order; mass cancels are not counted

  StrategySessionSettings strategy_sessions{};

  // Longer between two turns, and everything known is old: no new order before the venue's account
  // has been compared again. Zero: never.
  Nanos stall_max{};

  // A kill cancels once it is in the latch file, or after this long without it.
  Nanos latch_wait{std::chrono::milliseconds{40}};

  // Where no book tells what a fee's asset costs.
  std::vector<FixedFeeRate> fixed_fee_rates{};

  // By SymbolId: holdings of the base asset that are not trading inventory. Missing means none.
  std::vector<Qty> position_baseline{};

  // Before a cancel is repeated that has been sent so often.
  [[nodiscard]] Nanos cancel_backoff(std::uint8_t attempts) const noexcept {
    constexpr int kDoublingsMax = 8;
    const int doublings = std::min<int>(attempts, kDoublingsMax);
    return std::min(query_backoff_min * (1 << doublings), query_backoff_max);
  }
  [[nodiscard]] Nanos absence_after() const noexcept {
    return recv_window + venue_processing_max + absence_margin;
  }
};

}  // namespace portcullis::oms
