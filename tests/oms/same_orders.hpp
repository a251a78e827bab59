#pragma once

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
  EXPECT_EQ(a.has_reserve, b->has_reserve) << "order " << a.id.raw();
  EXPECT_EQ(a.strategy, b->strategy);
  EXPECT_EQ(a.side, b->side);
  EXPECT_EQ(a.type, b->type);
  EXPECT_EQ(a.tif, b->tif);
  EXPECT_EQ(a.terms, b->terms) << "order " << a.id.raw();
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
    const Position& x = a.positions().at(SymbolId{i});
    const Position& y = b.positions().at(SymbolId{i});
    EXPECT_EQ(a.ledger().floor(SymbolId{i}), b.ledger().floor(SymbolId{i}));
    EXPECT_EQ(x.qty(), y.qty());
    EXPECT_TRUE(x.cost().raw == y.cost().raw && x.realized().raw == y.realized().raw);
    EXPECT_EQ(x.bought(), y.bought());
    EXPECT_EQ(x.sold(), y.sold());
    EXPECT_EQ(x.fee_in_quote(), y.fee_in_quote());
    EXPECT_EQ(x.fee_in_base(), y.fee_in_base());
    EXPECT_EQ(a.positions().is_fee_complete(SymbolId{i}),
              b.positions().is_fee_complete(SymbolId{i}));
  }
}

}  // namespace portcullis::oms::test
