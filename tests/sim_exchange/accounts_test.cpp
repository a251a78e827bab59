#include "sim/exchange/accounts.hpp"

#include <gtest/gtest.h>

#include "tests/sim_exchange/exchange_fixture.hpp"

namespace portcullis::sim {
namespace {

TEST(Accounts, LockMovesBetweenFreeAndLocked) {
  Accounts accounts;
  const auto usdt = accounts.intern("USDT");
  const SimAccountId account = accounts.add({{.asset = "USDT", .free = qty("100")}});
  accounts.lock(account, usdt, qty("40.00000001"));
  EXPECT_EQ(accounts.free(account, usdt).str(), "59.99999999");
  EXPECT_EQ(accounts.balance(account, usdt).locked.str(), "40.00000001");
  accounts.unlock(account, usdt, qty("40.00000001"));
  EXPECT_EQ(accounts.free(account, usdt).str(), "100");
}

TEST(Accounts, AssetsKnownLaterAreEmpty) {
  Accounts accounts;
  const SimAccountId account = accounts.add({{.asset = "USDT", .free = qty("1")}});
  accounts.intern("BNB");
  ASSERT_EQ(accounts.balances(account).size(), 2U);
  EXPECT_EQ(accounts.balances(account)[1].asset, "BNB");
  EXPECT_TRUE(accounts.balances(account)[1].free.is_zero());
}

TEST(AccountsDeathTest, SpendingWhatIsNotThereIsABug) {
  Accounts accounts;
  const auto usdt = accounts.intern("USDT");
  const SimAccountId account = accounts.add({{.asset = "USDT", .free = qty("1")}});
  EXPECT_DEATH(accounts.credit(account, usdt, qty("-1.00000001")), "cannot spend");
  EXPECT_DEATH(accounts.lock(account, usdt, qty("1.00000001")), "checked before");
  EXPECT_DEATH(accounts.unlock(account, usdt, qty("0.00000001")), "only what was locked");
}

TEST(Accounts, TheCrowdMayGoBelowZero) {
  Accounts accounts;
  const auto usdt = accounts.intern("USDT");
  accounts.credit(kCrowd, usdt, qty("-5"));
  EXPECT_EQ(accounts.free(kCrowd, usdt).str(), "-5");
}

using Deposits = ExchangeTest;

TEST_F(Deposits, AddToAndTakeFromWhatIsFree) {
  EXPECT_TRUE(exchange.deposit(alice, "BTC", qty("0.5")));
  EXPECT_EQ(free(alice, "BTC"), "10.5");
  EXPECT_TRUE(exchange.deposit(alice, "BTC", qty("-10.5")));
  EXPECT_FALSE(exchange.deposit(alice, "BTC", qty("-0.00000001")));
  EXPECT_FALSE(exchange.deposit(alice, "DOGE", qty("1")));
  EXPECT_FALSE(exchange.deposit(SimAccountId{99}, "BTC", qty("1")));
  EXPECT_EQ(free(alice, "BTC"), "0");
}

TEST_F(Deposits, ExternalLocksAreOutOfReachAndGivenBackOnlyAsFarAsTheyGo) {
  place(alice, limit(Side::kSell, "60000", "1"));
  EXPECT_FALSE(exchange.lock_externally(alice, "BTC", qty("9.00000001")));
  EXPECT_TRUE(exchange.lock_externally(alice, "BTC", qty("4")));
  EXPECT_EQ(free(alice, "BTC"), "5");
  EXPECT_EQ(locked(alice, "BTC"), "5");
  EXPECT_FALSE(exchange.lock_externally(alice, "BTC", qty("-4.5")));  // the rest is an order's
  EXPECT_TRUE(exchange.lock_externally(alice, "BTC", qty("-4")));
  EXPECT_FALSE(exchange.lock_externally(alice, "DOGE", qty("1")));
  EXPECT_EQ(locked(alice, "BTC"), "1");
}

}  // namespace
}  // namespace portcullis::sim
