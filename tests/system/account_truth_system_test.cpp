// What others do on the gateway's account, through the real session and the simulator: orders in
// each policy, and a deposit. Seen from outside: by what the gate lets pass, by the reports, and by
// the venue's own record.
#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "app/settings.hpp"
#include "core/config_reader.hpp"
#include "tests/system/live_gateway.hpp"
#include "tests/system/process.hpp"
#include "tests/system/sim_venue.hpp"

namespace portcullis::test {
namespace {

class AccountTruth : public testing::Test {
 protected:
  AccountTruth() {
    venue_.place_other("BTCUSDT", "BUY", "60000.00", "1");
    venue_.place_other("BTCUSDT", "SELL", "60010.00", "1");
  }
  [[nodiscard]] std::string config(const std::string& policy) const {
    return gateway_config(venue_, folder_ / "state") + "[account]\nexternal_orders = \"" + policy +
           "\"\n";
  }
  void start(const std::string& policy) {
    gateway_ = std::make_unique<LiveGateway>(config(policy), folder_.path());
    ASSERT_TRUE(gateway_->wait_ready());
    ASSERT_TRUE(gateway_->wait_top("60000", "60010"));
  }
  // Another program's order on the gateway's account.
  [[nodiscard]] nlohmann::json place_external(const std::string& px, const std::string& qty) const {
    return venue_.rest_of(
        "gateway", "POST", "/api/v3/order",
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=" + qty + "&price=" + px);
  }
  // The long limit is 5: whether the gate would let two more pass. An order that passes is
  // cancelled.
  [[nodiscard]] bool may_buy_two() {
    const StrategyRef ref =
        gateway_->place(Side::kBuy, OrdType::kLimit, TimeInForce::kGtc, "59000", "2");
    const auto report = gateway_->wait_report([&](const ExecutionReport& seen) {
      return seen.ref == ref &&
             (seen.exec_type == ExecType::kDenied || seen.exec_type == ExecType::kNew);
    });
    EXPECT_TRUE(report.has_value());
    if (!report || report->exec_type == ExecType::kDenied) return false;
    gateway_->cancel(report->order_id);
    EXPECT_TRUE(gateway_->wait_for(ref, ExecType::kCanceled));
    return true;
  }
  [[nodiscard]] std::string status_of(const nlohmann::json& order) const {
    const nlohmann::json truth = venue_.truth();
    for (const auto& found : truth.at("orders")) {
      if (found.at("orderId") == order.at("orderId")) return found.at("status");
    }
    return "none";
  }

  TemporaryFolder folder_;
  SimVenue venue_{folder_.path(), {"--market", "none", "--symbols", "BTCUSDT,ETHUSDT"}};
  std::unique_ptr<LiveGateway> gateway_;
};

TEST_F(AccountTruth, AFlaggedOrderIsLeftAloneAndCountsInTheLimitsUntilItEnds) {
  const nlohmann::json before = place_external("59000", "4");  // a listing finds it
  ASSERT_NO_FATAL_FAILURE(start("flag"));
  EXPECT_FALSE(may_buy_two());
  EXPECT_EQ(status_of(before), "NEW");
  (void)venue_.rest_of("gateway", "DELETE", "/api/v3/order",
                       "symbol=BTCUSDT&orderId=" + before.at("orderId").dump());
  EXPECT_TRUE(eventually([&] { return may_buy_two(); }));
  const nlohmann::json during = place_external("59000", "4");  // the user stream tells of it
  EXPECT_TRUE(eventually([&] { return !may_buy_two(); }));
  EXPECT_EQ(status_of(during), "NEW");
}

TEST_F(AccountTruth, AnAdoptedOrdersTradesCountInTheResult) {
  ASSERT_NO_FATAL_FAILURE(start("adopt"));
  const nlohmann::json order = place_external("60005", "1");
  venue_.place_other("BTCUSDT", "SELL", "60005.00", "0.5");
  EXPECT_TRUE(eventually([&] {
    gateway_->turn();
    return gateway_->position().bought == *Qty::parse("0.5");
  }));
  EXPECT_EQ(status_of(order), "PARTIALLY_FILLED");
}

TEST_F(AccountTruth, ByPolicyAnExternalOrderIsCancelledWhenItIsFoundAndWhenItComes) {
  const nlohmann::json before = place_external("59000", "4");
  ASSERT_NO_FATAL_FAILURE(start("cancel"));
  EXPECT_TRUE(eventually([&] {
    gateway_->turn();
    return status_of(before) == "CANCELED";
  }));
  const nlohmann::json during = place_external("59000", "4");
  EXPECT_TRUE(eventually([&] {
    gateway_->turn();
    return status_of(during) == "CANCELED";
  }));
  EXPECT_TRUE(eventually([&] { return may_buy_two(); }));
}

TEST_F(AccountTruth, ADepositMovesThePositionThatTheLimitsSee) {
  ASSERT_NO_FATAL_FAILURE(start("flag"));
  EXPECT_TRUE(may_buy_two());
  venue_.admin("/deposit", {{"account", "gateway"}, {"asset", "BTC"}, {"amount", "4"}});
  EXPECT_TRUE(eventually([&] { return !may_buy_two(); }));
  venue_.admin("/external_lock", {{"account", "gateway"}, {"asset", "BTC"}, {"amount", "4"}});
  venue_.admin("/external_lock", {{"account", "gateway"}, {"asset", "BTC"}, {"amount", "-4"}});
  EXPECT_FALSE(may_buy_two()) << "a lock is no withdrawal";
  venue_.admin("/withdraw", {{"account", "gateway"}, {"asset", "BTC"}, {"amount", "4"}});
  EXPECT_TRUE(eventually([&] { return may_buy_two(); }));
}

TEST_F(AccountTruth, AnOrderOnASymbolThatIsNotConfiguredIsInTheDumpAsItCame) {
  ASSERT_NO_FATAL_FAILURE(start("flag"));
  (void)venue_.rest_of("gateway", "POST", "/api/v3/order",
                       "symbol=ETHUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=1000"
                       "&newClientOrderId=somebody");
  EXPECT_TRUE(may_buy_two());  // and what came before has been read
  ASSERT_TRUE(gateway_->drain());
  gateway_.reset();
  Process dump{{.arguments = {PORTCULLIS_BINARY, "journal", "dump", folder_ / "state/journal"},
                .environment = {},
                .output_file = folder_ / "dump.txt",
                .working_folder = {}}};
  ASSERT_EQ(dump.wait(std::chrono::seconds{10}), 0) << dump.output();
  const std::string text = dump.output();
  const std::size_t at = text.find(" parked name=ETHUSDT");
  ASSERT_NE(at, std::string::npos) << text;
  EXPECT_NE(text.find("\"c\":\"somebody\"", at), std::string::npos) << text.substr(at, 1'200);
}

TEST_F(AccountTruth, AnUnknownPolicyIsAnError) {
  ConfigDocument document = ConfigDocument::parse(config("ignore"), "test.toml", {});
  (void)app::read_settings(document);
  ASSERT_EQ(document.problems().size(), 1u);
  EXPECT_NE(document.problems()[0].str().find("external_orders"), std::string::npos);
}

}  // namespace
}  // namespace portcullis::test
