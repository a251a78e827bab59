#include "oms/report_publisher.hpp"

namespace portcullis::oms {

ReportPublisher::ReportPublisher(std::span<const StrategyPort> ports, std::size_t overflow_capacity,
                                 KillSwitch& kill_switch, LogRing& log, OmsCounters& counters)
    : ports_(ports.begin(), ports.end()),
      backlogs_(ports.size()),
      capacity_{overflow_capacity},
      kill_switch_{kill_switch},
      log_{log},
      counters_{counters} {
  for (Backlog& backlog : backlogs_) {
    backlog.reports = std::make_unique<ExecutionReport[]>(overflow_capacity);
  }
}

void ReportPublisher::publish(const ExecutionReport& report, MonoTime now) noexcept {
  const std::size_t strategy = report.strategy.raw();
  if (strategy >= ports_.size()) return;
  if (backlogs_[strategy].count == 0 && ports_[strategy].reports->try_push(report)) [[likely]] {
    return;
  }
  keep(strategy, report, now);
}

int ReportPublisher::flush() noexcept {
  if (waiting_ == 0) [[likely]]
    return 0;
  int moved = 0;
  for (std::size_t strategy = 0; strategy < ports_.size(); ++strategy) {
    Backlog& backlog = backlogs_[strategy];
    while (backlog.count > 0 &&
           ports_[strategy].reports->try_push(backlog.reports[backlog.first])) {
      backlog.first = backlog.first + 1 == capacity_ ? 0 : backlog.first + 1;
      --backlog.count;
      --waiting_;
      ++moved;
    }
  }
  return moved;
}

void ReportPublisher::keep(std::size_t strategy, const ExecutionReport& report,
                           MonoTime now) noexcept {
  Backlog& backlog = backlogs_[strategy];
  kill_switch_.kill();
  if (backlog.count == capacity_) {
    counters_.reports_lost.add();
    log_.post(LogLevel::kError, now,
              "oms: strategy {} takes no reports and the overflow is full: a report on order {} is "
              "lost; compare its books with the venue before re-arming",
              static_cast<std::int64_t>(strategy),
              static_cast<std::int64_t>(report.order_id.raw()));
    return;
  }
  if (backlog.count == 0) {
    log_.post(
        LogLevel::kError, now,
        "oms: the report ring of strategy {} is full: trading is killed, its reports are kept "
        "until it takes them; find out why it stopped reading",
        static_cast<std::int64_t>(strategy));
  }
  backlog.reports[(backlog.first + backlog.count) % capacity_] = report;
  ++backlog.count;
  ++waiting_;
  counters_.reports_overflowed.add();
}

}  // namespace portcullis::oms
