#include "oms/own_trades.hpp"

#include <algorithm>

namespace portcullis::oms {

OwnTrades::OwnTrades(const OmsSettings& settings, const InstrumentTable& instruments, LogRing& log,
                     OmsCounters& counters, OrderAccounting& accounting)
    : settings_{settings},
      instruments_{instruments},
      log_{log},
      counters_{counters},
      accounting_{accounting} {
  nameless_.reserve(TradesPage::kTradesMax);
}

void OwnTrades::start(MonoTime now) noexcept {
  is_running_ = instruments_.size() > 0;
  pages_asked_.begin_anew(now, settings_.venue_processing_max);
  page_.symbol = SymbolId{0};
  begin_symbol();
  ask_at_once(now);
}

void OwnTrades::stop() noexcept {
  is_running_ = false;
  nameless_.clear();
}

std::optional<TradeId> OwnTrades::floor() const noexcept {
  return accounting_.ledger().floor(page_.symbol);
}

void OwnTrades::begin_symbol() noexcept {
  const std::optional<TradeId> known = floor();
  page_.from = known ? TradeId{known->raw() + 1} : TradeId{};
  highest_ = known.value_or(TradeId{});
  is_page_here_ = false;
  is_page_spoilt_ = false;
  nameless_.clear();
}

void OwnTrades::ask_at_once(MonoTime now) noexcept {
  next_ = now;
  backoff_ = settings_.query_backoff_min;
}

std::optional<OwnTrades::Question> OwnTrades::question(MonoTime now) const noexcept {
  if (!is_running_ || now < next_) return std::nullopt;
  Question question{.symbol = page_.symbol, .from = page_.from};
  if (is_page_here_) question.order = nameless_.front().venue_order_id;
  return question;
}

void OwnTrades::on_asked(const Question& question, MonoTime now) noexcept {
  next_ = now + settings_.ack_timeout;
  if (question.order != VenueOrderId{}) return counters_.order_lookups_sent.add();
  pages_asked_.on_asked(now);
  counters_.trades_pages_sent.add();
}

bool OwnTrades::take(const VenueReport& report, const Now& now) noexcept {
  const bool is_of_page = report.source == ReportSource::kQuery &&
                          report.exec_type == ExecType::kTrade && report.order_id == OrderId{} &&
                          report.trade_id != TradeId{};
  if (!is_of_page) return false;
  if (!instruments_.contains(report.symbol)) return true;
  const bool is_awaited =
      is_running_ && !is_page_here_ && !pages_asked_.has_stale() && report.symbol == page_.symbol;
  if (is_awaited) highest_ = std::max(highest_, report.trade_id);
  // Before our time, or of an answer that came too late: the round asks for it again.
  if (!is_awaited || !floor()) return true;
  hear(report, now);
  return true;
}

void OwnTrades::hear(const VenueReport& trade, const Now& now) noexcept {
  if (accounting_.ledger().has(trade.symbol, trade.trade_id, trade.side)) return;
  const Order* order = accounting_.store().find_at_venue(trade.symbol, trade.venue_order_id);
  if (order == nullptr) {
    if (nameless_.size() == TradesPage::kTradesMax) {
      is_page_spoilt_ = true;
      return;
    }
    nameless_.push_back(trade);
    return;
  }
  VenueReport named = trade;
  named.order_id = order->id;
  counters_.trades_recovered.add();
  (void)accounting_.on_report(named, now);
}

bool OwnTrades::on_page(const TradesPage& page, const Now& now) noexcept {
  if (!pages_asked_.on_answer()) return false;
  const bool is_awaited =
      is_running_ && !is_page_here_ && page.symbol == page_.symbol && page.from == page_.from;
  if (!is_awaited) return false;
  page_.is_full = page.is_full;
  if (nameless_.empty()) return conclude_page(now);
  is_page_here_ = true;
  ask_at_once(now.mono);
  return false;
}

bool OwnTrades::on_order(const VenueReport& report, const Now& now) noexcept {
  if (nameless_.empty() || report.venue_order_id == VenueOrderId{}) return false;
  name(report.symbol, report.venue_order_id, report.order_id, now);
  return is_page_here_ && nameless_.empty() && conclude_page(now);
}

bool OwnTrades::on_failure(const RequestFailure& failure, const Now& now) noexcept {
  const bool is_lookup = failure.kind == RequestKind::kOrderLookup;
  if (!is_lookup && !pages_asked_.on_answer()) return false;
  if (!is_running_) return false;
  const bool is_denied = is_lookup && failure.failure == FailureClass::kNoSuchOrder;
  const bool is_awaited =
      is_page_here_ && failure.venue_order_id == nameless_.front().venue_order_id;
  if (is_denied && is_awaited) {
    log_.post(LogLevel::kError, now.mono,
              "oms: the venue lists trades of its order {} and denies the order: they count in the "
              "position and in no result; ask the venue why",
              static_cast<std::int64_t>(failure.venue_order_id.raw()));
    name(page_.symbol, failure.venue_order_id, OrderId{}, now);
    return nameless_.empty() && conclude_page(now);
  }
  if (failure.failure == FailureClass::kRejected) {
    log_.post_text(LogLevel::kError, now.mono,
                   "oms: {s}: the venue refuses to list our own trades (code {}): asked again, and "
                   "after a start no order passes before; check the key's permissions",
                   instruments_.at(page_.symbol).symbol, failure.venue_code);
  }
  next_ = now.mono + backoff_;
  backoff_ = std::min(backoff_ * 2, settings_.query_backoff_max);
  return false;
}

// The order's trades are told now, in the order in which they came; the others move up.
void OwnTrades::name(SymbolId symbol, VenueOrderId venue_order_id, OrderId order_id,
                     const Now& now) noexcept {
  std::size_t kept = 0;
  for (VenueReport& trade : nameless_) {
    if (trade.venue_order_id != venue_order_id || trade.symbol != symbol) {
      nameless_[kept++] = trade;
      continue;
    }
    trade.order_id = order_id;
    counters_.trades_recovered.add();
    (void)accounting_.on_report(trade, now);
  }
  nameless_.resize(kept);
  ask_at_once(now.mono);
}

// True when it was the last page of the last symbol.
bool OwnTrades::conclude_page(const Now& now) noexcept {
  is_page_here_ = false;
  ask_at_once(now.mono);
  if (is_page_spoilt_) {
    is_page_spoilt_ = false;
    return false;
  }
  if (page_.is_full && floor()) {
    // From the last one again: both sides of a trade with ourselves have one id.
    const TradeId after{page_.from.raw() + 1};
    page_.from = highest_ > page_.from ? highest_ : after;
    return false;
  }
  accounting_.on_trades_known(page_.symbol, highest_, now);
  page_.symbol = SymbolId{static_cast<SymbolId::rep>(page_.symbol.raw() + 1)};
  if (instruments_.contains(page_.symbol)) {
    begin_symbol();
    return false;
  }
  is_running_ = false;
  accounting_.on_trades_listed();
  return true;
}

}  // namespace portcullis::oms
