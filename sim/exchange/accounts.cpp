#include "sim/exchange/accounts.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace portcullis::sim {

Accounts::Accounts() : accounts_(1) {
}  // the crowd

Accounts::Asset Accounts::intern(std::string_view asset) {
  if (const auto found = find(asset)) return *found;
  assets_.emplace_back(asset);
  fees_.emplace_back();
  return static_cast<Asset>(assets_.size() - 1);
}

std::optional<Accounts::Asset> Accounts::find(std::string_view asset) const {
  const auto found = std::ranges::find(assets_, asset);
  if (found == assets_.end()) return std::nullopt;
  return static_cast<Asset>(found - assets_.begin());
}

SimAccountId Accounts::add(const std::vector<Balance>& balances) {
  const SimAccountId account{static_cast<std::uint32_t>(accounts_.size())};
  accounts_.emplace_back();
  for (const Balance& balance : balances) {
    Holding& holding = at(account, intern(balance.asset));
    holding.free += balance.free;
    holding.locked += balance.locked;
  }
  return account;
}

std::vector<Balance> Accounts::balances(SimAccountId account) const {
  std::vector<Balance> out;
  out.reserve(assets_.size());
  for (Asset asset = 0; asset < assets_.size(); ++asset) out.push_back(balance(account, asset));
  return out;
}

Balance Accounts::balance(SimAccountId account, Asset asset) const {
  const Holding holding = get(account, asset);
  return {.asset = assets_[asset], .free = holding.free, .locked = holding.locked};
}

Qty Accounts::free(SimAccountId account, Asset asset) const {
  return get(account, asset).free;
}

namespace {

// Amounts end where the type does: nobody has more than 92 billion of anything.
Qty sum_of(Qty a, Qty b) {
  const auto sum = checked_add(a, b);
  if (sum) return *sum;
  return b.is_negative() ? -Qty::max() : Qty::max();
}

}  // namespace

void Accounts::credit(SimAccountId account, Asset asset, Qty amount) {
  Holding& holding = at(account, asset);
  holding.free = sum_of(holding.free, amount);
  PORTCULLIS_CHECK(account == kCrowd || !holding.free.is_negative(),
                   "an account cannot spend what it does not have");
}

void Accounts::lock(SimAccountId account, Asset asset, Qty amount) {
  Holding& holding = at(account, asset);
  PORTCULLIS_CHECK(amount <= holding.free, "funds are checked before they are locked");
  holding.free -= amount;
  holding.locked = sum_of(holding.locked, amount);
}

void Accounts::unlock(SimAccountId account, Asset asset, Qty amount) {
  Holding& holding = at(account, asset);
  PORTCULLIS_CHECK(amount <= holding.locked, "only what was locked can be unlocked");
  holding.locked -= amount;
  holding.free = sum_of(holding.free, amount);
}

void Accounts::lock_externally(SimAccountId account, Asset asset, Qty amount) {
  if (amount.is_negative()) {
    unlock(account, asset, -amount);
  } else {
    lock(account, asset, amount);
  }
  at(account, asset).external += amount;
}

Qty Accounts::externally_locked(SimAccountId account, Asset asset) const {
  return get(account, asset).external;
}

void Accounts::collect_fee(Asset asset, Qty amount) {
  fees_[asset] = sum_of(fees_[asset], amount);
}

std::vector<Balance> Accounts::fees_collected() const {
  std::vector<Balance> out;
  out.reserve(assets_.size());
  for (Asset asset = 0; asset < assets_.size(); ++asset) {
    out.push_back({.asset = assets_[asset], .free = fees_[asset]});
  }
  return out;
}

Accounts::Holding& Accounts::at(SimAccountId account, Asset asset) {
  PORTCULLIS_CHECK(exists(account), "an account is used before it was added");
  std::vector<Holding>& holdings = accounts_[account.raw()];
  if (asset >= holdings.size()) holdings.resize(assets_.size());
  return holdings[asset];
}

Accounts::Holding Accounts::get(SimAccountId account, Asset asset) const {
  PORTCULLIS_CHECK(exists(account), "an account is used before it was added");
  const std::vector<Holding>& holdings = accounts_[account.raw()];
  return asset < holdings.size() ? holdings[asset] : Holding{};
}

}  // namespace portcullis::sim
