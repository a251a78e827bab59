#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace portcullis::oms {

// One open-orders question to the venue and what its answer has shown so far. One is out at a time.
class OpenOrdersListing {
 public:
  struct Result {
    MonoTime asked{};  // of the oldest question that this may be the answer to
    std::uint32_t number{0};
    std::uint32_t own_count{0};     // orders of ours, known or not
    std::uint32_t orphan_count{0};  // of these, not known
  };

  [[nodiscard]] bool is_out() const noexcept { return is_out_; }
  [[nodiscard]] std::uint32_t number() const noexcept { return result_.number; }
  // Without an answer for this long the question may be put again.
  [[nodiscard]] bool is_overdue(MonoTime now, Nanos timeout) const noexcept {
    return is_out_ && now >= repeated_ + timeout;
  }

  void on_asked(MonoTime now) noexcept {
    repeated_ = now;
    if (is_out_) return;
    is_out_ = true;
    result_ = Result{.asked = now, .number = result_.number + 1};
  }
  void on_own(bool is_orphan) noexcept {
    if (!is_out_) return;
    ++result_.own_count;
    if (is_orphan) ++result_.orphan_count;
  }
  [[nodiscard]] Result on_complete() noexcept {
    is_out_ = false;
    return result_;
  }
  // The answer will not come: refused, or the session went down.
  void on_lost() noexcept { is_out_ = false; }

 private:
  Result result_{};
  MonoTime repeated_{};
  bool is_out_{false};
};

}  // namespace portcullis::oms
