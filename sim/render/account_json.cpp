#include "sim/render/account_json.hpp"

namespace portcullis::sim {

namespace {

std::int64_t basis_points(Rate rate) {
  return rate.raw() * 10'000 / kDecimalScale;
}

void add_rates(JsonOut& out, const char* name, const CommissionRates& rates) {
  out.key(name)
      .open_object()
      .field("maker", rates.maker)
      .field("taker", rates.taker)
      .field("buyer", rates.buyer)
      .field("seller", rates.seller)
      .close_object();
}

void add_rates_of_side(JsonOut& out, const char* name, const CommissionRates& rates, Side side) {
  const Rate by_side = side == Side::kBuy ? rates.buyer : rates.seller;
  out.key(name)
      .open_object()
      .field("maker", rates.maker + by_side)
      .field("taker", rates.taker + by_side)
      .close_object();
}

// "discount" is what the standard commission is reduced by when it is paid in the discount asset.
void add_discount(JsonOut& out, const Exchange& exchange, SimAccountId account,
                  const SymbolCommission& commission) {
  out.key("discount")
      .open_object()
      .field("enabledForAccount", exchange.settings(account).has_discount)
      .field("enabledForSymbol", commission.has_discount)
      .field("discountAsset", exchange.rules().discount_asset)
      .field("discount", Rate::from_units(1) - exchange.rules().discount)
      .close_object();
}

}  // namespace

void write_account(JsonOut& out, const Exchange& exchange, const AccountView& view) {
  const AccountSettings& settings = exchange.settings(view.account);
  const CommissionRates& rates = exchange.commission(view.account, 0).standard;
  out.open_object()
      .field("makerCommission", basis_points(rates.maker))
      .field("takerCommission", basis_points(rates.taker))
      .field("buyerCommission", basis_points(rates.buyer))
      .field("sellerCommission", basis_points(rates.seller));
  add_rates(out, "commissionRates", rates);
  out.field("canTrade", settings.can_trade)
      .field("canWithdraw", settings.can_withdraw)
      .field("canDeposit", settings.can_deposit)
      .field("brokered", false)
      .field("requireSelfTradePrevention", false)
      .field("preventSor", false)
      .field("updateTime", view.updated)
      .field("accountType", "SPOT")
      .key("balances")
      .open_array();
  for (const Balance& balance : exchange.balances(view.account)) {
    const bool is_zero = balance.free.is_zero() && balance.locked.is_zero();
    if (is_zero && view.omits_zero_balances) continue;
    out.open_object()
        .field("asset", balance.asset)
        .field("free", balance.free)
        .field("locked", balance.locked)
        .close_object();
  }
  out.close_array().key("permissions").open_array();
  for (const std::string& permission : settings.permissions) out.text(permission);
  out.close_array().field("uid", view.account.raw()).close_object();
}

void write_commission(JsonOut& out, const Exchange& exchange, SimAccountId account,
                      std::size_t symbol) {
  const SymbolCommission& commission = exchange.commission(account, symbol);
  out.open_object().field("symbol", exchange.symbols()[symbol].symbol);
  add_rates(out, "standardCommission", commission.standard);
  add_rates(out, "specialCommission", commission.special);
  add_rates(out, "taxCommission", commission.tax);
  add_discount(out, exchange, account, commission);
  out.close_object();
}

void write_order_commission(JsonOut& out, const Exchange& exchange, SimAccountId account,
                            std::size_t symbol, Side side) {
  const SymbolCommission& commission = exchange.commission(account, symbol);
  out.open_object();
  add_rates_of_side(out, "standardCommissionForOrder", commission.standard, side);
  add_rates_of_side(out, "specialCommissionForOrder", commission.special, side);
  add_rates_of_side(out, "taxCommissionForOrder", commission.tax, side);
  add_discount(out, exchange, account, commission);
  out.close_object();
}

}  // namespace portcullis::sim
