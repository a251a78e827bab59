#pragma once

#include "core/time.hpp"
#include "risk/exposure.hpp"
#include "risk/limits_mailbox.hpp"
#include "risk/pre_trade_gate.hpp"
#include "risk/usage_view.hpp"

namespace portcullis::app {

// The trading thread's end of what is done to the limits elsewhere: takes a new set between two
// orders, never within one, and shows how much of the limits is used. Same thread as the order
// accounting.
class LimitsAgent {
 public:
  static constexpr const char* kRoleName = "limits";

  LimitsAgent(risk::PreTradeGate& gate, const risk::Exposure& exposure,
              risk::LimitsMailbox& mailbox, risk::UsageView& usage)
      : gate_{gate},
        exposure_{exposure},
        mailbox_{mailbox},
        usage_{usage} {}

  int do_work(const Now& now) noexcept {
    int work = usage_.step(exposure_, now);
    if (const risk::Limits* const next = mailbox_.incoming()) [[unlikely]] {
      gate_.set_limits(*next);
      mailbox_.acknowledge(next);
      ++work;
    }
    return work;
  }

 private:
  risk::PreTradeGate& gate_;
  const risk::Exposure& exposure_;
  risk::LimitsMailbox& mailbox_;
  risk::UsageView& usage_;
};

}  // namespace portcullis::app
