#include "core/net/address_budget.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace portcullis::net {
namespace {

using namespace std::chrono_literals;
using Party = AddressBudget::Party;

constexpr MonoTime kNow = mono_time(1'000'000'000'000);

TEST(AddressBudget, EachPartySeesWhatTheOthersDo) {
  AddressBudget address;
  address.publish(Party::kOrders, {.weight_begun = 7, .weight_finished = 5, .requests_begun = 2});
  address.publish(Party::kStart, {.weight_begun = 20, .weight_finished = 20, .requests_begun = 1});
  EXPECT_EQ(address.others_than(Party::kOrders).weight_begun, 20);
  EXPECT_EQ(address.others_than(Party::kSnapshots).weight_begun, 27);
  EXPECT_EQ(address.others_than(Party::kSnapshots).weight_finished, 25);
  EXPECT_EQ(address.others_than(Party::kSnapshots).requests_begun, 3);
}

TEST(AddressBudget, ARefusalOfOneThreadHoldsAllForAsLongAsTheVenueSays) {
  AddressBudget address;
  EXPECT_LE(address.blocked_until(), kNow);
  address.note_refusal(Party::kStreamConnects, 429, 7, kNow);
  EXPECT_EQ(address.limited_until(), kNow + 7s);
  address.note_refusal(Party::kSnapshots, 418, 300, kNow);
  EXPECT_EQ(address.banned_until(), kNow + 300s);
  EXPECT_EQ(address.blocked_until(), kNow + 300s);
  address.note_refusal(Party::kSnapshots, 418, 10, kNow);
  EXPECT_EQ(address.banned_until(), kNow + 300s) << "never shortened";
}

TEST(AddressBudget, WithoutAWordOfTheVenuesThePausesAreItsUsualOnes) {
  AddressBudget limited;
  limited.note_refusal(Party::kStart, 429, 0, kNow);
  EXPECT_EQ(limited.limited_until(), kNow + 60s);
  AddressBudget banned;
  banned.note_refusal(Party::kStart, 418, 0, kNow);
  EXPECT_EQ(banned.banned_until(), kNow + 120s);
  AddressBudget walled;
  walled.note_refusal(Party::kStart, 403, 0, kNow);
  EXPECT_EQ(walled.limited_until(), kNow + 10s);
  AddressBudget at_peace;
  at_peace.note_refusal(Party::kStart, 500, 60, kNow);
  EXPECT_LE(at_peace.blocked_until(), kNow);
}

TEST(AddressBudget, TellsTheVenuesTimeOnceItIsMeasured) {
  AddressBudget address;
  EXPECT_EQ(address.venue_time(kNow, wall_time(5)), wall_time(5));
  address.set_venue_offset(3s);
  EXPECT_EQ(address.venue_time(kNow, wall_time(5)), wall_time(1'003'000'000'000));
}

}  // namespace
}  // namespace portcullis::net
