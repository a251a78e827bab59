#include <array>
#include <limits>

#include "sim/admin/admin_call.hpp"
#include "sim/api/truth_json.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

constexpr Qty kQtyMax = Qty::from_raw(std::numeric_limits<std::int64_t>::max());

void write_account(JsonOut& out, const AdminParts& parts, const std::string& name,
                   SimAccountId account) {
  const AccountSettings& settings = parts.venue.exchange.settings(account);
  out.open_object()
      .field("account", name)
      .field("uid", account.raw())
      .field("can_trade", settings.can_trade)
      .field("can_withdraw", settings.can_withdraw)
      .field("can_deposit", settings.can_deposit)
      .field("has_discount", settings.has_discount)
      .field("trade_group_id", settings.trade_group_id)
      .key("permissions")
      .open_array();
  for (const std::string& permission : settings.permissions) out.text(permission);
  out.close_array().key("balances");
  write_balances(out, parts.venue.exchange.balances(account));
  out.close_object();
}

HttpReply list(AdminParts& parts, AdminRequest& request) {
  if (auto refused = request.refusal()) return *std::move(refused);
  JsonOut out;
  out.open_object().key("accounts").open_array();
  for (const auto& [name, account] : parts.venue.accounts.all()) {
    write_account(out, parts, name, account);
  }
  return admin_ok(out.close_array().close_object().take());
}

AccountSettings read_settings(ConfigSection& body, const AccountSettings& now) {
  AccountSettings settings = now;
  settings.can_trade = body.optional_boolean("can_trade", now.can_trade);
  settings.can_withdraw = body.optional_boolean("can_withdraw", now.can_withdraw);
  settings.can_deposit = body.optional_boolean("can_deposit", now.can_deposit);
  settings.has_discount = body.optional_boolean("has_discount", now.has_discount);
  settings.trade_group_id = body.optional_integer("trade_group_id", now.trade_group_id, -1,
                                                  std::numeric_limits<std::int64_t>::max());
  settings.permissions = body.optional_string_list("permissions", now.permissions);
  return settings;
}

// "BTC=2.5", as on the command line.
std::vector<Balance> read_balances(AdminRequest& request) {
  std::vector<Balance> balances;
  for (const std::string& text : request.body().optional_string_list("balances", {})) {
    const std::size_t equals = text.find('=');
    const auto amount =
        equals == std::string::npos ? Qty::parse("") : Qty::parse(text.substr(equals + 1));
    if (!amount || amount->is_negative() || equals == 0) {
      request.problem("balances: \"" + text + R"(" is not ASSET=AMOUNT, such as "USDT=50000")");
    } else {
      balances.push_back({.asset = text.substr(0, equals), .free = *amount, .locked = {}});
    }
  }
  return balances;
}

HttpReply create(AdminParts& parts, AdminRequest& request) {
  const std::string name = request.body().required_string("account");
  const AccountSettings settings = read_settings(request.body(), {});
  const std::vector<Balance> balances = read_balances(request);
  if (name.find_first_of("/ \t\n\"") != std::string::npos) {
    request.problem("account: a name has no slash, quote or space");
  }
  if (parts.venue.accounts.find(name)) {
    request.problem("account: there is an account \"" + name + "\" already");
  }
  if (auto refused = request.refusal()) return *std::move(refused);
  const SimAccountId account = parts.venue.exchange.add_account(balances, settings);
  parts.venue.accounts.add(name, account);
  JsonOut out;
  write_account(out, parts, name, account);
  return admin_ok(out.take());
}

HttpReply change(AdminParts& parts, AdminRequest& request) {
  const SimAccountId account = request.body_account(parts.venue);
  const AccountSettings settings =
      read_settings(request.body(), parts.venue.exchange.settings(account));
  if (auto refused = request.refusal()) return *std::move(refused);
  parts.venue.exchange.set_settings(account, settings);
  return admin_ok();
}

enum class Move : std::uint8_t { kDeposit, kWithdraw, kLock };

template <Move kMove>
HttpReply transfer(AdminParts& parts, AdminRequest& request) {
  const SimAccountId account = request.body_account(parts.venue);
  BalanceAction action{.account = std::string{parts.venue.accounts.name_of(account)},
                       .asset = request.body().required_string("asset")};
  // A deposit below zero is a withdrawal: what tests have always done.
  const Qty least = kMove == Move::kWithdraw ? Qty{} : Qty::from_raw(-kQtyMax.raw());
  action.amount = request.body().required_decimal<Qty>("amount", least, kQtyMax);
  if (kMove == Move::kWithdraw) action.amount = -action.amount;
  action.is_lock = kMove == Move::kLock;
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_done(parts, action);
}

void write_rates(JsonOut& out, const char* name, const CommissionRates& rates) {
  out.key(name)
      .open_object()
      .field("maker", rates.maker)
      .field("taker", rates.taker)
      .field("buyer", rates.buyer)
      .field("seller", rates.seller)
      .close_object();
}

HttpReply commission(AdminParts& parts, AdminRequest& request) {
  request.required_query("account");
  request.required_query("symbol");
  const auto account = request.query_account(parts.venue);
  const auto symbol = request.query_symbol(parts.venue);
  if (auto refused = request.refusal()) return *std::move(refused);
  const SymbolCommission& rates = parts.venue.exchange.commission(*account, *symbol);
  JsonOut out;
  out.open_object().field("discount", rates.has_discount);
  write_rates(out, "standard", rates.standard);
  write_rates(out, "special", rates.special);
  write_rates(out, "tax", rates.tax);
  return admin_ok(out.close_object().take());
}

HttpReply set_commission(AdminParts& parts, AdminRequest& request) {
  ConfigSection& body = request.body();
  const SimAccountId account = request.body_account(parts.venue);
  const std::size_t symbol = request.body_symbol(parts.venue);
  const std::string part = body.optional_choice("part", "standard", {"standard", "special", "tax"});
  SymbolCommission rates = parts.venue.exchange.commission(account, symbol);
  CommissionRates& changed = part == "special" ? rates.special
                             : part == "tax"   ? rates.tax
                                               : rates.standard;
  const auto read = [&body](const char* key, Rate& value) {
    value = body.optional_decimal<Rate>(key, value, Rate::from_units(-1), Rate::from_units(1));
  };
  read("maker", changed.maker);
  read("taker", changed.taker);
  read("buyer", changed.buyer);
  read("seller", changed.seller);
  rates.has_discount = body.optional_boolean("discount", rates.has_discount);
  if (auto refused = request.refusal()) return *std::move(refused);
  parts.venue.exchange.set_commission(account, symbol, rates);
  return admin_ok();
}

constexpr std::array kCalls{
    AdminCall{"GET", "/accounts", "every account: settings and balances", "", list},
    AdminCall{"POST", "/accounts", "opens an account; balances are \"ASSET=AMOUNT\"",
              "account, balances[], can_trade, can_withdraw, can_deposit, has_discount, "
              "trade_group_id, permissions[]",
              create},
    AdminCall{"POST", "/accounts/settings", "changes what is given, keeps the rest",
              "account, can_trade, can_withdraw, can_deposit, has_discount, trade_group_id, "
              "permissions[]",
              change},
    AdminCall{"POST", "/deposit", "adds to what is free, with its events", "account, asset, amount",
              transfer<Move::kDeposit>},
    AdminCall{"POST", "/withdraw", "takes from what is free, with its events",
              "account, asset, amount", transfer<Move::kWithdraw>},
    AdminCall{"POST", "/external_lock", "locks what is free, or (negative) gives it back",
              "account, asset, amount", transfer<Move::kLock>},
    AdminCall{"GET", "/commission", "an account's rates for a symbol, as parts of one",
              "?account, symbol", commission},
    AdminCall{"POST", "/commission", "changes what is given, keeps the rest",
              "account, symbol, part, maker, taker, buyer, seller, discount", set_commission},
};

}  // namespace

std::span<const AdminCall> account_calls() noexcept {
  return kCalls;
}

}  // namespace portcullis::sim
