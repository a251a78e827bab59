#pragma once

#include <algorithm>

#include <gtest/gtest.h>

#include "oms/order_accounting.hpp"

namespace portcullis::oms::test {

inline void expect_same_order(const Order& a, const Order* b) {
  ASSERT_NE(b, nullptr) << "order " << a.id.raw();
  EXPECT_EQ(a.state, b->state) << "order " << a.id.raw();
  EXPECT_EQ(a.venue_order_id, b->venue_order_id);
  EXPECT_EQ(a.ref, b->ref);
  EXPECT_EQ(a.px, b->px);
  EXPECT_EQ(a.qty, b->qty);
  EXPECT_EQ(a.cum_qty, b->cum_qty) << "order " << a.id.raw();
  EXPECT_EQ(a.cum_quote, b->cum_quote);
  EXPECT_EQ(a.venue_cum_qty, b->venue_cum_qty) << "order " << a.id.raw();
  EXPECT_EQ(a.reserved, b->reserved) << "order " << a.id.raw();
  EXPECT_EQ(a.is_inferred, b->is_inferred) << "order " << a.id.raw();
  EXPECT_EQ(a.is_amended, b->is_amended) << "order " << a.id.raw();
  EXPECT_EQ(a.is_amend_pending, b->is_amend_pending) << "order " << a.id.raw();
  EXPECT_EQ(a.amend_qty, b->amend_qty) << "order " << a.id.raw();
  EXPECT_EQ(a.replaces, b->replaces) << "order " << a.id.raw();
  EXPECT_EQ(a.replace_mode, b->replace_mode) << "order " << a.id.raw();
  EXPECT_EQ(a.list_id, b->list_id) << "order " << a.id.raw();
  EXPECT_EQ(a.list_kind, b->list_kind) << "order " << a.id.raw();
  EXPECT_EQ(a.list_leg, b->list_leg) << "order " << a.id.raw();
  EXPECT_EQ(a.is_live, b->is_live) << "order " << a.id.raw();
  EXPECT_EQ(a.has_reserve, b->has_reserve) << "order " << a.id.raw();
  EXPECT_EQ(a.strategy, b->strategy);
  EXPECT_EQ(a.side, b->side);
  EXPECT_EQ(a.type, b->type);
  EXPECT_EQ(a.tif, b->tif);
  EXPECT_EQ(a.terms, b->terms) << "order " << a.id.raw();
}

// Positions, results and fees. Whether a lot came to be by merging, too: it says how the next one
// closes.
inline void expect_same_account(const PositionAccount& a, const PositionAccount& b) {
  const PositionSnapshot x = a.snapshot();
  const PositionSnapshot y = b.snapshot();
  EXPECT_EQ(x.qty, y.qty);
  EXPECT_EQ(x.cost.str(), y.cost.str());
  EXPECT_EQ(x.realized.str(), y.realized.str());
  EXPECT_EQ(x.fifo_cost.str(), y.fifo_cost.str());
  EXPECT_EQ(x.fifo_realized.str(), y.fifo_realized.str());
  EXPECT_EQ(x.fee_in_third.str(), y.fee_in_third.str());
  EXPECT_EQ(x.merged_lots, y.merged_lots);
  EXPECT_EQ(a.lots().lot_count(), b.lots().lot_count());
  EXPECT_EQ(x.bought, y.bought);
  EXPECT_EQ(x.sold, y.sold);
  EXPECT_EQ(x.fee_in_quote, y.fee_in_quote);
  EXPECT_EQ(x.fee_in_base, y.fee_in_base);
  EXPECT_EQ(x.is_fee_complete, y.is_fee_complete);
  EXPECT_EQ(a.waiting_asset(), b.waiting_asset());
  EXPECT_EQ(a.waiting_fee(), b.waiting_fee());
}

// A replay counts the strategies that have sent an order, and no others.
inline PositionAccount account_of(const PositionKeeper& positions, StrategyId strategy,
                                  SymbolId symbol) {
  const bool is_counted = strategy == kNoStrategy || strategy.raw() < positions.strategy_count();
  return is_counted ? positions.account(strategy, symbol) : PositionAccount{};
}

// What an accounting knows for good: orders, fills, positions. Timers and questions are of a run.
// Symbols have the same numbers in both.
inline void expect_same_orders(OrderAccounting& a, OrderAccounting& b) {
  for (std::size_t i = 0; i < a.store().open_count(); ++i) {
    const Order& order = a.store().open_at(i);
    expect_same_order(order, b.store().find(order.id));
  }
  a.store().for_each_closed(
      [&b](const Order& order) { expect_same_order(order, b.store().find(order.id)); });
  EXPECT_EQ(a.working_count(), b.working_count());
  EXPECT_EQ(a.ledger().size(), b.ledger().size());
  for (std::uint16_t i = 0; i < a.positions().size(); ++i) {
    EXPECT_EQ(a.ledger().floor(SymbolId{i}), b.ledger().floor(SymbolId{i}));
    expect_same_account(a.positions().account(SymbolId{i}), b.positions().account(SymbolId{i}));
    for (const StrategyId strategy : {StrategyId{0}, StrategyId{1}, kNoStrategy}) {
      expect_same_account(account_of(a.positions(), strategy, SymbolId{i}),
                          account_of(b.positions(), strategy, SymbolId{i}));
    }
  }
  const auto x = a.positions().fees_by_asset();
  const auto y = b.positions().fees_by_asset();
  EXPECT_TRUE(std::ranges::equal(x, y));
}

}  // namespace portcullis::oms::test
