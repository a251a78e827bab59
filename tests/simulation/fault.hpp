#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "sim/faults/fault_script.hpp"

namespace portcullis::simulation {

// What goes wrong. Each has a row in fault.cpp, without which it does not compile.
enum class FaultKind : std::uint8_t {
  // the line
  kReset,       // RST of every connection
  kEnd,         // FIN from the venue
  kCutUp,       // RST behind `amount` more bytes of ours
  kCutDown,     // RST behind `amount` more bytes of the venue's
  kBreakSend,   // the kernel takes `amount` bytes of the next send, then the line is gone
  kBlock,       // a black hole both ways, for a while
  kBlockUp,     // requests do not arrive until later
  kBlockDown,   // answers do not
  kRefuse,      // new connections are refused, and those there are, cut
  kSlow,        // up to `amount` milliseconds of delay
  kShutWindow,  // the venue does not read
  // one connection to the venue's API of several, the `amount`th
  kResetOne,
  kCutOneUp,      // RST behind some more bytes of ours
  kCutOneDown,    // RST behind some more bytes of the venue's
  kBreakOneSend,  // the kernel takes a part of the next send
  kShutdownOne,   // serverShutdown, then the end
  // what the venue says
  kLoseReplies,  // `amount` percent, and so below
  kLateReplies,
  kDoubleReplies,
  kReorderReplies,
  kUnknownDone,     // an error that says nothing, of an order that was carried out
  kUnknownNotDone,  // the same of one that was not
  kLateRequests,    // an order is worked on only a good second after it came
  kSlowDown,        // 429
  kLoseEvents,
  kLateEvents,
  kDoubleEvents,
  kReorderEvents,
  kBadEvents,   // unreadable ones
  kLateFill,    // a cancel comes too late, and the fill is told after its reply
  kLoseMarket,  // differences of the book
  kLateMarket,
  kDoubleMarket,
  kReorderMarket,
  kFalseMarket,    // market messages with a lie in them
  kSilentMarket,   // none at all, while pings are answered
  kStaleSnapshot,  // depth answers with the book as it was
  // the venue
  kBan,         // 418 for the address
  kEndStream,   // eventStreamTerminated
  kShutdown,    // serverShutdown, then the end
  kHalt,        // a symbol does not trade
  kVenueClock,  // `amount` milliseconds off
  // process and machine
  kKill,       // kill -9; started again a moment later
  kPower,      // the machine loses its power
  kPause,      // SIGSTOP, then CONT
  kHostClock,  // the wall clock is `amount` milliseconds off
  kDiskFull,
  kSyncFails,
  kSyncStalls,
  // people
  kKillSwitch,
  kStrategyKill,  // of one strategy, `amount`
  // others on the account
  kOtherOrder,  // a program that is not ours places an order and leaves it
  kDeposit,     // `amount` hundredths of a coin come, or go
  kLock,        // the same are locked from outside, for a while
  kCount,
};
inline constexpr auto kFaultKinds = static_cast<std::size_t>(FaultKind::kCount);

struct Fault {
  FaultKind kind{FaultKind::kReset};
  Nanos at{};     // since trading began
  Nanos lasts{};  // zero where it is over at once
  std::int64_t amount{0};

  friend bool operator==(const Fault&, const Fault&) = default;
};

[[nodiscard]] std::string_view name_of(FaultKind kind) noexcept;
// "kill at 3.250 s", "slow at 1.000 s for 2.000 s, 120".
[[nodiscard]] std::string describe(const Fault& fault);

// What a seed has in store within so much trading.
[[nodiscard]] std::vector<Fault> draw_faults(std::uint64_t seed, Nanos trading);

// The simulator's own fault step, of the kinds that are one; its name ends in `number`.
[[nodiscard]] std::optional<sim::FaultStep> venue_step(const Fault& fault, std::size_t number);

}  // namespace portcullis::simulation
