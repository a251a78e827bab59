#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "app/gateway.hpp"
#include "app/scope_names.hpp"
#include "core/counters.hpp"
#include "core/kill_latch.hpp"
#include "core/mode.hpp"
#include "core/time.hpp"
#include "oms/kill_report.hpp"
#include "risk/mode_board.hpp"

namespace portcullis::app {

// The control thread's part of the modes: looks for the flag file, makes what anyone has asked for
// last (core/kill_latch.hpp), lowers a mode at a human's word, and tells how each kill went. May
// block on a disk, which the trading thread never waits for beyond its bound. Control thread only.
class ModeKeeper {
 public:
  explicit ModeKeeper(Gateway& gateway);

  void turn(MonoTime now);

  // A stop that was asked for by a human or a program of his: in force when this returns, durable
  // when it returns a value. True when the scope has become stricter by it; one that was as strict
  // already is latched again.
  // `actor` is who it was, for the audit log.
  [[nodiscard]] std::expected<bool, std::string> ask(Scope scope, Mode mode,
                                                     std::string_view reason,
                                                     std::string_view actor = "operator");
  // The way back, of a named human; not done when it cannot be written into the audit log. What has
  // been done, in a sentence.
  [[nodiscard]] std::expected<std::string, std::string> lower(Scope scope, Mode to,
                                                              const KillLatch::Human& human);

  // How a kill went, each moment counted from the one in which it was asked for (or seen, where
  // nobody saw the asking). Negative: not yet.
  struct KillTimes {
    Nanos latched{-1};
    Nanos seen{-1};
    Nanos first_cancel{-1};
    Nanos last_cancel{-1};
    Nanos verified{-1};
  };
  struct Status {
    std::string scope;
    risk::ModeBoard::State state;
    std::string reason;
    KillTimes kill;  // of a scope that is HALTED
  };
  [[nodiscard]] Status status_of(Scope scope) const;
  // The whole gateway's first, and then each part's that is not RUNNING.
  [[nodiscard]] std::vector<Status> status() const;
  [[nodiscard]] const ScopeNames& names() const noexcept { return names_; }

 private:
  struct Slot {
    std::string reason;          // of a human; empty: the cause says it
    std::string actor;           // the same
    Mode noted{Mode::kRunning};  // what the audit log has
    MonoTime asked{};
    MonoTime latched{};
    bool is_reported{false};
  };

  void look_for_flag_file(MonoTime now);
  void look_for_latch(MonoTime now);
  void take_signals();
  void latch_what_is_new(MonoTime now);
  [[nodiscard]] std::expected<void, std::string> latch(Scope scope,
                                                       const risk::ModeBoard::State& state,
                                                       MonoTime now);
  void note_escalation(Scope scope, const risk::ModeBoard::State& state, MonoTime now);
  [[nodiscard]] std::expected<std::string, std::string> lower_noted(Scope scope, Mode from, Mode to,
                                                                    const KillLatch::Human& human);
  void report_kills(MonoTime now);
  // Of the kill that is in force; empty while the trading thread has not seen it.
  [[nodiscard]] oms::KillReport report_of(Scope scope) const;
  [[nodiscard]] std::string reason_of(Scope scope, const risk::ModeBoard::State& state) const;
  [[nodiscard]] Slot& slot_of(Scope scope) { return slots_[*modes_->index_of(scope)]; }
  [[nodiscard]] const Slot& slot_of(Scope scope) const { return slots_[*modes_->index_of(scope)]; }

  Gateway* gateway_;
  risk::ModeBoard* modes_;
  ScopeNames names_;
  std::string flag_file_;
  std::vector<Slot> slots_;  // by ModeBoard::index_of
  MonoTime flag_next_{};
  MonoTime latch_next_{};
  std::uint32_t version_seen_{0};
  bool has_unlatched_{true};
  bool is_latch_failing_{false};
  bool has_unreported_{true};
  Counter latch_failures_;
};

}  // namespace portcullis::app
