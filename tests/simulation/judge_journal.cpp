// What the journal tells against what the process knew.
#include <set>

#include "oms/order_recovery.hpp"
#include "tests/simulation/judge.hpp"

namespace portcullis::simulation {

namespace {

// Everything an accounting knows for good, as one text.
void write_order(std::string& out, const oms::Order& order) {
  const auto add = [&out](auto number) { out += std::to_string(number) + " "; };
  add(order.id.raw());
  add(static_cast<int>(order.state));
  add(order.venue_order_id.raw());
  add(order.ref.raw());
  add(order.px.raw());
  add(order.qty.raw());
  add(order.cum_qty.raw());
  add(order.venue_cum_qty.raw());
  add(order.reserved.raw());
  add(order.cum_quote.raw());
  add(static_cast<int>(order.has_reserve));
  out += "\n";
}

std::set<std::string> describe(oms::OrderAccounting& accounting) {
  std::set<std::string> lines;
  const auto take = [&lines](const oms::Order& order) {
    std::string line;
    write_order(line, order);
    lines.insert(std::move(line));
  };
  for (std::size_t i = 0; i < accounting.store().open_count(); ++i) {
    take(accounting.store().open_at(i));
  }
  accounting.store().for_each_closed(take);
  for (std::size_t i = 0; i < accounting.positions().size(); ++i) {
    const oms::Position& position =
        accounting.positions().at(SymbolId{static_cast<SymbolId::rep>(i)});
    lines.insert("position " + std::to_string(i) + " " + text_of(position.qty()) + " " +
                 text_of(position.bought()) + " " + text_of(position.sold()) + " " +
                 text_of(position.fee_in_base()) + " " +
                 std::to_string(position.fee_in_quote().raw()));
  }
  lines.insert("fills " + std::to_string(accounting.ledger().size()));
  return lines;
}

}  // namespace

void Judge::compare_replay() {
  Machine& machine = world_.machine_;
  const oms::OmsSettings& orders = world_.settings_.orders;
  auto recovered = oms::RecoveredOrders::read_newest(machine.disk, machine.snapshots, orders);
  if (!recovered) return complain("I7", recovered.error());
  for (const std::string& warning : (*recovered)->warnings()) complain("I7", warning);
  if (world_.settings_.snapshots == oms::KeepSegments::kAll) {
    const auto whole = oms::RecoveredOrders::read(machine.disk, orders);
    const bool is_same = whole && (*whole)->state() == (*recovered)->state();
    if (!is_same) return complain("I8", "a snapshot tells otherwise than the whole journal");
  }
  if (world_.gateway_->journal().lost_count() > 0) return;  // it said so
  const std::set<std::string> lived = describe(world_.gateway_->accounting());
  const std::set<std::string> told = describe((*recovered)->accounting());
  for (const std::string& line : lived) {
    if (!told.contains(line)) return complain("I8", "the journal does not tell: " + line);
  }
  for (const std::string& line : told) {
    if (!lived.contains(line)) return complain("I8", "the journal tells: " + line);
  }
}

}  // namespace portcullis::simulation
