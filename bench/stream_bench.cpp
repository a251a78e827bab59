#include <string>

#include "bench/bench_list.hpp"
#include "core/check.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/faults/fault_plan.hpp"
#include "sim/faults/message_gate.hpp"
#include "sim/market_data/market_data.hpp"
#include "sim/net/ws_frame.hpp"
#include "sim/streams/stream_hub.hpp"

namespace portcullis::bench {

namespace {

constexpr std::size_t kFlushBytes = 16U << 10;

// The transport's part: frames in one buffer, which leaves when it is full.
class FrameBuffer {
 public:
  FrameBuffer() { bytes_.reserve(2 * kFlushBytes); }
  void append(std::string_view text) {
    sim::append_frame(bytes_, sim::WsOpcode::kText, text);
    ++frames;
    if (bytes_.size() < kFlushBytes) return;
    keep(bytes_.data());
    bytes_.clear();
  }
  std::uint64_t frames{0};

 private:
  std::string bytes_;
};

class BufferSink final : public sim::TextSink {
 public:
  void send(sim::SharedText text, std::uint64_t) override { buffer.append(*text); }
  void send_copy(std::string_view text, std::uint64_t) override {
    last_size = text.size();
    buffer.append(text);
  }
  void cut() override {}
  std::weak_ptr<TextSink> weak() override { return {}; }

  FrameBuffer buffer;
  std::size_t last_size{0};
};

class NoScheduler final : public sim::Scheduler {
 public:
  void after(std::chrono::microseconds, std::move_only_function<void()>) override {}
};

// The exchange with its streams, as the venue wires them.
class StreamWorld final : public sim::ExchangeListener {
 public:
  StreamWorld() : exchange{{*sim::symbol_spec_by_name("BTCUSDT")}} {
    exchange.set_listener(this);
    for (int i = 0; i < 20; ++i) {
      const Price away = Price::from_units(i);
      place(Side::kBuy, Price::from_units(60'000) - away);
      place(Side::kSell, Price::from_units(60'010) + away);
    }
    hub.add(sink, {});
    hub.subscribe(sink, "btcusdt@bookTicker");
  }

  void on_trade(const sim::PublicTrade& trade) override {
    market.on_trade(trade);
    if (hub.wants_trades(0)) hub.on_trade(trade, now);
  }
  void on_best_prices(std::size_t symbol, const sim::BestPrices& best, WallTime) override {
    hub.on_best_prices(symbol, best);
  }
  void on_account_event(sim::SimAccountId, const sim::AccountEvent&) override {}
  void on_list_event(sim::SimAccountId, const sim::OrderList&) override {}

  std::uint64_t place(Side side, Price px) {
    const auto placed =
        exchange.place_crowd(0, {.side = side, .px = px, .qty = Qty::from_raw(12'345'000)}, now);
    return placed->order_id;
  }
  // A better bid comes and goes: each changes the best prices.
  void change_best() {
    if (order_id_ == 0) {
      px_raw_ = px_raw_ == 6'000'900 ? 6'000'100 : px_raw_ + 1;
      order_id_ = place(Side::kBuy, Price::from_raw(px_raw_ * 1'000'000));
    } else {
      exchange.cancel_crowd(0, std::exchange(order_id_, 0), now);
    }
  }

  WallTime now{wall_time(1'723'161'255'000'000'000)};
  sim::Exchange exchange;
  sim::MarketData market{1};
  sim::FaultPlan faults;
  NoScheduler scheduler;
  sim::MessageGate gate{scheduler};
  sim::StreamHub hub{exchange, market, faults, gate};
  BufferSink sink;

 private:
  std::uint64_t order_id_{0};
  std::int64_t px_raw_{6'000'100};
};

}  // namespace

namespace {

void bench_publish(Reporter& reporter) {
  if (!reporter.wants("sim_book_ticker_publish")) return;
  constexpr int kRounds = 1'000;
  constexpr int kBatch = 1'000;
  StreamWorld world;
  world.change_best();
  const std::string ready(world.sink.last_size, 'x');
  FrameBuffer bare;
  Figure figure{"sim_book_ticker_publish",
                "a crowd order that changes the best prices, to the bookTicker frame in the "
                "connection's buffer; means of 1000",
                "a ready frame of the same size into such a buffer"};
  measure_pair(
      reporter, figure, kRounds, kBatch, [&world] { world.change_best(); },
      [&] { bare.append(ready); });
  PORTCULLIS_CHECK(world.sink.buffer.frames == std::uint64_t{kRounds} * kBatch + 1,
                   "every change is told");
  reporter.report(figure);
}

void bench_record(Reporter& reporter) {
  if (!reporter.wants("sim_trade_record")) return;
  constexpr int kRounds = 1'000;
  constexpr int kBatch = 1'000;
  constexpr std::int64_t kNanosApart = 10'000;  // a hundred thousand trades a second
  sim::MarketData market{1};
  sim::PublicTrade trade{.px = Price::from_units(60'000), .qty = Qty::from_raw(12'345'000)};
  std::int64_t now_ns = 1'723'161'255'000'000'000;
  Figure figure{"sim_trade_record",
                "a trade into the market's record, 100,000 a second of its time; means of 1000"};
  measure(reporter, figure, kRounds, kBatch, [&] {
    ++trade.trade_id;
    trade.taker_sequence = trade.trade_id / 2;
    trade.px = Price::from_raw(6'000'000'000'000 + trade.px.raw() * 31 % 1'000'003 * 1'000'000);
    trade.quote = notional(trade.px, trade.qty);
    trade.time = wall_time(now_ns += kNanosApart);
    market.on_trade(trade);
  });
  PORTCULLIS_CHECK(market[0].last_trade()->trade_id == std::uint64_t{kRounds} * kBatch,
                   "every trade is recorded");
  reporter.report(figure);
}

}  // namespace

void bench_streams(Reporter& reporter) {
  bench_publish(reporter);
  bench_record(reporter);
}

}  // namespace portcullis::bench
