#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "bench/bare_trader.hpp"
#include "bench/bench_list.hpp"
#include "bench/journal_world.hpp"
#include "bench/order_world.hpp"
#include "bench/tick_venue.hpp"
#include "core/check.hpp"
#include "core/net/ws_connection.hpp"
#include "feeds/binance/stream_decoder.hpp"
#include "feeds/market_pipeline.hpp"
#include "risk/open_limits.hpp"
#include "risk/pre_trade_gate.hpp"

namespace portcullis::bench {

namespace {

constexpr int kRounds = 4000;
constexpr int kWarmUp = 400;

risk::Limits make_limits() {
  risk::Limits limits = risk::open_limits(1, 1);
  risk::SymbolLimits& symbol = limits.symbols[0];
  symbol.max_order_qty = Qty::from_units(10);
  symbol.max_order_notional = Notional::from_units(1'000'000);
  symbol.collar_width_ppm = 20'000;
  symbol.book_age_max = std::chrono::minutes{10};
  symbol.max_long_position = Qty::from_units(1'000'000);
  symbol.max_short_position = Qty::from_units(1'000'000);
  limits.account.scope.order_rate = {.rate_max = 1'000'000,
                                     .rate_window = std::chrono::seconds{1},
                                     .burst_max = 1'000'000,
                                     .window_max = risk::kOffCount};
  return limits;
}

// The gateway's own parts on one spinning thread: session, decoder, view, ring, strategy, ring,
// gate, store, journal, encoder, session. A strategy that answers each tick.
class OurTrader {
 public:
  OurTrader(const MonoClock& clock, const TickVenue& venue)
      : clock_{clock},
        ticks_{connect(venue, venue.tick_port())},
        orders_{connect(venue, venue.order_port())} {
    kill_switch_.set_ready(true);
    MarketSnapshot live;
    live.book_state = BookState::kSynced;
    live.top = {Price::from_units(61'602), Qty::from_units(1), Price::from_units(61'603),
                Qty::from_units(1)};
    live.received = clock_.now();
    gate_view_.publish(SymbolId{0}, live);
  }

  bool poll() {
    const MonoTime now = clock_.now();
    const net::WsMessage message = ticks_->try_read(now);
    if (message.status != net::WsStatus::kMessage) return false;
    const Now turn{.mono = now, .wall = wall_.at(now)};
    keep(pipeline_.on_frame(decoder_, message.payload, now, turn));
    market_ring_.drain([this](const MarketEvent& event) noexcept { on_tick(event); }, 16);
    order_ring_.drain([&](const OrderCommand& command) noexcept { send(command.order, turn); }, 16);
    return true;
  }
  [[nodiscard]] const LatencyHistogram& in_process() const { return hops_.of(Hop::kTickToTrade); }
  // An order's frame of the same size, for the reference.
  [[nodiscard]] std::string sample_order() {
    return std::string{encoder_.order_place(make_order(), make_order_id(1, 1), wall_.at({}))};
  }

 private:
  static std::unique_ptr<net::WsConnection> connect(const TickVenue& venue, std::uint16_t port) {
    auto connection = net::WsConnection::connect({.host = "localhost",
                                                  .port = port,
                                                  .path = "/",
                                                  .is_tls = true,
                                                  .ca_file = venue.ca_file()},
                                                 {});
    PORTCULLIS_CHECK(connection.has_value(), "cannot connect to the benchmark's own server");
    return std::move(*connection);
  }

  void on_tick(const MarketEvent& event) noexcept {
    OrderCommand command;
    command.order = make_order();
    command.order.trace = event.trace;
    command.order.px = event.top.bid_px;
    keep(order_ring_.try_push(command));
  }

  void send(const NewOrderSingle& order, const Now& now) noexcept {
    // The feed here has no depth stream, which the gate would rightly refuse; its book is another.
    const auto approved = gate_.approve(order, now);
    PORTCULLIS_CHECK(approved.has_value(), "the gate refused the benchmark's order");
    const OrderId id = make_order_id(1, sequence_++);
    oms::Order* written = books_.accounting.open(approved->get(), id, now);
    PORTCULLIS_CHECK(written != nullptr, "the order was not written down");
    const std::string_view frame = encoder_.order_place(approved->get(), id, now.wall);
    PORTCULLIS_CHECK(orders_->try_write(frame) == net::WsConnection::WriteStatus::kSent,
                     "the order was not sent");
    hops_.record(Hop::kTickToTrade, order.trace.wire_in, clock_.now());
    books_.accounting.undo(*written, now);  // the server here says nothing of it
    order_journal_.do_work(now);
  }

  const MonoClock& clock_;
  WallOffset wall_{clock_};
  HopClock hop_clock_{clock_};
  HopTimers hops_;
  LogRing log_;
  InstrumentTable instruments_ = make_instruments();
  CounterFile counters_ = std::move(*CounterFile::create(""));
  MarketView view_{1};
  MarketView gate_view_{1};
  SpscRing<MarketEvent> market_ring_{1024};
  SpscRing<OrderCommand> order_ring_{1024};
  feeds::FeedCounters feed_counters_ = feeds::FeedCounters::allocate(counters_, "feed");
  feeds::SymbolIndex symbols_{instruments_};
  feeds::binance::StreamDecoder decoder_{symbols_};
  feeds::MarketPipeline pipeline_{
      1, {}, {view_, market_ring_, hops_, hop_clock_, log_}, feed_counters_};
  KillSwitch kill_switch_;
  risk::Limits limits_ = make_limits();
  Folder folder_;
  LiveJournal journal_{folder_.path(), std::size_t{8} << 20, clock_};
  oms::OrderJournal order_journal_{journal_.get()};
  Books books_{order_journal_};
  risk::PreTradeGate gate_{kill_switch_, instruments_, gate_view_, limits_, books_.exposure};
  ClOrdIdCodec codec_{"pc1"};
  oms::binance::OrderEncoder encoder_ =
      make_encoder(oms::binance::KeyKind::kEd25519, instruments_, codec_);
  std::uint64_t sequence_{1};
  std::unique_ptr<net::WsConnection> ticks_;
  std::unique_ptr<net::WsConnection> orders_;
};

// One tick out, its order back; the wire-to-wire time.
template <class Trader>
double one_round(TickVenue& venue, Trader& trader) {
  const int before = venue.orders_seen();
  venue.send_tick();
  while (!trader.poll()) {
  }
  while (venue.orders_seen() == before) std::this_thread::yield();
  return static_cast<double>(venue.wire_to_wire_ns());
}

}  // namespace

void bench_tick_to_trade(Reporter& reporter) {
  if (!reporter.wants("tick_to_trade")) return;
  TickVenue our_venue{reporter.clock()};
  TickVenue bare_venue{reporter.clock()};
  OurTrader ours{reporter.clock(), our_venue};
  BareTrader bare{bare_venue.tick_port(), bare_venue.order_port(),
                  masked_frame(ours.sample_order())};
  Figure figure{"tick_to_trade",
                "wire to wire over TLS on loopback: frame leaves the server, order arrives back; "
                "one at a time, spinning, 4000 rounds",
                "a bare program that opens, seals and looks at nothing"};
  figure.reference.emplace();
  for (int round = 0; round < kWarmUp + kRounds; ++round) {
    const double our_ns = one_round(our_venue, ours);
    const double bare_ns = one_round(bare_venue, bare);
    if (round < kWarmUp) continue;
    figure.ours.add(our_ns);
    figure.reference->add(bare_ns);
  }
  reporter.report(figure);
  HistogramSnapshot inside;
  ours.in_process().snapshot(inside);
  Figure in_process{"tick_to_trade_in_process",
                    "of these, from the frame complete in user space to the order with the kernel"};
  for (const std::uint32_t ppm : {10'000U, 250'000U, 500'000U, 750'000U, 990'000U}) {
    in_process.ours.add(static_cast<double>(inside.value_at_ppm(ppm)));
  }
  reporter.report(in_process);
}

}  // namespace portcullis::bench
