#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/budget_window.hpp"
#include "core/net/address_budget.hpp"
#include "core/reject_reason.hpp"
#include "core/time.hpp"
#include "oms/binance/decoded_message.hpp"
#include "oms/binance/rate_budget.hpp"
#include "oms/binance/request_id.hpp"
#include "oms/binance/route_id.hpp"

namespace portcullis::oms::binance {

// Who asks. Each may use the venue's limits up to a share, so that what lowers risk finds room when
// the rest has used its own.
enum class SendClass : std::uint8_t {
  kOrder,
  kQuery,
  kCancel,
  kKill,
  kSession,  // time, logon, subscription: without them there is no cancel either
};

// Percent of each limit; the kill's and the session's own are all.
struct BudgetShares {
  std::int32_t order{80};  // new orders and queries
  std::int32_t cancel{95};

  [[nodiscard]] std::int32_t of(SendClass kind) const noexcept;
};

// Request weight as charged when a request is refused; successful order actions are free (Binance:
// limits, since 2026-04-02).
[[nodiscard]] std::int64_t request_weight(RequestTag tag) noexcept;

// The whole account's and address's budget at the venue: request weight, raw requests and unfilled
// orders, each in the venue's own windows (core/budget_window.hpp). What another thread asks under
// the same address is in it. Trading thread only, no allocation.
class VenueBudget {
 public:
  // A connection to the WebSocket API (Binance: limits).
  static constexpr std::int64_t kConnectWeight = 2;

  // `known` are the limits as exchangeInfo states them. Unknown ones: no order may leave until the
  // venue has told its limit of orders; weight and raw requests are taken to be few.
  VenueBudget(const RateBudget& known, const BudgetShares& shares, net::AddressBudget& address);

  // Every turn. `venue_now` is known to `error`.
  void turn(MonoTime now, WallTime venue_now, Nanos error) noexcept;

  // Nothing: it may be sent. Else the limit (of this sender's share), the value and what it would
  // have become.
  [[nodiscard]] std::optional<Reject> check(SendClass kind, RequestTag tag) const noexcept;
  // Before it leaves by `route`, so that no other thread sees room that is gone. `is_probe` comes
  // back with the answer.
  void on_send(RequestId id, RouteId route, bool is_probe, MonoTime now) noexcept;
  struct Undone {
    RequestId id{};
    bool is_probe{false};
  };
  // The last one did not leave after all.
  Undone on_not_sent() noexcept;
  // ---- what was under way by a connection that is gone: no answer comes, and what became of it is
  // not known. It counts as before.
  void on_route_lost(RouteId route) noexcept;
  // The next of these, each once.
  [[nodiscard]] std::optional<RequestId> take_lost() noexcept;
  // They have been told otherwise.
  void forget_lost() noexcept;
  // The last one that was sent has been told.
  void forget_last() noexcept { slot(end_ - 1).is_told = true; }
  // How many by this route have no answer.
  [[nodiscard]] std::size_t unanswered(RouteId route) const noexcept;

  // Whether a session may be made: the connection, time, logon and subscription.
  [[nodiscard]] bool has_room_for_session() const noexcept;
  void on_connect() noexcept;

  struct Answered {
    MonoTime sent{};
    bool is_probe{false};
  };
  // An answer to one of ours; nothing when we do not remember sending it.
  std::optional<Answered> on_answer(const DecodedMessage& answer) noexcept;
  // An order's first fill, told by the user stream.
  void on_first_fill(WallTime traded_at) noexcept;

  [[nodiscard]] const BudgetWindow& weight() const noexcept { return weight_; }
  [[nodiscard]] const BudgetWindow& raw_requests() const noexcept { return raw_; }
  [[nodiscard]] const BudgetWindow& orders_short() const noexcept { return orders_short_; }
  [[nodiscard]] const BudgetWindow& orders_day() const noexcept { return orders_day_; }
  // The moments are the venue's.
  [[nodiscard]] WallTime venue_now() const noexcept { return venue_now_; }

 private:
  // The venue gives up a request after ten seconds; an answer that is not there long after will not
  // come, and the request counts as charged.
  static constexpr Nanos kAnswerMax = std::chrono::seconds{60};
  static constexpr std::size_t kUnderWayMax = 1024;

  struct UnderWay {
    RequestId id{};
    MonoTime sent{};
    BudgetWindow::Stamp weight{};
    BudgetWindow::Stamp raw{};
    BudgetWindow::Stamp orders_short{};
    BudgetWindow::Stamp orders_day{};
    RouteId route{};
    bool is_probe{false};
    bool is_answered{false};
    bool is_lost{false};
    bool is_told{false};  // that it is lost
  };

  [[nodiscard]] UnderWay& slot(std::uint64_t number) noexcept {
    return under_way_[number % kUnderWayMax];
  }
  [[nodiscard]] const UnderWay& slot(std::uint64_t number) const noexcept {
    return under_way_[number % kUnderWayMax];
  }
  void learn(const RateBudget& stated) noexcept;
  void close(UnderWay& request, const DecodedMessage* answer) noexcept;
  void drop_answered() noexcept;
  void publish() noexcept { address_.publish(net::AddressBudget::Party::kOrders, totals_); }

  BudgetShares shares_;
  net::AddressBudget& address_;
  BudgetWindow weight_;
  BudgetWindow raw_;
  BudgetWindow orders_short_;
  BudgetWindow orders_day_;
  net::AddressBudget::Totals totals_{};
  WallTime venue_now_{};
  std::array<UnderWay, kUnderWayMax> under_way_{};  // a ring: [first_, end_)
  std::uint64_t first_{0};
  std::uint64_t end_{0};
  std::size_t lost_left_{0};  // not told yet; none: nobody looks
};

}  // namespace portcullis::oms::binance
