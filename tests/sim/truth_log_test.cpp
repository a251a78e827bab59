#include "sim/api/truth_log.hpp"

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/api/truth_file.hpp"
#include "tests/sim/sim_fixture.hpp"

namespace portcullis::sim::test {
namespace {

class TruthLogTest : public ::testing::Test {
 protected:
  AccountEvent event(std::uint64_t order_id, OrderStatus status) {
    AccountEvent made;
    made.type =
        status == OrderStatus::kNew ? AccountEvent::Type::kNew : AccountEvent::Type::kCanceled;
    made.order.order_id = order_id;
    made.order.account = account_;
    made.order.status = status;
    return made;
  }

  Exchange exchange_{{*symbol_spec_by_name("BTCUSDT")}};
  SimAccountId account_{exchange_.add_account({})};
  AccountDirectory accounts_;
  TruthLog truth_{exchange_, accounts_, 3};
};

TEST_F(TruthLogTest, KeepsTheNewestAndSaysHowManyItForgot) {
  for (int i = 0; i < 5; ++i) truth_.on_message({.code = i});
  EXPECT_EQ(truth_.messages().size(), 3U);
  EXPECT_EQ(truth_.messages().forgotten(), 2U);
  EXPECT_EQ(truth_.messages().begin()->code, 2);
  EXPECT_EQ(truth_.messages().from(0)->code, 2);
  EXPECT_EQ(truth_.messages().from(5)->code, 4);
  EXPECT_TRUE(truth_.messages().from(6) == truth_.messages().end());
}

TEST_F(TruthLogTest, ForgetsClosedOrdersOldestFirstAndNeverAnOpenOne) {
  truth_.on_account_event(account_, event(1, OrderStatus::kNew));
  for (std::uint64_t id = 2; id <= 6; ++id) {
    truth_.on_account_event(account_, event(id, OrderStatus::kNew));
    truth_.on_account_event(account_, event(id, OrderStatus::kCanceled));
  }
  EXPECT_EQ(truth_.orders().size(), 4U);
  EXPECT_TRUE(truth_.orders().contains({0, 1}));
  EXPECT_FALSE(truth_.orders().contains({0, 3}));
  EXPECT_TRUE(truth_.orders().contains({0, 6}));
  EXPECT_EQ(truth_.orders_forgotten(), 2U);
}

TEST_F(TruthLogTest, AReplyToAForgottenRequestIsNoMatter) {
  const std::uint64_t first = truth_.on_request({.method = "a"});
  for (int i = 0; i < 3; ++i) truth_.on_request({.method = "b"});
  truth_.on_reply(first, WallTime{}, 200, 0, {});
  truth_.on_sender(first, account_, "", "");
  for (const RequestRecord& request : truth_.requests()) EXPECT_EQ(request.method, "b");
}

TEST_F(TruthLogTest, TheWriterIsToldWhatMemoryForgets) {
  std::vector<std::string> lines;
  truth_.set_writer([&lines](std::string_view line) { lines.emplace_back(line); });
  for (int i = 0; i < 10; ++i) truth_.on_message({.code = i});
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_EQ(Json::parse(lines[0]).at("kind"), "message");
  EXPECT_EQ(Json::parse(lines[9]).at("code"), 9);
}

TEST(TruthFile, IsWholeAfterItsEndAndSaysWhyItCannotBe) {
  const TempDirectory directory;
  const std::string path = directory.path() + "/truth.jsonl";
  {
    auto file = TruthFile::open(path);
    ASSERT_TRUE(file);
    for (int i = 0; i < 100'000; ++i) (*file)->write(R"({"kind":"message","code":0})");
  }
  std::ifstream in{path};
  std::size_t lines = 0;
  for (std::string line; std::getline(in, line); ++lines) {
    if (lines % 1'000 == 0) {
      EXPECT_TRUE(Json::accept(line));
    }
  }
  EXPECT_EQ(lines, 100'000U);
  const auto nowhere = TruthFile::open("/no/such/folder/x");
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().find("/no/such/folder/x"), std::string::npos);
}

}  // namespace
}  // namespace portcullis::sim::test
