// A million random orders, judged by the gate and by an independent slow model: same answer, same
// first reason, same exposure.
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/risk/gate_world.hpp"
#include "tests/risk/slow_oracle.hpp"

namespace portcullis::risk {
namespace {

constexpr std::uint64_t kSeed = 20'261'122;
constexpr int kOrders = 1'000'000;
constexpr std::int64_t kMilli = 1'000'000;

// The gate and everything it looks at, set from the oracle's plain numbers.
class GateUnderTest {
 public:
  explicit GateUnderTest(const SlowOracle& oracle) : view_{SlowOracle::kSymbols} {
    for (const SlowInstrument& plain : oracle.instruments) add(plain);
    for (const SlowSymbolLimits& plain : oracle.limits) {
      limits_.symbols.push_back({.is_allowed = plain.allowed,
                                 .max_order_qty = Qty::from_raw(plain.qty),
                                 .max_order_notional = Notional::from_raw(plain.notional),
                                 .collar_width_ppm = static_cast<std::uint32_t>(plain.collar_ppm),
                                 .book_age_max = Nanos{plain.age},
                                 .max_long_position = Qty::from_raw(plain.max_long),
                                 .max_short_position = Qty::from_raw(plain.max_short)});
    }
    limits_.account = {.order_rate_max = static_cast<std::uint32_t>(oracle.rate),
                       .order_rate_window = Nanos{oracle.window},
                       .order_burst_max = static_cast<std::uint32_t>(oracle.burst)};
    kill_switch_.emplace();
    gate_.emplace(*kill_switch_, table_, view_, limits_, exposure_);
  }

  void publish(int symbol, const SlowMarket& plain) {
    MarketSnapshot market;
    market.top.bid_px = Price::from_raw(plain.bid);
    market.top.ask_px = Price::from_raw(plain.ask);
    market.received = mono_time(plain.received);
    market.book_state = static_cast<BookState>(plain.state);
    view_.publish(SymbolId{static_cast<SymbolId::rep>(symbol)}, market);
  }
  // A fresh switch in the same place, for a raised one never goes down.
  KillSwitch& reset_switch() {
    kill_switch_.emplace();
    return *kill_switch_;
  }
  std::string judge(const SlowOrder& plain, std::int64_t now) {
    NewOrderSingle order;
    order.px = Price::from_raw(plain.px);
    order.qty = Qty::from_raw(plain.qty);
    order.symbol =
        plain.symbol < 0 ? kNoSymbol : SymbolId{static_cast<SymbolId::rep>(plain.symbol)};
    order.side = static_cast<Side>(plain.side);
    order.type = static_cast<OrdType>(plain.type);
    order.tif = static_cast<TimeInForce>(plain.tif);
    const auto verdict = gate_->approve(order, now_at(now));
    return verdict ? "" : to_string(verdict.error().reason);
  }
  Exposure& exposure() { return exposure_; }

 private:
  void add(const SlowInstrument& plain) {
    Instrument instrument;
    instrument.symbol = "S" + std::to_string(table_.size());
    instrument.base_asset_name = "B" + std::to_string(table_.size());
    instrument.quote_asset_name = "USDT";
    instrument.is_trading = plain.trading;
    instrument.ord_types = kEveryOrdType;
    instrument.tick_size = Price::from_raw(plain.tick);
    instrument.px_min = Price::from_raw(plain.px_min);
    instrument.px_max = Price::from_raw(plain.px_max);
    instrument.lot_size = Qty::from_raw(plain.step);
    instrument.qty_min = Qty::from_raw(plain.qty_min);
    instrument.qty_max = Qty::from_raw(plain.qty_max);
    instrument.market_lot_size = Qty::from_raw(plain.market_step);
    instrument.market_qty_min = Qty::from_raw(plain.market_qty_min);
    instrument.market_qty_max = Qty::from_raw(plain.market_qty_max);
    instrument.notional_min = Notional::from_raw(plain.notional_min);
    instrument.notional_max = Notional::from_raw(plain.notional_max);
    instrument.apply_notional_min_to_market = plain.min_for_market;
    instrument.apply_notional_max_to_market = plain.max_for_market;
    table_.add(instrument);
  }

  InstrumentTable table_;
  Limits limits_;
  MarketView view_;
  Exposure exposure_{SlowOracle::kSymbols};
  std::optional<KillSwitch> kill_switch_;
  std::optional<PreTradeGate> gate_;
};

// Raw 1e-8 counts of a number with two places.
constexpr std::int64_t hundredths(std::int64_t value) {
  return value * 1'000'000;
}

SlowOracle make_oracle() {
  SlowOracle oracle;
  oracle.instruments[0] = {.trading = true,
                           .tick = 1'000'000,
                           .px_min = hundredths(5'000'000),
                           .px_max = hundredths(7'000'000),
                           .step = 1'000,
                           .qty_min = 10'000,
                           .qty_max = hundredths(500),
                           .market_step = 0,
                           .market_qty_min = 20'000,
                           .market_qty_max = hundredths(300),
                           .notional_min = hundredths(1'000),
                           .notional_max = hundredths(25'000'000),
                           .min_for_market = true,
                           .max_for_market = false};
  // A tick with a factor three, no range, odd steps.
  oracle.instruments[1] = {.trading = true,
                           .tick = 15,
                           .px_min = 0,
                           .px_max = 0,
                           .step = 7,
                           .qty_min = 0,
                           .qty_max = 0,
                           .market_step = 21,
                           .market_qty_min = 0,
                           .market_qty_max = 0,
                           .notional_min = 0,
                           .notional_max = hundredths(9'000),
                           .min_for_market = false,
                           .max_for_market = true};
  oracle.instruments[2] = oracle.instruments[0];
  oracle.limits[0] = {.allowed = true,
                      .qty = hundredths(200),
                      .notional = hundredths(12'000'000),
                      .collar_ppm = 20'000,
                      .age = 300 * kMilli,
                      .max_long = hundredths(1'000),
                      .max_short = hundredths(500)};
  oracle.limits[1] = {.allowed = true,
                      .qty = 700'000'000,
                      .notional = hundredths(8'000),
                      .collar_ppm = 3'333,
                      .age = 1'000 * kMilli,
                      .max_long = 5'000'000'000,
                      .max_short = 2'500'000'000};
  oracle.limits[2] = oracle.limits[0];
  oracle.rate = 23;
  oracle.window = 1'000 * kMilli;
  oracle.burst = 4;
  return oracle;
}

class RandomSession {
 public:
  RandomSession() : oracle_{make_oracle()}, gate_{oracle_} { set_switch(0); }

  // One order; false when the two disagree.
  bool step() {
    now_ += chance(3) ? 0 : up_to(40 * kMilli);
    move_market(static_cast<int>(random_() % 3));
    if (chance(200)) set_switch(static_cast<int>(random_() % 25));
    if (chance(3)) end_some_order();
    if (chance(5'000)) cast_doubt();
    order_ = random_order();
    expected_ = oracle_.judge(order_, now_);
    got_ = gate_.judge(order_, now_);
    ++counts_[expected_];
    if (expected_.empty()) open_.push_back(order_);
    return expected_ == got_ && exposures_agree();
  }

  [[nodiscard]] std::string last() const {
    return "expected '" + expected_ + "' got '" + got_ + "' symbol " +
           std::to_string(order_.symbol) + " side " + std::to_string(order_.side) + " type " +
           std::to_string(order_.type) + " px " + std::to_string(order_.px) + " qty " +
           std::to_string(order_.qty);
  }
  [[nodiscard]] const std::map<std::string, int>& counts() const { return counts_; }

 private:
  std::int64_t up_to(std::int64_t max) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(max + 1));
  }
  std::int64_t around(std::int64_t middle, std::int64_t reach) {
    return middle - reach + up_to(2 * reach);
  }
  bool chance(std::uint64_t one_in) { return random_() % one_in == 0; }

  // The third symbol's market is never published.
  void move_market(int symbol) {
    if (symbol == 2) return;
    SlowMarket& market = oracle_.markets[static_cast<std::size_t>(symbol)];
    const std::int64_t middle = symbol == 0 ? hundredths(6'000'000) : 2'500'000;
    market.published = true;
    market.state = chance(40) ? static_cast<int>(random_() % 4) : 2;
    market.bid = chance(60) ? 0 : around(middle, middle / 50);
    market.ask =
        chance(60) ? 0 : market.bid + up_to(middle / 300) - (chance(30) ? middle / 400 : 0);
    market.received = now_ - up_to(chance(20) ? 1'500 * kMilli : 200 * kMilli);
    if (chance(50)) market.received = now_ + up_to(600 * kMilli);
    if (chance(50)) {  // an age exactly at the limit, or one beyond
      market.received = now_ - oracle_.limits[static_cast<std::size_t>(symbol)].age - up_to(1);
    }
    gate_.publish(symbol, market);
  }

  void set_switch(int choice) {
    KillSwitch& fresh = gate_.reset_switch();
    oracle_.switch_refusal = "";
    fresh.set_ready(choice != 1);
    if (choice == 1) oracle_.switch_refusal = "not_ready";
    if (choice == 2) fresh.cancel_only();
    if (choice == 3) fresh.drain();
    if (choice == 2 || choice == 3) oracle_.switch_refusal = "cancel_only";
    if (choice == 4) fresh.kill();
    if (choice == 5) fresh.mark_latched();
    if (choice == 4 || choice == 5) oracle_.switch_refusal = "kill_switch";
  }

  // Fills part of an open order and releases the rest.
  void end_some_order() {
    if (open_.empty()) return;
    const std::size_t index = random_() % open_.size();
    const SlowOrder order = open_[index];
    open_[index] = open_.back();
    open_.pop_back();
    const std::int64_t filled = chance(3) ? up_to(order.qty) : 0;
    const SymbolId symbol{static_cast<SymbolId::rep>(order.symbol)};
    const Side side = static_cast<Side>(order.side);
    gate_.exposure().on_fill(symbol, side, Qty::from_raw(filled));
    gate_.exposure().release(symbol, side, Qty::from_raw(order.qty - filled));
    SlowExposure& held = oracle_.exposures[static_cast<std::size_t>(order.symbol)];
    held.position += order.side == 0 ? filled : -filled;
    (order.side == 0 ? held.buys : held.sells) -= order.qty;
  }

  // Doubt on the second symbol, or its end: everything restated to flat.
  void cast_doubt() {
    const SymbolId symbol{1};
    SlowExposure& held = oracle_.exposures[1];
    if (!held.doubtful) {
      gate_.exposure().adopt(symbol, Side::kSell, Qty::from_raw(-1));
      held.doubtful = true;
      return;
    }
    gate_.exposure().restate(symbol, {});
    held = {};
    std::erase_if(open_, [](const SlowOrder& order) { return order.symbol == 1; });
  }

  SlowOrder random_order() {
    SlowOrder order{};
    order.symbol = chance(40) ? 2 : static_cast<int>(random_() % 2);
    const auto index = static_cast<std::size_t>(order.symbol);
    const SlowInstrument& rules = oracle_.instruments[index];
    const SlowMarket& market = oracle_.markets[index];
    order.side = static_cast<int>(random_() % 2);
    order.type = chance(4) ? 1 : 0;
    if (chance(10)) order.type = 2;
    order.tif = order.type == 0 ? static_cast<int>(random_() % 3) : 0;
    const std::int64_t reference = market.bid > 0 ? market.bid : hundredths(6'000'000);
    order.px = around(reference, reference / (chance(8) ? 2 : 60)) / rules.tick * rules.tick;
    order.qty = up_to(oracle_.limits[index].qty + oracle_.limits[index].qty / 8);
    order.qty = order.qty / (rules.step * 3) * (rules.step * 3);
    if (order.type == 1) order.px = 0;
    spoil(order, rules);
    return order;
  }

  void spoil(SlowOrder& order, const SlowInstrument& rules) {
    if (chance(30)) order.px += up_to(3);
    if (chance(30)) order.qty += up_to(3) - 1;
    if (chance(30)) order.qty = rules.qty_min + around(0, 2) * rules.step;
    if (chance(200)) order.qty = -order.qty;
    if (chance(200)) order.px = -order.px;
    if (chance(200)) order.side = static_cast<int>(random_() % 256);
    if (chance(200)) order.type = static_cast<int>(random_() % 256);
    if (chance(200)) order.tif = static_cast<int>(random_() % 256);
    if (chance(200)) order.symbol = chance(2) ? -1 : 3 + static_cast<int>(random_() % 1'000);
  }

  bool exposures_agree() {
    for (std::size_t i = 0; i < SlowOracle::kSymbols; ++i) {
      const SlowExposure& held = oracle_.exposures[i];
      const SymbolExposure& got = gate_.exposure().at(SymbolId{static_cast<SymbolId::rep>(i)});
      if (got.position.raw() != held.position || got.working_buy.raw() != held.buys ||
          got.working_sell.raw() != held.sells) {
        return false;
      }
    }
    return true;
  }

  std::mt19937_64 random_{kSeed};
  std::int64_t now_{10'000 * kMilli};
  SlowOracle oracle_;
  GateUnderTest gate_;
  std::vector<SlowOrder> open_;
  std::map<std::string, int> counts_;
  SlowOrder order_{};
  std::string expected_;
  std::string got_;
};

TEST(Oracle, AMillionRandomOrdersGetTheSameAnswerForTheSameReason) {
  RandomSession session;
  for (int i = 0; i < kOrders; ++i) {
    ASSERT_TRUE(session.step()) << "seed " << kSeed << " order " << i << ": " << session.last();
  }
  // The run means something only when every rule had its say.
  for (const char* reason : {"", "malformed_order", "kill_switch", "cancel_only", "not_ready",
                             "unknown_symbol", "price_filter", "lot_size", "venue_notional",
                             "max_order_qty", "max_order_notional", "book_missing", "book_stale",
                             "book_crossed", "price_collar", "max_position", "order_rate"}) {
    const auto found = session.counts().find(reason);
    EXPECT_GE(found == session.counts().end() ? 0 : found->second, 500) << "'" << reason << "'";
  }
}

}  // namespace
}  // namespace portcullis::risk
