// The log of privileged acts of the real gateway.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "app/audit_trail.hpp"
#include "core/audit/audit_scan.hpp"
#include "tests/limits/live_limits.hpp"

namespace portcullis::test {
namespace {

using audit::Act;
using testing::ElementsAre;
using testing::HasSubstr;

using AuditTrailOfGateway = LiveLimits;

TEST_F(AuditTrailOfGateway, HasEachActInOrderWithWhoAndWhy) {
  gateway_.start();
  expect_trading();
  ASSERT_TRUE(is_ok(ask("mode symbol:BTCUSDT SAFE_MODE too wild")));
  std::string output;
  ASSERT_EQ(gateway_.run_verb("rearm", &output,
                              {"--symbol", "BTCUSDT", "--by", "ann", "--reason", "calm again"}),
            0)
      << output;
  ASSERT_EQ(gateway_.run_verb("kill", &output, {"--reason", "the end of it"}), 0) << output;
  stop();
  EXPECT_THAT(acts(), ElementsAre(Act::kStarted, Act::kModeChanged, Act::kRearmed, Act::kKilled,
                                  Act::kStopped));
  const auto all = records();
  EXPECT_THAT(all[0].entry.after, HasSubstr("configuration sha256 "));
  EXPECT_EQ(all[0].entry.after.size(), std::string{"configuration sha256 "}.size() + 64);
  EXPECT_THAT(all[1].entry.actor, HasSubstr("uid " + std::to_string(::geteuid())));
  EXPECT_EQ(all[1].entry.scope, "symbol:BTCUSDT");
  EXPECT_EQ(all[1].entry.reason, "too wild");
  EXPECT_EQ(all[1].entry.after, "SAFE_MODE");
  EXPECT_THAT(all[2].entry.actor, HasSubstr("ann"));
  EXPECT_EQ(all[2].entry.before, "SAFE_MODE");
  EXPECT_EQ(all[3].entry.reason, "the end of it");
  EXPECT_EQ(all[4].entry.before, all[0].entry.after) << "by the configuration that it had";

  // Of the gateway that does not run: the command line writes into the same chain.
  ASSERT_EQ(gateway_.run_verb("rearm", &output, {"--by", "ann", "--reason", "looked"}), 0)
      << output;
  EXPECT_EQ(acts().back(), Act::kRearmed);
  EXPECT_THAT(records().back().entry.actor, HasSubstr("command line"));
}

TEST_F(AuditTrailOfGateway, ASignalIsAnActToo) {
  gateway_.start();
  expect_trading();
  gateway_.process().signal(SIGUSR1);
  ASSERT_TRUE(eventually([&] { return acts().size() == 2; }));
  EXPECT_EQ(acts().back(), Act::kKilled);
  EXPECT_EQ(records().back().entry.actor, "signal");
}

TEST_F(AuditTrailOfGateway, DoesNotStartOnALogThatWasTamperedWith) {
  gateway_.start();
  expect_trading();
  stop();
  const std::string path = app::audit_file(gateway_.state_dir());
  std::string text = read_file(path);
  text[text.find("started")] = 'S';
  write_file(path, text);
  gateway_.start();
  EXPECT_EQ(gateway_.process().wait(std::chrono::seconds{20}), 65);
  EXPECT_THAT(gateway_.process().output(), HasSubstr("audit.log"));
}

TEST_F(AuditTrailOfGateway, FindsAnEndThatWasCutOffByItsAnchors) {
  const std::string anchors = folder_ / "anchors";
  gateway_.set_environment("PORTCULLIS__AUDIT__ANCHOR_FILE", anchors);
  gateway_.start();
  expect_trading();
  ASSERT_TRUE(is_ok(ask("mode symbol:BTCUSDT SAFE_MODE too wild")));
  stop();
  const std::string path = app::audit_file(gateway_.state_dir());
  EXPECT_TRUE(audit::verify(path, audit::read_anchors(anchors).value())->is_sound());
  std::string text = read_file(path);
  text.resize(text.rfind('\n', text.size() - 2) + 1);
  write_file(path, text);
  gateway_.start();
  EXPECT_EQ(gateway_.process().wait(std::chrono::seconds{20}), 65);
  EXPECT_THAT(gateway_.process().output(), HasSubstr("3"));
}

}  // namespace
}  // namespace portcullis::test
