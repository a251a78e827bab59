#include "bench/bench_list.hpp"
#include "core/check.hpp"
#include "core/instrument.hpp"
#include "core/kill_switch.hpp"
#include "core/market_view.hpp"
#include "risk/mode_board.hpp"
#include "risk/pre_trade_gate.hpp"

namespace portcullis::bench {

namespace {

constexpr std::uint16_t kSymbols = 64;

// 64 symbols with the filters of a liquid pair, books live, limits wide enough to let the order
// pass.
struct GateWorld {
  GateWorld() {
    for (std::uint16_t i = 0; i < kSymbols; ++i) {
      Instrument instrument;
      instrument.symbol = "SYM" + std::to_string(i);
      instrument.base_asset_name = "B" + std::to_string(i);
      instrument.quote_asset_name = "USDT";
      instrument.is_trading = true;
      instrument.ord_types = kEveryOrdType;
      instrument.tick_size = Price::from_raw(1'000'000);
      instrument.px_min = Price::from_raw(1'000'000);
      instrument.px_max = Price::from_units(1'000'000);
      instrument.lot_size = Qty::from_raw(1'000);
      instrument.qty_min = Qty::from_raw(1'000);
      instrument.qty_max = Qty::from_units(9'000);
      instrument.notional_min = Notional::from_units(5);
      instrument.notional_max = Notional::from_units(9'000'000);
      instruments.add(instrument);
      limits.symbols.push_back({.is_allowed = true,
                                .max_order_qty = Qty::from_units(10),
                                .max_order_notional = Notional::from_units(1'000'000),
                                .collar_width_ppm = 20'000,
                                .book_age_max = std::chrono::seconds{5},
                                .max_long_position = Qty::from_units(80'000'000),
                                .max_short_position = Qty::from_units(80'000'000)});
    }
    limits.account = {.order_rate_max = 1'000'000'000,
                      .order_rate_window = std::chrono::seconds{1},
                      .order_burst_max = 1'000'000'000};
    kill_switch.set_ready(true);
  }

  InstrumentTable instruments;
  KillSwitch kill_switch;
  risk::Limits limits;
};

}  // namespace

void bench_risk(Reporter& reporter) {
  if (!reporter.wants("risk_gate_accept")) return;
  GateWorld world;
  MarketView market{kSymbols};
  const MonoTime start = reporter.clock().now();
  for (std::uint16_t i = 0; i < kSymbols; ++i) {
    MarketSnapshot snapshot;
    snapshot.top = {Price::from_units(61'602), Qty::from_units(1), Price::from_units(61'603),
                    Qty::from_units(1)};
    snapshot.received = start;
    snapshot.book_state = BookState::kSynced;
    market.publish(SymbolId{i}, snapshot);
  }
  risk::Exposure exposure{kSymbols};
  risk::PreTradeGate gate{world.kill_switch, world.instruments, market, world.limits, exposure};
  const risk::ModeBoard modes{world.kill_switch, 1, kSymbols};
  gate.obey(modes);
  NewOrderSingle order;
  order.px = Price::from_units(61'600);
  order.qty = Qty::from_raw(1'000'000);
  std::uint16_t symbol = 0;
  Now now{.mono = start, .wall = {}};
  Figure figure{"risk_gate_accept",

                "every check on, 64 symbols in turn, reserve included; mean of 1000, "
                "2000 times"};
  measure(reporter, figure, 2000, 1000, [&] {
    order.symbol = SymbolId{symbol};
    order.side = (symbol & 1) != 0 ? Side::kBuy : Side::kSell;
    symbol = static_cast<std::uint16_t>((symbol + 1) % kSymbols);
    now.mono += Nanos{2};
    const auto approved = gate.approve(order, now);
    PORTCULLIS_CHECK(approved.has_value(), "a fast wrong answer is not an answer");
    keep(*approved);
  });
  reporter.report(figure);
}

}  // namespace portcullis::bench
