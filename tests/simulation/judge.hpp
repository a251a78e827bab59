#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "core/ids.hpp"
#include "oms/order.hpp"
#include "sim/exchange/order.hpp"
#include "tests/simulation/simulation.hpp"

namespace portcullis::simulation {

// "0.25".
[[nodiscard]] std::string text_of(Qty qty);

// Compares what the gateway believes, what the strategy was told and what the journal tells with
// the venue's own record. The invariants have the numbers of the reliability design: I1 nothing
// lost, I2 nothing doubled, I3 limits, I4 positions and fees, I5 books, I6 the kill, I7 and I8 the
// journal, I9 liveness, I12 manners.
class Judge {
 public:
  explicit Judge(Simulation& simulation) : world_{simulation} {}

  void judge();
  // What the feed has just published: whole and uncrossed, or marked. To be asked after its turn.
  void judge_market();
  // What may still fill at the venue is held in the limits, whatever the gateway has been told.
  void judge_held();
  // Nothing moves, and what works is known: what it holds. To be asked before anything is
  // cancelled.
  void judge_reserves();
  // The journal tells what this life of the gateway knew. To be asked at its end.
  void compare_replay();

 private:
  using Orders = std::map<OrderId, sim::Order>;
  using FillKey = std::tuple<std::size_t, std::uint64_t, std::uint64_t>;  // symbol, trade, order

  void take_truth();
  void judge_orders();
  void judge_order(const oms::Order& order);
  void judge_missing();
  void judge_intents();
  void judge_intents(const RandomStrategy& strategy);
  void judge_limits();
  [[nodiscard]] std::map<FillKey, Qty> fees_in_base() const;
  void judge_positions();
  void judge_fees();
  void judge_results();
  void judge_books();
  void judge_kill();
  void judge_strategy_kill();
  void judge_manners();
  void hash_history();
  [[nodiscard]] bool is_counted(const sim::Fill& fill) const;
  [[nodiscard]] bool has_fault(FaultKind kind) const;
  [[nodiscard]] OrderId our_id(std::string_view client_order_id) const;
  void complain(const char* invariant, const std::string& what) {
    world_.complain(invariant, what);
  }
  // Orders may be missing from the journal: it was not asked to wait for the disk.
  [[nodiscard]] bool may_have_forgotten() const;

  Simulation& world_;
  ClOrdIdCodec cl_ord_ids_{"sim"};
  Orders truth_;                                    // what the venue has accepted of ours
  std::set<sim::TruthLog::Orders::key_type> ours_;  // the same by symbol and the venue's id
};

}  // namespace portcullis::simulation
