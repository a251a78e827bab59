#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/log.hpp"
#include "core/net/address_budget.hpp"
#include "core/time.hpp"
#include "oms/binance/decoded_message.hpp"
#include "oms/binance/rate_budget.hpp"
#include "oms/binance/route_id.hpp"
#include "oms/binance/session_counters.hpp"
#include "oms/binance/venue_budget.hpp"
#include "oms/binance/venue_clock.hpp"
#include "risk/venue_allowance.hpp"

namespace portcullis::oms::binance {

struct MannersSettings {
  // As exchangeInfo states them; `count` is not looked at. Limits of orders that are not known
  // refuse every order.
  RateBudget limits{};
  BudgetShares shares{};
  VenueClock::Settings clock{};
  // How often the venue is asked for its time.
  std::chrono::milliseconds clock_interval{10'000};
  // Added to our wall clock to give the venue's until that has been measured.
  std::chrono::milliseconds clock_offset{0};
  // Refusals that do not say when to come back: the first, and doubling up to a minute; the venue's
  // firewall; a ban, which takes two minutes at least.
  std::chrono::milliseconds rate_limit_pause{1'000};
  std::chrono::milliseconds firewall_pause{10'000};
  std::chrono::milliseconds ban_pause{120'000};
};

// What may leave, when, and with which timestamp, so that the venue has no reason to turn this
// address or this key away. Sources: Binance spot, "limits", "WebSocket API: rate limits",
// "request security: timing".
//
//  - Budget: nothing leaves that would be more than its sender's share of the venue's limits.
//  - 429 (-1003) and the firewall's 403: no order, no question and no connection until the venue's
//    moment. Going on after 429 gets the address banned, and then nothing can be cancelled at all;
//    so a cancel is tried, one at a time, and after the first that is refused no more until then.
//    The kill has a trial of its own.
//  - -1015: no order until then; what does not place orders is not concerned.
//  - 418: nothing whatever until it is over.
//  - Clock: no order while the venue's time is not known well enough; a -1021 makes it unknown.
//  - -1022, -2014, -2015: no order, and one question a second, until one is answered.
//
// Pauses and bans are the address's: they come from and go to the other threads that use it.
// Trading thread only, no allocation after construction.
class VenueManners {
 public:
  VenueManners(const MannersSettings& settings, std::shared_ptr<net::AddressBudget> address,
               SessionCounters& counters, LogRing& log);

  // Each turn, before anything else.
  void turn(const Now& now) noexcept;

  [[nodiscard]] bool may_connect(MonoTime now) const noexcept {
    return now >= blocked_until() && budget_.has_room_for_session();
  }
  // Zero or past: nothing is asked of us.
  [[nodiscard]] MonoTime limited_until() const noexcept { return address_->limited_until(); }
  [[nodiscard]] MonoTime banned_until() const noexcept { return address_->banned_until(); }
  [[nodiscard]] MonoTime blocked_until() const noexcept { return address_->blocked_until(); }
  void on_connect() noexcept { budget_.on_connect(); }

  // Whether it may leave now; if not, it is counted as held.
  [[nodiscard]] bool may_send(SendClass kind, RequestTag tag, const Now& now) noexcept;
  // Of the session's own requests: all but a ban lets them pass.
  [[nodiscard]] bool may_send_own(MonoTime now) const noexcept { return now >= banned_until(); }
  // Just before it is handed to the kernel, and when that did not take it.
  void on_send(SendClass kind, RequestId id, RouteId route, const Now& now) noexcept;
  void on_not_sent(const Now& now) noexcept;

  // Whether a question may leave that only keeps a path warm: nothing else has a use for the room.
  [[nodiscard]] bool may_warm(MonoTime now) const noexcept;

  // A connection is gone (VenueBudget has the rest).
  void on_route_lost(RouteId route) noexcept { budget_.on_route_lost(route); }
  [[nodiscard]] std::optional<RequestId> take_lost() noexcept { return budget_.take_lost(); }
  void forget_lost() noexcept { budget_.forget_lost(); }
  void forget_last() noexcept { budget_.forget_last(); }

  // Each message, before the session acts on it.
  void on_message(const DecodedMessage& message, const Now& now) noexcept;

  // What a request sent now says the venue's time is.
  [[nodiscard]] WallTime timestamp(const Now& now) const noexcept {
    return clock_.has_offset() ? clock_.at(now.mono) : now.wall + Nanos{settings_.clock_offset};
  }
  [[nodiscard]] bool wants_time(MonoTime now) const noexcept;
  [[nodiscard]] bool is_clock_good(MonoTime now) const noexcept {
    return clock_.trust(now) == VenueClock::Trust::kGood;
  }

  [[nodiscard]] const risk::VenueAllowance& allowance() const noexcept { return allowance_; }
  [[nodiscard]] const VenueBudget& budget() const noexcept { return budget_; }
  [[nodiscard]] const VenueClock& clock() const noexcept { return clock_; }

 private:
  enum class Probe : std::uint8_t { kFree, kUnderWay, kRefused };
  // First fills may be told twice; their orders are remembered this long.
  static constexpr std::size_t kCreditedMax = 64;

  void judge(const Now& now) noexcept;
  [[nodiscard]] Reject refusal(const Now& now) const noexcept;
  [[nodiscard]] Probe& probe_of(SendClass kind) noexcept {
    return kind == SendClass::kKill ? kill_probe_ : cancel_probe_;
  }
  [[nodiscard]] bool may_send_limited(SendClass kind) noexcept;
  void note_answer(const DecodedMessage& message) noexcept;
  void note_refused(const DecodedMessage& message, const Now& now) noexcept;
  void note_order_limit(const Now& now) noexcept;
  void note_key_refused(const DecodedMessage& message, const Now& now) noexcept;
  void note_first_fills(const DecodedMessage& message) noexcept;
  void show(const Now& now) noexcept;
  [[nodiscard]] Nanos pause_of(const DecodedMessage& message, Nanos otherwise,
                               const Now& now) const noexcept;

  const MannersSettings settings_;
  std::shared_ptr<net::AddressBudget> address_;
  SessionCounters& counters_;
  LogRing& log_;
  VenueBudget budget_;
  VenueClock clock_;
  risk::VenueAllowance allowance_{.refusal = {.reason = RejectReason::kClock}};

  MonoTime orders_limited_until_{};
  Nanos limit_backoff_{};
  Nanos order_backoff_{};
  Nanos ban_backoff_{};
  Probe cancel_probe_{Probe::kFree};
  Probe kill_probe_{Probe::kFree};

  // A measurement is complete at the next turn, whose moment surely is after the answer's.
  WallTime stated_{};
  MonoTime stated_sent_{};
  MonoTime time_asked_{};
  bool is_time_asked_{false};

  bool is_key_doubted_{false};
  MonoTime key_doubted_at_{};
  MonoTime question_next_{};

  std::array<OrderId, kCreditedMax> credited_{};
  std::size_t credited_next_{0};
  MonoTime shown_next_{};
};

}  // namespace portcullis::oms::binance
