#include "core/log.hpp"
#include "core/mutant.hpp"
#include "oms/order_accounting.hpp"

namespace portcullis::oms {

void OrderAccounting::check_deadlines(Order& order, const Now& now) noexcept {
  if (is_planted(Mutant::kReserveFreedByCancel) && order.is_cancel_pending) free_reserve(order);
  if (order.state == OrderState::kPendingNew && now.mono >= order.sent_at + settings_.ack_timeout) {
    on_doubt(order, now);
  }
  if (order.is_cancel_pending && now.mono >= order.cancel_sent + settings_.ack_timeout) {
    order.is_cancel_pending = false;
    order.is_cancel_wanted = !is_terminal(order.state);
    if (!is_terminal(order.state)) ask_soon(order, now.mono);
  }
  const bool is_amend_overdue = order.is_amend_pending && !order.is_query_wanted &&
                                now.mono >= order.amend_sent + settings_.ack_timeout;
  if (is_amend_overdue) ask_soon(order, now.mono);
  if (order.state == OrderState::kUnknown && !order.is_unknown_alerted &&
      now.mono >= order.unknown_since + settings_.unknown_alert_after) {
    order.is_unknown_alerted = true;
    counters_.unknown_overdue.add();
    log_.post(LogLevel::kError, now.mono,
              "oms: the outcome of order {} has been unknown for too long: look for it at the "
              "venue; its exposure is held",
              static_cast<std::int64_t>(order.id.raw()));
  }
}

}  // namespace portcullis::oms
