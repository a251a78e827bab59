#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/api/account_clock.hpp"
#include "sim/api/account_directory.hpp"
#include "sim/api/authenticator.hpp"
#include "sim/api/truth_log.hpp"
#include "sim/api/usage_meter.hpp"
#include "sim/api/user_hub.hpp"
#include "sim/api/venue_api.hpp"
#include "sim/api/venue_clock.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/faults/fault_plan.hpp"
#include "sim/faults/message_gate.hpp"
#include "sim/latency/latency_model.hpp"
#include "sim/market_data/market_data.hpp"
#include "sim/net/text_sink.hpp"
#include "sim/streams/stream_hub.hpp"

namespace portcullis::sim {

// The simulated venue without its transport: the exchange, those who watch it, and the rules
// around. Spreads what the exchange tells to the streams and to the record. One thread.
class VenueCore final : public ExchangeListener {
 public:
  VenueCore(std::vector<SymbolSpec> symbols, Scheduler& scheduler_in, ExchangeRules rules = {},
            std::size_t truth_records_max = TruthLog::kRecordsMaxDefault)
      : exchange{std::move(symbols), std::move(rules)},
        market_data{exchange.symbols().size()},
        gate{scheduler_in},
        truth{exchange, accounts, truth_records_max},
        streams{exchange, market_data, faults, gate},
        users{exchange, accounts, faults, gate},
        api{{exchange, usage, faults, truth, market_data, account_clock}},
        scheduler{scheduler_in} {
    exchange.set_listener(this);
  }

  void on_trade(const PublicTrade& trade) override {
    market_data.on_trade(trade);
    if (streams.wants_trades(trade.symbol)) streams.on_trade(trade, clock.now());
  }
  void on_trades_end(std::size_t symbol) override {
    if (streams.wants_trades(symbol)) streams.on_trades_end(symbol, clock.now());
  }
  void on_best_prices(std::size_t symbol, const BestPrices& best, WallTime) override {
    streams.on_best_prices(symbol, best);
  }
  void on_account_event(SimAccountId account, const AccountEvent& event) override {
    truth.on_account_event(account, event);
    const bool is_first_fill = event.fill && event.fill->qty == event.order.cum_qty;
    if (is_first_fill) usage.on_first_fill(account, event.fill->is_maker, event.fill->time);
    users.on_account_event(account, event, clock.now());
  }
  void on_list_event(SimAccountId account, const OrderList& list) override {
    users.on_list_event(account, list, clock.now());
  }
  void on_account_position(SimAccountId account, const std::vector<Balance>& balances,
                           WallTime updated) override {
    account_clock.on_change(account, updated);
    users.on_account_position(account, balances, updated, clock.now());
  }

  // How long a request of this method takes to the matching engine.
  [[nodiscard]] Nanos draw_way_in(const MethodRule& rule) {
    return rule.way_in ? latency.draw(*rule.way_in) : Nanos{0};
  }

  VenueClock clock;
  Exchange exchange;
  MarketData market_data;
  AccountClock account_clock;
  AccountDirectory accounts;
  FaultPlan faults;
  MessageGate gate;
  LatencyModel latency;
  std::map<std::string, DepthSnapshot, std::less<>> kept_snapshots;  // by symbol, for stale ones
  UsageMeter usage;
  TruthLog truth;
  Authenticator authenticator;
  StreamHub streams;
  UserHub users;
  VenueApi api;
  Scheduler& scheduler;
};

}  // namespace portcullis::sim
