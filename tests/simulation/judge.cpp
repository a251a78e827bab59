#include "tests/simulation/judge.hpp"

#include <algorithm>

namespace portcullis::simulation {

namespace {

OrderState state_of(sim::OrderStatus status) {
  switch (status) {
    case sim::OrderStatus::kNew:
    case sim::OrderStatus::kPendingNew: return OrderState::kNew;
    case sim::OrderStatus::kPartiallyFilled: return OrderState::kPartiallyFilled;
    case sim::OrderStatus::kFilled: return OrderState::kFilled;
    case sim::OrderStatus::kCanceled: return OrderState::kCanceled;
    case sim::OrderStatus::kRejected: return OrderState::kRejected;
    case sim::OrderStatus::kExpired:
    case sim::OrderStatus::kExpiredInMatch: return OrderState::kExpired;
  }
  return OrderState::kUnknown;
}

}  // namespace

std::string text_of(Qty qty) {
  std::array<char, kDecimalTextMax> text{};
  return {text.data(), qty.format(text.data())};
}

bool Judge::has_fault(FaultKind kind) const {
  return std::ranges::find(world_.outcome_.faults, kind, &Fault::kind) !=
         world_.outcome_.faults.end();
}

bool Judge::may_have_forgotten() const {
  return world_.has_lost_power_ &&
         world_.settings_.journal.durability == journal::Durability::kAsync;
}

// In the gateway's own result: its trades, and others' where they are adopted.
bool Judge::is_counted(const sim::Fill& fill) const {
  return fill.account == world_.venue_.account() &&
         (ours_.contains({fill.symbol, fill.order_id}) ||
          world_.settings_.orders.external_orders == oms::ExternalOrderPolicy::kAdopt);
}

OrderId Judge::our_id(std::string_view client_order_id) const {
  return cl_ord_ids_.decode(client_order_id).value_or(OrderId{});
}

void Judge::judge() {
  take_truth();
  judge_limits();
  judge_manners();
  hash_history();
  if (world_.gateway_ == nullptr) return;
  compare_replay();
  judge_orders();
  judge_missing();
  judge_intents();
  judge_positions();
  judge_fees();
  judge_results();
  judge_kill();
  judge_books();
}

void Judge::take_truth() {
  for (const auto& [key, order] : world_.venue_.core.truth.orders()) {
    if (order.account != world_.venue_.account()) continue;
    const OrderId id = our_id(order.client_order_id);
    if (id == OrderId{}) continue;  // another program's
    ours_.insert(key);
    if (!truth_.emplace(id, order).second) {
      complain("I2", "the venue has accepted order " + std::to_string(id.raw()) + " twice");
    }
  }
  for (const sim::RequestRecord& request : world_.venue_.core.truth.requests()) {
    const bool is_list = request.method.starts_with("orderList.place.");
    if (is_list && request.code == 0) ++world_.outcome_.lists[request.method];
  }
  world_.outcome_.orders = truth_.size();
  world_.outcome_.fills = world_.venue_.core.truth.fills().size();
  world_.outcome_.requests = world_.venue_.core.truth.requests().size();
}

// ---- I1

void Judge::judge_orders() {
  oms::OrderStore& store = world_.gateway_->accounting().store();
  for (std::size_t i = 0; i < store.open_count(); ++i) judge_order(store.open_at(i));
  store.for_each_closed([this](const oms::Order& order) { judge_order(order); });
}

void Judge::judge_order(const oms::Order& order) {
  const auto found = truth_.find(order.id);
  const bool is_absent_here =
      order.state == OrderState::kNotPlaced || order.state == OrderState::kRejected;
  if (found == truth_.end()) {
    if (!is_absent_here) {
      complain("I1", "order " + std::to_string(order.id.raw()) + " is " + to_string(order.state) +
                         " here and never was at the venue");
    }
    return;
  }
  const sim::Order& truth = found->second;
  // The new half of a cancelReplace: the venue tells of its refusal once and keeps nothing of it.
  const bool is_refusal_unheard =
      order.state == OrderState::kNotPlaced && truth.status == sim::OrderStatus::kRejected;
  if (order.state != state_of(truth.status) && !is_refusal_unheard) {
    complain("I1", "order " + std::to_string(order.id.raw()) + " is " + to_string(order.state) +
                       " here and " + to_string(state_of(truth.status)) + " at the venue");
  }
  if (order.cum_qty != truth.cum_qty) {
    complain("I1", "order " + std::to_string(order.id.raw()) + " has filled " +
                       text_of(order.cum_qty) + " here and " + text_of(truth.cum_qty) +
                       " at the venue");
  }
}

void Judge::judge_missing() {
  oms::OrderStore& store = world_.gateway_->accounting().store();
  for (const auto& [id, truth] : truth_) {
    if (id != OrderId{} && store.find(id) != nullptr) continue;
    if (truth.is_open()) {
      complain("I1", "order " + std::to_string(id.raw()) + " works at the venue and is unknown");
    } else if (!may_have_forgotten()) {
      complain("I1", "order " + std::to_string(id.raw()) + " was at the venue and is unknown");
    }
  }
}

void Judge::judge_intents() {
  for (const RandomStrategy& strategy : world_.strategies_) judge_intents(strategy);
}

void Judge::judge_intents(const RandomStrategy& strategy) {
  for (const std::string& what : strategy.complaints()) complain("I1", "told: " + what);
  for (const auto& [ref, intent] : strategy.intents()) {
    if (intent.is_denied) continue;
    if (intent.ends != 1) {
      complain("I1", "the strategy's order " + std::to_string(ref) + " (" +
                         std::to_string(intent.id.raw()) + ") has ended " +
                         std::to_string(intent.ends) + " times, last " + to_string(intent.state));
    }
  }
}

// ---- I6

void Judge::judge_strategy_kill() {
  if (!world_.killed_strategy_) return;
  if (world_.gateway_->modes().state_of(world_.killed_scope()).mode != Mode::kHalted) {
    complain("I6", "the kill of a strategy was forgotten");
  }
  for (const auto& [ref, intent] : world_.strategies_[*world_.killed_strategy_].intents()) {
    if (ref <= world_.refs_at_strategy_kill_ || intent.is_denied) continue;
    complain("I6", "order " + std::to_string(ref) + " of a killed strategy was let through");
  }
}

void Judge::judge_kill() {
  judge_strategy_kill();
  if (!world_.is_killed_ || !world_.sent_at_kill_) return;
  Gateway& gateway = *world_.gateway_;
  const std::int64_t sent = gateway.counter("venue.binance.new_orders_sent");
  if (sent != *world_.sent_at_kill_) {
    complain("I6", std::to_string(sent - *world_.sent_at_kill_) + " orders were sent after a kill");
  }
  if (!gateway.kill_switch().is_killed()) complain("I6", "the kill was forgotten");
  if (!world_.venue_.open_orders().empty()) complain("I6", "orders are left after a kill");
}

// ---- I12

void Judge::judge_manners() {
  if (has_fault(FaultKind::kSlowDown) || has_fault(FaultKind::kBan)) return;
  for (const sim::RequestRecord& request : world_.venue_.core.truth.requests()) {
    constexpr int kTooManyOrders = -1015;
    if (request.status == 429 || request.status == 418 || request.code == kTooManyOrders) {
      return complain("I12", "the venue answered " + request.method + " with " +
                                 std::to_string(request.status));
    }
  }
}

// FNV-1a over what the accounts did, in its order.
void Judge::hash_history() {
  std::uint64_t hash = 0xCBF29CE484222325U;
  const auto mix = [&hash](std::uint64_t number) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      hash = (hash ^ (number >> shift & 0xFFU)) * 0x100000001B3U;
    }
  };
  for (const sim::OrderEventRecord& event : world_.venue_.core.truth.events()) {
    mix(static_cast<std::uint64_t>(count_ns(event.time)));
    mix(event.order_id);
    mix(event.execution_id);
    mix(static_cast<std::uint64_t>(event.cum_qty.raw()));
  }
  for (const sim::RequestRecord& request : world_.venue_.core.truth.requests()) {
    mix(static_cast<std::uint64_t>(count_ns(request.in)));
    mix(static_cast<std::uint64_t>(request.code));
  }
  world_.outcome_.history = hash;
}

}  // namespace portcullis::simulation
