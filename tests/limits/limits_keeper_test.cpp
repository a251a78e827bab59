// Limits read anew: what takes effect, what is held, what is refused.
#include <gmock/gmock.h>

#include "tests/limits/keeper_world.hpp"

namespace portcullis::app {
namespace {

using audit::Act;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(LimitsReload, LowersAtOnceAndHoldsWhatRaises) {
  KeeperWorld world;
  world.write(limits_text("max_order_qty = \"0.5\"\n", "\"2000\""));
  const auto done = world.keeper->reload("test", world.now);
  ASSERT_TRUE(done) << done.error().front();
  world.take();
  EXPECT_EQ(world.value(kQty), "0.5");
  EXPECT_EQ(world.value(kPairQty), "0.5") << "inherits it";
  EXPECT_EQ(world.judged_qty(), Qty::parse("0.5"));
  EXPECT_EQ(world.value("limits.account.max_gross_exposure"), "1000");
  ASSERT_THAT(done->held, SizeIs(1));
  EXPECT_EQ(done->held[0].key, "limits.account.max_gross_exposure");
  EXPECT_EQ(done->held[0].after, "2000");
  EXPECT_THAT(world.acts(), ElementsAre(Act::kLimitsReloaded));
  const audit::Entry entry = world.records().front().entry;
  EXPECT_THAT(entry.after, HasSubstr(std::string{kQty} + " = 0.5"));
  EXPECT_THAT(entry.reason, HasSubstr("max_gross_exposure 1000 -> 2000"));
}

TEST(LimitsReload, ABadFileChangesNothingAndEveryProblemIsListed) {
  KeeperWorld world;
  const risk::Limits* const before = &world.mailbox->in_force();
  world.write(limits_text("max_order_qty = 0.5\nmax_ordr_notional = \"1\"\n"));
  const auto refused = world.keeper->reload("test", world.now);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), SizeIs(2));
  EXPECT_THAT(refused.error(), Contains(HasSubstr("max_order_qty")));
  EXPECT_THAT(refused.error(), Contains(HasSubstr("max_order_notional")));
  world.take();
  EXPECT_EQ(&world.mailbox->in_force(), before);
  EXPECT_EQ(world.value(kQty), "1");
  EXPECT_THAT(world.acts(), IsEmpty());
  EXPECT_EQ(world.counters->read("limits.reload_failures"), 1);
}

TEST(LimitsReload, AFileThatIsGoneOrNoTomlChangesNothing) {
  KeeperWorld world;
  ASSERT_EQ(std::remove(world.file().c_str()), 0);
  const auto gone = world.keeper->reload("test", world.now);
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error(), Contains(HasSubstr("does not exist")));
  world.write("limits = [");
  EXPECT_FALSE(world.keeper->reload("test", world.now));
  EXPECT_EQ(world.value(kQty), "1");
}

TEST(LimitsReload, WhatOnlyARestartChangesIsRefusedWhole) {
  KeeperWorld world;
  world.write(limits_text("max_order_qty = \"0.5\"\n") + "[symbols.BNBUSDT]\n");
  const auto refused = world.keeper->reload("test", world.now);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), Contains(HasSubstr("restart")));
  EXPECT_EQ(world.value(kQty), "1");
}

// A limit that is not set in the new file is zero, and a set that would refuse every order by an
// oversight is not taken.
TEST(LimitsReload, ASetThatContradictsItselfIsRefused) {
  KeeperWorld world;
  world.write(limits_text("max_order_qty = \"0\"\n"));
  const auto refused = world.keeper->reload("test", world.now);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), Contains(HasSubstr("max_order_qty is zero")));
  EXPECT_EQ(world.value(kQty), "1");
}

TEST(LimitsReload, ASecondOneBeforeTheFirstIsTakenIsNotLost) {
  KeeperWorld world;
  world.write(limits_text("max_order_qty = \"0.5\"\n"));
  ASSERT_TRUE(world.keeper->reload("test", world.now));
  world.write(limits_text("max_order_qty = \"0.25\"\n"));
  ASSERT_TRUE(world.keeper->reload("test", world.now));
  const risk::Limits* const first = world.mailbox->incoming();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->of(SymbolId{0}).max_order_qty, Qty::parse("0.5"));
  EXPECT_FALSE(world.keeper->is_settled());
  world.mailbox->acknowledge(first);
  world.keeper->turn(world.now);
  world.take();
  EXPECT_EQ(world.judged_qty(), Qty::parse("0.25"));
}

// A raise of two people does not outlive that the configured limit was lowered.
TEST(LimitsReload, ALowerFileEndsWhatWasRaisedAboveIt) {
  KeeperWorld world;
  const auto asked = world.ask(kAnn, kQty, "2");
  ASSERT_TRUE(asked);
  ASSERT_TRUE(world.approve(kBen, *asked->id));
  EXPECT_EQ(world.value(kQty), "2");
  world.write(limits_text("max_order_qty = \"0.5\"\n"));
  ASSERT_TRUE(world.keeper->reload("test", world.now));
  EXPECT_EQ(world.value(kQty), "0.5");
}

}  // namespace
}  // namespace portcullis::app
