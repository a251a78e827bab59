#include "watchdog/emergency.hpp"

#include <algorithm>
#include <utility>

namespace portcullis::watchdog {

namespace {

constexpr Nanos kBackoffMin = std::chrono::milliseconds{250};
constexpr Nanos kBackoffMax = std::chrono::seconds{5};
// Between two looks at what is clear already.
constexpr Nanos kRelook = std::chrono::seconds{1};
// A refused key will be refused again, but may be put right at the venue.
constexpr Nanos kKeyRetry = std::chrono::seconds{5};
constexpr Nanos kBanWait = std::chrono::seconds{120};
constexpr std::int64_t kMicro = 1'000'000;
constexpr std::int64_t kMinuteUs = 60'000'000;

}  // namespace

const char* to_string(AnswerKind kind) noexcept {
  switch (kind) {
    case AnswerKind::kDone: return "done";
    case AnswerKind::kNothingOpen: return "nothing open";
    case AnswerKind::kHeld: return "held back by the venue";
    case AnswerKind::kClockOff: return "clock refused";
    case AnswerKind::kKeyRefused: return "key refused";
    case AnswerKind::kUnknown: return "no usable answer";
  }
  return "?";
}

Emergency::Emergency(std::vector<std::string> symbols, const EmergencySettings& settings,
                     MonoTime now)
    : settings_{settings},
      next_{now},
      backoff_{kBackoffMin},
      weight_left_micro_{settings.weight_per_minute * kMicro},
      weight_counted_{now} {
  for (std::string& name : symbols) symbols_.push_back({.name = std::move(name)});
}

Emergency::Event Emergency::turn(CancelVenue& venue, MonoTime now) {
  if (now < next_) return Event::kWaiting;
  if (Symbol* symbol = find(Need::kCancel); symbol != nullptr) {
    return take_weight(kCancelWeight, now) ? cancel(*symbol, venue, now) : Event::kWaiting;
  }
  if (find(Need::kListing) != nullptr) {
    const bool is_whole = is_whole_listing_cheaper();
    return take_weight(is_whole ? kWholeListingWeight : kListingWeight, now) ? list(venue, now)
                                                                             : Event::kWaiting;
  }
  return begin_look(now);
}

// Everything has been seen clear: a first time, or once more.
Emergency::Event Emergency::begin_look(MonoTime now) {
  const bool is_first = !std::exchange(is_clear_, true);
  if (is_first) clear_since_ = now;
  if (!is_first && look_began_ >= clear_since_ + settings_.settle) return Event::kSettled;
  // In steps, and the last one at the end of the time.
  look_began_ = std::max(now, std::min(look_began_ + kRelook, clear_since_ + settings_.settle));
  next_ = look_began_;
  for (Symbol& symbol : symbols_) symbol.need = Need::kListing;
  return is_first ? Event::kAllClear : Event::kNone;
}

bool Emergency::is_whole_listing_cheaper() const noexcept {
  return static_cast<std::int64_t>(symbols_.size()) * kListingWeight > kWholeListingWeight;
}

Emergency::Symbol* Emergency::find(Need need) noexcept {
  const auto found = std::ranges::find(symbols_, need, &Symbol::need);
  return found != symbols_.end() ? &*found : nullptr;
}

Emergency::Event Emergency::cancel(Symbol& symbol, CancelVenue& venue, MonoTime now) {
  ++cancels_tried_;
  last_symbol_ = symbol.name;
  last_answer_ = venue.cancel_all(symbol.name);
  if (last_answer_.kind == AnswerKind::kDone || last_answer_.kind == AnswerKind::kNothingOpen) {
    ++cancels_done_;
    symbol.need = Need::kListing;
    backoff_ = kBackoffMin;
    return Event::kCancelled;
  }
  // It may have happened: the others first, then a look, which sends it back here if it has not.
  if (last_answer_.kind == AnswerKind::kUnknown) symbol.need = Need::kListing;
  return on_refusal(now);
}

Emergency::Event Emergency::list(CancelVenue& venue, MonoTime now) {
  const bool is_whole = is_whole_listing_cheaper();
  last_symbol_ = is_whole ? "" : find(Need::kListing)->name;
  last_answer_ = venue.open_orders(last_symbol_);
  if (last_answer_.kind != AnswerKind::kDone) return on_refusal(now);
  backoff_ = kBackoffMin;
  std::int64_t found = 0;
  for (Symbol& symbol : symbols_) {
    if (!is_whole && symbol.name != last_symbol_) continue;
    const auto open = std::ranges::count(last_answer_.open_in, symbol.name);
    symbol.need = open > 0 ? Need::kCancel : Need::kNothing;
    found += open;
  }
  if (found == 0) return Event::kNone;
  is_clear_ = false;
  orders_found_ += found;
  return Event::kFoundOpen;
}

Emergency::Event Emergency::on_refusal(MonoTime now) {
  const auto doubled = [this] {
    return std::exchange(backoff_, std::min(backoff_ * 2, kBackoffMax));
  };
  switch (last_answer_.kind) {
    case AnswerKind::kDone:
    case AnswerKind::kNothingOpen:
    case AnswerKind::kClockOff: next_ = now + kBackoffMin; break;
    case AnswerKind::kHeld: {
      const Nanos unsaid = last_answer_.is_ban ? kBanWait : doubled();
      next_ = now + (last_answer_.retry_after > Nanos{0} ? last_answer_.retry_after : unsaid);
      break;
    }
    case AnswerKind::kKeyRefused: next_ = now + kKeyRetry; break;
    case AnswerKind::kUnknown: next_ = now + doubled(); break;
  }
  return Event::kRefused;
}

bool Emergency::take_weight(std::int64_t weight, MonoTime now) noexcept {
  const auto passed_us =
      std::chrono::duration_cast<std::chrono::microseconds>(now - weight_counted_).count();
  const std::int64_t full = settings_.weight_per_minute * kMicro;
  const std::int64_t earned = std::min(passed_us, kMinuteUs) * settings_.weight_per_minute / 60;
  weight_left_micro_ = std::min(full, weight_left_micro_ + earned);
  weight_counted_ = now;
  const std::int64_t missing = weight * kMicro - weight_left_micro_;
  if (missing > 0) {
    next_ = now + std::chrono::microseconds{missing * 60 / settings_.weight_per_minute + 1};
    return false;
  }
  weight_left_micro_ -= weight * kMicro;
  return true;
}

}  // namespace portcullis::watchdog
