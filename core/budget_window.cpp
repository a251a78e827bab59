#include "core/budget_window.hpp"

#include <algorithm>
#include <utility>

namespace portcullis {

void BudgetWindow::configure(std::int64_t limit, Nanos length) noexcept {
  limit_ = limit;
  if (length == length_) return;
  length_ = length;
  index_ = -1;
  end_ = begin_;
}

void BudgetWindow::roll(WallTime now, Nanos edge_margin) noexcept {
  if (length_.count() <= 0) return;
  margin_ = edge_margin;
  if (credit_waiting_ > 0 && now >= credit_waiting_since_ + kCreditDelay) {
    credit_ += credit_waiting_;
    credit_waiting_ = 0;
  }
  const WallTime late = now - margin_;
  if (late >= begin_ && late < end_) [[likely]] {
    if (!is_near_edge_ && now + margin_ >= end_) [[unlikely]] {
      is_near_edge_ = true;
      edge_others_ = others_finished_;
    }
    return;
  }
  const std::int64_t index = count_ns(late) / length_.count();
  // A clock that was set back a little stays in the window; one set back further is another clock,
  // of which nothing more is known than of this one.
  if (index_ >= 0 && index == index_ - 1) return;
  if (index < index_ || index_ < 0) {
    begin_at(index);
    is_near_edge_ = false;
    edge_charged_ = 0;
    return forget_credits(now);
  }
  begin_window(index);
  forget_credits(now);
}

void BudgetWindow::begin_at(std::int64_t index) noexcept {
  index_ = index;
  begin_ = wall_time(index * length_.count());
  end_ = begin_ + length_;
}

void BudgetWindow::begin_window(std::int64_t index) noexcept {
  if (!is_near_edge_) edge_others_ = others_finished_;
  const bool is_next = index == index_ + 1;
  begin_at(index);
  ++window_;
  round_ = 0;
  peak_now_ = 0;
  peak_before_ = 0;
  unstated_now_ = is_next ? edge_charged_ : 0;
  unstated_before_ = 0;
  others_included_now_ = edge_others_;
  others_included_before_ = edge_others_;
  is_near_edge_ = false;
  edge_charged_ = 0;
}

BudgetWindow::Stamp BudgetWindow::on_sent(std::int64_t cost) noexcept {
  outstanding_ += cost;
  return {.window = window_, .round = round_};
}

void BudgetWindow::on_answer(Stamp stamp, std::int64_t cost, std::int64_t charged,
                             std::optional<std::int64_t> stated, WallTime now) noexcept {
  outstanding_ -= cost;
  if (is_near_edge_) edge_charged_ += charged;
  forget_credits(now);
  if (!stated || stamp.window != window_) {
    unstated_now_ += charged;
    return;
  }
  if (stamp.round != round_) {
    peak_now_ = std::max(peak_now_, *stated);
    return;
  }
  ++round_;
  peak_before_ = peak_now_;
  peak_now_ = *stated;
  unstated_before_ = std::exchange(unstated_now_, 0);
  others_included_before_ = others_included_now_;
  others_included_now_ = others_finished_;
}

void BudgetWindow::charge(std::int64_t cost) noexcept {
  if (is_near_edge_) edge_charged_ += cost;
  unstated_now_ += cost;
}

void BudgetWindow::on_credit(WallTime traded_at, WallTime now) noexcept {
  if (traded_at <= stated_at_ + margin_) return;
  // The venue does not count below zero: a credit that it may have had nothing for is none.
  if (counted() - credit_ - credit_waiting_ < 1) return;
  ++credit_waiting_;
  credit_waiting_since_ = now;
}

void BudgetWindow::forget_credits(WallTime now) noexcept {
  stated_at_ = std::max(stated_at_, now);
  credit_ = 0;
  credit_waiting_ = 0;
}

}  // namespace portcullis
