#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

#include "core/time.hpp"

namespace portcullis::net {

// What the threads of this process do to one venue under one address, told to each other without a
// lock: the venue limits and bans the address, whichever thread has caused it. Each party has a
// cell that it alone writes; all read all. MonoTime is CLOCK_MONOTONIC's, which cold threads read
// as std::steady_clock.
class AddressBudget {
 public:
  enum class Party : std::uint8_t {
    kOrders,
    kSnapshots,
    kStart,
    kOrderConnects,   // the cold thread that connects the order session
    kStreamConnects,  // and the one of the market streams
  };
  static constexpr std::size_t kPartyCount = 5;

  // Since the start of the process; `begun` is told before the request leaves.
  struct Totals {
    std::int64_t weight_begun{0};
    std::int64_t weight_finished{0};
    std::int64_t requests_begun{0};
    std::int64_t requests_finished{0};
  };

  // The moment on that clock, by the kernel: for cold threads, which are told no time.
  [[nodiscard]] static MonoTime cold_now() noexcept {
    return MonoTime{std::chrono::steady_clock::now().time_since_epoch()};
  }

  // ---- the party's own thread
  void publish(Party party, const Totals& totals) noexcept {
    Cell& cell = of(party);
    // Finished last and read first, so that no reader sees more finished than begun.
    cell.weight_begun.store(totals.weight_begun, std::memory_order_relaxed);
    cell.requests_begun.store(totals.requests_begun, std::memory_order_relaxed);
    cell.weight_finished.store(totals.weight_finished, std::memory_order_release);
    cell.requests_finished.store(totals.requests_finished, std::memory_order_release);
  }
  // 429: the venue wants nothing that can wait until then. Never shortened.
  void limit_until(Party party, MonoTime until) noexcept { raise(of(party).limited_ns, until); }
  // 418: nothing at all until then, new connections included.
  void ban_until(Party party, MonoTime until) noexcept { raise(of(party).banned_ns, until); }

  // An HTTP answer that turned the address away: 418 bans it, 429 and the firewall's 403 limit it,
  // anything else does not concern it. `retry_after_s`: the venue's word; zero when it gave none
  // (Binance: a ban takes two minutes at least).
  void note_refusal(Party party, int http_status, std::int64_t retry_after_s,
                    MonoTime now) noexcept {
    constexpr std::int64_t kBanSeconds = 120;
    constexpr std::int64_t kLimitSeconds = 60;
    constexpr std::int64_t kFirewallSeconds = 10;
    constexpr std::int64_t kSecondsMax = std::int64_t{72} * 3'600;
    const auto after = [&](std::int64_t otherwise) {
      const std::int64_t said = retry_after_s > 0 ? retry_after_s : otherwise;
      return now + std::chrono::seconds{std::min(said, kSecondsMax)};
    };
    if (http_status == 418) ban_until(party, after(kBanSeconds));
    if (http_status == 429) limit_until(party, after(kLimitSeconds));
    if (http_status == 403) limit_until(party, after(kFirewallSeconds));
  }

  // ---- cold threads: attempts to connect a WebSocket, of all parties together (Binance: limits,
  // CONNECTIONS), in any span as long as the venue's window, so that its edges do not matter. All
  // but the order session leave it a fifth.
  void set_connection_limit(std::int64_t limit, Nanos window) {
    const std::scoped_lock lock{connections_mutex_};
    connection_limit_ = std::clamp<std::int64_t>(limit, 1, kConnectionsMax);
    connection_window_ = window;
  }
  // True: one has been taken and may be made.
  [[nodiscard]] bool try_take_connection(Party party, MonoTime now) {
    constexpr std::int64_t kOthersPercent = 80;
    const std::scoped_lock lock{connections_mutex_};
    while (!connections_.empty() && now - connections_.front() >= connection_window_) {
      connections_.pop_front();
    }
    const std::int64_t limit =
        party == Party::kOrderConnects
            ? connection_limit_
            : std::max<std::int64_t>(connection_limit_ * kOthersPercent / 100, 1);
    if (static_cast<std::int64_t>(connections_.size()) >= limit) return false;
    connections_.push_back(now);
    return true;
  }

  // ---- any thread
  [[nodiscard]] MonoTime blocked_until() const noexcept {
    return std::max(limited_until(), banned_until());
  }
  // All parties' but one's together.
  [[nodiscard]] Totals others_than(Party party) const noexcept {
    Totals sum;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (i == std::to_underlying(party)) continue;
      const Cell& cell = cells_[i];
      sum.requests_finished += cell.requests_finished.load(std::memory_order_acquire);
      sum.weight_finished += cell.weight_finished.load(std::memory_order_acquire);
      sum.weight_begun += cell.weight_begun.load(std::memory_order_relaxed);
      sum.requests_begun += cell.requests_begun.load(std::memory_order_relaxed);
    }
    return sum;
  }
  // Zero or past: not limited, not banned.
  [[nodiscard]] MonoTime limited_until() const noexcept { return latest(&Cell::limited_ns); }
  [[nodiscard]] MonoTime banned_until() const noexcept { return latest(&Cell::banned_ns); }

  // The venue's clock less the monotonic one, as the order session has measured it; zero: unknown.
  void set_venue_offset(Nanos offset) noexcept {
    venue_offset_ns_.store(offset.count(), std::memory_order_relaxed);
  }
  // The venue's clock, or `otherwise` while it is not known.
  [[nodiscard]] WallTime venue_time(MonoTime now, WallTime otherwise) const noexcept {
    const std::int64_t offset = venue_offset_ns_.load(std::memory_order_relaxed);
    return offset == 0 ? otherwise : wall_time(count_ns(now) + offset);
  }

 private:
  static constexpr std::size_t kNoFalseSharing = 128;

  struct alignas(kNoFalseSharing) Cell {
    std::atomic<std::int64_t> weight_begun{0};
    std::atomic<std::int64_t> weight_finished{0};
    std::atomic<std::int64_t> requests_begun{0};
    std::atomic<std::int64_t> requests_finished{0};
    std::atomic<std::int64_t> limited_ns{0};
    std::atomic<std::int64_t> banned_ns{0};
  };

  [[nodiscard]] Cell& of(Party party) noexcept { return cells_[std::to_underlying(party)]; }
  // Several cold threads may connect as one party.
  static void raise(std::atomic<std::int64_t>& cell, MonoTime until) noexcept {
    std::int64_t known = cell.load(std::memory_order_relaxed);
    while (known < count_ns(until) &&
           !cell.compare_exchange_weak(known, count_ns(until), std::memory_order_relaxed)) {
    }
  }
  [[nodiscard]] MonoTime latest(std::atomic<std::int64_t> Cell::* field) const noexcept {
    std::int64_t until = 0;
    for (const Cell& cell : cells_) {
      until = std::max(until, (cell.*field).load(std::memory_order_relaxed));
    }
    return mono_time(until);
  }

  static constexpr std::int64_t kConnectionsMax = 4'096;

  std::array<Cell, kPartyCount> cells_{};
  std::mutex connections_mutex_;
  std::deque<MonoTime> connections_;  // guarded, and so are the next two
  // The venue's, until it has stated another.
  std::int64_t connection_limit_{300};
  Nanos connection_window_{std::chrono::minutes{5}};
  std::atomic<std::int64_t> venue_offset_ns_{0};  // the order session's thread writes
};

}  // namespace portcullis::net
