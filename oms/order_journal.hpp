#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "core/instrument.hpp"
#include "core/journal/journal.hpp"
#include "core/messages.hpp"
#include "core/mode.hpp"
#include "core/mutant.hpp"
#include "core/time.hpp"
#include "oms/journal_records.hpp"
#include "oms/venue.hpp"

namespace portcullis::oms {

// Writes what happens to orders into the journal, before it is acted on. Trading thread only; an
// append is a copy into mapped memory.
//
// One made without a journal writes nowhere: for an accounting that reads a journal, and for tests
// of something else.
class OrderJournal {
 public:
  OrderJournal() noexcept = default;
  explicit OrderJournal(journal::Journal& journal) noexcept : journal_{&journal} {}

  // The beginning of a run, and the names of its numbers. Start-up only. An error when a name is
  // too long or the first segment too small.
  [[nodiscard]] std::expected<void, std::string> begin_run(std::uint64_t epoch,
                                                           std::string_view gateway_id,
                                                           const InstrumentTable& instruments,
                                                           const Now& now);

  // Whether an order may be taken on; the one record that must be written before something leaves.
  [[nodiscard]] journal::JournalRefusal refusal(MonoTime now) const noexcept {
    return journal_ != nullptr ? journal_->refusal(now) : journal::JournalRefusal::kNone;
  }
  // What is not on the disk now may never be: failed, or behind for too long.
  [[nodiscard]] bool has_stopped(MonoTime now) const noexcept {
    const journal::JournalRefusal reason = refusal(now);
    return reason == journal::JournalRefusal::kFailed ||
           reason == journal::JournalRefusal::kStalled;
  }
  // Behind the last record, and whether what ends there is as safe as the durability asks before an
  // order leaves.
  [[nodiscard]] std::uint64_t position() const noexcept {
    return journal_ != nullptr ? journal_->position() : 0;
  }
  [[nodiscard]] bool is_written_down(std::uint64_t position) const noexcept {
    if (is_planted(Mutant::kSentBeforeDisk)) return true;
    return journal_ == nullptr || journal_->is_written_down(position);
  }
  // Whether what ends there is on the disk, whatever the durability.
  [[nodiscard]] bool is_on_disk(std::uint64_t position) const noexcept {
    return journal_ == nullptr || journal_->durable() >= position;
  }
  // False when there is no room: the order must not leave.
  [[nodiscard]] bool record_order(const NewOrderSingle& order, OrderId id, const Now& now) noexcept;

  // And these: a change or a list that the journal does not know must not leave either.
  [[nodiscard]] bool record_amend(OrderId id, Qty qty, const Now& now) noexcept;
  [[nodiscard]] bool record_replace(OrderId id, const OldOrder& old, const Now& now) noexcept;
  [[nodiscard]] bool record_list(OrderId list_id, ListKind kind, const Now& now) noexcept;

  // These are kept as long as there is room, and what they say is acted on in any case: it has
  // happened, or must (a cancel).
  void record_not_sent(OrderId id, const Now& now) noexcept;
  void record_report(const VenueReport& report, const Now& now) noexcept;
  void record_failure(const RequestFailure& failure, const Now& now) noexcept;
  void record_outcome_unknown(OrderId id, const Now& now) noexcept;
  void record_proven_absent(OrderId id, const Now& now) noexcept;
  void record_cancel(OrderId id, const Now& now) noexcept;
  void record_mass_cancel(SymbolId symbol, const Now& now) noexcept;
  void record_holding(SymbolId symbol, Qty held, const Now& now) noexcept;
  void record_trades_known(SymbolId symbol, TradeId trade_id, const Now& now) noexcept;
  void record_external_cancel(SymbolId symbol, VenueOrderId venue_order_id,
                              const Now& now) noexcept;
  void record_balance_change(const VenueBalanceChange& change, const Now& now) noexcept;
  void record_parked(const ParkedEvent& event, const Now& now) noexcept;
  void record_fee_rate(AssetId asset, AssetId quote_asset, Price px, const Now& now) noexcept;
  void record_stop(bool is_kill, Scope scope, const Now& now) noexcept;

  // Once a turn: what the keeper has sealed goes into the stream. Records that found no room since
  // the last call.
  std::uint64_t do_work(const Now& now) noexcept;

 private:
  template <JournalRecord R>
  bool put(RecordType type, const R& record, const Now& now,
           std::uint8_t version = kRecordVersion) noexcept {
    return journal_ == nullptr || journal_->append(static_cast<std::uint16_t>(type), version,
                                                   journal::bytes_of(record), now);
  }
  void put_order_fact(RecordType type, OrderId id, const Now& now) noexcept;

  journal::Journal* journal_{nullptr};
  std::uint64_t lost_seen_{0};
};

}  // namespace portcullis::oms
