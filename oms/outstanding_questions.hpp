#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace portcullis::oms {

// Questions of one kind that the venue has not answered, and how many of them were put before a
// point from which only newer answers count. Answers come in any order, so as many as were out are
// passed over: one too many is asked again, one too few would be believed.
class OutstandingQuestions {
 public:
  void on_asked(MonoTime now) noexcept {
    asked_ = now;
    ++out_;
  }
  // False: it may be the answer to a question put before the point.
  [[nodiscard]] bool on_answer() noexcept {
    if (out_ > 0) --out_;
    if (stale_ == 0) return true;
    --stale_;
    return false;
  }
  // Only questions put from now on count. What was put longer than `answer_max` ago has no answer.
  void begin_anew(MonoTime now, Nanos answer_max) noexcept {
    if (now - asked_ > answer_max) out_ = 0;
    stale_ = out_;
  }
  [[nodiscard]] bool has_stale() const noexcept { return stale_ > 0; }
  // The connection is gone, and every answer with it.
  void clear() noexcept {
    out_ = 0;
    stale_ = 0;
  }

 private:
  MonoTime asked_{};
  std::uint32_t out_{0};
  std::uint32_t stale_{0};
};

}  // namespace portcullis::oms
