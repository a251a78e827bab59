#include "app/limit_settings.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/config_reader.hpp"
#include "core/instrument.hpp"

namespace portcullis::app {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

// Every rail set to a number, nothing switched off, nothing inherited twice.
constexpr std::string_view kGood = R"([limits]
reference_currency = "USDT"
mark_age_max = "10s"

[limits.conversion.BTC]
symbol = "BTCUSDT"

[limits.global]
max_order_value = "100000"
max_gross_exposure = "1000000"
max_net_exposure = "900000"

[limits.account]
max_order_value = "50000"
max_open_orders = 200
max_open_value = "500000"
max_daily_value = "5000000"
order_rate_max = 300
order_rate_window = "1s"
order_burst_max = 100
order_window_max = 600
order_window = "1s"
amend_rate_max = 100
amend_rate_window = "1s"
amend_window_max = 200
amend_window = "1s"
max_gross_exposure = "800000"
max_net_exposure = "700000"

[limits.group.makers]
max_open_value = "400000"
max_gross_exposure = "600000"
max_net_exposure = "500000"

[limits.default]
enabled = true
collar_width_bps = 200
spread_max_bps = 100
last_collar_width_bps = 300
last_trade_age_max = "1m"
venue_collar_width_bps = "off"
book_age_max = "5s"
market_orders = true
uncovered_sells = false
reduce_only = false
max_order_value = "40000"
max_open_orders = 100
max_open_value = "300000"
max_daily_qty = "1000"
max_daily_value = "3000000"
order_rate_max = 200
order_rate_window = "1s"
order_window_max = 300
order_window = "1s"
amend_rate_max = 50
amend_rate_window = "1s"
amend_window_max = 60
amend_window = "1s"

[limits.strategy_default]
signal_age_max = "2s"
min_confidence_ppm = 500000
untold_confidence = false
duplicates_max = 3
duplicates_window = "1s"
max_order_value = "30000"
max_open_orders = 50
max_open_value = "200000"
max_daily_value = "2000000"
order_rate_max = 150
order_rate_window = "1s"
order_window_max = 200
order_window = "1s"
amend_rate_max = 40
amend_rate_window = "1s"
amend_window_max = 50
amend_window = "1s"

[limits.strategy.quoter]
symbols = ["BTCUSDT"]
group = "makers"

[limits.strategy.quoter.BTCUSDT]
max_long_position = "1"

[symbols.BTCUSDT]
max_order_qty = "0.5"
max_order_notional = "45000"
max_long_position = "2"
max_short_position = "3"
position_baseline = "10"
)";

Instrument btc_usdt() {
  Instrument instrument{.symbol = "BTCUSDT", .base_asset_name = "BTC", .quote_asset_name = "USDT"};
  instrument.qty_min = Qty::from_raw(1'000);
  instrument.notional_min = Notional::from_units(5);
  return instrument;
}

// What the two readers say to a file: what does not read, and what reads and refuses every order.
std::vector<std::string> complaints(const std::string& text) {
  auto document = ConfigDocument::parse(text, "gateway.toml", {});
  ConfigSection root = document.root();
  const LimitSettings settings = read_limits(root);
  root.finish();
  std::vector<std::string> all;
  for (const ConfigProblem& problem : document.problems()) all.push_back(problem.str());
  InstrumentTable instruments;
  instruments.add(btc_usdt());
  for (std::string& text_of : risk::validate(make_limits(settings, instruments), instruments)) {
    all.push_back(std::move(text_of));
  }
  return all;
}

// `from` within its table, `to` instead; the first line after the table's head that begins so.
std::string with(std::string_view table, std::string_view from, std::string_view to) {
  std::string text{kGood};
  const std::size_t head = text.find(std::string{table} + "\n");
  const std::size_t at = text.find("\n" + std::string{from}, head) + 1;
  EXPECT_NE(head, std::string::npos) << table;
  EXPECT_NE(at, 0U) << from;
  const std::size_t end = text.find('\n', at);
  return text.replace(at, end - at, to);
}

struct Spoiled {
  const char* table;
  const char* from;
  const char* to;
  const char* key;   // the message names it
  const char* help;  // and says what to write
};

class LimitSettingsOf : public testing::TestWithParam<Spoiled> {};

TEST(LimitSettings, AWholeSetHasNothingAgainstIt) {
  EXPECT_THAT(complaints(std::string{kGood}), IsEmpty());
}

TEST(LimitSettings, ARateSetWhereNoneWasInheritedHasABurst) {
  std::string text{kGood};
  constexpr std::string_view kRate = "order_rate_max = 200\norder_rate_window = \"1s\"\n";
  text.replace(text.find(kRate), kRate.size(), "order_rate_max = \"off\"\n");
  text += "order_rate_max = 5\norder_rate_window = \"1s\"\n";
  EXPECT_THAT(complaints(text), IsEmpty());
}

TEST_P(LimitSettingsOf, ASpoiledKeyIsNamedWithWhatToWrite) {
  const Spoiled& spoiled = GetParam();
  const std::vector<std::string> all = complaints(with(spoiled.table, spoiled.from, spoiled.to));
  EXPECT_THAT(all, Contains(testing::AllOf(HasSubstr(spoiled.key), HasSubstr(spoiled.help))))
      << testing::PrintToString(all);
}

constexpr const char* kUnset = "set it, switch it off";
constexpr const char* kAccount = "[limits.account]";
constexpr const char* kDefault = "[limits.default]";
constexpr const char* kStrategy = "[limits.strategy_default]";
constexpr const char* kBtc = "[symbols.BTCUSDT]";

constexpr Spoiled kMissing[] = {
    {"[limits]", "reference_currency", "", "limits.reference_currency", "add reference_currency"},
    {"[limits]", "mark_age_max", "", "the gateway: allowed, but mark_age_max", kUnset},
    {"[limits.global]", "max_order_value", "", "the gateway: allowed, but max_order_value", kUnset},
    {"[limits.global]", "max_gross_exposure", "", "the gateway: allowed, but max_gross", kUnset},
    {"[limits.global]", "max_net_exposure", "", "the gateway: allowed, but max_net", kUnset},
    {kAccount, "max_order_value", "", "the account: allowed, but max_order_value", kUnset},
    {kAccount, "max_open_orders", "", "the account: allowed, but max_open_orders", kUnset},
    {kAccount, "max_open_value", "", "the account: allowed, but max_open_value", kUnset},
    {kAccount, "max_daily_value", "", "the account: allowed, but max_daily_value", kUnset},
    {kAccount, "max_gross_exposure", "", "the account: allowed, but max_gross", kUnset},
    {kAccount, "max_net_exposure", "", "the account: allowed, but max_net", kUnset},
    {kAccount, "order_rate_max", "", "the account: order_rate_max", "set all three"},
    {kAccount, "order_rate_window", "", "the account: order_rate_max", "set all three"},
    {kAccount, "order_window_max", "", "the account: order_rate: the sliding", "set it or switch"},
    {kAccount, "order_window =", "", "the account: order_rate: the sliding", "set it or switch"},
    {kAccount, "amend_rate_max", "", "the account: amend_rate_max", "set all three"},
    {kAccount, "amend_window =", "", "the account: amend_rate: the sliding", "set it or switch"},
    {"[limits.group.makers]", "max_open_value", "", "group 0: allowed, but max_open", kUnset},
    {"[limits.group.makers]", "max_gross_exposure", "", "group 0: allowed, but max_gross", kUnset},
    {"[limits.group.makers]", "max_net_exposure", "", "group 0: allowed, but max_net", kUnset},
    {kDefault, "collar_width_bps", "", "BTCUSDT: allowed, but collar_width", kUnset},
    {kDefault, "spread_max_bps", "", "BTCUSDT: allowed, but spread_max", kUnset},
    {kDefault, "last_collar_width_bps", "", "BTCUSDT: allowed, but last_collar", kUnset},
    {kDefault, "last_trade_age_max", "", "BTCUSDT: allowed, but last_trade_age_max", kUnset},
    {kDefault, "venue_collar_width_bps", "", "BTCUSDT: allowed, but venue_collar", kUnset},
    {kDefault, "book_age_max", "", "BTCUSDT: allowed, but book_age_max", kUnset},
    {kDefault, "max_order_value", "", "BTCUSDT: allowed, but max_order_value", kUnset},
    {kDefault, "max_daily_qty", "", "BTCUSDT: allowed, but max_daily_qty", kUnset},
    {kDefault, "max_daily_value", "", "BTCUSDT: allowed, but max_daily_value", kUnset},
    {kStrategy, "signal_age_max", "", "strategy 0: allowed, but signal_age_max", kUnset},
    {kStrategy, "min_confidence_ppm", "", "strategy 0: no confidence is enough", "min_confidence"},
    {kStrategy, "duplicates_max", "", "strategy 0: duplicates_max", "set both or"},
    {kStrategy, "duplicates_window", "", "strategy 0: duplicates_max", "set both or"},
    {kStrategy, "max_open_orders", "", "strategy 0: allowed, but max_open_orders", kUnset},
    {"[limits.strategy.quoter]", "symbols", "", "limits.strategy.quoter.symbols", "add symbols"},
    {kBtc, "max_order_qty", "", "BTCUSDT: allowed, but max_order_qty", kUnset},
    {kBtc, "max_order_notional", "", "BTCUSDT: allowed, but max_order_notional", kUnset},
};
INSTANTIATE_TEST_SUITE_P(Missing, LimitSettingsOf, testing::ValuesIn(kMissing));

constexpr Spoiled kMistyped[] = {
    {"[limits]", "mark_age_max", "mark_age = \"10s\"", "limits.mark_age", "mark_age_max"},
    {kAccount, "max_open_orders", "max_open_order = 200", "max_open_order", "max_open_orders"},
    {kDefault, "collar_width_bps", "colar_width_bps = 2", "colar_width_bps", "collar_width_bps"},
    {kBtc, "max_order_qty", "max_order_qyt = \"1\"", "max_order_qyt", "max_order_qty"},
    {kStrategy, "signal_age_max", "signal_age = \"2s\"", "signal_age", "signal_age_max"},
    {kDefault, "market_orders", "market_orders = \"of\"", "limits.default.market_orders", "true"},
    {kAccount, "max_open_value", "max_open_value = \"of\"", "account.max_open_value",
     "write digits"},
};
INSTANTIATE_TEST_SUITE_P(Mistyped, LimitSettingsOf, testing::ValuesIn(kMistyped));

constexpr Spoiled kOfTheWrongUnit[] = {
    {"[limits]", "mark_age_max", "mark_age_max = 10", "limits.mark_age_max", "\"5ms\""},
    {"[limits]", "mark_age_max", "mark_age_max = \"10\"", "limits.mark_age_max", "ns, us, ms"},
    {kDefault, "book_age_max", "book_age_max = \"1h\"", "limits.default.book_age_max", "to 10m"},
    {kAccount, "max_order_value", "max_order_value = 50000", "max_order_value", "\"0.01\""},
    {kAccount, "max_order_value", "max_order_value = \"50k\"", "account.max_order_value",
     "write digits"},
    {kAccount, "max_order_value", "max_order_value = \"-1\"", "account.max_order_value",
     "from 0 to"},
    {kDefault, "collar_width_bps", "collar_width_bps = \"2%\"", "collar_width_bps", "integer"},
    {kDefault, "collar_width_bps", "collar_width_bps = 20000", "collar_width_bps", "10000"},
    {kAccount, "max_open_orders", "max_open_orders = 1.5", "max_open_orders", "integer"},
    {kAccount, "order_window_max", "order_window_max = 2000", "order_window_max", "1024"},
    {kStrategy, "duplicates_max", "duplicates_max = 5", "duplicates_max", "4"},
};
INSTANTIATE_TEST_SUITE_P(OfTheWrongUnit, LimitSettingsOf, testing::ValuesIn(kOfTheWrongUnit));

constexpr Spoiled kContradictory[] = {
    {kAccount, "order_burst_max", "order_burst_max = 400", "the burst is above", "lower it"},
    {kDefault, "collar_width_bps", "collar_width_bps = 10000", "100 % or more", "give less"},
    {kBtc, "max_order_qty", "max_order_qty = \"0.00000001\"", "below the venue's", "raise it"},
    {kBtc, "max_order_notional", "max_order_notional = \"1\"", "below the venue's", "raise it"},
    {"[limits.strategy.quoter]", "symbols", "symbols = [\"ETHUSDT\"]", "'ETHUSDT' is not",
     "add it"},
    {"[limits.strategy.quoter]", "group", "group = \"takers\"", "no group 'takers'", "add ["},
    {"[limits.conversion.BTC]", "symbol", "symbol = \"BTCEUR\"", "'BTCEUR' is not in", "add ["},
    {"[limits]", "reference_currency", "reference_currency = \"EUR\"", "no price in the", "name a"},
};
INSTANTIATE_TEST_SUITE_P(Contradictory, LimitSettingsOf, testing::ValuesIn(kContradictory));

TEST(LimitSettings, EveryProblemIsListedAtOnce) {
  std::string text = with(kAccount, "max_open_orders", "max_open_orders = 1.5");
  const std::size_t at = text.find("book_age_max = \"5s\"");
  text.replace(at, 19, "book_age_max = 5");
  const std::vector<std::string> all = complaints(text);
  EXPECT_THAT(all, Contains(HasSubstr("limits.account.max_open_orders")));
  EXPECT_THAT(all, Contains(HasSubstr("limits.default.book_age_max")));
}

TEST(LimitSettings, WhatASymbolSaysGoesBeforeTheDefaultAndAPairBeforeTheSymbol) {
  auto document = ConfigDocument::parse(with(kBtc, "position_baseline", "collar_width_bps = 50"),
                                        "gateway.toml", {});
  const LimitSettings settings = read_limits(document.root());
  EXPECT_THAT(document.problems(), IsEmpty());
  const risk::SymbolLimits& btc = settings.symbols.at(0).second;
  EXPECT_EQ(btc.collar_width_ppm, 5'000U);
  EXPECT_EQ(btc.spread_max_ppm, 10'000U);
  const StrategyLimitSettings& quoter = settings.strategies.at(0);
  EXPECT_EQ(quoter.limits.group, 0);
  EXPECT_EQ(quoter.pairs.at(0).max_long_position, Qty::from_units(1));
  EXPECT_EQ(quoter.pairs.at(0).max_short_position, Qty::from_units(3));
  EXPECT_EQ(quoter.limits.scope.order_rate.burst_max, 150U) << "a window's worth unless told";
  EXPECT_EQ(settings.account.scope.order_rate.burst_max, 100U);
}

}  // namespace
}  // namespace portcullis::app
