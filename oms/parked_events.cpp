#include "oms/parked_events.hpp"

#include <algorithm>

namespace portcullis::oms {

namespace {

template <std::size_t kSize>
RecordText<kSize> cut_to(std::string_view text) noexcept {
  RecordText<kSize> out{};
  std::ranges::copy(text.substr(0, kSize), out.begin());
  return out;
}

}  // namespace

ParkedEvents::ParkedEvents(OrderJournal& journal, LogRing& log, OmsCounters& counters)
    : journal_{journal},
      log_{log},
      counters_{counters},
      kept_(kKept) {
  names_.reserve(kNamesMax);
}

void ParkedEvents::on_event(const ParkedEvent& event, const Now& now) noexcept {
  counters_.parked_events.add();
  const bool is_first = note_name(event.name);
  if (event.is_state && !is_first) return;
  journal_.record_parked(event, now);
  kept_[count_ % kKept] = {
      .name = cut_to<40>(event.name), .text = cut_to<952>(event.text), .received = now.mono};
  ++count_;
  if (!is_first) return;
  log_.post_text(LogLevel::kWarning, now.mono,
                 "oms: the account has an event of {s}, which is not configured: it counts in no "
                 "limit, and is kept as it came (portcullis journal dump)",
                 event.name);
}

bool ParkedEvents::note_name(std::string_view name) noexcept {
  const auto text = cut_to<40>(name);
  if (names_.size() == kNamesMax || std::ranges::find(names_, text) != names_.end()) return false;
  names_.push_back(text);
  return true;
}

}  // namespace portcullis::oms
