#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/time.hpp"

namespace portcullis {

// The most that a venue may be counting in one of its windows: fixed ones, that begin at each
// multiple of their length on the venue's clock (Binance: limits). Our own count of what was sent
// and the venue's statements are merged so that the result is never below the venue's count of what
// is ours, whatever is still under way and in whichever order the answers come:
//
//  - what was sent and not answered may be counted, in this window or the next;
//  - a statement replaces what was believed only when its request was sent after an earlier
//    statement was there, for then it surely includes all of that one's (a "round"); statements of
//    one round or the round before are concurrent, and the highest is believed;
//  - near a window's edge, known to `edge_margin` only, what is answered may be counted on either
//    side, and is; the window ends late by as much.
//
// What other programs use is believed as stated. Pure: told the time, no allocation, one thread.
class BudgetWindow {
 public:
  // When a request was sent, as this window understands it; goes with the request.
  struct Stamp {
    std::uint32_t window{0};
    std::uint32_t round{0};
  };

  // A zero limit is an unknown one: nothing is allowed. Another length begins the window anew.
  void configure(std::int64_t limit, Nanos length) noexcept;

  // Every turn, before anything else; `now` on the venue's clock, known to `edge_margin`.
  void roll(WallTime now, Nanos edge_margin) noexcept;

  [[nodiscard]] Stamp on_sent(std::int64_t cost) noexcept;
  // The answer to a request that was sent with `stamp` and `cost`. `charged` is what it may have
  // cost after all, and counts where no statement comes with the answer or none can be used.
  void on_answer(Stamp stamp, std::int64_t cost, std::int64_t charged,
                 std::optional<std::int64_t> stated, WallTime now) noexcept;
  // Charged without a request of ours: a connection.
  void charge(std::int64_t cost) noexcept;

  // The venue gives one back for the first fill of an order, traded at `traded_at` on its clock.
  // Counted once the venue must have done so (kCreditDelay), and only when no statement can have
  // included it already.
  void on_credit(WallTime traded_at, WallTime now) noexcept;

  // What another thread of this process has begun to send, and what of it has been answered, both
  // since the start. Unanswered, or answered lately: not surely in a statement of ours.
  void observe_others(std::int64_t begun, std::int64_t finished) noexcept {
    others_begun_ = begun;
    others_finished_ = finished;
  }

  [[nodiscard]] std::int64_t used() const noexcept {
    return counted() - credit_ + outstanding_ + (others_begun_ - others_included_before_);
  }
  [[nodiscard]] std::int64_t limit() const noexcept { return limit_; }
  // When this window surely is over, on the venue's clock.
  [[nodiscard]] WallTime over_at() const noexcept { return end_ + margin_; }

 private:
  // "The update is slightly delayed" (Binance: unfilled order count).
  static constexpr Nanos kCreditDelay = std::chrono::seconds{1};

  // Of what has been answered.
  [[nodiscard]] std::int64_t counted() const noexcept {
    return std::max(peak_now_, peak_before_) + unstated_now_ + unstated_before_;
  }
  void begin_at(std::int64_t index) noexcept;
  void begin_window(std::int64_t index) noexcept;
  void forget_credits(WallTime now) noexcept;

  std::int64_t limit_{0};
  Nanos length_{};
  Nanos margin_{};
  std::int64_t index_{-1};  // of the window since 1970; -1: not begun
  WallTime begin_{};
  WallTime end_{};

  std::uint32_t window_{0};
  std::uint32_t round_{0};
  std::int64_t peak_now_{0};      // highest statement of this round
  std::int64_t peak_before_{0};   // of the round before
  std::int64_t unstated_now_{0};  // charged in this round without a statement that can be used
  std::int64_t unstated_before_{0};
  std::int64_t outstanding_{0};

  bool is_near_edge_{false};
  std::int64_t edge_charged_{0};  // answered near the edge: may be the next window's
  std::int64_t edge_others_{0};

  std::int64_t others_begun_{0};
  std::int64_t others_finished_{0};
  std::int64_t others_included_now_{0};     // of these, surely before this round's statements
  std::int64_t others_included_before_{0};  // before those of the round before

  WallTime stated_at_{};  // when the last answer was there; a trade before it may be in it
  std::int64_t credit_{0};
  std::int64_t credit_waiting_{0};
  WallTime credit_waiting_since_{};
};

}  // namespace portcullis
