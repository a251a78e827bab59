// A gateway of the real parts with one agent more: on SIGUSR2 it waits for itself for ever, on
// whichever thread the configuration gives to the agent `strategy`. For tests of what happens then;
// the product has no such switch.
//
//   hung_gateway CONFIG     trades until SIGTERM: places three orders once it may
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <thread>

#include "app/control_loop.hpp"
#include "app/gateway.hpp"
#include "app/load_settings.hpp"
#include "app/signals.hpp"

namespace portcullis::test {
namespace {

// A signal handler has no other way to tell.
std::atomic<bool> g_hang{false};

// Places, and then hangs when it is told to.
class HangingStrategy {
 public:
  static constexpr const char* kRoleName = "strategy";
  HangingStrategy(app::Gateway& gateway, const KillSwitch& kill_switch)
      : gateway_{gateway},
        kill_switch_{kill_switch} {}

  int do_work(const Now&) noexcept {
    gateway_.strategy_pulse().beat();
    (void)gateway_.market_ring().drain([](const MarketEvent&) noexcept {}, 64);
    (void)gateway_.report_ring().drain([](const ExecutionReport&) noexcept {}, 64);
    MarketSnapshot market;
    const bool has_book = gateway_.market().read(SymbolId{0}, market) &&
                          market.book_state == BookState::kSynced && market.top.is_complete();
    if (has_book && kill_switch_.state() == TradingState::kTrading && placed_ < 3) place();
    if (g_hang.load(std::memory_order_relaxed)) {
      mutex_.lock();
      mutex_.lock();  // never
    }
    return 0;
  }

 private:
  void place() noexcept {
    OrderCommand command;
    command.kind = OrderCommandKind::kNew;
    command.order.ref = StrategyRef{++placed_};
    command.order.symbol = SymbolId{0};
    command.order.px = Price::from_units(59'900);
    command.order.qty = Qty::from_raw(1'000'000);
    (void)gateway_.order_ring().try_push(command);
  }

  app::Gateway& gateway_;
  const KillSwitch& kill_switch_;
  std::mutex mutex_;
  std::uint64_t placed_{0};
};

int run(const char* config) {
  static KillSwitch kill_switch;
  app::install_signal_handlers(kill_switch);
  std::signal(SIGUSR2, [](int) { g_hang.store(true); });
  auto settings = app::load_settings(config);
  if (!settings) return 78;
  auto created = app::Gateway::create(std::move(*settings), kill_switch);
  if (!created) {
    std::fprintf(stderr, "%s\n", created.error().text.c_str());
    return 69;
  }
  app::Gateway& gateway = **created;
  HangingStrategy strategy{gateway, kill_switch};
  gateway.add_strategy(strategy);
  gateway.start();
  auto control = app::ControlLoop::create(gateway, stderr, gateway.settings().state_dir + "/hops");
  if (!control) return 74;
  while (control->turn() == app::ControlLoop::Verdict::kGoOn) {
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  gateway.stop();
  control->finish();
  return 0;
}

}  // namespace
}  // namespace portcullis::test

int main(int argc, char** argv) {
  return argc == 2 ? portcullis::test::run(argv[1]) : 64;
}
