#include "app/audit_trail.hpp"

#include <filesystem>
#include <utility>

#include <unistd.h>

#include "app/operators.hpp"
#include "core/audit/audit_scan.hpp"
#include "core/clock.hpp"

namespace portcullis::app {

namespace {

// Every head that was noted is in the log. Without a file of anchors, or before its first line,
// there is nothing to find.
std::expected<void, StartError> check_anchors(const std::string& path, const std::string& anchors) {
  if (anchors.empty() || !std::filesystem::exists(anchors)) return {};
  const auto heads = audit::read_anchors(anchors);
  if (!heads) return std::unexpected{StartError{ExitCode::kDataError, heads.error()}};
  const auto scan = audit::verify(path, *heads);
  if (!scan) return std::unexpected{StartError{ExitCode::kIoError, scan.error()}};
  if (scan->is_sound()) return {};
  return std::unexpected{StartError{ExitCode::kDataError, scan->damage->text}};
}

}  // namespace

std::string audit_file(const std::string& state_dir) {
  return state_dir + "/audit.log";
}

std::expected<AuditTrail, StartError> AuditTrail::open(const std::string& state_dir,
                                                       AuditSettings settings, WallTime now) {
  const std::string path = audit_file(state_dir);
  if (auto checked = check_anchors(path, settings.anchor_file); !checked) {
    return std::unexpected{checked.error()};
  }
  auto log = audit::Log::open(path, now);
  if (!log) return std::unexpected{StartError{ExitCode::kDataError, log.error()}};
  return AuditTrail{std::move(*log), std::move(settings)};
}

void AuditTrail::count_in(CounterFile& counters) {
  failures_ = counters.allocate("audit.failures");
  anchor_failures_ = counters.allocate("audit.anchor_failures");
}

std::expected<void, std::string> AuditTrail::note(const audit::Entry& entry, WallTime now) {
  auto noted = log_.append(entry, now);
  last_error_ = noted ? "" : noted.error();
  if (!noted) failures_.add();
  return noted;
}

void AuditTrail::keep_anchor(MonoTime now, bool is_last) {
  if (settings_.anchor_file.empty() || (now < anchor_next_ && !is_last)) return;
  anchor_next_ = now + settings_.anchor_interval;
  const auto anchored = log_.anchor_to(settings_.anchor_file);
  if (anchored) return;
  anchor_failures_.add();
  last_error_ = anchored.error();
}

std::expected<void, std::string> note_offline(const std::string& state_dir, audit::Entry entry) {
  auto log = audit::Log::open(audit_file(state_dir), wall_now());
  if (!log) return std::unexpected{log.error()};
  entry.actor += (entry.actor.empty() ? "" : ", ") + user_text(::getuid()) + ", command line";
  return log->append(entry, wall_now());
}

}  // namespace portcullis::app
