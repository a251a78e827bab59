#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/ids.hpp"
#include "core/mutant.hpp"
#include "core/time.hpp"
#include "oms/oms_settings.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms {

// Cancel a run of symbols and see it done: a mass cancel for each, then an open-orders listing,
// again until the venue shows no order of ours there and none is left in doubt. With no symbol, the
// orders are cancelled one by one by somebody else, and it looks after the proof. Says what to send
// next and is told what came; it sends nothing. Trading thread only.
class CancelSweep {
 public:
  CancelSweep(const OmsSettings& settings, std::size_t symbol_count,
              std::size_t first_symbol = 0) noexcept
      : settings_{settings},
        first_symbol_{first_symbol},
        symbol_count_{symbol_count} {}

  [[nodiscard]] bool is_cancelling() const noexcept { return phase_ == Phase::kCancelling; }
  [[nodiscard]] bool is_verified() const noexcept { return phase_ == Phase::kVerified; }
  [[nodiscard]] bool is_idle() const noexcept { return phase_ == Phase::kIdle; }

  // From the first symbol, now.
  void start(MonoTime now) noexcept {
    begin_pass(now);
    backoff_ = settings_.query_backoff_min;
  }
  void stop() noexcept { phase_ = Phase::kIdle; }
  // The session came back: what was sent before may not have arrived.
  void on_session_up(MonoTime now) noexcept {
    if (phase_ != Phase::kIdle && phase_ != Phase::kVerified) start(now);
  }

  [[nodiscard]] std::optional<SymbolId> next_cancel(MonoTime now) const noexcept {
    if (phase_ != Phase::kCancelling || now < next_) return std::nullopt;
    return SymbolId{static_cast<std::uint16_t>(first_symbol_ + symbol_)};
  }
  // The one that next_cancel named is not in the journal yet. What cannot leave may be held for
  // days: it is written down before its first try, and not at each.
  [[nodiscard]] bool is_unwritten() const noexcept { return !is_written_; }
  // The one that next_cancel named.
  void on_cancel_tried(SendError error, MonoTime now) noexcept {
    is_written_ = error != SendError::kNone;
    if (error != SendError::kNone) {
      next_ = now + settings_.timer_interval;
      return;
    }
    if (++symbol_ < symbol_count_) return;
    phase_ = Phase::kVerifying;
    cancelled_at_ = now;
    next_ = now;
  }

  // One order's cancel has left: what was asked before it says nothing any more.
  void on_order_cancel_sent(MonoTime now) noexcept {
    cancelled_at_ = now;
    if (phase_ == Phase::kVerifying) next_ = now;
  }

  [[nodiscard]] bool wants_listing(MonoTime now) const noexcept {
    return phase_ == Phase::kVerifying && now >= next_;
  }
  void on_listing_asked(MonoTime now) noexcept { next_ = now + settings_.ack_timeout; }
  void on_listing_refused(MonoTime now) noexcept { back_off(now); }
  // `asked`: a listing older than the last cancel says nothing. `has_doubt`: an order of ours has
  // not ended yet by our own books.
  void on_listing(MonoTime asked, std::uint32_t own_count, bool has_doubt, MonoTime now) noexcept {
    if (phase_ != Phase::kVerifying || asked < cancelled_at_) return;
    if ((own_count == 0 && !has_doubt) || is_planted(Mutant::kKillNotVerified)) {
      phase_ = Phase::kVerified;
      return;
    }
    if (own_count > 0) begin_pass(now);
    back_off(now);
  }

 private:
  enum class Phase : std::uint8_t { kIdle, kCancelling, kVerifying, kVerified };

  void begin_pass(MonoTime now) noexcept {
    phase_ = symbol_count_ > 0 ? Phase::kCancelling : Phase::kVerifying;
    symbol_ = 0;
    is_written_ = false;
    next_ = now;
    if (symbol_count_ == 0) cancelled_at_ = now;
  }
  void back_off(MonoTime now) noexcept {
    next_ = now + backoff_;
    backoff_ = std::min(backoff_ * 2, settings_.query_backoff_max);
  }

  const OmsSettings& settings_;
  std::size_t first_symbol_;
  std::size_t symbol_count_;
  std::size_t symbol_{0};  // the next to cancel, from the first on
  MonoTime next_{};
  MonoTime cancelled_at_{};  // when the pass's last cancel left
  Nanos backoff_{};
  Phase phase_{Phase::kIdle};
  bool is_written_{false};  // the one that is to leave next is in the journal
};

}  // namespace portcullis::oms
