#pragma once

#include "core/log.hpp"
#include "core/time.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms {

// What a person should hear of it when the questions of a reconciliation are held back: by the
// venue's limits, which other programs on the address use too, or by a pause that it has asked for.
// A line when that has lasted, and one when it is over. Trading thread only.
class QuestionWatch {
 public:
  // Held for no longer than `patience` is nothing to tell.
  QuestionWatch(LogRing& log, Nanos patience) noexcept : log_{log}, patience_{patience} {}

  // A question was to leave.
  void on_tried(SendError error, MonoTime now) noexcept;

 private:
  LogRing& log_;
  Nanos patience_;
  MonoTime held_since_{};  // zero: the last one left
  bool is_told_{false};
};

}  // namespace portcullis::oms
