// What the fills of OrderAccounting come to: positions, fees and results.
#include "oms/breakers/breakers.hpp"
#include "oms/order_accounting.hpp"

namespace portcullis::oms {

void OrderAccounting::book_fill(const VenueReport& report, SymbolId symbol, Side side,
                                StrategyId strategy) noexcept {
  counters_.fills.add();
  ++activity_[symbol.raw()].fill_count;
  positions_.on_fill({.symbol = symbol,
                      .strategy = strategy,
                      .side = side,
                      .px = report.last_px,
                      .qty = report.last_qty,
                      .fee = report.fee,
                      .fee_asset = report.fee_asset});
  if (report.fee.is_zero() || report.fee_asset.raw() >= positions_.fees_by_asset().size()) return;
  view_.publish_fee(report.fee_asset, positions_.fees_by_asset()[report.fee_asset.raw()]);
  if (report.fee_asset == instruments_.at(symbol).base_asset) {
    exposure_.on_fee_in_base(symbol, strategy, Qty::from_raw(report.fee.raw()));
  }
}

void OrderAccounting::book_order_fill(const Order& order, const VenueReport& report,
                                      const Now& now) noexcept {
  if (breakers_ == nullptr) return book_fill(report, order.symbol, order.side, order.strategy);
  const Position& position = positions_.account(order.strategy, order.symbol).position();
  const Qty held = position.qty();
  const Int128 realized = position.realized().raw;
  book_fill(report, order.symbol, order.side, order.strategy);
  const bool is_buy = order.side == Side::kBuy;
  breakers_->on_fill({.order_id = order.id.raw(),
                      .strategy = order.strategy,
                      .symbol = order.symbol,
                      .qty = report.last_qty,
                      .px = report.last_px,
                      .is_first = order.cum_qty == report.last_qty,
                      .is_closing = is_buy ? held < Qty{} : held.is_positive(),
                      .result = position.realized().raw - realized,
                      .facts = {.order_qty = order.qty,
                                .cum_qty = order.cum_qty,
                                .order_px = order.px,
                                .fill_px = report.last_px,
                                .order_side = order.side,
                                .fill_side = report.side}},
                     now);
}

// Before the report is recorded: a replay must know the price that its fee was counted at.
void OrderAccounting::note_fee_rate(const VenueReport& report, SymbolId symbol,
                                    const Now& now) noexcept {
  if (fee_rates_ == nullptr || report.fee.is_zero()) [[likely]]
    return;
  if (!instruments_.contains(symbol) || !positions_.is_third_asset(symbol, report.fee_asset)) {
    return;
  }
  const AssetId quote_asset = instruments_.at(symbol).quote_asset;
  const auto px = fee_rates_->px_of(report.fee_asset, quote_asset, now.mono);
  on_fee_rate(report.fee_asset, quote_asset, px.value_or(Price{}), now);
}

void OrderAccounting::on_fee_rate(AssetId asset, AssetId quote_asset, Price px,
                                  const Now& now) noexcept {
  if (px == positions_.fee_rate(asset, quote_asset)) return;
  journal_.record_fee_rate(asset, quote_asset, px, now);
  if (!positions_.on_fee_rate(asset, quote_asset, px)) return;
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    if (instruments_.at(symbol).quote_asset == quote_asset) publish_positions(symbol);
  }
}

void OrderAccounting::settle_waiting_fees(const Now& now) noexcept {
  if (fee_rates_ == nullptr || !positions_.has_waiting_fee()) [[likely]]
    return;
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    const AssetId asset = positions_.account(symbol).waiting_asset();
    if (asset == kNoAsset) continue;
    const AssetId quote_asset = instruments_.at(symbol).quote_asset;
    const auto px = fee_rates_->px_of(asset, quote_asset, now.mono);
    if (px) on_fee_rate(asset, quote_asset, *px, now);
  }
}

void OrderAccounting::publish_position(SymbolId symbol, StrategyId strategy) noexcept {
  view_.publish(symbol, positions_.account(symbol).snapshot());
  view_.publish(strategy, symbol, positions_.account(strategy, symbol).snapshot());
}

void OrderAccounting::publish_positions(SymbolId symbol) noexcept {
  for (std::size_t i = 0; i < positions_.strategy_count(); ++i) {
    publish_position(symbol, StrategyId{static_cast<StrategyId::rep>(i)});
  }
  publish_position(symbol, kNoStrategy);
}

// ---- taking over
// -------------------------------------------------------------------------------------

void OrderAccounting::adopt_position(SymbolId symbol, const PositionAccount& account) noexcept {
  positions_.adopt(symbol, account);
  publish_positions(symbol);
}

void OrderAccounting::adopt_position(StrategyId strategy, SymbolId symbol,
                                     const PositionAccount& account) noexcept {
  positions_.adopt(strategy, symbol, account);
  exposure_.adopt_position(strategy, symbol, account.position().qty());
  publish_positions(symbol);
}

void OrderAccounting::adopt_fee(AssetId asset, Fee fee) noexcept {
  positions_.adopt_fee(asset, fee);
  view_.publish_fee(asset, positions_.fees_by_asset()[asset.raw()]);
}

}  // namespace portcullis::oms
