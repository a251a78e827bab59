#pragma once

#include <chrono>
#include <utility>

#include "core/check.hpp"
#include "core/instrument.hpp"
#include "core/kill_switch.hpp"
#include "core/market_view.hpp"
#include "risk/exposure.hpp"
#include "risk/limits.hpp"
#include "risk/open_limits.hpp"
#include "risk/pre_trade_gate.hpp"
#include "tests/oms_binance/binance_world.hpp"

namespace portcullis::oms::binance::test {

// A real gate with limits that let any test order pass: an approval cannot be had elsewhere.
class Approvals {
 public:
  Approvals() {
    kill_switch_.set_ready(true);
    MarketSnapshot market;
    market.top = {
        .bid_px = px("23416"), .bid_qty = qty("1"), .ask_px = px("23417"), .ask_qty = qty("1")};
    market.received = kNow.mono;
    market.book_state = BookState::kSynced;
    for (std::size_t i = 0; i < instruments_.size(); ++i) {
      market_.publish(SymbolId{static_cast<std::uint16_t>(i)}, market);
    }
  }

  [[nodiscard]] risk::Approved<NewOrderSingle> approve(const NewOrderSingle& order) {
    auto verdict = gate_.approve(order, kNow);
    PORTCULLIS_CHECK(verdict.has_value(), "the test's order does not pass the widest of gates");
    return std::move(*verdict);
  }

 private:
  static constexpr Now kNow{mono_time(1'000'000'000), kWall};

  static risk::Limits wide_limits(std::size_t symbols) {
    risk::Limits limits = risk::open_limits(symbols, 1);
    for (risk::SymbolLimits& symbol : limits.symbols) {
      symbol.collar_width_ppm = 500'000;  // what bounds an order by quote quantity
    }
    return limits;
  }

  KillSwitch kill_switch_;
  InstrumentTable instruments_ = make_instruments();
  MarketView market_{instruments_.size()};
  risk::Limits limits_ = wide_limits(instruments_.size());
  risk::Exposure exposure_{instruments_.size()};
  risk::PreTradeGate gate_{kill_switch_, instruments_, market_, limits_, exposure_};
};

}  // namespace portcullis::oms::binance::test
