#include "app/ban_record.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/process.hpp"

namespace portcullis::app::test {
namespace {

using namespace std::chrono_literals;
using Party = net::AddressBudget::Party;
using testing::HasSubstr;

constexpr MonoTime kNow = mono_time(5'000'000'000);
constexpr WallTime kWall = wall_time(1'790'000'000'000'000'000);

class BanRecordTest : public testing::Test {
 protected:
  portcullis::test::TemporaryFolder folder_;
};

TEST_F(BanRecordTest, ABanIsKnownToTheNextRunByTheWallClock) {
  net::AddressBudget met;
  met.ban_until(Party::kOrders, kNow + 300s);
  BanRecord record{folder_.path()};
  ASSERT_TRUE(record.keep(met, kNow, kWall));
  net::AddressBudget next;
  // Another process, whose monotonic clock tells something else.
  EXPECT_THAT(BanRecord{folder_.path()}.restore(next, kNow - 4s, kWall + 100s),
              HasSubstr("for 200 s"));
  EXPECT_EQ(next.banned_until(), kNow - 4s + 200s);
}

TEST_F(BanRecordTest, OneThatIsOverIsNone) {
  net::AddressBudget met;
  met.ban_until(Party::kOrders, kNow + 300s);
  BanRecord record{folder_.path()};
  ASSERT_TRUE(record.keep(met, kNow, kWall));
  net::AddressBudget next;
  EXPECT_EQ(record.restore(next, kNow, kWall + 300s), "");
  EXPECT_EQ(next.banned_until(), MonoTime{});
}

TEST_F(BanRecordTest, NoBanWritesNothing) {
  const net::AddressBudget calm;
  BanRecord record{folder_.path()};
  ASSERT_TRUE(record.keep(calm, kNow, kWall));
  net::AddressBudget next;
  EXPECT_EQ(record.restore(next, kNow, kWall), "");
  EXPECT_FALSE(std::ifstream{folder_ / "address.ban"}.good());
}

TEST_F(BanRecordTest, ADamagedOneCountsAsTheVenuesShortest) {
  net::AddressBudget met;
  met.ban_until(Party::kOrders, kNow + 300s);
  BanRecord record{folder_.path()};
  ASSERT_TRUE(record.keep(met, kNow, kWall));
  std::fstream file{folder_ / "address.ban", std::ios::in | std::ios::out};
  file.seekp(34);
  file.put('7');
  file.close();
  net::AddressBudget next;
  EXPECT_THAT(record.restore(next, kNow, kWall), HasSubstr("cannot be read"));
  EXPECT_EQ(next.banned_until(), kNow + 120s);
}

TEST_F(BanRecordTest, ADiskThatTakesNothingIsNamed) {
  net::AddressBudget met;
  met.ban_until(Party::kOrders, kNow + 300s);
  BanRecord record{folder_ / "missing"};
  const auto kept = record.keep(met, kNow, kWall);
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error(), HasSubstr("address.ban"));
}

}  // namespace
}  // namespace portcullis::app::test
