#include "app/journal_records_text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/mode.hpp"
#include "oms/journal_records.hpp"

namespace portcullis::app {

namespace {

using journal::Record;
using oms::AssetRecord;
using oms::FeeRateRecord;
using oms::InstrumentRecord;
using oms::OrderFactRecord;
using oms::OrderRecord;
using oms::OrderTermsRecord;
using oms::RecordType;
using oms::ReportRecord;
using oms::RunRecord;
using oms::StopRecord;
using oms::SymbolFactRecord;

// The name of an enumerator, or its number when this version has none.
template <class Enum>
std::string name_of(std::uint8_t number, Enum last) {
  if (number > static_cast<std::uint8_t>(last)) return std::to_string(number);
  return to_string(static_cast<Enum>(number));
}

std::string failure_name(std::uint8_t number) {
  static constexpr std::array<std::string_view, 5> kNames{"rejected", "unknown", "no-such-order",
                                                          "rate-limited", "authentication"};
  return number < kNames.size() ? std::string{kNames[number]} : std::to_string(number);
}

std::string source_name(std::uint8_t number) {
  static constexpr std::array<std::string_view, 3> kNames{"reply", "stream", "query"};
  return number < kNames.size() ? std::string{kNames[number]} : std::to_string(number);
}

std::string decimal(std::int64_t raw) {
  return Qty::from_raw(raw).str();
}

// What a venue sent may hold anything; a line of ours holds no control characters.
std::string printable(std::string_view text) {
  std::string out{text};
  std::ranges::replace_if(out, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, '?');
  return out;
}

RecordFields render_order_fact(const Record& record, RecordType type) {
  const auto found = oms::load_record<OrderFactRecord>(record.payload);
  if (!found) return {};
  RecordFields fields{{"order", std::to_string(found->order_id)}};
  if (type == RecordType::kNewOrderFailed || type == RecordType::kCancelFailed ||
      type == RecordType::kAmendFailed) {
    fields.emplace_back("failure", failure_name(found->failure));
    fields.emplace_back("code", std::to_string(found->venue_code));
  }
  return fields;
}

// Those that the order has.
void add_terms(const OrderTermsRecord& record, RecordFields& fields) {
  if (record.stop_px != 0) fields.emplace_back("stop_px", decimal(record.stop_px));
  if (record.iceberg_qty != 0) fields.emplace_back("iceberg_qty", decimal(record.iceberg_qty));
  if (record.quote_qty != 0) fields.emplace_back("quote_qty", decimal(record.quote_qty));
  if (record.trailing_delta_bips != 0) {
    fields.emplace_back("trailing_bips", std::to_string(record.trailing_delta_bips));
  }
  if (record.peg != 0) {
    fields.emplace_back("peg", name_of(record.peg, PegKind::kMarket));
    fields.emplace_back("peg_offset", std::to_string(record.peg_offset_levels));
  }
  if (record.stp != 0) fields.emplace_back("stp", name_of(record.stp, StpMode::kExpireBoth));
}

RecordFields render_change(const Record& record, RecordType type) {
  if (type == RecordType::kAmendSent) {
    const auto amend = oms::load_record<oms::AmendRecord>(record.payload);
    if (!amend) return {};
    return {{"order", std::to_string(amend->order_id)}, {"qty", decimal(amend->qty)}};
  }
  if (type == RecordType::kListSent) {
    const auto list = oms::load_record<oms::ListRecord>(record.payload);
    if (!list) return {};
    return {{"list", std::to_string(list->list_id)},
            {"kind", name_of(list->kind, ListKind::kOpoco)}};
  }
  const auto replace = oms::load_record<oms::ReplaceRecord>(record.payload);
  if (!replace) return {};
  return {{"order", std::to_string(replace->order_id)},
          {"old_order", std::to_string(replace->old_order_id)},
          {"mode", replace->mode == 0 ? "stop-on-failure" : "allow-failure"}};
}

RecordFields render_seal(const Record& record) {
  journal::SealPayload seal;
  if (record.payload.size() != sizeof seal) return {};
  std::memcpy(&seal, record.payload.data(), sizeof seal);
  return {{"sealed", std::to_string(seal.position)}, {"hash", hex_of(seal.hash)}};
}

}  // namespace

std::string hex_of(const journal::Hash& hash) {
  std::string text;
  for (const std::byte byte : hash) {
    const auto value = std::to_integer<unsigned>(byte);
    text += "0123456789abcdef"[value >> 4];
    text += "0123456789abcdef"[value & 0xF];
  }
  return text;
}

std::string RecordRenderer::asset(std::uint16_t number) const {
  const auto found = assets_.find(number);
  return found != assets_.end() ? found->second : "?";
}

std::string RecordRenderer::symbol(std::uint16_t number) const {
  const auto found = symbols_.find(number);
  return found != symbols_.end() ? found->second : "#" + std::to_string(number);
}

RecordFields RecordRenderer::render(const Record& record) {
  if (record.header.type == journal::kSealType) return render_seal(record);
  const auto type = static_cast<RecordType>(record.header.type);
  if (record.header.version > oms::record_version_max(type)) return {};
  switch (type) {
    case RecordType::kRun: {
      const auto run = oms::load_record<RunRecord>(record.payload);
      if (!run) return {};
      return {{"epoch", std::to_string(run->epoch)},
              {"gateway", std::string{oms::text_of(run->gateway_id)}}};
    }
    case RecordType::kAsset: {
      const auto asset = oms::load_record<AssetRecord>(record.payload);
      if (!asset) return {};
      assets_[asset->asset] = std::string{oms::text_of(asset->name)};
      return {{"number", std::to_string(asset->asset)},
              {"name", std::string{oms::text_of(asset->name)}}};
    }
    case RecordType::kInstrument: {
      const auto found = oms::load_record<InstrumentRecord>(record.payload);
      if (!found) return {};
      symbols_[found->symbol] = std::string{oms::text_of(found->name)};
      return {{"number", std::to_string(found->symbol)},
              {"name", std::string{oms::text_of(found->name)}}};
    }
    case RecordType::kOrder: return render_order(record);
    case RecordType::kReport: return render_report(record);
    case RecordType::kNotSent:
    case RecordType::kNewOrderFailed:
    case RecordType::kCancelFailed:
    case RecordType::kOutcomeUnknown:
    case RecordType::kProvenAbsent:
    case RecordType::kAmendFailed:
    case RecordType::kCancelSent: return render_order_fact(record, type);
    case RecordType::kAmendSent:
    case RecordType::kReplaceSent:
    case RecordType::kListSent: return render_change(record, type);
    case RecordType::kMassCancelSent:
    case RecordType::kHolding: {
      const auto found = oms::load_record<SymbolFactRecord>(record.payload);
      if (!found) return {};
      RecordFields fields{{"symbol", symbol(found->symbol)}};
      if (type == RecordType::kHolding) fields.emplace_back("held", decimal(found->qty));
      return fields;
    }
    case RecordType::kTradesKnown: {
      const auto known = oms::load_record<oms::TradesKnownRecord>(record.payload);
      if (!known) return {};
      return {{"symbol", symbol(known->symbol)}, {"up_to", std::to_string(known->trade_id)}};
    }
    case RecordType::kExternalCancelSent:
    case RecordType::kBalanceChange:
    case RecordType::kParked: return render_account_event(record, type);
    case RecordType::kStop: {
      const auto stop = oms::load_record<StopRecord>(record.payload);
      if (!stop) return {};
      return {{"why", stop->is_kill != 0 ? "kill" : "drain"}, {"scope", scope_of(*stop)}};
    }
    case RecordType::kFeeRate: return render_fee_rate(record);
  }
  return {};
}

std::string RecordRenderer::scope_of(const StopRecord& stop) const {
  const auto kind = static_cast<ScopeKind>(stop.scope_kind);
  switch (kind) {
    case ScopeKind::kGlobal:
    case ScopeKind::kAccount: return to_string(kind);
    case ScopeKind::kStrategy: return "strategy:" + std::to_string(stop.scope_index);
    case ScopeKind::kSymbol: return "symbol:" + symbol(stop.scope_index);
  }
  return "?";
}

RecordFields RecordRenderer::render_account_event(const Record& record, RecordType type) const {
  if (type == RecordType::kExternalCancelSent) {
    const auto cancel = oms::load_record<oms::ExternalCancelRecord>(record.payload);
    if (!cancel) return {};
    return {{"venue_order", std::to_string(cancel->venue_order_id)},
            {"symbol", symbol(cancel->symbol)}};
  }
  if (type == RecordType::kBalanceChange) {
    const auto change = oms::load_record<oms::BalanceChangeRecord>(record.payload);
    if (!change) return {};
    const auto asset = assets_.find(change->asset);
    return {{"asset", asset != assets_.end() ? asset->second : "?"},
            {"delta", decimal(change->delta)},
            {"what", change->is_lock != 0 ? "external-lock" : "transfer"}};
  }
  const auto parked = oms::load_record<oms::ParkedRecord>(record.payload);
  if (!parked) return {};
  return {{"name", printable(oms::text_of(parked->name))},
          {"event", printable(oms::text_of(parked->text))}};
}

RecordFields RecordRenderer::render_order(const Record& record) const {
  // Version 2 begins with version 1, and a plain order is written as that.
  const auto special = oms::load_record<OrderTermsRecord>(record.payload);
  const auto plain = oms::load_record<OrderRecord>(record.payload);
  if (!special && !plain) return {};
  const OrderRecord* const found = special ? &special->order : &*plain;
  RecordFields fields{{"order", std::to_string(found->order_id)},
                      {"ref", std::to_string(found->ref)},
                      {"strategy", std::to_string(found->strategy)},
                      {"symbol", symbol(found->symbol)},
                      {"side", name_of(found->side, Side::kSell)},
                      {"type", name_of(found->type, OrdType::kTakeProfitLimit)},
                      {"tif", name_of(found->tif, TimeInForce::kFok)},
                      {"px", decimal(found->px)},
                      {"qty", decimal(found->qty)}};
  if (special) add_terms(*special, fields);
  return fields;
}

RecordFields RecordRenderer::render_report(const Record& record) const {
  const auto found = oms::load_record<ReportRecord>(record.payload);
  if (!found) return {};
  RecordFields fields{{"order", std::to_string(found->order_id)},
                      {"venue_order", std::to_string(found->venue_order_id)},
                      {"symbol", symbol(found->symbol)},
                      {"side", name_of(found->side, Side::kSell)},
                      {"what", name_of(found->exec_type, ExecType::kRestated)},
                      {"state", name_of(found->state, OrderState::kNotPlaced)},
                      {"by", source_name(found->source)},
                      {"cum_qty", decimal(found->cum_qty)}};
  if (found->is_adopted != 0) fields.emplace_back("adopted", "yes");
  if (found->is_waiting != 0) fields.emplace_back("waits", "yes");
  if (found->trade_id == 0) return fields;
  fields.emplace_back("trade", std::to_string(found->trade_id));
  fields.emplace_back("last_px", decimal(found->last_px));
  fields.emplace_back("last_qty", decimal(found->last_qty));
  fields.emplace_back("fee", decimal(found->fee));
  fields.emplace_back("fee_asset", asset(found->fee_asset));
  return fields;
}

RecordFields RecordRenderer::render_fee_rate(const Record& record) const {
  const auto found = oms::load_record<FeeRateRecord>(record.payload);
  if (!found) return {};
  return {{"asset", asset(found->asset)},
          {"quote_asset", asset(found->quote_asset)},
          {"px", found->px != 0 ? decimal(found->px) : "unknown"}};
}

}  // namespace portcullis::app
