#include "oms/results.hpp"

#include "risk/checks/book.hpp"

namespace portcullis::oms {

bool is_usable_mark(const MarketSnapshot& market, MonoTime now, Nanos book_age_max) noexcept {
  return market.book_state == BookState::kSynced && market.top.is_complete() &&
         !market.top.is_crossed() && book_age_max.count() > 0 &&
         risk::book_age_ns(market.received, now) <= book_age_max.count();
}

std::optional<FineNotional> unrealized(const PositionSnapshot& position, CostMethod method,
                                       const MarketSnapshot& market, MonoTime now,
                                       Nanos book_age_max) noexcept {
  if (position.qty.is_zero()) return FineNotional{};
  if (!is_usable_mark(market, now, book_age_max)) return std::nullopt;
  const Price mark = position.qty.is_positive() ? market.top.bid_px : market.top.ask_px;
  const FineNotional cost = method == CostMethod::kFifo ? position.fifo_cost : position.cost;
  return FineNotional{static_cast<Int128>(mark.raw()) * position.qty.raw() - cost.raw};
}

std::optional<Result> Results::result_of(const PositionSnapshot& position, SymbolId symbol,
                                         MonoTime now, CostMethod method) const noexcept {
  if (!position.is_fee_complete) return std::nullopt;
  MarketSnapshot market;
  if (!position.qty.is_zero() && !market_.read(symbol, market)) return std::nullopt;
  const auto open = unrealized(position, method, market, now, book_age_max_);
  if (!open) return std::nullopt;
  return Result{
      .realized = method == CostMethod::kFifo ? position.fifo_realized : position.realized,
      .unrealized = *open};
}

std::optional<Result> Results::result(SymbolId symbol, MonoTime now,
                                      CostMethod method) const noexcept {
  PositionSnapshot position;
  if (!view_.read(symbol, position)) return std::nullopt;
  return result_of(position, symbol, now, method);
}

std::optional<Result> Results::result(StrategyId strategy, SymbolId symbol, MonoTime now,
                                      CostMethod method) const noexcept {
  PositionSnapshot position;
  if (!view_.read(strategy, symbol, position)) return std::nullopt;
  return result_of(position, symbol, now, method);
}

template <class ResultOf>
std::optional<Result> Results::sum_over(AssetId quote_asset,
                                        const ResultOf& result_of_symbol) const noexcept {
  Result sum;
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    if (instruments_.at(symbol).quote_asset != quote_asset) continue;
    const std::optional<Result> part = result_of_symbol(symbol);
    if (!part) return std::nullopt;
    sum.realized.raw += part->realized.raw;
    sum.unrealized.raw += part->unrealized.raw;
  }
  return sum;
}

std::optional<Result> Results::account_result(AssetId quote_asset, MonoTime now,
                                              CostMethod method) const noexcept {
  return sum_over(quote_asset, [&](SymbolId symbol) { return result(symbol, now, method); });
}

std::optional<Result> Results::strategy_result(StrategyId strategy, AssetId quote_asset,
                                               MonoTime now, CostMethod method) const noexcept {
  return sum_over(quote_asset,
                  [&](SymbolId symbol) { return result(strategy, symbol, now, method); });
}

}  // namespace portcullis::oms
