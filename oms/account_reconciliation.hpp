#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/mutant.hpp"
#include "core/time.hpp"
#include "oms/holdings.hpp"
#include "oms/oms_counters.hpp"
#include "oms/oms_settings.hpp"
#include "oms/open_orders_listing.hpp"
#include "oms/order_accounting.hpp"
#include "oms/outstanding_questions.hpp"
#include "oms/own_trades.hpp"
#include "oms/question_watch.hpp"
#include "oms/reconciler.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms {

// Compares the venue's account with ours and asks for what is missing: open orders, own trades,
// balances, and each order that the listing did not name. With a session that has come up the gate
// waits for it; on a timer it runs beside the trading. Trading thread only.
template <Venue V>
class AccountReconciliation {
 public:
  // All of them outlive it.
  AccountReconciliation(const OmsContext& context, V& venue, OrderAccounting& accounting)
      : settings_{context.settings},
        venue_{venue},
        accounting_{accounting},
        counters_{context.counters},
        journal_{context.journal},
        holdings_{context.settings, context.instruments, context.exposure, context.log,
                  context.counters, context.journal,     context.breakers},
        trades_{context.settings, context.instruments, context.log, context.counters, accounting},
        reconciler_{context.settings},
        question_watch_{context.log, context.settings.ack_timeout} {}

  // From the beginning; not before `at`.
  void restart(MonoTime at) noexcept {
    reconciler_.restart(at);
    accounts_asked_.begin_anew(at, settings_.venue_processing_max);
    is_account_due_ = false;
  }
  void restart_if_up(MonoTime at) noexcept {
    if (reconciler_.phase() != Reconciler::Phase::kDown) restart(at);
  }
  void on_down() noexcept {
    reconciler_.on_down();
    listing_.on_lost();
    trades_.stop();
    is_account_due_ = false;
  }
  // And no answer will come any more.
  void on_disconnected() noexcept {
    trades_.on_disconnected();
    accounts_asked_.clear();
    holdings_.on_disconnected();
  }

  // One question at most.
  int step(const Now& now) noexcept {
    if (reconciler_.wants_listing(now.mono) || is_audit_due(now.mono)) {
      if (!ask_listing(now)) return 0;
      audit_next_ = now.mono + settings_.audit_interval;
      early_audit_next_ = now.mono + settings_.query_backoff_max;
      reconciler_.on_asked(now.mono);
      return 1;
    }
    if (const auto question = trades_.question(now.mono); question) return ask(*question, now);
    if (!reconciler_.wants_account(now.mono) && !is_account_due_) return 0;
    if (!has_left(venue_.send_account_query(now), now)) return 0;
    holdings_.on_asked(accounting_, now.mono);
    is_account_due_ = false;
    accounts_asked_.on_asked(now.mono);
    reconciler_.on_asked(now.mono);
    return 1;
  }

  bool ask_listing(const Now& now) noexcept {
    if (listing_.is_out() && !listing_.is_overdue(now.mono, settings_.ack_timeout)) return false;
    if (!has_left(venue_.send_open_orders_query(now), now)) return false;
    listing_.on_asked(now.mono);
    accounting_.external_orders().clear_overflow();
    counters_.listings_sent.add();
    return true;
  }

  // ---- the venue's answers
  // True when the report is a listed trade: it has been dealt with.
  [[nodiscard]] bool take_trade(const VenueReport& report, const Now& now) noexcept {
    return trades_.take(report, now);
  }
  // A report that the accounting has been told.
  void on_told(const VenueReport& report, bool is_orphan, const Now& now) noexcept {
    if (report.source == ReportSource::kQuery) note_listed(report, is_orphan);
    if (trades_.on_order(report, now)) on_trades_known(now);
  }
  void on_trades_page(const TradesPage& page, const Now& now) noexcept {
    if (trades_.on_page(page, now)) on_trades_known(now);
  }
  void on_trades_failure(const RequestFailure& failure, const Now& now) noexcept {
    if (trades_.on_failure(failure, now)) on_trades_known(now);
  }
  void on_listing_failure(MonoTime now) noexcept {
    listing_.on_lost();
    reconciler_.on_retry(now);
  }
  void on_account_failure(MonoTime now) noexcept {
    holdings_.on_unused();
    if (accounts_asked_.on_answer()) reconciler_.on_retry(now);
  }
  void on_account_known(const Now& now) noexcept {
    const bool is_newer = accounts_asked_.on_answer();
    const bool is_awaited = reconciler_.phase() == Reconciler::Phase::kAccount;
    if (!is_newer || (!is_awaited && !reconciler_.is_ready())) return holdings_.on_unused();
    reconciler_.on_account(holdings_.adopt(accounting_, now), now.mono);
  }
  // What we believe working, sent before the question, and not in the answer has ended or never
  // arrived: each is asked about. Nothing when no listing was asked for.
  std::optional<OpenOrdersListing::Result> on_open_orders_known(const Now& now) noexcept {
    if (!listing_.is_out()) return std::nullopt;
    const OpenOrdersListing::Result result = listing_.on_complete();
    const bool is_reconciling = reconciler_.phase() == Reconciler::Phase::kListing;
    OrderStore& store = accounting_.store();
    for (std::size_t i = 0; i < store.open_count(); ++i) {
      Order& order = store.open_at(i);
      const bool is_missing = order.listing_seen != result.number && order.sent_at < result.asked;
      if (is_terminal(order.state) || !is_missing || order.is_held) continue;
      if (is_planted(Mutant::kMissingNotAsked)) continue;
      accounting_.ask_soon(order, now.mono);
      if (is_reconciling) order.is_reconciling = true;
    }
    ExternalOrders& others = accounting_.external_orders();
    others.on_listing_complete(result.number, result.asked);
    reconciler_.on_listing(result.orphan_count > 0 || others.has_overflowed(), now.mono);
    const bool is_audit = reconciler_.is_ready() && !trades_.is_running();
    const bool is_next = is_reconciling && reconciler_.phase() == Reconciler::Phase::kTrades;
    if (is_audit || is_next) trades_.start(now.mono);
    return result;
  }

  // True at the moment at which the account has been found to be as we believe it.
  [[nodiscard]] bool has_settled(MonoTime now) noexcept {
    if (reconciler_.phase() != Reconciler::Phase::kSettling) return false;
    // The point from which trades count must outlive a power failure that what follows does not.
    if (!journal_.is_on_disk(known_position_)) return false;
    if (accounting_.external_orders().has_overflowed()) {
      restart(now + settings_.query_backoff_max);
      return false;
    }
    OrderStore& store = accounting_.store();
    for (std::size_t i = 0; i < store.open_count(); ++i) {
      const Order& order = store.open_at(i);
      if (order.is_reconciling || !order.missing_qty().is_zero()) return false;
    }
    reconciler_.on_settled();
    audit_next_ = now + settings_.audit_interval;
    counters_.reconciliations.add();
    return true;
  }

  // For what an earlier run has left (order_recovery.hpp).
  [[nodiscard]] Holdings& holdings() noexcept { return holdings_; }

 private:
  // On the timer, and before the ledger has to forget trades that were never listed.
  [[nodiscard]] bool is_audit_due(MonoTime now) const noexcept {
    if (!reconciler_.is_ready()) return false;
    if (settings_.audit_interval.count() > 0 && now >= audit_next_) return true;
    const FillLedger& ledger = accounting_.ledger();
    return ledger.unlisted_count() > ledger.window() / 2 && !trades_.is_running() &&
           now >= early_audit_next_;
  }

  int ask(const OwnTrades::Question& question, const Now& now) noexcept {
    const SendError error = question.order != VenueOrderId{}
                                ? venue_.send_order_lookup(question.symbol, question.order, now)
                                : venue_.send_trades_since(question.symbol, question.from, now);
    if (!has_left(error, now)) return 0;
    trades_.on_asked(question, now.mono);
    return 1;
  }

  [[nodiscard]] bool has_left(SendError error, const Now& now) noexcept {
    question_watch_.on_tried(error, now.mono);
    return error == SendError::kNone;
  }

  void on_trades_known(const Now& now) noexcept {
    known_position_ = journal_.position();
    is_account_due_ = reconciler_.is_ready();
    reconciler_.on_trades(now.mono);
  }

  void note_listed(const VenueReport& report, bool is_orphan) noexcept {
    const bool is_working =
        report.exec_type != ExecType::kTrade && !is_terminal(report.state) && listing_.is_out();
    if (!is_working) return;
    accounting_.external_orders().on_listed(report, listing_.number());
    if (report.order_id == OrderId{}) return;
    listing_.on_own(is_orphan);
    if (Order* order = accounting_.store().find(report.order_id); order != nullptr) {
      order->listing_seen = listing_.number();
    }
  }

  const OmsSettings& settings_;
  V& venue_;
  OrderAccounting& accounting_;
  OmsCounters& counters_;
  OrderJournal& journal_;
  Holdings holdings_;
  OwnTrades trades_;
  Reconciler reconciler_;
  OpenOrdersListing listing_;
  OutstandingQuestions accounts_asked_;
  QuestionWatch question_watch_;
  MonoTime audit_next_{};
  MonoTime early_audit_next_{};
  std::uint64_t known_position_{0};  // in the journal, behind the last round's records
  bool is_account_due_{false};       // of an audit
};

}  // namespace portcullis::oms
