#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/ids.hpp"
#include "core/instrument.hpp"
#include "core/net/address_budget.hpp"
#include "core/net/ws_connection.hpp"
#include "core/spsc_ring.hpp"
#include "feeds/binance/snapshot_source.hpp"
#include "feeds/binance/weight_budget.hpp"
#include "feeds/feed_settings.hpp"

namespace portcullis::feeds::binance {

// Snapshots by a cold thread of its own, which fetches them one at a time, within the weight
// budget, with a growing pause after failures and for as long as the venue's Retry-After says.
// Pauses and bans are the address's: other threads obey those met here, and the other way round.
class DepthSnapshotSource final : public SnapshotSource {
 public:
  // `endpoint` is the host with its scheme and port. Starts the thread.
  DepthSnapshotSource(net::Endpoint endpoint, const FeedSettings& settings,
                      const InstrumentTable& instruments);
  ~DepthSnapshotSource()
      override;  // joins; waits for a request under way, at most the REST timeout
  DepthSnapshotSource(const DepthSnapshotSource&) = delete;
  DepthSnapshotSource& operator=(const DepthSnapshotSource&) = delete;

  [[nodiscard]] bool request(SymbolId symbol) noexcept override {
    return requests_.try_push(symbol);
  }
  [[nodiscard]] bool take(Reply& out) noexcept override { return replies_.try_pop(out); }
  void recycle(const Reply& reply) noexcept override;

 private:
  void run(const std::stop_token& stop);
  // False when told to stop.
  [[nodiscard]] bool pause(const std::stop_token& stop, std::chrono::nanoseconds length) const;
  [[nodiscard]] Reply fetch(SymbolId symbol, std::string* body);
  void note_failure(int http_status, const std::string& retry_after) noexcept;
  [[nodiscard]] WallTime venue_now() const noexcept;
  [[nodiscard]] Nanos wait_before(int weight) noexcept;
  // False when told to stop.
  [[nodiscard]] bool wait_for_turn(const std::stop_token& stop, int weight);
  void publish() noexcept;

  net::Endpoint endpoint_;
  int limit_;
  std::chrono::milliseconds timeout_;
  std::vector<std::string> paths_;  // by symbol
  // Cold thread only.
  WeightBudget budget_;
  std::shared_ptr<net::AddressBudget> address_;
  net::AddressBudget::Totals totals_{};
  int failures_in_a_row_{0};
  std::chrono::milliseconds penalty_{0};  // before the next request

  std::array<std::string, 4> bodies_;
  SpscRing<SymbolId> requests_;         // feed thread -> cold thread
  SpscRing<Reply> replies_;             // cold thread -> feed thread
  SpscRing<std::string*> free_bodies_;  // feed thread -> cold thread
  std::jthread thread_;
};

}  // namespace portcullis::feeds::binance
