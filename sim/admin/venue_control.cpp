#include "sim/admin/venue_control.hpp"

#include <chrono>
#include <limits>
#include <utility>
#include <variant>
#include <vector>

#include "sim/admin/names.hpp"
#include "sim/render/venue_words.hpp"

namespace portcullis::sim {

namespace {

std::optional<SymbolStatus> parse_status(std::string_view text) {
  for (const SymbolStatus status :
       {SymbolStatus::kTrading, SymbolStatus::kEndOfDay, SymbolStatus::kHalt, SymbolStatus::kBreak,
        SymbolStatus::kCancelOnly}) {
    if (text == venue_text(status)) return status;
  }
  return std::nullopt;
}

std::string check_symbol(const VenueCore& venue, const std::string& name) {
  return venue.exchange.find_symbol(name) ? std::string{} : no_such_symbol(venue, name);
}

std::string check_account(const VenueCore& venue, const std::string& name) {
  return venue.accounts.find(name) ? std::string{} : no_such_account(venue, name);
}

ConnectionFilter filter_of(std::string_view what) {
  if (what == "streams") return {.kind = WsKind::kStreams};
  if (what == "ws-api") return {.kind = WsKind::kApi};
  if (what == "http") return {.is_http = true};
  return {};
}

}  // namespace

VenueControl::VenueControl(VenueCore& venue, EventLoop& loop,
                           const std::shared_ptr<Connections>& connections, VenuePorts& ports)
    : venue_{venue},
      loop_{loop},
      connections_{connections},
      ports_{ports} {
}

std::string VenueControl::check(const VenueAction& action) const {
  return std::visit([this](const auto& one) { return check_one(one); }, action);
}

std::expected<VenueControl::Undo, std::string> VenueControl::perform(const VenueAction& action) {
  if (std::string problem = check(action); !problem.empty()) {
    return std::unexpected{std::move(problem)};
  }
  return std::visit([this](const auto& one) { return perform_one(one); }, action);
}

void VenueControl::keep_snapshots(const std::string& symbol) {
  constexpr std::size_t kLevelsMax = 5'000;
  for (std::size_t i = 0; i < venue_.exchange.symbols().size(); ++i) {
    const std::string& name = venue_.exchange.symbols()[i].symbol;
    if (!symbol.empty() && symbol != name) continue;
    venue_.kept_snapshots.insert_or_assign(name, venue_.exchange.depth(i, kLevelsMax));
  }
}

std::string VenueControl::check_one(const SymbolStatusAction& action) const {
  if (!parse_status(action.status)) return "\"" + action.status + "\" is no symbol status";
  return check_symbol(venue_, action.symbol);
}

std::string VenueControl::check_one(const FiltersAction& action) const {
  return check_symbol(venue_, action.symbol);
}

std::string VenueControl::check_one(const RevokeKeyAction& action) const {
  return action.account.empty() ? std::string{} : check_account(venue_, action.account);
}

std::string VenueControl::check_one(const CutAction& action) const {
  return action.account.empty() ? std::string{} : check_account(venue_, action.account);
}

std::string VenueControl::check_one(const TerminateAction& action) const {
  return action.account.empty() ? std::string{} : check_account(venue_, action.account);
}

std::string VenueControl::check_one(const BalanceAction& action) const {
  return check_account(venue_, action.account);
}

VenueControl::Done VenueControl::perform_one(const SymbolStatusAction& action) {
  const std::size_t symbol = *venue_.exchange.find_symbol(action.symbol);
  const SymbolStatus before = venue_.exchange.symbols()[symbol].status;
  venue_.exchange.set_status(symbol, *parse_status(action.status));
  return [this, symbol, before] { venue_.exchange.set_status(symbol, before); };
}

VenueControl::Done VenueControl::perform_one(const FiltersAction& action) {
  const std::size_t symbol = *venue_.exchange.find_symbol(action.symbol);
  const SymbolSpec before = venue_.exchange.symbols()[symbol];
  SymbolSpec after = before;
  SymbolFilters& filters = after.filters;
  if (action.tick_size) {
    if (!filters.price) filters.price = SymbolFilters::PriceFilter{};
    filters.price->tick_size = *action.tick_size;
  }
  if ((action.lot_size || action.qty_min) && !filters.lot_size) {
    filters.lot_size = SymbolFilters::LotSize{};
  }
  if (action.lot_size) filters.lot_size->lot_size = *action.lot_size;
  if (action.qty_min) filters.lot_size->qty_min = *action.qty_min;
  if (action.notional_min) {
    if (!filters.notional) filters.notional = SymbolFilters::NotionalRange{};
    filters.notional->notional_min = *action.notional_min;
  }
  venue_.exchange.replace_spec(symbol, after);
  return [this, symbol, before = before.filters] {
    SymbolSpec restored = venue_.exchange.symbols()[symbol];
    restored.filters = before;
    venue_.exchange.replace_spec(symbol, restored);
  };
}

VenueControl::Done VenueControl::perform_one(const ClockAction& action) {
  const Nanos before = venue_.clock.skew();
  switch (action.verb) {
    case ClockAction::Verb::kOffset: venue_.clock.set_skew(action.by); break;
    case ClockAction::Verb::kStep: venue_.clock.set_skew(before + action.by); break;
    case ClockAction::Verb::kFreeze: venue_.clock.freeze(); return [this] { venue_.clock.thaw(); };
  }
  return [this, before] { venue_.clock.set_skew(before); };
}

VenueControl::Done VenueControl::perform_one(const RevokeKeyAction& action) {
  if (!action.api_key.empty()) {
    if (venue_.authenticator.revoke(action.api_key)) return Undo{};
    return std::unexpected{"nobody has the API key " + action.api_key.substr(0, 8) + ".."};
  }
  const SimAccountId account = *venue_.accounts.find(action.account);
  for (const std::string& api_key : venue_.authenticator.keys_of(account)) {
    venue_.authenticator.revoke(api_key);
  }
  return Undo{};
}

VenueControl::Done VenueControl::perform_one(const LimitsAction& action) {
  const LimitsConfig before = venue_.usage.limits();
  LimitsConfig after = before;
  if (action.weight) after.weight_per_minute = *action.weight;
  if (action.orders_10s) after.orders_per_10s = *action.orders_10s;
  if (action.orders_day) after.orders_per_day = *action.orders_day;
  after.is_enforced = true;
  venue_.usage.set_limits(after);
  return [this, before] { venue_.usage.set_limits(before); };
}

VenueControl::Done VenueControl::perform_one(const BanAction& action) {
  venue_.usage.ban_until(venue_.usage.of(action.address), venue_.clock.now() + action.lasts);
  return [this, address = action.address] { venue_.usage.lift_ban(venue_.usage.of(address)); };
}

VenueControl::Done VenueControl::perform_one(const ShutdownAction& action) {
  // One that stays says it is going, and is there for as long as anybody can wait.
  const Nanos notice = action.stays ? Nanos{std::chrono::hours{24 * 366}} : action.notice;
  Connections::shut_down(connections_, loop_, {},
                         std::chrono::ceil<std::chrono::microseconds>(notice));
  return Undo{};
}

VenueControl::Done VenueControl::perform_one(const CutAction& action) {
  if (!action.account.empty()) {
    venue_.users.cut(venue_.accounts.find(action.account));
  } else {
    connections_->cut(filter_of(action.what));
  }
  return Undo{};
}

VenueControl::Done VenueControl::perform_one(const ConnectionsAction& action) {
  if (action.verb == ConnectionsAction::Verb::kRefuse) {
    ports_.stop_listening();
    return [this] {
      // The port was ours a moment ago; if somebody took it, the fault lasts.
      (void)ports_.listen_again();
    };
  }
  return perform_one(WireAction{.fault = {.kind = WireFaultKind::kStopReading}, .is_on_new = true});
}

VenueControl::Done VenueControl::perform_one(const WireAction& action) {
  if (!action.is_on_new) {
    connections_->inject(filter_of(action.what), action.fault);
    return Undo{};
  }
  connections_->inject_on_accept(action.fault, 0, std::numeric_limits<int>::max());
  return [this] { connections_->forget_accept_faults(); };
}

VenueControl::Done VenueControl::perform_one(const TerminateAction& action) {
  venue_.users.end_all(venue_.accounts.find(action.account), venue_.clock.now());
  return Undo{};
}

VenueControl::Done VenueControl::perform_one(const BalanceAction& action) {
  const SimAccountId account = *venue_.accounts.find(action.account);
  const bool is_done = action.is_lock
                           ? venue_.exchange.lock_externally(account, action.asset, action.amount)
                           : venue_.exchange.deposit(account, action.asset, action.amount);
  if (!is_done) {
    return std::unexpected{
        "unknown asset \"" + action.asset + "\", or more than what is " +
        (action.is_lock && action.amount.is_negative() ? "locked from outside" : "free")};
  }
  venue_.truth.on_transfer({.time = venue_.clock.now(),
                            .account = account,
                            .asset = action.asset,
                            .amount = action.amount,
                            .is_lock = action.is_lock});
  if (action.is_lock) {
    venue_.users.on_external_lock(account, action.asset, action.amount, venue_.clock.now());
  } else {
    venue_.users.on_deposit(account, action.asset, action.amount, venue_.clock.now());
  }
  return Undo{};
}

}  // namespace portcullis::sim
