#include "oms/order_recovery.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <ranges>
#include <utility>

#include "core/check.hpp"
#include "core/cl_ord_id.hpp"
#include "oms/state_archive.hpp"

namespace portcullis::oms {

namespace {

using journal::Record;

// An enumeration's number from the disk; false when this version has no such one.
template <class Enum>
bool take(std::uint8_t number, Enum last, Enum& out) noexcept {
  if (number > static_cast<std::uint8_t>(last)) return false;
  out = static_cast<Enum>(number);
  return true;
}

RecordType type_of(const Record& record) noexcept {
  return static_cast<RecordType>(record.header.type);
}

SymbolId symbol_at(std::size_t i) noexcept {
  return SymbolId{static_cast<SymbolId::rep>(i)};
}

std::string place_of(const Record& record) {
  return std::string{record.segment} + ": at byte " + std::to_string(record.offset) + ", record " +
         std::to_string(record.header.sequence);
}

bool is_known(const Record& record) noexcept {
  return record.header.type >= journal::kUserTypeMin && record.header.type < kRecordTypeEnd &&
         record.header.version >= kRecordVersion &&
         record.header.version <= record_version_max(type_of(record));
}

// An order's record of either version. Nothing when its size or one of its numbers is wrong.
struct ReadOrder {
  OrderRecord plain;
  OrderTerms terms;
};
std::optional<ReadOrder> read_order(const Record& record) {
  if (record.header.version == kRecordVersion) {
    const auto plain = load_record<OrderRecord>(record.payload);
    if (!plain || plain->type > static_cast<std::uint8_t>(OrdType::kLimitMaker)) return {};
    return ReadOrder{.plain = *plain, .terms = {}};
  }
  const auto found = load_record<OrderTermsRecord>(record.payload);
  if (!found) return {};
  ReadOrder out{.plain = found->order, .terms = {}};
  out.terms.stop_px = Price::from_raw(found->stop_px);
  out.terms.iceberg_qty = Qty::from_raw(found->iceberg_qty);
  out.terms.quote_qty = Notional::from_raw(found->quote_qty);
  out.terms.trailing_delta_bips = found->trailing_delta_bips;
  out.terms.peg_offset_levels = found->peg_offset_levels;
  const bool is_sound = take(found->peg, PegKind::kMarket, out.terms.peg) &&
                        take(found->stp, StpMode::kExpireBoth, out.terms.stp);
  if (!is_sound) return {};
  return out;
}

constexpr std::size_t kReplayCapacityMin = 65'536;
// A strategy's number is its place in the configuration: more than this makes no sense.
constexpr std::size_t kStrategyCountMax = 1'024;

journal::ReadRange range_of(const JournalPart& part) {
  journal::ReadRange range{.last_segment = part.last_segment};
  if (part.from != nullptr) range.from = part.from->anchor;
  return range;
}

std::optional<Record> next_before(journal::JournalReader& reader, std::uint64_t until) {
  return reader.end().position < until ? reader.next() : std::nullopt;
}

// From this snapshot, if it is sound and the journal goes on from it.
RecoveredOrders::Result read_from(journal::SegmentStore& store, journal::SnapshotStore& snapshots,
                                  std::uint64_t number, const OmsSettings& settings) {
  const auto bytes = snapshots.read(number);
  if (!bytes) return std::unexpected{bytes.error()};
  const auto snapshot = journal::decode_snapshot(*bytes, number, kStateVersion);
  if (!snapshot) return std::unexpected{snapshot.error()};
  auto recovered = RecoveredOrders::read(store, settings, {.from = &*snapshot});
  if (recovered && !(*recovered)->reader().is_anchored()) {
    return std::unexpected{"the journal does not have the seal that it stands on"};
  }
  return recovered;
}

constexpr const char* kDamaged =
    "; nothing was changed: restore the journal from a copy, or look at it with `portcullis "
    "journal verify`, and move its folder away only once the venue's open orders and trades are "
    "known";

}  // namespace

// ---- reading
// -------------------------------------------------------------------------------------

RecoveredOrders::RecoveredOrders(const OmsSettings& settings) : settings_{settings} {
  // An earlier run may have held more orders at once than this one may.
  settings_.order_capacity = std::max(settings.order_capacity, kReplayCapacityMin);
  // Which trades counted as ours is in the journal; what is set now is for those to come.
  settings_.external_orders = ExternalOrderPolicy::kFlag;
}

RecoveredOrders::Result RecoveredOrders::read(journal::SegmentStore& store,
                                              const OmsSettings& settings,
                                              const JournalPart& part) {
  std::unique_ptr<RecoveredOrders> recovered{new RecoveredOrders{settings}};
  StateReader state{part.from != nullptr ? part.from->state : std::span<const std::byte>{}};
  const auto refuse = [] {
    return std::unexpected{"a sound snapshot whose content makes no sense"};
  };
  if (part.from != nullptr && !recovered->load_names(state)) return refuse();
  const std::vector<SymbolId> symbols = recovered->symbols_;
  const std::vector<AssetId> assets = recovered->assets_;
  if (auto learned = recovered->learn_names(store, part); !learned) {
    return std::unexpected{learned.error()};
  }
  recovered->symbols_ = symbols;  // of the run that the snapshot was taken in
  recovered->assets_ = assets;
  recovered->make_accounting();
  if (part.from != nullptr && !recovered->load_state(state)) return refuse();
  if (auto applied = recovered->apply_facts(store, part); !applied) {
    return std::unexpected{applied.error()};
  }
  return recovered;
}

RecoveredOrders::Result RecoveredOrders::read_newest(journal::SegmentStore& store,
                                                     journal::SnapshotStore& snapshots,
                                                     const OmsSettings& settings) {
  std::vector<std::string> warnings;
  const auto numbers = snapshots.list();
  if (!numbers) return std::unexpected{numbers.error()};
  for (const std::uint64_t number : std::views::reverse(*numbers)) {
    auto found = read_from(store, snapshots, number, settings);
    if (found) {
      (*found)->warnings_ = std::move(warnings);
      return found;
    }
    warnings.push_back(snapshots.name_of(number) + ": this snapshot is not used: " + found.error());
  }
  auto whole = read(store, settings);
  if (whole) {
    (*whole)->warnings_ = std::move(warnings);
    return whole;
  }
  std::string text = whole.error();
  for (const std::string& warning : warnings) text += "; " + warning;
  return std::unexpected{std::move(text)};
}

std::expected<void, std::string> RecoveredOrders::learn_names(journal::SegmentStore& store,
                                                              const JournalPart& part) {
  auto reader = journal::JournalReader::open(store, range_of(part));
  if (!reader) return std::unexpected{reader.error()};
  while (const auto record = next_before(*reader, part.until)) {
    if (record->header.type == journal::kSealType) continue;
    if (!is_known(*record)) {
      return std::unexpected{place_of(*record) + ": a record of type " +
                             std::to_string(record->header.type) + ", version " +
                             std::to_string(record->header.version) +
                             ", which this version does not know; start the version that wrote it"};
    }
    apply_name(*record);
    note_strategy(*record);
  }
  if (!reader->is_usable()) return std::unexpected{reader->damage()->text + kDamaged};
  return {};
}

void RecoveredOrders::make_accounting() {
  exposure_ = std::make_unique<risk::Exposure>(instruments_.size());
  is_held_.resize(instruments_.size());
  settings_.strategies_min = std::max(settings_.strategies_min, strategy_count_);
  accounting_ = std::make_unique<OrderAccounting>(OmsContext{.settings = settings_,
                                                             .instruments = instruments_,
                                                             .ports = {},
                                                             .exposure = *exposure_,
                                                             .kill_switch = kill_switch_,
                                                             .log = log_,
                                                             .hops = hops_,
                                                             .clock = clock_,
                                                             .counters = counters_,
                                                             .journal = no_journal_});
}

std::expected<void, std::string> RecoveredOrders::apply_facts(journal::SegmentStore& store,
                                                              const JournalPart& part) {
  auto reader = journal::JournalReader::open(store, range_of(part));
  if (!reader) return std::unexpected{reader.error()};
  while (const auto record = next_before(*reader, part.until)) {
    if (record->header.type == journal::kSealType || apply(*record)) continue;
    return std::unexpected{place_of(*record) + ": a sound record whose content makes no sense" +
                           kDamaged};
  }
  if (!reader->is_usable()) return std::unexpected{reader->damage()->text + kDamaged};
  reader_ = std::make_unique<journal::JournalReader>(std::move(*reader));
  return {};
}

SymbolId RecoveredOrders::symbol_of(std::uint16_t number) const noexcept {
  return number < symbols_.size() ? symbols_[number] : kNoSymbol;
}

AssetId RecoveredOrders::asset_of(std::uint16_t number) const noexcept {
  return number < assets_.size() ? assets_[number] : kNoAsset;
}

// A name of this run's numbers. On the first reading the tables grow by it, on the second it is
// there.
void RecoveredOrders::apply_name(const Record& record) {
  if (type_of(record) == RecordType::kRun) {
    const auto run = load_record<RunRecord>(record.payload);
    if (run) epoch_max_ = std::max(epoch_max_, run->epoch);
    symbols_.clear();
    assets_.clear();
  } else if (type_of(record) == RecordType::kAsset) {
    const auto asset = load_record<AssetRecord>(record.payload);
    if (!asset) return;
    assets_.resize(std::max<std::size_t>(assets_.size(), asset->asset + std::size_t{1}), kNoAsset);
    assets_[asset->asset] = instruments_.intern_asset(text_of(asset->name));
  } else if (type_of(record) == RecordType::kInstrument) {
    const auto found = load_record<InstrumentRecord>(record.payload);
    if (!found) return;
    Instrument instrument;
    instrument.symbol = text_of(found->name);
    const auto name_of = [this](std::uint16_t number) {
      const AssetId asset = asset_of(number);
      return asset == kNoAsset ? std::string{} : instruments_.asset_name(asset);
    };
    instrument.base_asset_name = name_of(found->base_asset);
    instrument.quote_asset_name = name_of(found->quote_asset);
    const auto known = instruments_.find(instrument.symbol);
    symbols_.resize(std::max<std::size_t>(symbols_.size(), found->symbol + std::size_t{1}),
                    kNoSymbol);
    symbols_[found->symbol] = known ? *known : instruments_.add(std::move(instrument));
  }
}

// False when it makes no sense.
bool RecoveredOrders::apply(const Record& record) {
  std::int64_t mono_ns = 0;
  if (record.payload.size() >= sizeof mono_ns) {
    std::memcpy(&mono_ns, record.payload.data(), sizeof mono_ns);
  }
  const Now now{.mono = mono_time(mono_ns), .wall = wall_time(record.header.wall_ns)};
  switch (type_of(record)) {
    case RecordType::kRun:
      ++run_count_;
      accounting_->forget_fee_rates();
      [[fallthrough]];
    case RecordType::kInstrument:
    case RecordType::kAsset: apply_name(record); return true;
    case RecordType::kOrder: return apply_order(record, now);
    case RecordType::kReport: return apply_report(record, now);
    case RecordType::kNotSent:
    case RecordType::kNewOrderFailed:
    case RecordType::kOutcomeUnknown:
    case RecordType::kAmendFailed:
    case RecordType::kProvenAbsent: return apply_order_fact(record, now);
    case RecordType::kAmendSent:
    case RecordType::kReplaceSent: return apply_change(record, now);
    case RecordType::kListSent: return apply_list(record, now);
    case RecordType::kHolding: return apply_holding(record);
    case RecordType::kTradesKnown: return apply_trades_known(record);
    case RecordType::kFeeRate: return apply_fee_rate(record, now);
    case RecordType::kCancelFailed:  // these moved no order
    case RecordType::kCancelSent:
    case RecordType::kMassCancelSent:
    case RecordType::kExternalCancelSent:
    case RecordType::kBalanceChange:  // the holdings that it changed follow
    case RecordType::kParked:
    case RecordType::kStop: return true;
  }
  return false;
}

bool RecoveredOrders::apply_order(const Record& record, const Now& now) {
  const std::optional<ReadOrder> read = read_order(record);
  if (!read) return false;
  const OrderRecord* const found = &read->plain;
  NewOrderSingle order;
  order.terms = read->terms;
  order.ref = StrategyRef{found->ref};
  order.px = Price::from_raw(found->px);
  order.qty = Qty::from_raw(found->qty);
  order.symbol = symbol_of(found->symbol);
  order.strategy = StrategyId{found->strategy};
  // The gate's price of a market order is not in the journal: it counts by quantity.
  order.held_px = order.px.is_zero() ? order.terms.stop_px : order.px;
  const OrderId id{found->order_id};
  const bool is_sound = take(found->side, Side::kSell, order.side) &&
                        take(found->type, OrdType::kTakeProfitLimit, order.type) &&
                        take(found->tif, TimeInForce::kFok, order.tif) &&
                        order.symbol != kNoSymbol && found->strategy < kStrategyCountMax &&
                        accounting_->store().find(id) == nullptr;
  if (!is_sound || accounting_->open(order, id, now) == nullptr) return false;
  exposure_->adopt(risk::held_of(order), order.qty);  // as the gate had reserved it
  ++order_count_;
  return true;
}

bool RecoveredOrders::apply_report(const Record& record, const Now& now) {
  const auto found = load_record<ReportRecord>(record.payload);
  if (!found) return false;
  VenueReport report;
  report.order_id = OrderId{found->order_id};
  report.venue_order_id = VenueOrderId{found->venue_order_id};
  report.exec_id = ExecId{found->exec_id};
  report.trade_id = TradeId{found->trade_id};
  report.px = Price::from_raw(found->px);
  report.qty = Qty::from_raw(found->qty);
  report.cum_qty = Qty::from_raw(found->cum_qty);
  report.cum_quote = Notional::from_raw(found->cum_quote);
  report.last_px = Price::from_raw(found->last_px);
  report.last_qty = Qty::from_raw(found->last_qty);
  report.fee = Fee::from_raw(found->fee);
  report.venue_time = wall_time(found->venue_wall_ns);
  report.received = now.mono;
  report.symbol = symbol_of(found->symbol);
  report.fee_asset = asset_of(found->fee_asset);
  const bool is_sound = take(found->side, Side::kSell, report.side) &&
                        take(found->exec_type, ExecType::kRestated, report.exec_type) &&
                        take(found->state, OrderState::kNotPlaced, report.state) &&
                        take(found->liquidity, Liquidity::kTaker, report.liquidity) &&
                        take(found->source, ReportSource::kQuery, report.source);
  if (!is_sound || found->is_adopted > 1 || found->is_waiting > 1) return false;
  report.is_adopted = found->is_adopted != 0;
  report.is_waiting = found->is_waiting != 0;
  (void)accounting_->on_report(report, now);
  return true;
}

bool RecoveredOrders::apply_order_fact(const Record& record, const Now& now) {
  const auto found = load_record<OrderFactRecord>(record.payload);
  if (!found) return false;
  Order* order = accounting_->store().find(OrderId{found->order_id});
  if (order == nullptr) return true;  // long ended, and evicted since
  RequestFailure failure{.kind = RequestKind::kNewOrder,
                         .order_id = order->id,
                         .symbol = order->symbol,
                         .venue_code = found->venue_code,
                         .received = now.mono};
  if (!take(found->failure, FailureClass::kAuthentication, failure.failure)) return false;
  const RecordType type = type_of(record);
  if (type == RecordType::kNotSent) accounting_->undo(*order, now);
  if (type == RecordType::kNewOrderFailed) accounting_->on_new_failure(*order, failure, now);
  if (type == RecordType::kAmendFailed) {
    failure.kind = RequestKind::kAmend;
    accounting_->on_amend_failure(*order, failure, now);
  }
  if (type == RecordType::kOutcomeUnknown) accounting_->on_doubt(*order, now);
  if (type == RecordType::kProvenAbsent) accounting_->on_proven_absent(*order, now);
  return true;
}

bool RecoveredOrders::apply_change(const Record& record, const Now& now) {
  if (type_of(record) == RecordType::kAmendSent) {
    const auto amend = load_record<AmendRecord>(record.payload);
    if (!amend) return false;
    Order* order = accounting_->store().find(OrderId{amend->order_id});
    return order == nullptr || accounting_->begin_amend(*order, Qty::from_raw(amend->qty), now);
  }
  const auto replace = load_record<ReplaceRecord>(record.payload);
  OldOrder old;
  if (!replace || !take(replace->mode, ReplaceMode::kAllowFailure, old.mode)) return false;
  old.id = OrderId{replace->old_order_id};
  Order* order = accounting_->store().find(OrderId{replace->order_id});
  return order == nullptr || accounting_->begin_replace(*order, old, now);
}

bool RecoveredOrders::apply_list(const Record& record, const Now& now) {
  const auto list = load_record<ListRecord>(record.payload);
  ListKind kind{};
  if (!list || !take(list->kind, ListKind::kOpoco, kind)) return false;
  return accounting_->begin_list(OrderId{list->list_id}, kind, now);
}

bool RecoveredOrders::apply_holding(const Record& record) {
  const auto found = load_record<SymbolFactRecord>(record.payload);
  if (!found || symbol_of(found->symbol) == kNoSymbol) return false;
  const SymbolId symbol = symbol_of(found->symbol);
  exposure_->set_position(symbol, Qty::from_raw(found->qty));
  is_held_[symbol.raw()] = 1;
  return true;
}

bool RecoveredOrders::apply_trades_known(const Record& record) {
  const auto found = load_record<TradesKnownRecord>(record.payload);
  if (!found || symbol_of(found->symbol) == kNoSymbol) return false;
  accounting_->adopt_trades_known(symbol_of(found->symbol), TradeId{found->trade_id});
  return true;
}

bool RecoveredOrders::apply_fee_rate(const Record& record, const Now& now) {
  const auto found = load_record<FeeRateRecord>(record.payload);
  if (!found || found->px < 0) return false;
  const AssetId asset = asset_of(found->asset);
  const AssetId quote_asset = asset_of(found->quote_asset);
  if (asset == kNoAsset || quote_asset == kNoAsset) return false;
  accounting_->on_fee_rate(asset, quote_asset, Price::from_raw(found->px), now);
  return true;
}

void RecoveredOrders::note_strategy(const Record& record) noexcept {
  if (type_of(record) != RecordType::kOrder) return;
  const auto order = read_order(record);
  if (!order || order->plain.strategy >= kStrategyCountMax) return;
  strategy_count_ = std::max<std::size_t>(strategy_count_, order->plain.strategy + std::size_t{1});
}

// ---- handing over
// --------------------------------------------------------------------------------

std::expected<void, std::string> RecoveredOrders::hand_over(const InstrumentTable& instruments,
                                                            OrderAccounting& accounting,
                                                            Holdings& holdings, const Now& now) {
  if (accounting_->store().open_count() > accounting.store().capacity()) {
    return std::unexpected{std::to_string(accounting_->store().open_count()) +
                           " orders of an earlier run are open, and orders.capacity is " +
                           std::to_string(accounting.store().capacity()) + "; raise it"};
  }
  std::vector<std::optional<SymbolId>> symbols;
  symbols.reserve(instruments_.size());
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    symbols.push_back(instruments.find(instruments_.at(symbol_at(i)).symbol));
  }
  accounting_->ledger().for_each([&](SymbolId symbol, TradeId trade_id, Side side) {
    if (const auto mine = symbols[symbol.raw()]) accounting.adopt_fill(*mine, trade_id, side);
  });
  if (strategy_count_ > accounting.positions().strategy_count()) {
    return std::unexpected{std::to_string(strategy_count_) +
                           " strategies of earlier runs have results, and the accounting counts " +
                           std::to_string(accounting.positions().strategy_count())};
  }
  hand_over_positions(symbols, instruments, accounting);
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const SymbolId symbol = symbol_at(i);
    if (!symbols[i]) continue;
    accounting.adopt_floor(*symbols[i], accounting_->ledger().floor_of(symbol));
    if (has_holding(symbol)) holdings.adopt_recovered(*symbols[i], exposure_->at(symbol).position);
  }
  const std::span<const Fee> fees = accounting_->positions().fees_by_asset();
  for (std::size_t i = 0; i < fees.size(); ++i) {
    const AssetId theirs{static_cast<AssetId::rep>(i)};
    const auto asset = instruments.find_asset(instruments_.asset_name(theirs));
    if (asset) accounting.adopt_fee(*asset, fees[i]);
  }
  return hand_over_orders(symbols, accounting, now);
}

void RecoveredOrders::hand_over_positions(std::span<const std::optional<SymbolId>> symbols,
                                          const InstrumentTable& instruments,
                                          OrderAccounting& accounting) {
  const PositionKeeper& positions = accounting_->positions();
  const auto renumbered = [&](PositionAccount account) {
    if (account.waiting_asset() == kNoAsset) return account;
    const auto mine = instruments.find_asset(instruments_.asset_name(account.waiting_asset()));
    account.set_waiting_asset(mine.value_or(kNoAsset));
    return account;
  };
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (!symbols[i]) continue;
    const SymbolId theirs = symbol_at(i);
    accounting.adopt_position(*symbols[i], renumbered(positions.account(theirs)));
    for (std::size_t n = 0; n < strategy_count_; ++n) {
      const StrategyId strategy{static_cast<StrategyId::rep>(n)};
      accounting.adopt_position(strategy, *symbols[i],
                                renumbered(positions.account(strategy, theirs)));
    }
    accounting.adopt_position(kNoStrategy, *symbols[i],
                              renumbered(positions.account(kNoStrategy, theirs)));
  }
}

std::expected<void, std::string> RecoveredOrders::hand_over_orders(
    std::span<const std::optional<SymbolId>> symbols, OrderAccounting& accounting, const Now& now) {
  std::string orphans;
  const auto adopt = [&](Order order) {
    const std::optional<SymbolId>& mine = symbols[order.symbol.raw()];
    if (mine) {
      order.symbol = *mine;
      accounting.adopt_order(order, now);
    } else if (!order.is_settled()) {
      orphans += " " + std::to_string(sequence_of(order.id)) + " (" +
                 instruments_.at(order.symbol).symbol + ")";
    }
  };
  OrderStore& store = accounting_->store();
  store.for_each_closed(adopt);
  for (std::size_t i = 0; i < store.open_count(); ++i) adopt(store.open_at(i));
  if (orphans.empty()) return {};
  return std::unexpected{
      "orders of an earlier run are open on symbols that are not configured:" + orphans +
      "; put the symbols back, or cancel the orders in a run that has "
      "them"};
}

// ---- taking over
// -------------------------------------------------------------------------------------

void OrderAccounting::adopt_order(const Order& order, const Now& now) noexcept {
  Order* mine = store_.open(order.id);
  PORTCULLIS_CHECK(mine != nullptr, "the store is larger than what was recovered into it");
  *mine = order;
  mine->venue_order_id = VenueOrderId{};
  store_.name_at_venue(*mine, order.venue_order_id);
  start_timers(*mine, now.mono);
  ++activity_[order.symbol.raw()].open_count;
  if (!is_terminal(order.state)) ++count_by_state_[static_cast<std::size_t>(order.state)];
  if (order.has_reserve) exposure_.adopt(held_of(order), order.reserved);
  if (order.state == OrderState::kPendingNew) on_doubt(*mine, now);
  mine->is_restate_due = !is_terminal(order.state);
  // The exposure of one that has ended was given back in its own run.
  if (mine->is_settled() && store_.close(*mine)) --activity_[order.symbol.raw()].open_count;
}

// Its moments are of another run's clock, which a restart of the machine sets back.
void OrderAccounting::start_timers(Order& order, MonoTime now) noexcept {
  order.trace = {};
  order.sent_at = now;  // later than it was: absence is proven later, never sooner
  order.unknown_since = now;
  order.query_next = {};
  order.query_asked = {};
  order.absent_asked = {};
  order.absent_answers = 0;
  order.trades_next = order.missing_qty().is_zero() ? MonoTime{} : now;
  order.cancel_next = {};
  order.cancel_sent = {};
  order.amend_sent = now;  // a later end of its doubt, as with sent_at
  order.query_backoff = settings_.query_backoff_min;
  order.trades_backoff = settings_.query_backoff_min;
  order.has_venue_word = true;  // its answer is not timed across two runs
}

void OrderAccounting::restate(Order& order, const Now& now) noexcept {
  order.is_restate_due = false;
  ExecutionReport report = report_of(order, ExecType::kRestated);
  publish(report, MonoTime{}, now);
}

}  // namespace portcullis::oms
