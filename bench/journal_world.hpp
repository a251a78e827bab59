#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>

#include "bench/figure.hpp"
#include "bench/order_world.hpp"
#include "core/clock.hpp"
#include "core/hop_clock.hpp"
#include "core/hop_timer.hpp"
#include "core/journal/file_segments.hpp"
#include "core/journal/journal.hpp"
#include "core/kill_switch.hpp"
#include "core/log.hpp"
#include "core/spsc_ring.hpp"
#include "oms/order_accounting.hpp"
#include "oms/order_journal.hpp"
#include "risk/exposure.hpp"

namespace portcullis::bench {

inline constexpr auto kSyncInterval = std::chrono::milliseconds{1};
inline constexpr WallTime kWall = wall_time(1'750'000'000'000'000'000);

// A temporary folder on the machine's disk, gone at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A journal in real files with its keeper on a thread of its own, as the gateway has it.
class LiveJournal {
 public:
  LiveJournal(const std::string& folder, std::size_t segment_bytes, const MonoClock& clock);
  ~LiveJournal();
  LiveJournal(const LiveJournal&) = delete;
  LiveJournal& operator=(const LiveJournal&) = delete;
  [[nodiscard]] journal::Journal& get() { return *journal_; }

 private:
  std::unique_ptr<journal::FileSegments> store_;
  std::unique_ptr<journal::Journal> journal_;
  std::jthread keeper_;
};

// Everything the accounting works with, and one strategy that takes its reports.
struct Books {
  explicit Books(oms::OrderJournal& journal)
      : instruments{make_instruments()},
        exposure{instruments.size()},
        commands{16},
        reports{4'096},
        ports{oms::StrategyPort{.commands = &commands, .reports = &reports}},
        accounting{oms::OmsContext{.settings = settings,
                                   .instruments = instruments,
                                   .ports = ports,
                                   .exposure = exposure,
                                   .kill_switch = kill_switch,
                                   .log = log,
                                   .hops = hops,
                                   .clock = clock,
                                   .counters = counters,
                                   .journal = journal}} {}

  oms::Order* open(OrderId id, const Now& now) {
    const NewOrderSingle order = make_order();
    exposure.adopt(risk::held_of(order), order.qty);
    oms::Order* opened = accounting.open(order, id, now);
    if (opened != nullptr) accounting.on_sent(*opened, now.mono, now);
    return opened;
  }
  void take_reports() {
    reports.drain([](const ExecutionReport& report) noexcept { keep(report.order_id); }, 4'096);
  }

  oms::OmsSettings settings;
  InstrumentTable instruments;
  risk::Exposure exposure;
  SpscRing<OrderCommand> commands;
  SpscRing<ExecutionReport> reports;
  std::array<oms::StrategyPort, 1> ports;
  KillSwitch kill_switch;
  LogRing log;
  HopTimers hops;
  HopClock clock;
  oms::OmsCounters counters;
  oms::OrderAccounting accounting;
};

}  // namespace portcullis::bench
