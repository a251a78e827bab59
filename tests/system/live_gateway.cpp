#include "tests/system/live_gateway.hpp"

#include <cstdio>
#include <stdexcept>

#include "core/config_reader.hpp"

namespace portcullis::test {

namespace {

// What no test here is about is off, in so many words.
constexpr const char* kOpenScope = R"(max_order_value = "off"
max_open_orders = "off"
max_open_value = "off"
max_daily_value = "off"
order_window_max = "off"
amend_rate_max = "off"
amend_window_max = "off"
)";

// None trips; a test that is about one adds [breakers.strategy.test] to its symbol's limits.
std::string open_breakers() {
  std::string loss;
  for (const char* key : {"realized_loss_max", "unrealized_loss_max", "daily_loss_max",
                          "rolling_loss_max", "drawdown_max", "losses_in_row_max"}) {
    loss += std::string{key} + " = \"off\"\n";
  }
  const std::string flow = "venue_rejects_max = \"off\"\norder_to_trade_max = \"off\"\n";
  return "[breakers]\nresult_grace = \"off\"\n[breakers.global]\n" + loss + "[breakers.account]\n" +
         loss + flow +
         "unknown_orders_max = \"off\"\nunknown_age_max = \"off\"\nlatency_max = \"off\"\n"
         "clock_grace = \"off\"\n[breakers.strategy_default]\n" +
         loss + flow +
         "refusals_max = \"off\"\nexecutions_max = \"off\"\n[breakers.symbol_default]\n"
         "velocity_qty_max = \"off\"\nvelocity_notional_max = \"off\"\n"
         "position_tolerance = \"off\"\nbook_alert_after = \"off\"\n";
}

std::string open_limits() {
  const std::string scope{kOpenScope};
  const std::string exposure = "max_gross_exposure = \"off\"\nmax_net_exposure = \"off\"\n";
  const std::string no_rate = "order_rate_max = \"off\"\n";
  return "[limits]\nreference_currency = \"USDT\"\nmark_age_max = \"60s\"\n"
         "[limits.account]\norder_rate_max = 100000\norder_rate_window = \"1s\"\n" +
         scope + exposure + "[limits.global]\nmax_order_value = \"off\"\n" + exposure +
         "[limits.default]\nuncovered_sells = true\nmarket_orders = true\n"
         "spread_max_bps = \"off\"\nlast_collar_width_bps = \"off\"\n"
         "venue_collar_width_bps = \"off\"\nmax_daily_qty = \"off\"\n" +
         no_rate + scope +
         "[limits.strategy_default]\nsignal_age_max = \"off\"\nmin_confidence_ppm = \"off\"\n"
         "untold_confidence = true\nduplicates_max = \"off\"\n" +
         no_rate + scope + "[limits.strategy.test]\nsymbols = [\"BTCUSDT\"]\n";
}

}  // namespace

std::string gateway_config(const SimVenue& venue, const std::string& state_dir,
                           const std::string& key_type, const std::string& symbol_limits) {
  const std::string keys = venue.keys_of("gateway");
  const bool is_hmac = key_type == "hmac";
  const std::string limits = symbol_limits.empty() ? "max_order_qty = \"5\"\n"
                                                     "max_order_notional = \"1000000\"\n"
                                                     "collar_width_bps = 500\n"
                                                     "book_age_max = \"60s\"\n"
                                                     "max_long_position = \"5\"\n"
                                                     "max_short_position = \"5\"\n"
                                                     "position_baseline = \"10\"\n"
                                                   : symbol_limits;
  return "[gateway]\nid = \"t1\"\nstate_dir = \"" + state_dir + "\"\nlock_memory = false\n" +
         "[feed]\nws_url = \"wss://" + venue.tls_authority() + "\"\nrest_url = \"https://" +
         venue.tls_authority() + "\"\nca_file = \"" + venue.ca_file() + "\"\n" +
         "[venue]\nws_api_url = \"wss://" + venue.tls_authority() + "/ws-api/v3\"\nca_file = \"" +
         venue.ca_file() + "\"\nkey_type = \"" + key_type + "\"\napi_key_file = \"" + keys +
         (is_hmac ? "/api_key_hmac" : "/api_key_ed25519") + "\"\nsecret_file = \"" + keys +
         (is_hmac ? "/secret_hmac" : "/ed25519_private.pem") +
         "\"\nrecv_window = \"1500ms\"\nack_timeout = \"500ms\"\n" + "[journal]\nmemory_dir = \"" +
         state_dir + "\"\n" + open_limits() + open_breakers() +
         "[threads.feed]\nagents = [\"feed.binance\"]\n" +
         "[threads.trading]\nagents = [\"oms\", \"venue.binance\"]\n" + "[symbols.BTCUSDT]\n" +
         limits;
}

LiveGateway::LiveGateway(const std::string& config_text, const std::string& folder)
    : log_{std::fopen((folder + "/gateway.log").c_str(), "a")} {
  ConfigDocument document = ConfigDocument::parse(config_text, "test.toml", {});
  app::Settings settings = app::read_settings(document);
  std::string problems;
  for (const ConfigProblem& problem : document.problems()) problems += problem.str() + "\n";
  if (!problems.empty()) throw std::runtime_error{problems};
  auto created = app::Gateway::create(std::move(settings), kill_switch_);
  if (!created) throw std::runtime_error{created.error().text};
  gateway_ = std::move(*created);
  gateway_->start();
  auto control = app::ControlLoop::create(*gateway_, log_, folder + "/hops.hlog");
  if (!control) throw std::runtime_error{control.error().text};
  control_.emplace(std::move(*control));
}

LiveGateway::~LiveGateway() {
  gateway_->stop();
  control_->finish();
  std::fclose(log_);
}

void LiveGateway::turn() {
  (void)control_->turn();
  gateway_->report_ring().drain(
      [this](const ExecutionReport& report) noexcept { reports_.push_back(report); }, 1024);
  // Nobody looks at the market here but the gate; the ring must not fill.
  gateway_->market_ring().drain([](const MarketEvent&) noexcept {}, 4096);
}

bool LiveGateway::wait_ready() {
  return eventually([this] {
    turn();
    return kill_switch_.state() == TradingState::kTrading;
  });
}

bool LiveGateway::wait_top(const std::string& bid, const std::string& ask) {
  return eventually([&] {
    turn();
    MarketSnapshot snapshot;
    return gateway_->market().read(SymbolId{0}, snapshot) &&
           snapshot.book_state == BookState::kSynced && snapshot.top.bid_px == Price::parse(bid) &&
           snapshot.top.ask_px == Price::parse(ask);
  });
}

bool LiveGateway::wait_last_trade(const std::string& px) {
  return eventually([&] {
    turn();
    MarketSnapshot snapshot;
    return gateway_->market().read(SymbolId{0}, snapshot) &&
           snapshot.last_trade_px == Price::parse(px);
  });
}

StrategyRef LiveGateway::place(Side side, OrdType type, TimeInForce tif, const std::string& px,
                               const std::string& qty) {
  NewOrderSingle order;
  order.side = side;
  order.type = type;
  order.tif = tif;
  order.px = px.empty() ? Price{} : Price::parse(px).value();
  order.qty = qty.empty() ? Qty{} : Qty::parse(qty).value();
  return place(order);
}

StrategyRef LiveGateway::place(NewOrderSingle order) {
  OrderCommand command;
  command.kind = OrderCommandKind::kNew;
  order.ref = next_ref_;
  order.symbol = SymbolId{0};
  command.order = order;
  if (!gateway_->order_ring().try_push(command)) throw std::runtime_error{"order ring full"};
  const StrategyRef ref = next_ref_;
  next_ref_ = next_ref_.next();
  return ref;
}

void LiveGateway::cancel(OrderId order_id) {
  OrderCommand command;
  command.kind = OrderCommandKind::kCancel;
  command.cancel = OrderCancelRequest{.order_id = order_id};
  if (!gateway_->order_ring().try_push(command)) throw std::runtime_error{"order ring full"};
}

void LiveGateway::cancel_all(SymbolId symbol) {
  OrderCommand command;
  command.kind = OrderCommandKind::kMassCancel;
  command.mass_cancel = OrderMassCancelRequest{.symbol = symbol};
  if (!gateway_->order_ring().try_push(command)) throw std::runtime_error{"order ring full"};
}

void LiveGateway::amend(OrderId order_id, const std::string& qty) {
  OrderCommand command;
  command.kind = OrderCommandKind::kAmend;
  command.amend = OrderAmendRequest{.order_id = order_id, .qty = Qty::parse(qty).value()};
  if (!gateway_->order_ring().try_push(command)) throw std::runtime_error{"order ring full"};
}

StrategyRef LiveGateway::replace(OrderId old, NewOrderSingle order, ReplaceMode mode) {
  OrderCommand command;
  command.kind = OrderCommandKind::kReplace;
  order.ref = next_ref_;
  order.symbol = SymbolId{0};
  command.replace = OrderReplaceRequest{.order = order, .old_order_id = old, .mode = mode};
  if (!gateway_->order_ring().try_push(command)) throw std::runtime_error{"order ring full"};
  next_ref_ = next_ref_.next();
  return order.ref;
}

StrategyRef LiveGateway::place(NewOrderList list) {
  const StrategyRef first = next_ref_;
  for (std::size_t i = 0; i < list.size(); ++i) {
    list.orders[i].ref = next_ref_;
    list.orders[i].symbol = SymbolId{0};
    next_ref_ = next_ref_.next();
    if (!gateway_->order_ring().try_push(leg_command(list, i))) {
      throw std::runtime_error{"order ring full"};
    }
  }
  return first;
}

void LiveGateway::cancel_list(OrderId order_id) {
  OrderCommand command;
  command.kind = OrderCommandKind::kListCancel;
  command.cancel = OrderCancelRequest{};
  command.cancel.order_id = order_id;
  if (!gateway_->order_ring().try_push(command)) throw std::runtime_error{"order ring full"};
}

oms::OmsSnapshot LiveGateway::summary() {
  oms::OmsSnapshot snapshot;
  (void)gateway_->oms().view().read(snapshot);
  return snapshot;
}

oms::PositionSnapshot LiveGateway::position() {
  oms::PositionSnapshot snapshot;
  (void)gateway_->oms().view().read(SymbolId{0}, snapshot);
  return snapshot;
}

bool LiveGateway::drain() {
  kill_switch_.drain();
  const bool is_drained = eventually([this] {
    turn();
    return gateway_->oms().is_drained();
  });
  gateway_->stop();
  return is_drained;
}

}  // namespace portcullis::test
