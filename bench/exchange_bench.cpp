#include <string>

#include "bench/bench_list.hpp"
#include "bench/matching_flow.hpp"
#include "core/check.hpp"
#include "sim/exchange/exchange.hpp"

namespace portcullis::bench {

namespace {

constexpr std::size_t kBatch = 1'000;

// Counts what the venue would publish.
class CountingListener final : public sim::ExchangeListener {
 public:
  void on_trade(const sim::PublicTrade& trade) override {
    ++trades;
    quantity += trade.qty;
  }
  void on_best_prices(std::size_t, const sim::BestPrices&, WallTime) override { ++best_changes; }
  void on_account_event(sim::SimAccountId, const sim::AccountEvent&) override {}
  void on_list_event(sim::SimAccountId, const sim::OrderList&) override {}

  std::uint64_t trades{0};
  std::uint64_t best_changes{0};
  Qty quantity{};
};

sim::SymbolSpec flow_symbol() {
  sim::SymbolSpec spec;
  spec.symbol = "BTCUSDT";
  spec.base_asset = "BTC";
  spec.quote_asset = "USDT";
  spec.filters.price = {.px_min = Price::from_raw(kFlowTickRaw),
                        .px_max = Price::from_units(1'000'000),
                        .tick_size = Price::from_raw(kFlowTickRaw)};
  return spec;
}

// The crowd's flow through the venue's front door; its order ids come out as the flow's own.
void apply(sim::Exchange& exchange, const FlowOperation& operation, WallTime now) {
  const Incoming& order = operation.order;
  if (operation.kind == FlowOperation::Kind::kCancel) {
    exchange.cancel_crowd(0, order.id, now);
    return;
  }
  const bool is_limit = operation.kind == FlowOperation::Kind::kLimit;
  exchange.place_crowd(
      0, {.side = order.side, .px = is_limit ? order.px : Price{}, .qty = order.qty}, now);
}

}  // namespace

void bench_exchange(Reporter& reporter) {
  if (!reporter.wants("exchange_crowd")) return;
  constexpr std::size_t kResting = 1'000;
  constexpr std::size_t kOperations = 1'000'000;
  constexpr std::int64_t kNanosApart = 1'000;
  const MatchingFlow flow = make_matching_flow(kResting, kOperations, 20'240'808);
  sim::Exchange exchange{{flow_symbol()}};
  CountingListener listener;
  exchange.set_listener(&listener);
  CoreMatcher core{Price::from_raw(kFlowTickRaw)};
  std::int64_t now_ns = 1'723'161'255'000'000'000;
  for (const FlowOperation& operation : flow.fill) {
    apply(exchange, operation, wall_time(now_ns));
    apply(core, operation);
  }
  Figure figure{"exchange_crowd",
                "the crowd's orders through Exchange, trades and best prices told to a listener, "
                "1000 resting; means of 1000",
                "the matching core alone, same flow"};
  figure.reference.emplace();
  const std::uint64_t changes_before = listener.best_changes;
  for (std::size_t done = 0; done + kBatch <= flow.operations.size(); done += kBatch) {
    const FlowOperation* next = flow.operations.data() + done;
    figure.ours.add(time_batch(reporter.clock(), kBatch, [&] {
      apply(exchange, *next++, wall_time(now_ns += kNanosApart));
    }));
    next = flow.operations.data() + done;
    figure.reference->add(time_batch(reporter.clock(), kBatch, [&] { apply(core, *next++); }));
  }
  PORTCULLIS_CHECK(listener.trades == core.trades().count, "both match alike");
  reporter.report(figure);
  const std::uint64_t changes = listener.best_changes - changes_before;
  reporter.remark("  exchange_crowd: best prices changed in " +
                  std::to_string(changes * 100 / kOperations) + " % of the operations");
}

}  // namespace portcullis::bench
