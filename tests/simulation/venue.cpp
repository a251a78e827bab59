#include "tests/simulation/venue.hpp"

#include <array>
#include <stdexcept>
#include <vector>

#include "sim/api/request_faults.hpp"
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
  core.faults.set_target(this);
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
                                                       Refusal& refusal) {
  const sim::UpgradeRequest request{
      .target = std::string{target}, .remote = std::string{kAddress}, .headers = {}};
  const auto kind = service_.upgrade_kind(target);
  if (!kind) {
    refusal = {.status = 404};
    return nullptr;
  }
  if (const auto refused = service_.refuse_upgrade(request, *kind)) {
    refusal.status = refused->status;
    for (const auto& [name, value] : refused->headers) {
      if (name == "retry-after") refusal.retry_after_s = std::stoll(value);
    }
    return nullptr;
  }
  return service_.on_upgrade(request, sink);
}

feeds::binance::ExchangeInfo SimulatedVenue::exchange_info() {
  const sim::Caller caller{.ip = &core.usage.of("192.0.2.2"), .protocol = sim::Protocol::kRest};
  const auto answer = core.api.call(*sim::VenueApi::find_method("exchangeInfo"), sim::Params{},
                                    caller, core.clock.now());
  const std::vector<std::string> names(kSymbols.begin(), kSymbols.end());
  auto info = feeds::binance::parse_exchange_info(answer.value(), names);
  if (!info) throw std::runtime_error{info.error()};
  return std::move(*info);
}

std::optional<std::string> SimulatedVenue::depth(const std::string& symbol) {
  const sim::Method& method = *sim::VenueApi::find_method("depth");
  sim::Params params;
  params.add("symbol", symbol);
  params.add("limit", "100");
  const auto fault = sim::request_fault(core, method, params, sim::SimAccountId{}, {});
  const sim::Caller caller{.ip = &core.usage.of(kAddress), .protocol = sim::Protocol::kRest};
  const WallTime now = core.clock.now();
  const auto answer =
      sim::call_with_fault(core, fault.value_or(sim::RequestFault{}), params, sim::SimAccountId{},
                           now, [&] { return core.api.call(method, params, caller, now); });
  if (!answer) return std::nullopt;
  return *answer;
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

const sim::DepthSnapshot* SimulatedVenue::book_at(std::size_t symbol,
                                                  std::uint64_t update_id) const {
  const auto found = books_[symbol].find(update_id);
  return found == books_[symbol].end() ? nullptr : &found->second;
}

void SimulatedVenue::keep_snapshots(const std::string&) {
  constexpr std::size_t kLevels = 100;
  for (std::size_t i = 0; i < books_.size(); ++i) {
    core.kept_snapshots.insert_or_assign(kSymbols[i], core.exchange.depth(i, kLevels));
  }
}

void SimulatedVenue::remember_books() {
  constexpr std::size_t kLevels = 100;
  constexpr std::size_t kKept = 200;  // twenty seconds: no message comes later than that
  for (std::size_t i = 0; i < books_.size(); ++i) {
    sim::DepthSnapshot book = core.exchange.depth(i, kLevels);
    books_[i].insert_or_assign(book.last_update_id, std::move(book));
    if (books_[i].size() > kKept) books_[i].erase(books_[i].begin());
  }
}

void SimulatedVenue::step_crowd() {
  constexpr auto kStep = std::chrono::milliseconds{5};
  constexpr std::uint64_t kStepsOfAStreamInterval = 20;  // 100 ms
  if (is_crowd_trading_) crowd_.step(core.clock.now());
  core.faults.advance(timeline_.now().mono);
  if (++steps_ % kStepsOfAStreamInterval == 0) {
    core.streams.on_interval(core.clock.now());
    remember_books();
  }
  timeline_.after(kStep, [this] { step_crowd(); });
}

}  // namespace portcullis::simulation
