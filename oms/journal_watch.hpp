#pragma once

#include "core/journal/journal.hpp"
#include "core/log.hpp"
#include "core/time.hpp"
#include "oms/oms_counters.hpp"
#include "oms/order_journal.hpp"

namespace portcullis::oms {

// The journal's part of a turn, and what a person should hear of it: that orders stop for its sake,
// why, and that they may go on. Trading thread only.
class JournalWatch {
 public:
  JournalWatch(OrderJournal& journal, LogRing& log, OmsCounters& counters) noexcept
      : journal_{journal},
        log_{log},
        counters_{counters} {}

  void do_work(const Now& now) noexcept;

 private:
  OrderJournal& journal_;
  LogRing& log_;
  OmsCounters& counters_;
  journal::JournalRefusal told_{journal::JournalRefusal::kNone};
};

}  // namespace portcullis::oms
