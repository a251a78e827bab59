#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/kill_switch.hpp"
#include "core/log.hpp"
#include "core/messages.hpp"
#include "core/time.hpp"
#include "oms/oms_counters.hpp"
#include "oms/strategy_port.hpp"

namespace portcullis::oms {

// Execution reports to the strategies. They may not be lost: a strategy whose ring is full is not
// keeping its books, so trading is killed, and its reports wait here in order until it takes them.
// Only when this is full too is a report dropped, and counted. Trading thread only.
class ReportPublisher {
 public:
  ReportPublisher(std::span<const StrategyPort> ports, std::size_t overflow_capacity,
                  KillSwitch& kill_switch, LogRing& log, OmsCounters& counters);

  // A report whose strategy is not in the list goes nowhere: there is nobody to tell.
  void publish(const ExecutionReport& report, MonoTime now) noexcept;
  // Moves waiting reports on; returns how many.
  int flush() noexcept;

 private:
  // A bounded queue of reports that did not fit.
  struct Backlog {
    std::unique_ptr<ExecutionReport[]> reports;
    std::size_t first{0};
    std::size_t count{0};
  };

  void keep(std::size_t strategy, const ExecutionReport& report, MonoTime now) noexcept;

  std::vector<StrategyPort> ports_;
  std::vector<Backlog> backlogs_;
  std::size_t capacity_;
  std::size_t waiting_{0};  // over all strategies
  KillSwitch& kill_switch_;
  LogRing& log_;
  OmsCounters& counters_;
};

}  // namespace portcullis::oms
