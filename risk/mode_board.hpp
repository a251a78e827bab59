#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/ids.hpp"
#include "core/kill_switch.hpp"
#include "core/mode.hpp"
#include "core/reject_reason.hpp"

namespace portcullis::risk {

// Where a mode came from. kBreaker names the rule that tripped, in ModeRequest::rule.
enum class ModeCause : std::uint8_t {
  kNone,
  kSignal,
  kFlagFile,  // state_dir/KILL
  kFlagPage,  // state_dir/kill.page, read by the trading thread itself
  kOperator,  // the control socket, or the admin plane
  kBreaker,   // a safeguard: loss limit, reject storm, unknown orders, lost heartbeat
  kEarlierRun,
  kOutside,  // another process has latched it: the watchdog
};
[[nodiscard]] const char* to_string(ModeCause cause) noexcept;

// What a stage asks for that has seen enough.
struct ModeRequest {
  Scope scope;
  Mode mode{Mode::kHalted};
  ModeCause cause{ModeCause::kBreaker};
  RejectReason rule{RejectReason::kNone};
};

// The modes of the gateway and of its parts: one word a scope. This is the seam for everything that
// stops trading or lets it go on.
//
// - Escalation: any thread, the trading thread included, calls escalate(). Nothing else has to be
//   done: the gate sees it at its next order, the order accounting cancels what a halted scope has
//   open, and the control thread makes it last and tells a human, who is the only way back.
// - The gate asks for the strictest mode of an order's scopes: four loads, no loop.
// - The control thread looks for what is new by version(), latches it (core/kill_latch.hpp), and
//   lowers a mode at a human's word.
//
// The whole gateway's word stands beside the KillSwitch, which signal handlers write: the stricter
// of the two holds, and HALTED, CANCEL_ONLY and SHUTDOWN of the whole gateway are handed on to it.
class ModeBoard {
 public:
  // All memory is taken here. The switch outlives the board.
  ModeBoard(KillSwitch& kill_switch, std::size_t strategy_count, std::size_t symbol_count);

  // ---- any thread: no lock, no allocation. True when the scope has become stricter; false when it
  // was as strict already, and for a mode that is nobody's to request (RUNNING, INITIALIZING).
  // A scope that does not exist stops the whole gateway: what was meant to stop is not known.
  bool escalate(const ModeRequest& request) noexcept;

  struct Standing {
    Mode mode{Mode::kRunning};
    Scope scope{};
  };
  // The strictest that covers such an order; of equals the widest. One that is not on the board is
  // HALTED. Trading thread.
  [[nodiscard]] Standing strictest(StrategyId strategy, SymbolId symbol) const noexcept;

  // What a scope is in, and why.
  struct State {
    Mode mode{Mode::kRunning};
    ModeCause cause{ModeCause::kNone};
    RejectReason rule{RejectReason::kNone};
    bool is_latched{false};
    // Of the changes of this scope: two kills are two, even when nobody has looked in between.
    std::uint32_t number{0};
  };
  [[nodiscard]] State state_of(Scope scope) const noexcept;
  // What it was asked to be, whether or not the session is up: what has to last.
  [[nodiscard]] State asked_of(Scope scope) const noexcept;
  // Moves with every change; a reader that has seen the number has seen the change.
  [[nodiscard]] std::uint32_t version() const noexcept {
    return version_.load(std::memory_order_acquire);
  }

  // ---- control thread
  // The scope's mode, as it was seen, is on the disk now. Nothing when it has moved meanwhile.
  void mark_latched(Scope scope, Mode mode) noexcept;
  // At start: what an earlier run has latched.
  void restore(Scope scope, Mode mode) noexcept;
  // At a human's word. False when the table does not let a human do this while the gateway runs, or
  // the scope has moved meanwhile. RUNNING of a scope that was killed: only once its kill has been
  // verified, which is the caller's to see.
  bool lower(Scope scope, Mode from, Mode to) noexcept;

  [[nodiscard]] std::size_t strategy_count() const noexcept { return strategy_count_; }
  [[nodiscard]] std::size_t symbol_count() const noexcept { return symbol_count_; }
  // Every scope there is: global, account, strategies, symbols.
  [[nodiscard]] std::size_t scope_count() const noexcept {
    return kFirstStrategy + strategy_count_ + symbol_count_;
  }
  [[nodiscard]] Scope scope_at(std::size_t i) const noexcept;
  // Its place among them; nothing when it does not exist.
  [[nodiscard]] std::optional<std::size_t> index_of(Scope scope) const noexcept;

 private:
  static constexpr std::size_t kFirstStrategy = 2;
  using Word = std::atomic<std::uint64_t>;

  [[nodiscard]] Mode mode_at(std::size_t i) const noexcept;
  void hand_on(Mode mode) noexcept;

  KillSwitch& kill_switch_;
  std::size_t strategy_count_;
  std::size_t symbol_count_;
  std::unique_ptr<Word[]> words_;
  std::atomic<std::uint32_t> version_{0};
};

}  // namespace portcullis::risk
