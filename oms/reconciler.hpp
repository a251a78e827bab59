#pragma once

#include <algorithm>
#include <cstdint>

#include "core/time.hpp"
#include "oms/oms_settings.hpp"

namespace portcullis::oms {

// The way from a session that has come up to being ready to trade: open orders, with orphans
// cancelled until none is left; own trades since the last known id; the account; an answer about
// each order the listing did not name.
// Says what to ask next and is told what came; it sends nothing. Trading thread only.
class Reconciler {
 public:
  enum class Phase : std::uint8_t { kDown, kListing, kTrades, kAccount, kSettling, kReady };

  explicit Reconciler(const OmsSettings& settings) noexcept : settings_{settings} {}

  [[nodiscard]] Phase phase() const noexcept { return phase_; }
  [[nodiscard]] bool is_ready() const noexcept { return phase_ == Phase::kReady; }
  [[nodiscard]] bool wants_listing(MonoTime now) const noexcept {
    return phase_ == Phase::kListing && now >= next_;
  }
  [[nodiscard]] bool wants_account(MonoTime now) const noexcept {
    return phase_ == Phase::kAccount && now >= next_;
  }

  void on_down() noexcept { phase_ = Phase::kDown; }
  // From the beginning; not before `at`.
  void restart(MonoTime at) noexcept {
    phase_ = Phase::kListing;
    next_ = at;
    backoff_ = settings_.query_backoff_min;
  }
  // A question has left: the next attempt, should no answer come.
  void on_asked(MonoTime now) noexcept { next_ = now + settings_.ack_timeout; }
  // A question was refused or its answer cannot be used yet.
  void on_retry(MonoTime now) noexcept {
    next_ = now + backoff_;
    backoff_ = std::min(backoff_ * 2, settings_.query_backoff_max);
  }
  void on_listing(bool has_to_be_repeated, MonoTime now) noexcept {
    if (phase_ != Phase::kListing) return;
    if (has_to_be_repeated) return on_retry(now);
    phase_ = Phase::kTrades;
  }
  // Every own trade has been told.
  void on_trades(MonoTime now) noexcept {
    if (phase_ != Phase::kTrades) return;
    phase_ = Phase::kAccount;
    next_ = now;
    backoff_ = settings_.query_backoff_min;
  }
  void on_account(bool is_usable, MonoTime now) noexcept {
    if (phase_ != Phase::kAccount) return;
    if (!is_usable) return on_retry(now);
    phase_ = Phase::kSettling;
  }
  // Every order the listing did not name has been answered for.
  void on_settled() noexcept {
    if (phase_ == Phase::kSettling) phase_ = Phase::kReady;
  }

 private:
  const OmsSettings& settings_;
  MonoTime next_{};
  Nanos backoff_{};
  Phase phase_{Phase::kDown};
};

}  // namespace portcullis::oms
