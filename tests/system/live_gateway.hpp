#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/control_loop.hpp"
#include "app/gateway.hpp"
#include "core/kill_switch.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {

// The text of a configuration for a gateway on `venue`, one symbol, wide limits. `extra` replaces
// the limits of BTCUSDT when given.
[[nodiscard]] std::string gateway_config(const SimVenue& venue, const std::string& state_dir,
                                         const std::string& key_type = "ed25519",
                                         const std::string& symbol_limits = {});

// The real gateway, wired as in production, in this process; the test's thread is the strategy and
// the control loop.
class LiveGateway {
 public:
  LiveGateway(const std::string& config_text, const std::string& folder);
  ~LiveGateway();
  LiveGateway(const LiveGateway&) = delete;
  LiveGateway& operator=(const LiveGateway&) = delete;

  [[nodiscard]] bool wait_ready();
  // Waits for the depth book of BTCUSDT with this top.
  [[nodiscard]] bool wait_top(const std::string& bid, const std::string& ask);

  // Waits until the gate knows of a trade at this price.
  [[nodiscard]] bool wait_last_trade(const std::string& px);

  StrategyRef place(Side side, OrdType type, TimeInForce tif, const std::string& px,
                    const std::string& qty);
  // Any order; the reference and the symbol are filled in.
  StrategyRef place(NewOrderSingle order);
  void cancel(OrderId order_id);
  void cancel_all(SymbolId symbol);
  void amend(OrderId order_id, const std::string& qty);
  StrategyRef replace(OrderId old, NewOrderSingle order, ReplaceMode mode);
  // The first order's reference; the others' follow it. Symbols are filled in.
  StrategyRef place(NewOrderList list);
  // The whole list that the order is of.
  void cancel_list(OrderId order_id);
  // Takes reports until one satisfies the condition; all of them are kept in `reports`.
  template <class Condition>
  std::optional<ExecutionReport> wait_report(Condition&& condition) {
    std::optional<ExecutionReport> found;
    (void)eventually([&] {
      turn();
      for (; next_report_ < reports_.size(); ++next_report_) {
        if (condition(reports_[next_report_])) {
          found = reports_[next_report_++];
          return true;
        }
      }
      return false;
    });
    return found;
  }
  // Waits until some report, taken before or not, satisfies the condition.
  template <class Condition>
  [[nodiscard]] bool wait_any(Condition&& condition) {
    return eventually([&] {
      turn();
      return std::ranges::any_of(reports_, condition);
    });
  }
  std::optional<ExecutionReport> wait_for(StrategyRef ref, ExecType type) {
    return wait_report([&](const ExecutionReport& report) {
      return report.ref == ref && report.exec_type == type;
    });
  }
  [[nodiscard]] const std::vector<ExecutionReport>& reports() const { return reports_; }
  [[nodiscard]] oms::OmsSnapshot summary();
  [[nodiscard]] oms::PositionSnapshot position();

  void turn();
  [[nodiscard]] app::Gateway& gateway() { return *gateway_; }
  [[nodiscard]] app::ModeKeeper& modes() { return control_->modes(); }
  [[nodiscard]] KillSwitch& kill_switch() { return kill_switch_; }
  // Drains and stops; true when the venue had nothing left in time.
  [[nodiscard]] bool drain();

 private:
  KillSwitch kill_switch_;
  std::unique_ptr<app::Gateway> gateway_;
  std::FILE* log_;
  std::optional<app::ControlLoop> control_;
  std::vector<ExecutionReport> reports_;
  std::size_t next_report_{0};
  StrategyRef next_ref_{1};
};

}  // namespace portcullis::test
