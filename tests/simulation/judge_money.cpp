// Limits, positions, fees and results.
#include <map>
#include <set>
#include <vector>

#include "tests/simulation/judge.hpp"

namespace portcullis::simulation {

// ---- I3

std::map<Judge::FillKey, Qty> Judge::fees_in_base() const {
  std::map<FillKey, Qty> fees;
  for (const sim::FillRecord& record : world_.venue_.core.truth.fills()) {
    const sim::Fill& fill = record.fill;
    const sim::SymbolSpec& spec = world_.venue_.core.exchange.symbols()[fill.symbol];
    if (fill.fee_asset != spec.base_asset) continue;
    fees[{fill.symbol, fill.trade_id, fill.order_id}] = Qty::from_raw(fill.fee.raw());
  }
  return fees;
}

// After each event at the venue: what we hold and what may still fill stays within the limits.
void Judge::judge_limits() {
  // What others do on the account may break any limit.
  if (has_fault(FaultKind::kOtherOrder) || has_fault(FaultKind::kDeposit)) return;
  struct Sum {
    Qty position{};
    Qty buying{};
    Qty selling{};
  };
  std::vector<Sum> sums(world_.instruments_.size());
  const auto fees = fees_in_base();
  std::map<std::uint64_t, Qty> leaves;  // by symbol and order
  std::set<std::size_t> told;
  for (const sim::OrderEventRecord& event : world_.venue_.core.truth.events()) {
    if (event.account != world_.venue_.account() || event.symbol >= sums.size()) continue;
    Sum& sum = sums[event.symbol];
    Qty& left = leaves[event.order_id << 4U | event.symbol];
    const bool is_open = sim::is_open(event.status);
    const Qty now_left = is_open ? event.qty - event.cum_qty : Qty{};
    (event.side == Side::kBuy ? sum.buying : sum.selling) += now_left - left;
    left = now_left;
    if (event.type == sim::AccountEvent::Type::kTrade) {
      sum.position += event.side == Side::kBuy ? event.last_qty : -event.last_qty;
      const auto fee = fees.find({event.symbol, event.trade_id, event.order_id});
      if (fee != fees.end()) sum.position -= fee->second;
    }
    const risk::SymbolLimits& limits =
        world_.settings_.limits.of(SymbolId{static_cast<SymbolId::rep>(event.symbol)});
    const bool is_over = sum.position + sum.buying > limits.max_long_position ||
                         sum.selling - sum.position > limits.max_short_position;
    if (is_over && told.insert(event.symbol).second) {
      complain("I3", "symbol " + std::to_string(event.symbol) + " holds " + text_of(sum.position) +
                         ", buys " + text_of(sum.buying) + " and sells " + text_of(sum.selling) +
                         " at the venue: beyond its limit");
    }
    if (event.qty > limits.max_order_qty) complain("I3", "an order is larger than allowed");
  }
}

// Nobody does anything any more: each order that works holds in the limits what it may still fill.
void Judge::judge_reserves() {
  for (const sim::Order& truth :
       world_.venue_.core.exchange.open_orders(world_.venue_.account(), std::nullopt)) {
    const OrderId id = our_id(truth.client_order_id);
    const oms::Order* order = world_.gateway_->accounting().store().find(id);
    if (order == nullptr) continue;  // I1 says so
    if (order->reserved < truth.leaves()) {
      complain("I3", "order " + std::to_string(id.raw()) + " may still fill " +
                         text_of(truth.leaves()) + " and holds " + text_of(order->reserved));
    }
  }
}

void Judge::judge_held() {
  if (may_have_forgotten()) return;
  struct Sum {
    Qty buying{};
    Qty selling{};
  };
  std::vector<Sum> sums(world_.instruments_.size());
  for (const sim::Order& order : world_.venue_.open_orders()) {
    if (order.symbol >= sums.size()) continue;
    (order.side == Side::kBuy ? sums[order.symbol].buying : sums[order.symbol].selling) +=
        order.leaves();
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const risk::SymbolExposure& held =
        world_.gateway_->exposure().at(SymbolId{static_cast<SymbolId::rep>(i)});
    if (held.working_buy >= sums[i].buying && held.working_sell >= sums[i].selling) continue;
    return complain("I3", "symbol " + std::to_string(i) + " may still buy " +
                              text_of(sums[i].buying) + " and sell " + text_of(sums[i].selling) +
                              " at the venue, and the limits hold " + text_of(held.working_buy) +
                              " and " + text_of(held.working_sell));
  }
}

// ---- I4

void Judge::judge_positions() {
  Gateway& gateway = *world_.gateway_;
  for (std::size_t i = 0; i < world_.instruments_.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    const std::string& asset = world_.instruments_.at(symbol).base_asset_name;
    const Qty held = world_.venue_.holding(asset) - SimulatedVenue::initial(asset);
    const Qty believed = gateway.exposure().at(symbol).position;
    if (believed != held) {
      complain("I4", asset + ": the limits count " + text_of(believed) + ", the account holds " +
                         text_of(held));
    }
    const risk::SymbolExposure& exposure = gateway.exposure().at(symbol);
    risk::SymbolExposure others;
    for (const sim::Order& order : world_.venue_.other_open_orders()) {
      if (order.symbol != i) continue;
      (order.side == Side::kBuy ? others.working_buy : others.working_sell) += order.leaves();
    }
    if (exposure.working_buy != others.working_buy ||
        exposure.working_sell != others.working_sell) {
      complain("I3", asset + ": nothing of ours works any more and " +
                         text_of(exposure.working_buy) + " and " + text_of(exposure.working_sell) +
                         " are reserved");
    }
    Qty traded;
    for (const sim::FillRecord& record : world_.venue_.core.truth.fills()) {
      const sim::Fill& fill = record.fill;
      if (fill.symbol != i || !is_counted(fill)) continue;
      traded += fill.side == Side::kBuy ? fill.qty : -fill.qty;
      if (fill.fee_asset == asset) traded -= Qty::from_raw(fill.fee.raw());
    }
    const Qty booked = gateway.accounting().positions().at(symbol).qty();
    if (booked != traded) {
      complain("I4", asset + ": our fills make " + text_of(booked) + " here, " + text_of(traded) +
                         " at the venue");
    }
  }
}

void Judge::judge_fees() {
  std::map<std::string, std::int64_t> paid;
  for (const sim::FillRecord& record : world_.venue_.core.truth.fills()) {
    if (is_counted(record.fill)) {
      paid[record.fill.fee_asset] += record.fill.fee.raw();
    }
  }
  const auto fees = world_.gateway_->accounting().positions().fees_by_asset();
  for (const auto& [asset, sum] : paid) {
    const auto id = world_.instruments_.find_asset(asset);
    if (!id) continue;  // no instrument of ours has to do with it
    if (fees[id->raw()].raw() != sum) {
      complain("I4", asset + ": fees of " + std::to_string(fees[id->raw()].raw()) + "e-8 here, " +
                         std::to_string(sum) + "e-8 at the venue");
    }
  }
}

// Whatever the method, what was realised less what the open position has cost is the cash that
// came in less the cash that went out, fees included.
void Judge::judge_results() {
  std::vector<Int128> cash(world_.instruments_.size());
  for (const sim::FillRecord& record : world_.venue_.core.truth.fills()) {
    const sim::Fill& fill = record.fill;
    if (!is_counted(fill) || fill.symbol >= cash.size()) continue;
    const Int128 paid = static_cast<Int128>(fill.px.raw()) * fill.qty.raw();
    cash[fill.symbol] += fill.side == Side::kBuy ? -paid : paid;
    if (fill.fee_asset == "USDT") {
      cash[fill.symbol] -= static_cast<Int128>(fill.fee.raw()) * kDecimalScale;
    } else if (fill.fee_asset == "BNB") {
      cash[fill.symbol] -= static_cast<Int128>(fill.fee.raw()) * SimulatedVenue::kBnbPx.raw();
    }
  }
  for (std::size_t i = 0; i < cash.size(); ++i) {
    const oms::PositionAccount& account =
        world_.gateway_->accounting().positions().account(SymbolId{static_cast<SymbolId::rep>(i)});
    const bool is_same =
        account.position().realized().raw - account.position().cost().raw == cash[i] &&
        account.lots().realized().raw - account.lots().cost().raw == cash[i];
    if (!account.is_fee_complete() || !is_same) {
      complain("I4", "symbol " + std::to_string(i) + ": the result is not the cash that flowed");
    }
  }
}

}  // namespace portcullis::simulation
