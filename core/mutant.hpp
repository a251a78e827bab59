#pragma once

#include <cstdint>

namespace portcullis {

// Bugs that the tests plant, to see that the simulation finds them (tests/simulation). Each stands
// in one place of the product as `if (is_planted(Mutant::kName))`; in every build but that of those
// tests the question is a constant, and nothing of it is left in the program.
enum class Mutant : std::uint8_t {
  kNone,
  kFillsCountedAgain,      // oms/fill_ledger.cpp: a trade told twice counts twice
  kReserveFreedByDoubt,    // oms/order_accounting.cpp: an outcome unknown frees the exposure
  kReserveFreedByCancel,   // oms/order_deadlines.cpp: so does a cancel that is on its way
  kAbsentAtFirstDenial,    // oms/order_accounting.cpp: "no such order" is believed at once
  kLateFillDropped,        // oms/order_accounting.cpp: a fill after the end is nobody's
  kLastWordBelieved,       // oms/order_state.cpp: states move backwards
  kFeeNotTaken,            // risk/exposure.cpp: a fee in base does not lower the holding
  kFillNotWrittenDown,     // oms/order_journal.cpp
  kSentBeforeDisk,         // oms/order_journal.hpp: no order waits for its record to be synced
  kEpochStays,             // core/id_block.cpp: a start gives the ids of the last one again
  kSentTwice,              // oms/binance/binance_venue.cpp
  kStreamGapIgnored,       // oms/oms_agent.hpp: a session that comes back is not reconciled
  kMissingNotAsked,        // oms/account_reconciliation.hpp: nor what a listing omits
  kKillPassesGate,         // risk/checks/trading_state.hpp
  kKillForgotten,          // core/kill_latch.cpp: the latch is not looked at
  kKillNotVerified,        // oms/cancel_sweep.hpp: what a listing shows is not looked at
  kGapNotSeen,             // feeds/book_builder.cpp: a difference is applied behind a hole
  kOldSnapshotJoined,      // feeds/book_builder.cpp: so is a snapshot before one
  kLostStreamNotSeen,      // feeds/market_pipeline.cpp: a book outlives its stream
  kReserveLoweredByAmend,  // oms/order_quantity.cpp: before the venue has taken the amendment
  kReserveFreedByReplace,  // oms/order_quantity.cpp: the old order's, when its cancel leaves
  kReserveOfFirstLegOnly,  // oms/order_legs.cpp: a list's other orders hold nothing
  kReserveFreedBySibling,  // oms/order_legs.cpp: nor do they once one of them has ended
  kHaltPassesGate,         // risk/checks/modes.hpp: orders of a strategy that was killed
  kHaltedNotCancelled,     // oms/stop_keeper.hpp: what it has open is left there
  kCount,
};

#ifdef PORTCULLIS_MUTANTS
extern Mutant planted_mutant;
[[nodiscard]] inline bool is_planted(Mutant mutant) noexcept {
  return planted_mutant == mutant;
}
#else
[[nodiscard]] constexpr bool is_planted(Mutant) noexcept {
  return false;
}
#endif

}  // namespace portcullis
