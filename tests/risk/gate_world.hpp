#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "core/check.hpp"
#include "core/instrument.hpp"
#include "core/kill_switch.hpp"
#include "core/market_view.hpp"
#include "core/messages.hpp"
#include "risk/exposure.hpp"
#include "risk/limits.hpp"
#include "risk/open_limits.hpp"
#include "risk/pre_trade_gate.hpp"

namespace portcullis::risk {

// Exact literals: a typing error in a test aborts it.
template <class Amount>
[[nodiscard]] inline Amount amount(std::string_view text) {
  const auto parsed = Amount::parse(text);
  PORTCULLIS_CHECK(parsed.has_value(), "a test's decimal literal");
  return *parsed;
}
[[nodiscard]] inline Price px(std::string_view text) {
  return amount<Price>(text);
}
[[nodiscard]] inline Qty qty(std::string_view text) {
  return amount<Qty>(text);
}
[[nodiscard]] inline Notional quote(std::string_view text) {
  return amount<Notional>(text);
}

// Whose limit it is, for the reasons that the older tests name without a scope.
[[nodiscard]] constexpr RiskScope usual_scope(RejectReason reason) {
  using enum RejectReason;
  if (reason == kOrderRate) return RiskScope::kAccount;
  const bool is_of_symbol = reason == kMaxOrderQty || reason == kMaxOrderNotional ||
                            reason == kPriceCollar || reason == kMaxPosition;
  return is_of_symbol ? RiskScope::kSymbol : RiskScope::kOrder;
}

inline constexpr Price kOneRawPx = Price::from_raw(1);
inline constexpr Qty kOneRawQty = Qty::from_raw(1);
inline constexpr Price kHeldPx = Price::from_units(64'000);
inline constexpr SymbolId kBtc{0};
inline constexpr SymbolId kEth{1};

// By what an order of the good price counts.
[[nodiscard]] inline Held held(SymbolId symbol, Side side) {
  return {.symbol = symbol, .side = side, .px = kHeldPx};
}

[[nodiscard]] inline Now now_at(std::int64_t ns) {
  return {.mono = mono_time(ns), .wall = wall_time(1'700'000'000'000'000'000 + ns)};
}

[[nodiscard]] inline Instrument btc_usdt() {
  Instrument instrument{.symbol = "BTCUSDT", .base_asset_name = "BTC", .quote_asset_name = "USDT"};
  instrument.is_trading = true;
  instrument.ord_types = kEveryOrdType;
  instrument.tick_size = px("0.01");
  instrument.px_min = px("100");
  instrument.px_max = px("1000000");
  instrument.lot_size = qty("0.00001");
  instrument.qty_min = qty("0.0001");
  instrument.qty_max = qty("9000");
  instrument.market_lot_size = qty("0.001");
  instrument.market_qty_min = qty("0.002");
  instrument.market_qty_max = qty("50");
  instrument.notional_min = quote("50");
  instrument.notional_max = quote("9000000");
  instrument.apply_notional_min_to_market = true;
  instrument.apply_notional_max_to_market = true;
  instrument.stp_modes = kEveryStpMode;
  instrument.has_iceberg = true;
  instrument.has_quote_qty = true;
  instrument.has_trailing_stop = true;
  instrument.has_peg = true;
  instrument.iceberg_parts_max = 10;
  instrument.trailing_above_bips_min = 10;
  instrument.trailing_above_bips_max = 2'000;
  instrument.trailing_below_bips_min = 20;
  instrument.trailing_below_bips_max = 1'000;
  return instrument;
}

[[nodiscard]] inline SymbolLimits btc_limits() {
  SymbolLimits limits = open_symbol();
  limits.max_order_qty = qty("2");
  limits.max_order_notional = quote("100000");
  limits.collar_width_ppm = 10'000;
  limits.book_age_max = Nanos{500'000'000};
  limits.max_long_position = qty("3");
  limits.max_short_position = qty("1.5");
  return limits;
}

// Everything that a gate looks at, with one good order in it: approved as it stands, so that a test
// that spoils one thing knows what it spoiled. The gate is built on first use.
struct GateWorld {
  KillSwitch kill_switch;
  InstrumentTable instruments;
  Limits limits;
  MarketSnapshot market;  // of BTCUSDT; published at each judge()
  bool is_market_published{true};
  Exposure exposure{2};
  NewOrderSingle order;
  Now now{now_at(10'000'000'000)};
  GateCounters counters;
  VenueAllowance allowance;

  GateWorld() {
    kill_switch.set_ready(true);
    instruments.add(btc_usdt());
    Instrument eth = btc_usdt();
    eth.symbol = "ETHUSDT";
    eth.base_asset_name = "ETH";
    instruments.add(eth);
    limits = open_limits(2, 2);
    limits.symbols = {btc_limits(), btc_limits()};
    set_rate(10, 5);
    market.top = {
        .bid_px = px("64000"), .bid_qty = qty("1"), .ask_px = px("64000.1"), .ask_qty = qty("1")};
    market.received = now.mono - Nanos{1'000'000};
    market.book_state = BookState::kSynced;
    order.px = px("64000");
    order.qty = qty("0.5");
    order.symbol = kBtc;
  }

  PreTradeGate& gate() {
    if (!gate_) {
      gate_.emplace(kill_switch, instruments, view_, limits, exposure, counters);
      gate_->obey(allowance);
    }
    return *gate_;
  }
  std::expected<Approved<NewOrderSingle>, Reject> judge() {
    if (is_market_published) view_.publish(kBtc, market);
    return gate().approve(order, now);
  }
  // New orders of the account, a second.
  void set_rate(std::uint32_t rate_max, std::uint32_t burst_max) {
    limits.account.scope.order_rate = {.rate_max = rate_max,
                                       .rate_window = Nanos{1'000'000'000},
                                       .burst_max = burst_max,
                                       .window_max = kOffCount};
  }
  // The reject of the order as it stands; reason kNone when it was approved.
  Reject refusal() {
    const auto verdict = judge();
    return verdict ? Reject{} : verdict.error();
  }
  // Of every other parameter that goes together, good as it stands: an iceberg that is bought a
  // little above the market, and trails it from there.
  void make_special_order() {
    order.type = OrdType::kStopLossLimit;
    order.px = px("64200");
    order.terms.stop_px = px("64100");
    order.terms.trailing_delta_bips = 100;
    order.terms.iceberg_qty = qty("0.1");
    order.terms.stp = StpMode::kExpireMaker;
  }
  void make_market_order(Side side) {
    order.type = OrdType::kMarket;
    order.px = Price{};
    order.side = side;
  }

 private:
  MarketView view_{2};
  std::optional<PreTradeGate> gate_;
};

}  // namespace portcullis::risk
