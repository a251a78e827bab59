#include "app/panel_collector.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "core/hops.hpp"
#include "oms/results.hpp"
#include "risk/gate_counters.hpp"

namespace portcullis::app {

namespace {

// What a snapshot's result comes to, as far as it is known.
std::optional<Notional> known(const oms::PositionSnapshot& position, oms::FineNotional amount) {
  if (!position.is_fee_complete) return std::nullopt;
  return amount.rounded();
}

std::optional<Notional> unrealised(const Gateway& gateway, const oms::PositionSnapshot& position,
                                   SymbolId id, MonoTime now) {
  MarketSnapshot market;
  (void)gateway.market().read(id, market);
  const auto amount = oms::unrealized(position, oms::CostMethod::kAverage, market, now,
                                      gateway.settings().orders.mark_age_max);
  if (!amount) return std::nullopt;
  return amount->rounded();
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
    symbol.realised_pnl = known(position, position.realized);
    symbol.unrealised_pnl = unrealised(gateway, position, id, now);
  }
  return symbol;
}

std::vector<PanelStrategy> collect_strategies(const Gateway& gateway, MonoTime now) {
  const oms::OmsView& view = gateway.oms().view();
  std::vector<PanelStrategy> rows;
  for (std::size_t n = 0; n <= view.strategy_count(); ++n) {
    const bool is_last = n == view.strategy_count();
    const StrategyId strategy = is_last ? kNoStrategy : StrategyId{static_cast<std::uint16_t>(n)};
    for (std::size_t i = 0; i < gateway.instruments().size(); ++i) {
      const SymbolId id{static_cast<SymbolId::rep>(i)};
      oms::PositionSnapshot position;
      if (!view.read(strategy, id, position)) continue;
      if (position.bought.is_zero() && position.sold.is_zero()) continue;
      rows.push_back({.name = is_last ? "unknown" : std::to_string(n),
                      .symbol = gateway.instruments().at(id).symbol,
                      .position = position.qty,
                      .realised_pnl = known(position, position.realized),
                      .realised_fifo = known(position, position.fifo_realized),
                      .unrealised_pnl = unrealised(gateway, position, id, now)});
    }
  }
  return rows;
}

std::vector<PanelAccount> collect_accounts(const Gateway& gateway, MonoTime now) {
  const InstrumentTable& instruments = gateway.instruments();
  const oms::Results results{gateway.oms().view(), gateway.market(), instruments,
                             gateway.settings().orders.mark_age_max};
  std::vector<bool> is_quote(instruments.asset_count());
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    is_quote[instruments.at(SymbolId{static_cast<SymbolId::rep>(i)}).quote_asset.raw()] = true;
  }
  std::vector<PanelAccount> rows;
  for (std::size_t i = 0; i < is_quote.size(); ++i) {
    if (!is_quote[i]) continue;
    const AssetId asset{static_cast<AssetId::rep>(i)};
    PanelAccount& row = rows.emplace_back();
    row.quote_asset = instruments.asset_name(asset);
    const auto result = results.account_result(asset, now);
    if (!result) continue;
    row.realised_pnl = result->realized.rounded();
    row.unrealised_pnl = result->unrealized.rounded();
    row.total_pnl = result->total().rounded();
  }
  return rows;
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
  std::vector<PanelFee> fees;
  for (std::size_t i = 0; i < gateway.instruments().asset_count(); ++i) {
    const AssetId asset{static_cast<AssetId::rep>(i)};
    const Fee fee = gateway.oms().view().fee(asset);
    if (fee.is_zero()) continue;
    fees.push_back({.asset = gateway.instruments().asset_name(asset), .amount = fee.str()});
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
  data.strategies = collect_strategies(gateway, now);
  data.accounts = collect_accounts(gateway, now);
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
