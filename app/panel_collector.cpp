#include "app/panel_collector.hpp"

#include <algorithm>
#include <cstddef>

#include "core/hops.hpp"
#include "risk/gate_counters.hpp"

namespace portcullis::app {

namespace {

// Marked against the side that would close the position.
Notional unrealised(const oms::PositionSnapshot& position, const TopOfBook& top) {
  if (position.qty.is_zero()) return {};
  const Price mark = position.qty.is_positive() ? top.bid_px : top.ask_px;
  return notional(mark - position.avg_px, position.qty);
}

PanelSymbol collect_symbol(const Gateway& gateway, SymbolId id, MonoTime now) {
  PanelSymbol symbol;
  symbol.name = gateway.instruments().at(id).symbol;
  MarketSnapshot market;
  if (gateway.market().read(id, market)) {
    symbol.top = market.top;
    symbol.book_state = market.book_state;
    symbol.book_age = market.received == MonoTime{} ? Nanos{} : now - market.received;
  }
  symbol.open_orders = static_cast<int>(gateway.oms().view().open_count(id));
  oms::PositionSnapshot position;
  if (gateway.oms().view().read(id, position)) {
    symbol.position = position.qty;
    symbol.realised_pnl = position.realized;
    symbol.has_mark = symbol.top.is_complete() && symbol.book_state == BookState::kSynced;
    if (symbol.has_mark) symbol.unrealised_pnl = unrealised(position, symbol.top);
  }
  return symbol;
}

std::vector<PanelDenial> collect_denials(const risk::PreTradeGate& gate) {
  std::vector<PanelDenial> denials;
  for (std::size_t i = 0; i < risk::kRejectReasonCount; ++i) {
    const auto reason = static_cast<RejectReason>(i);
    if (const std::int64_t count = gate.denied(reason)) {
      denials.push_back({.rule = to_string(reason), .count = count});
    }
  }
  // A total order, so that equal counts keep their places from one refresh to the next.
  std::ranges::sort(denials, [](const PanelDenial& a, const PanelDenial& b) {
    return a.count != b.count ? a.count > b.count : a.rule < b.rule;
  });
  return denials;
}

// Exact totals by asset, over all symbols.
std::vector<PanelFee> collect_fees(const Gateway& gateway) {
  const InstrumentTable& instruments = gateway.instruments();
  std::vector<Fee> totals(instruments.asset_count());
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const SymbolId id{static_cast<SymbolId::rep>(i)};
    oms::PositionSnapshot position;
    if (!gateway.oms().view().read(id, position)) continue;
    const Instrument& instrument = instruments.at(id);
    totals[instrument.base_asset.raw()] += Fee::from_raw(position.fee_in_base.raw());
    totals[instrument.quote_asset.raw()] += Fee::from_raw(position.fee_in_quote.raw());
  }
  std::vector<PanelFee> fees;
  for (std::size_t i = 0; i < totals.size(); ++i) {
    if (totals[i].is_zero()) continue;
    fees.push_back({.asset = instruments.asset_name(AssetId{static_cast<AssetId::rep>(i)}),
                    .amount = totals[i].str()});
  }
  return fees;
}

std::vector<PanelHop> collect_hops(const HopTimers& hops) {
  std::vector<PanelHop> rows;
  HistogramSnapshot snapshot;
  for (std::size_t i = 0; i < kHopCount; ++i) {
    const auto hop = static_cast<Hop>(i);
    hops.of(hop).snapshot(snapshot);
    if (snapshot.total() == 0) continue;
    rows.push_back({.name = to_string(hop),
                    .count = snapshot.total(),
                    .p50_ns = snapshot.value_at_ppm(500'000),
                    .p99_ns = snapshot.value_at_ppm(990'000),
                    .p999_ns = snapshot.value_at_ppm(999'000),
                    .max_ns = snapshot.max()});
  }
  return rows;
}

}  // namespace

PanelData collect_panel(Gateway& gateway, const ControlLoop& control, std::int64_t seconds) {
  const MonoTime now = gateway.clock().now();
  PanelData data;
  data.state = gateway.kill_switch().state();
  data.state_detail = control.state_detail();
  data.elapsed_s =
      std::chrono::duration_cast<std::chrono::seconds>(now - control.started()).count();
  data.seconds = seconds;
  for (std::size_t i = 0; i < gateway.instruments().size(); ++i) {
    data.symbols.push_back(collect_symbol(gateway, SymbolId{static_cast<SymbolId::rep>(i)}, now));
  }
  oms::OmsSnapshot orders;
  if (gateway.oms().view().read(orders)) {
    data.orders = orders.orders_sent;
    data.fills = orders.fills;
    data.rejects = orders.orders_rejected;
    data.unknown = orders.unknown_count;
    data.open_orders = orders.open_count;
  }
  data.cancels = gateway.gate().cancels();
  data.denials = collect_denials(gateway.gate());
  data.fees = collect_fees(gateway);
  data.hops = collect_hops(gateway.hops());
  data.warnings = gateway.warnings();
  return data;
}

}  // namespace portcullis::app
