#include <cstdint>

#include "core/log.hpp"
#include "oms/order_accounting.hpp"
#include "oms/report_meaning.hpp"

namespace portcullis::oms {

namespace {

std::int64_t log_number(OrderId id) noexcept {
  return static_cast<std::int64_t>(id.raw());
}

const char* policy_text(ExternalOrderPolicy policy) noexcept {
  switch (policy) {
    case ExternalOrderPolicy::kFlag: return "is left alone";
    case ExternalOrderPolicy::kAdopt: return "its trades in the result too";
    case ExternalOrderPolicy::kCancel: return "is cancelled";
  }
  return "?";
}

}  // namespace

// An order on the account that is not in the store: another program's, or ours of an earlier life.
// What it may still trade counts in the limits, and its trades move the holdings and so the limits'
// position; ours, and adopted ones', count for the result too.
bool OrderAccounting::on_stray(const VenueReport& report, const Now& now) noexcept {
  const bool is_ours = report.order_id != OrderId{};
  (is_ours ? counters_.orphan_events : counters_.foreign_events).add();
  log_stray(report, now);
  if (!instruments_.contains(report.symbol)) return false;
  external_orders_.on_report(report, now.mono);
  if (is_trade(report) && report.last_qty.is_positive() && report.last_px.is_positive() &&
      ledger_.record(report.symbol, report.trade_id, report.side)) {
    book_stray_trade(report, is_ours || report.is_adopted);
  }
  return is_ours && is_shown_working(report);
}

void OrderAccounting::book_stray_trade(const VenueReport& report, bool is_counted) noexcept {
  exposure_.on_late_fill({.symbol = report.symbol, .side = report.side, .strategy = kNoStrategy},
                         report.last_qty, report.last_px);
  if (is_counted) {
    book_fill(report, report.symbol, report.side, kNoStrategy);
    return publish_position(report.symbol, kNoStrategy);
  }
  ++activity_[report.symbol.raw()].fill_count;
  if (report.fee_asset != kNoAsset &&
      report.fee_asset == instruments_.at(report.symbol).base_asset) {
    exposure_.on_fee_in_base(report.symbol, kNoStrategy, Qty::from_raw(report.fee.raw()));
  }
}

void OrderAccounting::log_stray(const VenueReport& report, const Now& now) noexcept {
  if (report.venue_order_id == stray_logged_) return;
  stray_logged_ = report.venue_order_id;
  const auto venue_id = static_cast<std::int64_t>(report.venue_order_id.raw());
  if (report.order_id != OrderId{}) {
    log_.post(
        LogLevel::kWarning, now.mono,
        "oms: order {} (venue id {}) is ours, of an earlier run or long ended: it is cancelled "
        "where it still works",
        log_number(report.order_id), venue_id);
  } else {
    log_.post_text(LogLevel::kWarning, now.mono,
                   "oms: an order that this gateway did not make is on the account (venue id {}): "
                   "it counts in the limits, and {s}",
                   policy_text(settings_.external_orders), venue_id);
  }
}

// We had closed it as rejected or absent, and a query shows it working. Its exposure counts again
// and it is cancelled; it is asked about until the venue says that it has ended.
void OrderAccounting::on_undead(Order& order, const Now& now) noexcept {
  if (order.state != OrderState::kRejected && order.state != OrderState::kNotPlaced) return;
  if (!order.has_reserve) {
    order.reserved = order.qty > order.cum_qty ? order.qty - order.cum_qty : Qty{};
    order.has_reserve = true;
    exposure_.adopt(held_of(order), order.reserved);
    counters_.orphan_events.add();
    log_.post_text(LogLevel::kError, now.mono,
                   "oms: order {} had ended as {s} and is working at the venue: it is cancelled",
                   to_string(order.state), log_number(order.id));
  }
  order.is_cancel_wanted = true;
  ask_soon(order, now.mono);
}

}  // namespace portcullis::oms
