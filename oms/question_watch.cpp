#include "oms/question_watch.hpp"

#include <chrono>
#include <cstdint>

namespace portcullis::oms {

namespace {

std::int64_t whole_ms(Nanos time) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

}  // namespace

void QuestionWatch::on_tried(SendError error, MonoTime now) noexcept {
  if (error != SendError::kHeld) {
    if (is_told_) {
      log_.post(LogLevel::kInfo, now, "oms: the gateway can ask the venue again, after {} ms",
                whole_ms(now - held_since_));
    }
    held_since_ = MonoTime{};
    is_told_ = false;
    return;
  }
  if (held_since_ == MonoTime{}) held_since_ = now;
  if (is_told_ || now - held_since_ < patience_) return;
  is_told_ = true;
  log_.post(
      LogLevel::kError, now,
      "oms: for {} ms the gateway cannot ask the venue about orders, trades and balances: "
      "its limits leave no room, or a pause is on. After a start or a gap no new order passes "
      "before. Stop what else uses this address or account (counters venue.weight_used, "
      "venue.budget_held)",
      whole_ms(now - held_since_));
}

}  // namespace portcullis::oms
