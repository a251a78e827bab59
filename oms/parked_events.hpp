#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/log.hpp"
#include "core/time.hpp"
#include "oms/journal_records.hpp"
#include "oms/oms_counters.hpp"
#include "oms/order_journal.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms {

// Events of symbols and assets that are not configured: nothing here can account for them, and none
// is lost. Each is counted and in the journal as it came; the last ones are at hand; a name is
// logged once. An event that only says what is (a balance) is journalled at its name's first one,
// for the next one says it again. Trading thread only; memory is taken at construction.
class ParkedEvents {
 public:
  static constexpr std::size_t kKept = 64;
  static constexpr std::size_t kNamesMax = 256;  // a further one is not logged

  struct Kept {
    RecordText<40> name{};
    RecordText<952> text{};
    MonoTime received{};
  };

  ParkedEvents(OrderJournal& journal, LogRing& log, OmsCounters& counters);

  void on_event(const ParkedEvent& event, const Now& now) noexcept;

  [[nodiscard]] std::size_t count() const noexcept { return count_ < kKept ? count_ : kKept; }
  // The youngest is 0.
  [[nodiscard]] const Kept& at(std::size_t i) const noexcept {
    return kept_[(count_ - 1 - i) % kKept];
  }

 private:
  // True at its first time.
  [[nodiscard]] bool note_name(std::string_view name) noexcept;

  OrderJournal& journal_;
  LogRing& log_;
  OmsCounters& counters_;
  std::vector<Kept> kept_;             // a ring; size constant after construction
  std::vector<RecordText<40>> names_;  // its capacity is constant after construction
  std::size_t count_{0};
};

}  // namespace portcullis::oms
