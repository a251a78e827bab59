// Who may change a limit, how long it holds, and what is left of it after a restart.
#include <filesystem>

#include <gmock/gmock.h>

#include "tests/limits/keeper_world.hpp"

namespace portcullis::app {
namespace {

using audit::Act;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(TwoPeople, LoweringNeedsOneAndIsInForceAtOnce) {
  KeeperWorld world;
  const auto asked = world.ask(kCarl, kQty, "0.25");
  ASSERT_TRUE(asked);
  EXPECT_FALSE(asked->id);
  EXPECT_THAT(asked->done, SizeIs(1));
  EXPECT_EQ(world.judged_qty(), Qty::parse("0.25"));
  EXPECT_EQ(world.value(kPairQty), "0.25");
  EXPECT_THAT(world.acts(), ElementsAre(Act::kLimitChanged));
  EXPECT_THAT(world.records()[0].entry.actor, HasSubstr("carl (uid 1003"));
}

TEST(TwoPeople, RaisingWaitsForAnother) {
  KeeperWorld world;
  const auto asked = world.ask(kAnn, kQty, "2");
  ASSERT_TRUE(asked && asked->id);
  EXPECT_EQ(world.value(kQty), "1") << "not before somebody agrees";
  const auto herself = world.approve(kAnn, *asked->id);
  ASSERT_FALSE(herself);
  EXPECT_THAT(herself.error(), HasSubstr("another operator"));
  const auto no_approver = world.approve(kCarl, *asked->id);
  ASSERT_FALSE(no_approver);
  EXPECT_THAT(no_approver.error(), HasSubstr("may = [\"approve\"]"));
  const auto stranger = world.approve(4711, *asked->id);
  EXPECT_FALSE(stranger);
  EXPECT_EQ(world.value(kQty), "1");
  ASSERT_TRUE(world.approve(kBen, *asked->id));
  EXPECT_EQ(world.judged_qty(), Qty::parse("2"));
  EXPECT_EQ(world.value(kPairQty), "2") << "what inherits it follows";
  EXPECT_THAT(world.acts(),
              ElementsAre(Act::kLimitRequested, Act::kLimitApproved, Act::kLimitChanged));
  const audit::Entry changed = world.records()[2].entry;
  EXPECT_THAT(changed.actor, HasSubstr("ben"));
  EXPECT_THAT(changed.reason, HasSubstr("ann"));
  EXPECT_EQ(changed.before, std::string{kQty} + " = 1");
  EXPECT_EQ(changed.after, std::string{kQty} + " = 2");
  EXPECT_FALSE(world.approve(kBen, *asked->id)) << "once";
}

TEST(TwoPeople, WhoIsNotNamedChangesNothing) {
  KeeperWorld world;
  const auto refused = world.ask(4711, kQty, "0.5");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), Contains(HasSubstr("[operators.NAME] with uid = 4711")));
  EXPECT_EQ(world.value(kQty), "1");
}

TEST(TwoPeople, EveryProblemOfARequestIsListedAndNothingOfItIsDone) {
  KeeperWorld world;
  const auto refused = world.keeper->request(
      kAnn, {{kQty, "0.5"}, {"symbols.BTCUSDT.max_qty", "1"}, {kPairQty, "many"}}, {}, "",
      world.now);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), SizeIs(3));
  EXPECT_EQ(world.value(kQty), "1");
}

TEST(TwoPeople, ARequestNobodyApprovesInTimeIsOver) {
  KeeperWorld world;
  const auto asked = world.ask(kAnn, kQty, "2");
  world.pass(LimitsKeeper::kRequestLife - Nanos{1});
  EXPECT_THAT(world.keeper->requests(), SizeIs(1));
  world.pass(Nanos{1});
  EXPECT_THAT(world.keeper->requests(), IsEmpty());
  EXPECT_FALSE(world.approve(kBen, *asked->id));
  EXPECT_EQ(world.value(kQty), "1");
  EXPECT_THAT(world.acts(), ElementsAre(Act::kLimitRequested, Act::kLimitRefused));
}

TEST(TwoPeople, ARequestAboutALimitThatHasChangedSinceIsRefused) {
  KeeperWorld world;
  const auto asked = world.ask(kAnn, kQty, "2");
  ASSERT_TRUE(world.ask(kCarl, kQty, "0.5"));
  const auto refused = world.approve(kBen, *asked->id);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("0.5 by now, not 1"));
  EXPECT_EQ(world.value(kQty), "0.5");
}

TEST(TwoPeople, ATemporaryRaiseEndsByItself) {
  KeeperWorld world;
  const auto asked = world.ask(kAnn, kQty, "2", {.after = hours{2}});
  world.pass(minutes{5});
  ASSERT_TRUE(world.approve(kBen, *asked->id));
  world.pass(hours{2} - Nanos{1});
  EXPECT_EQ(world.judged_qty(), Qty::parse("2")) << "two hours from when it is in force";
  world.pass(Nanos{1});
  EXPECT_EQ(world.judged_qty(), Qty::parse("1"));
  EXPECT_EQ(world.value(kPairQty), "1");
  EXPECT_EQ(world.acts().back(), Act::kOverrideExpired);
}

// A wall clock that is set back must not make it longer.
TEST(TwoPeople, ATemporaryRaiseEndsByOurOwnClockToo) {
  KeeperWorld world;
  const auto asked = world.ask(kAnn, kQty, "2", {.after = hours{1}});
  ASSERT_TRUE(world.approve(kBen, *asked->id));
  world.now.wall -= hours{24};
  world.pass(hours{1});
  EXPECT_EQ(world.value(kQty), "1");
}

TEST(TwoPeople, AfterARestartWhatLowersHoldsAndWhatRaisesDoesNot) {
  KeeperWorld world;
  const auto asked = world.ask(kAnn, "limits.account.max_gross_exposure", "2000");
  ASSERT_TRUE(world.approve(kBen, *asked->id));
  ASSERT_TRUE(world.ask(kCarl, kQty, "0.25", {.after = hours{1}}));
  world.start();
  EXPECT_EQ(world.value("limits.account.max_gross_exposure"), "1000");
  EXPECT_EQ(world.value(kQty), "0.25");
  EXPECT_EQ(world.judged_qty(), Qty::parse("0.25"));
  world.pass(hours{1});
  EXPECT_EQ(world.value(kQty), "1");
  world.start();
  EXPECT_EQ(world.value(kQty), "1");
  EXPECT_FALSE(std::filesystem::exists(overrides_file(world.folder.path())));
}

TEST(TwoPeople, AFileOfOverridesThatCannotBeReadStopsTheStart) {
  KeeperWorld world;
  const LimitSettings settings = world.keeper->configured();
  const std::string path = overrides_file(world.folder.path());
  for (const char* text : {"", "{", "[1]", R"([{"key":"symbols.X.max_order_qty","value":"1"}])",
                           R"([{"key":"symbols.BTCUSDT.max_order_qty","value":"much"}])"}) {
    test::write_file(path, text);
    const auto read = load_overrides(path, settings, world.now.wall);
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error(), HasSubstr(path));
  }
}

// What one person lowers for a while must not bring back, at its end, what another has lowered.
TEST(TwoPeople, OnePersonCannotRaiseByLettingALoweringEnd) {
  KeeperWorld world;
  ASSERT_TRUE(world.ask(kAnn, kQty, "0.5"));
  ASSERT_TRUE(world.ask(kCarl, kQty, "0.25", {.after = seconds{1}}));
  EXPECT_EQ(world.value(kQty), "0.25");
  world.pass(seconds{2});
  EXPECT_EQ(world.value(kQty), "0.5");
}

TEST(TwoPeople, OnePersonCannotMakeARaiseLonger) {
  KeeperWorld world;
  const auto asked = world.ask(kAnn, kQty, "3", {.after = hours{1}});
  ASSERT_TRUE(world.approve(kBen, *asked->id));
  ASSERT_TRUE(world.ask(kAnn, kQty, "2")) << "less than 3: one person is enough";
  EXPECT_EQ(world.value(kQty), "2");
  world.pass(hours{1});
  EXPECT_EQ(world.value(kQty), "1");
}

TEST(TwoPeople, TwoMayTakeALoweringBack) {
  KeeperWorld world;
  ASSERT_TRUE(world.ask(kCarl, kQty, "0.25"));
  const auto asked = world.ask(kAnn, kQty, "1");
  ASSERT_TRUE(asked && asked->id) << "up again, so that it needs two";
  ASSERT_TRUE(world.approve(kBen, *asked->id));
  EXPECT_EQ(world.value(kQty), "1");
  EXPECT_THAT(world.keeper->overrides(), IsEmpty());
  world.start();
  EXPECT_EQ(world.value(kQty), "1");
}

TEST(TwoPeople, OperatorsAreReadStrictly) {
  const auto problems = [](const std::string& text) {
    ConfigDocument document = ConfigDocument::parse(text, "test.toml", {});
    (void)read_operators(document.root().subsection("operators"));
    std::string all;
    for (const ConfigProblem& problem : document.problems()) all += problem.str() + "\n";
    return all;
  };
  const std::string ann = "[operators.ann]\nuid = 7\nmay = [\"request\"]\n";
  EXPECT_EQ(problems(ann), "");
  EXPECT_THAT(problems(ann + "[operators.ben]\nuid = 7\nmay = [\"approve\"]\n"),
              HasSubstr("ann's too"));
  EXPECT_THAT(problems("[operators.ann]\nuid = 7\nmay = [\"aprove\"]\n"),
              HasSubstr("\"request\", \"approve\" or both"));
  EXPECT_THAT(problems("[operators.ann]\nmay = [\"approve\"]\n"), HasSubstr("operators.ann.uid"));
}

// Whoever agrees to a raise that nobody can read of later is refused.
TEST(TwoPeople, NothingIsRaisedThatCannotBeWrittenDown) {
  KeeperWorld world;
  const auto asked = world.ask(kAnn, kQty, "2");
  // A record of a stranger's hand: the chain does not go on behind it.
  test::write_file(audit_file(world.folder.path()),
                   test::read_file(audit_file(world.folder.path())) + "{}\n");
  const auto refused = world.approve(kBen, *asked->id);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("cannot be written down"));
  EXPECT_EQ(world.value(kQty), "1");
  EXPECT_TRUE(world.ask(kAnn, kQty, "0.5")) << "lowering is done all the same";
  EXPECT_EQ(world.value(kQty), "0.5");
}

}  // namespace
}  // namespace portcullis::app
