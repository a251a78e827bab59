#include "oms/journal_watch.hpp"

namespace portcullis::oms {

void JournalWatch::do_work(const Now& now) noexcept {
  // What found no room is lost to the journal and nowhere else: it has been acted on, and the
  // venue's records say it again at the next start.
  if (const std::uint64_t lost = journal_.do_work(now); lost > 0) {
    counters_.journal_lost.add(static_cast<std::int64_t>(lost));
    log_.post(LogLevel::kError, now.mono,
              "oms: {} records found no room in the journal; look at the disk of gateway.state_dir",
              static_cast<std::int64_t>(lost));
  }
  const journal::JournalRefusal refusal = journal_.refusal(now.mono);
  if (refusal == told_) return;
  told_ = refusal;
  if (refusal == journal::JournalRefusal::kNone) {
    log_.post(LogLevel::kWarning, now.mono, "oms: the journal is kept again: new orders may pass");
  } else {
    log_.post_text(LogLevel::kError, now.mono,
                   "oms: no new orders, since the journal {s}; cancels and the kill go on",
                   to_string(refusal));
  }
}

}  // namespace portcullis::oms
