#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/instrument.hpp"
#include "core/messages.hpp"
#include "sim/random.hpp"
#include "tests/simulation/gateway.hpp"

namespace portcullis::simulation {

// A strategy that does anything it may: all kinds of orders on both sides, near the market, and
// lists, cancels, amendments and replacements at any moment. It writes down what it was told, and
// what of it cannot be.
class RandomStrategy {
 public:
  // What it knows of one of its orders.
  struct Intent {
    OrderId id{};
    NewOrderSingle order{};
    OrderState state{OrderState::kPendingNew};
    Qty traded{};
    int ends{0};
    bool is_denied{false};
  };

  RandomStrategy(const InstrumentTable& instruments, std::size_t port, std::uint64_t seed)
      : instruments_{instruments},
        port_{port},
        random_{seed} {}

  // One turn: hears everything, does something now and then.
  void do_work(Gateway& gateway);
  // From now on it only listens.
  void rest() noexcept { is_resting_ = true; }
  // From now on it only cancels, again and again.
  void wind_down() noexcept {
    is_resting_ = false;
    is_winding_down_ = true;
  }
  // Its process was the gateway's: the next one begins anew, with new names.
  void forget();

  [[nodiscard]] const std::map<std::uint64_t, Intent>& intents() const noexcept { return intents_; }
  // What it was told and cannot be: "order 7: a second end".
  [[nodiscard]] const std::vector<std::string>& complaints() const noexcept { return complaints_; }

  // The name of its last order; later ones are greater.
  [[nodiscard]] std::uint64_t last_ref() const noexcept { return last_ref_; }

  // Orders and cancels in a thousand turns.
  int orders_per_mille{7};
  int cancels_per_mille{5};
  int changes_per_mille{3};
  int lists_per_mille{1};
  std::size_t working_max{15};

 private:
  void hear(const ExecutionReport& report);
  void hear_of(Intent& intent, const ExecutionReport& report);
  void place(Gateway& gateway);
  [[nodiscard]] std::optional<NewOrderSingle> make_order(Gateway& gateway, SymbolId symbol);
  [[nodiscard]] const Intent* draw_working();
  void place_list(Gateway& gateway);
  void amend_one(Gateway& gateway);
  void replace_one(Gateway& gateway);
  void sweep(Gateway& gateway);
  void cancel_one(Gateway& gateway);
  void cancel_all(Gateway& gateway);
  void push_cancel(Gateway& gateway, OrderId id, OrderCommandKind kind = OrderCommandKind::kCancel);
  void complain(const ExecutionReport& report, const char* what);

  const InstrumentTable& instruments_;
  const std::size_t port_;
  sim::Random random_;
  std::map<std::uint64_t, Intent> intents_;  // of this life, by ref
  std::vector<std::uint64_t> working_;       // refs whose id it knows
  std::uint64_t last_ref_{0};
  std::uint64_t turn_{0};
  std::vector<std::string> complaints_;
  bool is_resting_{false};
  bool is_winding_down_{false};
};

}  // namespace portcullis::simulation
