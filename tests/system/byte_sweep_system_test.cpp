// The connection is cut after every byte of an order's request, and of its reply: one order or
// none, always known in the end, and never sent again. In plain text, so that a byte is a byte.
//
// PORTCULLIS_SWEEP_STEP says how many bytes apart the cuts are (1: every byte; ./dev sweep).
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/system/audit.hpp"
#include "tests/system/live_gateway.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {
namespace {

constexpr int kWorkers = 4;
constexpr int kRequestBytesMax = 400;  // both a little more than there are
constexpr int kReplyBytesMax = 700;

int sweep_step() {
  const char* text = std::getenv("PORTCULLIS_SWEEP_STEP");
  return text != nullptr ? std::max(1, std::atoi(text)) : 37;
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

// A venue, an account and a gateway's state, in which one order after the other is cut off.
class Sweep {
 public:
  Sweep() : venue_{folder_.path(), {"--market", "none", "--symbols", "BTCUSDT"}} {
    venue_.place_other("BTCUSDT", "BUY", "60000.00", "1");
    venue_.place_other("BTCUSDT", "SELL", "60010.00", "1");
    config_ = gateway_config(venue_, folder_ / "state");
    replace(config_, "wss://" + venue_.tls_authority() + "/ws-api",
            "ws://localhost:" + std::to_string(venue_.plain_port()) + "/ws-api");
    // The simulator is prompt, so that absence may be proven sooner than at a real venue.
    replace(config_, "recv_window = \"1500ms\"",
            "recv_window = \"300ms\"\nprocessing_max = \"100ms\"\nabsence_margin = \"100ms\"");
  }

  // One order, cut off by this fault. Its fate is known in the end.
  void run(const nlohmann::json& fault) {
    LiveGateway gateway{config_, folder_.path()};
    ASSERT_TRUE(gateway.wait_ready()) << fault.dump();
    ASSERT_TRUE(gateway.wait_top("60000", "60010")) << fault.dump();
    venue_.fault(fault);
    const StrategyRef ref =
        gateway.place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "60001", "0.1");
    const auto known = gateway.wait_report([&](const ExecutionReport& report) {
      const bool is_over = is_terminal(report.state) || report.exec_type == ExecType::kDenied;
      return report.ref == ref && (is_over || report.state == OrderState::kNew);
    });
    ASSERT_TRUE(known.has_value()) << "never known: " << fault.dump();
    if (known->state == OrderState::kNew)
      ++working_count;
    else
      ++absent_count;
    ASSERT_TRUE(gateway.drain()) << fault.dump();
  }

  void audit_all() const {
    const nlohmann::json verdict = audit(venue_.truth(), folder_.path());
    EXPECT_EQ(verdict.at("problem_count"), 0) << verdict.dump(1);
    EXPECT_EQ(verdict.at("orders"), working_count + absent_count);
  }

  int working_count{0};
  int absent_count{0};

 private:
  TemporaryFolder folder_;
  SimVenue venue_;
  std::string config_;
};

nlohmann::json cut_in_request(int byte) {
  return {{"action", "wire"}, {"what", "ws-api"}, {"fault", "end_of_hearing"}, {"bytes", byte}};
}
nlohmann::json cut_in_reply(int byte) {
  return {{"action", "wire_reply"},
          {"method", "order.place"},
          {"fault", "reset"},
          {"bytes", byte},
          {"count", 1}};
}

// Several pairs of venue and gateway side by side, since most of the time they wait.
void sweep(int bytes_max, nlohmann::json (*fault)(int), int& working, int& absent) {
  const int step = sweep_step();
  std::vector<std::thread> threads;
  std::vector<std::array<int, 2>> counts(kWorkers);
  for (int worker = 0; worker < kWorkers; ++worker) {
    threads.emplace_back([=, &counts] {
      Sweep sweep;
      for (int byte = 1 + worker * step; byte <= bytes_max; byte += kWorkers * step) {
        sweep.run(fault(byte));
        if (testing::Test::HasFatalFailure()) return;
      }
      sweep.audit_all();
      counts[static_cast<std::size_t>(worker)] = {sweep.working_count, sweep.absent_count};
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& [its_working, its_absent] : counts) {
    working += its_working;
    absent += its_absent;
  }
  std::printf("cut every %d bytes: %d orders were there, %d were not\n", step, working, absent);
}

TEST(ByteSweep, ARequestCutAnywhereIsOneOrderOrNone) {
  int working = 0;
  int absent = 0;
  sweep(kRequestBytesMax, cut_in_request, working, absent);
  EXPECT_GT(absent, 0) << "no cut came before the end of the request";
  EXPECT_GT(working, 0) << "no cut came after it";
}

TEST(ByteSweep, AReplyCutAnywhereLeavesOneOrderThatIsFound) {
  int working = 0;
  int absent = 0;
  sweep(kReplyBytesMax, cut_in_reply, working, absent);
  EXPECT_GT(working, 0);
  EXPECT_EQ(absent, 0) << "the venue had taken each of them";
}

}  // namespace
}  // namespace portcullis::test
