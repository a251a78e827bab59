// The gateway is killed at random moments while it trades hard with the simulator, and started
// again: nothing lost, nothing doubled, and an auditor that shares no code with it agrees with the
// venue on every order, fill and fee.
//
// PORTCULLIS_KILLS and PORTCULLIS_SEED make it longer and another one (./dev crash).
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/system/audit.hpp"
#include "tests/system/gateway_process.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {
namespace {

unsigned long number_from_environment(const char* name, unsigned long otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoul(text, nullptr, 10) : otherwise;
}

class Restart : public testing::Test {
 protected:
  Restart()
      : venue_{folder_.path(), {"--symbols", "BTCUSDT", "--rate", "2000", "--seed", "11"}},
        gateway_{venue_, folder_.path()} {
    // Killed between writing an order down and sending it, the next start finds one that the venue
    // never had. The simulator is prompt, so that this may be proven before the drain gives up.
    gateway_.set_environment("PORTCULLIS__VENUE__PROCESSING_MAX", "100ms");
    gateway_.set_environment("PORTCULLIS__VENUE__ABSENCE_MARGIN", "100ms");
  }

  std::size_t order_count() const { return venue_.truth().at("orders").size(); }

  void kill_after(std::chrono::milliseconds pause) {
    std::this_thread::sleep_for(pause);
    gateway_.process().signal(SIGKILL);
    ASSERT_TRUE(gateway_.process().wait(std::chrono::seconds{5}));
  }
  void drain() {
    gateway_.process().signal(SIGTERM);
    ASSERT_EQ(gateway_.process().wait(std::chrono::seconds{30}), 0) << gateway_.process().output();
    ASSERT_EQ(count_open(venue_.truth()), 0);
  }

  TemporaryFolder folder_;
  SimVenue venue_;
  GatewayProcess gateway_;
};

TEST_F(Restart, KilledAtRandomInstants_NothingIsLostAndNothingDoubled) {
  const unsigned long kills = number_from_environment("PORTCULLIS_KILLS", 8);
  const unsigned long seed = number_from_environment("PORTCULLIS_SEED", 1);
  std::printf("seed %lu, %lu kills\n", seed, kills);
  std::mt19937 random{static_cast<std::mt19937::result_type>(seed)};
  gateway_.start();
  ASSERT_TRUE(eventually([&] { return order_count() > 50; })) << gateway_.process().output();
  for (unsigned long i = 0; i < kills; ++i) {
    // From the middle of its start to full trading.
    kill_after(std::chrono::milliseconds{random() % 1'200});
    if (testing::Test::HasFatalFailure()) return;
    gateway_.start();
  }
  const auto started = std::chrono::steady_clock::now();
  ASSERT_TRUE(eventually([&] {
    return gateway_.process().output().find("reconciled with the venue") != std::string::npos;
  })) << gateway_.process().output();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
  std::printf("the last start was ready after %.0f ms\n", took.count());
  const std::size_t before = order_count();
  ASSERT_TRUE(eventually([&] { return order_count() > before + 50; }))
      << gateway_.process().output();
  drain();
  const nlohmann::json verdict = audit(venue_.truth(), folder_.path());
  std::printf("%s\n", verdict.dump().c_str());
  EXPECT_EQ(verdict.at("problem_count"), 0) << verdict.dump(1);
  EXPECT_GE(verdict.at("runs").get<unsigned long>(), 2u);
  EXPECT_GT(verdict.at("orders").get<std::size_t>(), 100u);
  EXPECT_GT(verdict.at("fills").get<std::size_t>(), 0u);
}

TEST_F(Restart, AnIdFileThatIsOlderThanTheJournalRefusesTheStart) {
  const std::string ids = folder_.path() + "/state/ids";
  const auto run_once = [this] {
    gateway_.start();
    ASSERT_TRUE(eventually([&] {
      return gateway_.process().output().find("reconciled with the venue") != std::string::npos;
    })) << gateway_.process().output();
    drain();
  };
  ASSERT_NO_FATAL_FAILURE(run_once());
  const std::string backup = read_file(ids);
  ASSERT_NO_FATAL_FAILURE(run_once());
  write_file(ids, backup);
  const std::size_t before = order_count();
  gateway_.start();
  EXPECT_EQ(gateway_.process().wait(std::chrono::seconds{20}), 74) << gateway_.process().output();
  EXPECT_NE(gateway_.process().output().find("older than the journal"), std::string::npos)
      << gateway_.process().output();
  EXPECT_EQ(order_count(), before);
}

TEST_F(Restart, TheAuditorMissesAFillThatIsTakenOutOfTheVenuesRecord) {
  gateway_.start();
  ASSERT_TRUE(eventually([&] { return venue_.truth().at("fills").size() > 3; }));
  drain();
  nlohmann::json truth = venue_.truth();
  EXPECT_EQ(audit(truth, folder_.path()).at("problem_count"), 0);
  truth.at("fills").erase(0);
  const nlohmann::json verdict = audit(truth, folder_.path());
  EXPECT_EQ(verdict.at("problem_count"), 1) << verdict.dump(1);
  EXPECT_NE(verdict.dump().find("the venue does not know it"), std::string::npos);
}

}  // namespace
}  // namespace portcullis::test
