#include "tests/simulation/venue.hpp"

#include <array>
#include <stdexcept>
#include <vector>

#include "feeds/binance/exchange_info.hpp"
#include "sim/api/venue_api.hpp"
#include "sim/exchange/symbol_spec.hpp"

namespace portcullis::simulation {

namespace {

constexpr std::string_view kEd25519PublicPem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEApFXClgeoNPj5WZLBfpPNkXo6l866mOJrjDfJOxQjRgk=\n"
    "-----END PUBLIC KEY-----\n";

constexpr std::array kSymbols{"BTCUSDT", "ETHUSDT"};
constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kInitial{
    {{"BTC", 50}, {"ETH", 500}, {"USDT", 10'000'000}, {"BNB", 100}}};

// The third is there for its asset: some seeds pay their fees in it.
std::vector<sim::SymbolSpec> symbol_specs() {
  std::vector<sim::SymbolSpec> specs;
  for (const char* name : kSymbols) specs.push_back(*sim::symbol_spec_by_name(name));
  specs.push_back(*sim::symbol_spec_by_name("BNBUSDT"));
  return specs;
}

sim::ExchangeRules rules() {
  return {.discount_prices = {{"USDT", Price::from_units(600)},
                              {"BTC", Price::from_raw(1'000'000)},
                              {"ETH", Price::from_raw(20'000'000)}}};
}

}  // namespace

const std::string_view kEd25519PrivatePem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIICr/ylul4TZQTRJR3JZ8ChvhOj8rg9fH8vsa/tkhxJ9\n"
    "-----END PRIVATE KEY-----\n";

SimulatedVenue::SimulatedVenue(Timeline& timeline, std::uint64_t seed)
    : core{symbol_specs(), timeline, rules(), 100'000},
      timeline_{timeline},
      service_{core},
      crowd_{core.exchange,
             {.seed = seed, .events_per_second = 60, .levels = 8, .start_prices = {}}} {
  core.clock.drive(timeline.now());
  timeline.watch([this](const Now& now) { core.clock.drive(now); });
  std::vector<sim::Balance> balances;
  for (const auto& [asset, units] : kInitial) {
    balances.push_back({.asset = std::string{asset}, .free = Qty::from_units(units)});
  }
  sim::Random random{seed};
  account_ = core.exchange.add_account(balances, {.has_discount = random.chance(30)});
  core.accounts.add(std::string{kAccount}, account_);
  core.authenticator.add_hmac_key(std::string{kHmacApiKey}, std::string{kHmacSecret}, account_);
  const auto added = core.authenticator.add_public_key(std::string{kEd25519ApiKey},
                                                       std::string{kEd25519PublicPem}, account_);
  if (!added) throw std::runtime_error{added.error()};
  step_crowd();
}

std::unique_ptr<sim::WsService> SimulatedVenue::accept(std::string_view target, sim::TextSink& sink,
                                                       std::string& refusal) {
  const sim::UpgradeRequest request{
      .target = std::string{target}, .remote = std::string{kAddress}, .headers = {}};
  if (const auto refused = service_.refuse_upgrade(request, sim::WsKind::kApi)) {
    refusal = std::to_string(refused->status) + " Refused";
    return nullptr;
  }
  return service_.on_upgrade(request, sink);
}

InstrumentTable SimulatedVenue::instruments() {
  const sim::Caller caller{.ip = &core.usage.of("192.0.2.2"), .protocol = sim::Protocol::kRest};
  const auto answer = core.api.call(*sim::VenueApi::find_method("exchangeInfo"), sim::Params{},
                                    caller, core.clock.now());
  const std::vector<std::string> names(kSymbols.begin(), kSymbols.end());
  auto info = feeds::binance::parse_exchange_info(answer.value(), names);
  if (!info) throw std::runtime_error{info.error()};
  return std::move(info->instruments);
}

void SimulatedVenue::publish(MarketView& market, MonoTime now) const {
  for (std::size_t i = 0; i < kSymbols.size(); ++i) {
    const sim::BestPrices best = core.exchange.best(i);
    market.publish(SymbolId{static_cast<SymbolId::rep>(i)},
                   {.top = {.bid_px = best.bid.px,
                            .bid_qty = best.bid.qty,
                            .ask_px = best.ask.px,
                            .ask_qty = best.ask.qty},
                    .received = now,
                    .update_id = SeqNum{best.update_id},
                    .last_trade_px = core.exchange.last_price(i),
                    .book_state = BookState::kSynced});
  }
}

Qty SimulatedVenue::holding(std::string_view asset) const {
  for (const sim::Balance& balance : core.exchange.balances(account_)) {
    if (balance.asset == asset) return balance.free + balance.locked;
  }
  return {};
}

Qty SimulatedVenue::initial(std::string_view asset) {
  for (const auto& [name, units] : kInitial) {
    if (name == asset) return Qty::from_units(units);
  }
  return {};
}

void SimulatedVenue::step_crowd() {
  constexpr auto kStep = std::chrono::milliseconds{5};
  if (is_crowd_trading_) crowd_.step(core.clock.now());
  core.faults.advance(timeline_.now().mono);
  timeline_.after(kStep, [this] { step_crowd(); });
}

}  // namespace portcullis::simulation
