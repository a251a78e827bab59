#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/ids.hpp"
#include "core/log.hpp"
#include "core/time.hpp"
#include "oms/oms_counters.hpp"
#include "oms/oms_settings.hpp"
#include "oms/strategy_port.hpp"

namespace portcullis::oms {

// Who of the strategies is there: cancel on disconnect, strategy by strategy (risk control 45). One
// whose heartbeat stands for heartbeat_timeout, or that has said goodbye, is gone: its orders are
// cancelled, those of others are not, and new ones of it are refused until it is back.
//
// A strategy is watched from its first heartbeat on; where heartbeats are required, from the start.
// A command that it gives counts as one. Silence counts only while this thread looks: one that was
// stopped together with its strategies does not wake to find them gone. Trading thread only, where
// nothing else is said.
class StrategySessions {
 public:
  StrategySessions(const StrategySessionSettings& settings, std::span<const StrategyPort> ports,
                   LogRing& log, OmsCounters& counters);

  // Bounded by the number of strategies; a few times in heartbeat_timeout.
  void step(MonoTime now) noexcept;
  void on_command(StrategyId strategy) noexcept;
  // After all its earlier commands.
  void on_goodbye(StrategyId strategy, MonoTime now) noexcept;

  // May it order? One that is not known (of an earlier run, without a port) may not be asked about.
  [[nodiscard]] bool is_present(StrategyId strategy) const noexcept {
    return strategy.raw() >= sessions_.size() || is_open(sessions_[strategy.raw()].state);
  }
  // Its orders are to be cancelled.
  [[nodiscard]] bool is_gone(StrategyId strategy) const noexcept {
    return strategy.raw() < sessions_.size() && sessions_[strategy.raw()].state == State::kGone;
  }

  // Any thread: a human has looked, and it may order again once it beats.
  void readmit(StrategyId strategy) noexcept;

 private:
  enum class State : std::uint8_t {
    kUnwatched,  // never seen, and no heartbeat is required
    kPresent,
    kGone,
  };
  struct Session {
    State state{State::kUnwatched};
    std::uint64_t beats{0};  // as last seen
    Nanos silent_for{};      // since they last moved, or it last gave a command
    bool is_human_awaited{false};
  };

  [[nodiscard]] static bool is_open(State state) noexcept { return state != State::kGone; }
  void on_heard(std::size_t i, MonoTime now) noexcept;
  void lose(std::size_t i, MonoTime now, const char* message) noexcept;

  StrategySessionSettings settings_;
  LogRing& log_;
  OmsCounters& counters_;
  std::vector<StrategyPort> ports_;  // constant after construction, like the size of the next two
  std::vector<Session> sessions_;
  std::unique_ptr<std::atomic<bool>[]> is_readmitted_;  // any thread sets, the trading thread takes
  MonoTime last_step_{};
};

}  // namespace portcullis::oms
