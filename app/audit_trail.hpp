#pragma once

#include <expected>
#include <optional>
#include <string>

#include "app/start_error.hpp"
#include "core/audit/audit_log.hpp"
#include "core/audit/audit_record.hpp"
#include "core/counters.hpp"
#include "core/time.hpp"

namespace portcullis::app {

struct AuditSettings {
  std::string anchor_file;  // where the log's head is noted; empty: nowhere
  Nanos anchor_interval{};
};

// The gateway's hand on the log of privileged acts (docs/audit.md): opened before anything can be
// traded, and held to the end. What makes the gateway stricter is done whether or not it could be
// written down; what makes it milder is written down first, and not done without. Control thread
// only; blocks on the disk.
class AuditTrail {
 public:
  // A log that is damaged, or misses a head that was noted, is not gone on with.
  [[nodiscard]] static std::expected<AuditTrail, StartError> open(const std::string& state_dir,
                                                                  AuditSettings settings,
                                                                  WallTime now);

  // From here on what cannot be written is counted ("audit.failures", "audit.anchor_failures").
  void count_in(CounterFile& counters);

  // On the disk when it returns a value; the error says what to do.
  std::expected<void, std::string> note(const audit::Entry& entry, WallTime now);

  // Notes the head where it is due and another than the last time; `is_last` does not wait.
  void keep_anchor(MonoTime now, bool is_last = false);

  [[nodiscard]] const audit::Head& head() const noexcept { return log_.head(); }
  // What could not be written of late; empty when all could.
  [[nodiscard]] const std::string& last_error() const noexcept { return last_error_; }

 private:
  AuditTrail(audit::Log log, AuditSettings settings)
      : log_{std::move(log)},
        settings_{std::move(settings)} {}

  audit::Log log_;
  AuditSettings settings_;
  MonoTime anchor_next_{};
  std::string last_error_;
  Counter failures_;
  Counter anchor_failures_;
};

[[nodiscard]] std::string audit_file(const std::string& state_dir);

// An act of the command line, of a gateway that does not run: opens the log and adds to it.
[[nodiscard]] std::expected<void, std::string> note_offline(const std::string& state_dir,
                                                            audit::Entry entry);

}  // namespace portcullis::app
