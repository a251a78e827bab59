#include "oms/order_journal.hpp"

#include <algorithm>

#include "core/mutant.hpp"

namespace portcullis::oms {

namespace {

template <std::size_t kSize>
bool copy_text(std::string_view text, RecordText<kSize>& out) noexcept {
  std::ranges::fill(out, '\0');
  if (text.size() > kSize) return false;
  std::ranges::copy(text, out.begin());
  return true;
}

template <class Enum>
std::uint8_t number_of(Enum value) noexcept {
  return static_cast<std::uint8_t>(value);
}

std::unexpected<std::string> too_long(std::string_view name) {
  return std::unexpected{"the name '" + std::string{name} +
                         "' is too long for the journal; take the symbol out of the configuration"};
}

constexpr const char* kNoRoom =
    "the journal's segment has no room for the names of its symbols; raise journal.segment_mb";

}  // namespace

const char* to_string(RecordType type) noexcept {
  switch (type) {
    case RecordType::kRun: return "run";
    case RecordType::kInstrument: return "instrument";
    case RecordType::kAsset: return "asset";
    case RecordType::kOrder: return "order";
    case RecordType::kNotSent: return "not-sent";
    case RecordType::kReport: return "report";
    case RecordType::kNewOrderFailed: return "new-order-failed";
    case RecordType::kCancelFailed: return "cancel-failed";
    case RecordType::kOutcomeUnknown: return "outcome-unknown";
    case RecordType::kProvenAbsent: return "proven-absent";
    case RecordType::kCancelSent: return "cancel-sent";
    case RecordType::kMassCancelSent: return "mass-cancel-sent";
    case RecordType::kHolding: return "holding";
    case RecordType::kStop: return "stop";
    case RecordType::kTradesKnown: return "trades-known";
    case RecordType::kExternalCancelSent: return "external-cancel-sent";
    case RecordType::kBalanceChange: return "balance-change";
    case RecordType::kParked: return "parked";
    case RecordType::kFeeRate: return "fee-rate";
    case RecordType::kAmendSent: return "amend-sent";
    case RecordType::kAmendFailed: return "amend-failed";
    case RecordType::kReplaceSent: return "replace-sent";
    case RecordType::kListSent: return "list-sent";
  }
  return "?";
}

std::expected<void, std::string> OrderJournal::begin_run(std::uint64_t epoch,
                                                         std::string_view gateway_id,
                                                         const InstrumentTable& instruments,
                                                         const Now& now) {
  RunRecord run{.mono_ns = count_ns(now.mono), .epoch = epoch, .gateway_id = {}};
  if (!copy_text(gateway_id, run.gateway_id)) return too_long(gateway_id);
  bool is_written = put(RunRecord::kType, run, now);
  for (std::size_t n = 0; n < instruments.asset_count(); ++n) {
    const auto i = static_cast<std::uint16_t>(n);
    const std::string& name = instruments.asset_name(AssetId{i});
    AssetRecord record{.asset = i, .reserved = {}, .name = {}};
    if (!copy_text(name, record.name)) return too_long(name);
    is_written = is_written && put(AssetRecord::kType, record, now);
  }
  for (std::size_t n = 0; n < instruments.size(); ++n) {
    const auto i = static_cast<std::uint16_t>(n);
    const Instrument& instrument = instruments.at(SymbolId{i});
    InstrumentRecord record{.symbol = i,
                            .base_asset = instrument.base_asset.raw(),
                            .quote_asset = instrument.quote_asset.raw(),
                            .reserved = 0,
                            .name = {}};
    if (!copy_text(instrument.symbol, record.name)) return too_long(instrument.symbol);
    is_written = is_written && put(InstrumentRecord::kType, record, now);
  }
  if (!is_written) return std::unexpected{kNoRoom};
  return {};
}

bool OrderJournal::record_order(const NewOrderSingle& order, OrderId id, const Now& now) noexcept {
  const OrderRecord plain{.mono_ns = count_ns(now.mono),
                          .order_id = id.raw(),
                          .ref = order.ref.raw(),
                          .px = order.px.raw(),
                          .qty = order.qty.raw(),
                          .symbol = order.symbol.raw(),
                          .strategy = order.strategy.raw(),
                          .side = number_of(order.side),
                          .type = number_of(order.type),
                          .tif = number_of(order.tif),
                          .reserved = 0};
  if (order.is_plain()) [[likely]]
    return put(OrderRecord::kType, plain, now);
  const OrderTerms& terms = order.terms;
  return put(OrderTermsRecord::kType,
             OrderTermsRecord{.order = plain,
                              .stop_px = terms.stop_px.raw(),
                              .iceberg_qty = terms.iceberg_qty.raw(),
                              .quote_qty = terms.quote_qty.raw(),
                              .trailing_delta_bips = terms.trailing_delta_bips,
                              .peg = number_of(terms.peg),
                              .peg_offset_levels = terms.peg_offset_levels,
                              .stp = number_of(terms.stp),
                              .reserved = {}},
             now, kOrderTermsVersion);
}

bool OrderJournal::record_amend(OrderId id, Qty qty, const Now& now) noexcept {
  return put(AmendRecord::kType,
             AmendRecord{.mono_ns = count_ns(now.mono), .order_id = id.raw(), .qty = qty.raw()},
             now);
}

bool OrderJournal::record_replace(OrderId id, const OldOrder& old, const Now& now) noexcept {
  return put(ReplaceRecord::kType,
             ReplaceRecord{.mono_ns = count_ns(now.mono),
                           .order_id = id.raw(),
                           .old_order_id = old.id.raw(),
                           .mode = number_of(old.mode),
                           .reserved = {}},
             now);
}

bool OrderJournal::record_list(OrderId list_id, ListKind kind, const Now& now) noexcept {
  return put(ListRecord::kType,
             ListRecord{.mono_ns = count_ns(now.mono),
                        .list_id = list_id.raw(),
                        .kind = number_of(kind),
                        .reserved = {}},
             now);
}

void OrderJournal::record_report(const VenueReport& report, const Now& now) noexcept {
  if (is_planted(Mutant::kFillNotWrittenDown) && report.trade_id != TradeId{}) return;
  put(ReportRecord::kType,
      ReportRecord{.mono_ns = count_ns(now.mono),
                   .order_id = report.order_id.raw(),
                   .venue_order_id = report.venue_order_id.raw(),
                   .exec_id = report.exec_id.raw(),
                   .trade_id = report.trade_id.raw(),
                   .px = report.px.raw(),
                   .qty = report.qty.raw(),
                   .cum_qty = report.cum_qty.raw(),
                   .cum_quote = report.cum_quote.raw(),
                   .last_px = report.last_px.raw(),
                   .last_qty = report.last_qty.raw(),
                   .fee = report.fee.raw(),
                   .venue_wall_ns = count_ns(report.venue_time),
                   .symbol = report.symbol.raw(),
                   .fee_asset = report.fee_asset.raw(),
                   .side = number_of(report.side),
                   .exec_type = number_of(report.exec_type),
                   .state = number_of(report.state),
                   .liquidity = number_of(report.liquidity),
                   .source = number_of(report.source),
                   .is_adopted = static_cast<std::uint8_t>(report.is_adopted),
                   .is_waiting = static_cast<std::uint8_t>(report.is_waiting),
                   .reserved = {}},
      now);
}

void OrderJournal::record_failure(const RequestFailure& failure, const Now& now) noexcept {
  RecordType type = RecordType::kCancelFailed;
  if (failure.kind == RequestKind::kNewOrder) type = RecordType::kNewOrderFailed;
  if (failure.kind == RequestKind::kAmend) type = RecordType::kAmendFailed;
  put(type,
      OrderFactRecord{.mono_ns = count_ns(now.mono),
                      .order_id = failure.order_id.raw(),
                      .venue_code = failure.venue_code,
                      .failure = number_of(failure.failure),
                      .reserved = {}},
      now);
}

void OrderJournal::put_order_fact(RecordType type, OrderId id, const Now& now) noexcept {
  put(type,
      OrderFactRecord{.mono_ns = count_ns(now.mono),
                      .order_id = id.raw(),
                      .venue_code = 0,
                      .failure = 0,
                      .reserved = {}},
      now);
}

void OrderJournal::record_not_sent(OrderId id, const Now& now) noexcept {
  put_order_fact(RecordType::kNotSent, id, now);
}
void OrderJournal::record_outcome_unknown(OrderId id, const Now& now) noexcept {
  put_order_fact(RecordType::kOutcomeUnknown, id, now);
}
void OrderJournal::record_proven_absent(OrderId id, const Now& now) noexcept {
  put_order_fact(RecordType::kProvenAbsent, id, now);
}
void OrderJournal::record_cancel(OrderId id, const Now& now) noexcept {
  put_order_fact(RecordType::kCancelSent, id, now);
}

void OrderJournal::record_mass_cancel(SymbolId symbol, const Now& now) noexcept {
  put(RecordType::kMassCancelSent,
      SymbolFactRecord{
          .mono_ns = count_ns(now.mono), .qty = 0, .symbol = symbol.raw(), .reserved = {}},
      now);
}

void OrderJournal::record_holding(SymbolId symbol, Qty held, const Now& now) noexcept {
  put(RecordType::kHolding,
      SymbolFactRecord{
          .mono_ns = count_ns(now.mono), .qty = held.raw(), .symbol = symbol.raw(), .reserved = {}},
      now);
}

void OrderJournal::record_trades_known(SymbolId symbol, TradeId trade_id, const Now& now) noexcept {
  put(TradesKnownRecord::kType,
      TradesKnownRecord{.mono_ns = count_ns(now.mono),
                        .trade_id = trade_id.raw(),
                        .symbol = symbol.raw(),
                        .reserved = {}},
      now);
}

void OrderJournal::record_external_cancel(SymbolId symbol, VenueOrderId venue_order_id,
                                          const Now& now) noexcept {
  put(ExternalCancelRecord::kType,
      ExternalCancelRecord{.mono_ns = count_ns(now.mono),
                           .venue_order_id = venue_order_id.raw(),
                           .symbol = symbol.raw(),
                           .reserved = {}},
      now);
}

void OrderJournal::record_balance_change(const VenueBalanceChange& change,
                                         const Now& now) noexcept {
  put(BalanceChangeRecord::kType,
      BalanceChangeRecord{.mono_ns = count_ns(now.mono),
                          .delta = change.delta.raw(),
                          .venue_wall_ns = count_ns(change.venue_time),
                          .asset = change.asset.raw(),
                          .is_lock = static_cast<std::uint8_t>(change.is_lock),
                          .reserved = {}},
      now);
}

void OrderJournal::record_parked(const ParkedEvent& event, const Now& now) noexcept {
  ParkedRecord record{.mono_ns = count_ns(now.mono), .name = {}, .text = {}};
  (void)copy_text(event.name.substr(0, record.name.size()), record.name);
  (void)copy_text(event.text.substr(0, record.text.size()), record.text);
  put(ParkedRecord::kType, record, now);
}

void OrderJournal::record_fee_rate(AssetId asset, AssetId quote_asset, Price px,
                                   const Now& now) noexcept {
  put(FeeRateRecord::kType,
      FeeRateRecord{.mono_ns = count_ns(now.mono),
                    .px = px.raw(),
                    .asset = asset.raw(),
                    .quote_asset = quote_asset.raw(),
                    .reserved = {}},
      now);
}

void OrderJournal::record_stop(bool is_kill, Scope scope, const Now& now) noexcept {
  put(StopRecord::kType,
      StopRecord{.mono_ns = count_ns(now.mono),
                 .is_kill = static_cast<std::uint8_t>(is_kill),
                 .scope_kind = static_cast<std::uint8_t>(scope.kind),
                 .scope_index = scope.index,
                 .reserved = {}},
      now);
}

std::uint64_t OrderJournal::do_work(const Now& now) noexcept {
  if (journal_ == nullptr) return 0;
  journal_->embed_seal(now);
  const std::uint64_t lost = journal_->lost_count();
  const std::uint64_t lost_since = lost - lost_seen_;
  lost_seen_ = lost;
  return lost_since;
}

}  // namespace portcullis::oms
