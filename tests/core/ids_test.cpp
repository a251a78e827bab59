#include "core/ids.hpp"

#include <random>
#include <type_traits>
#include <unordered_set>

#include <gtest/gtest.h>

#include "core/cl_ord_id.hpp"
#include "core/time.hpp"

namespace portcullis {
namespace {

template <class A, class B>
concept ComparableIds = requires(A a, B b) { a == b; };
template <class A, class B>
concept Subtractable = requires(A a, B b) { a - b; };

static_assert(ComparableIds<OrderId, OrderId>);
static_assert(!ComparableIds<OrderId, VenueOrderId>);
static_assert(!ComparableIds<OrderId, std::uint64_t>);
static_assert(!std::is_convertible_v<OrderId, VenueOrderId>);
static_assert(!std::is_constructible_v<OrderId, TradeId>);
static_assert(!std::is_convertible_v<std::uint64_t, OrderId>);
static_assert(!std::is_convertible_v<OrderId, std::uint64_t>);
static_assert(!std::is_convertible_v<SymbolId, AssetId>);
static_assert(!std::is_convertible_v<SymbolId, StrategyId>);
static_assert(sizeof(SymbolId) == 2 && sizeof(OrderId) == 8);

static_assert(Subtractable<MonoTime, MonoTime>);
static_assert(!Subtractable<MonoTime, WallTime>);
static_assert(!std::is_convertible_v<MonoTime, WallTime>);

TEST(Strong, IsOrderedHashedAndStepped) {
  EXPECT_LT(OrderId{1}, OrderId{2});
  EXPECT_EQ(SymbolId{4}.next(), SymbolId{5});
  const std::unordered_set<OrderId> set{OrderId{1}, OrderId{1}, OrderId{2}};
  EXPECT_EQ(set.size(), 2U);
}

std::string encode(const ClOrdIdCodec& codec, OrderId id) {
  std::string text(ClOrdIdCodec::kTextMax, '\0');
  text.resize(codec.encode(id, text.data()));
  return text;
}

TEST(ClOrdId, GoesOutAndComesBack) {
  const ClOrdIdCodec codec{"pc1"};
  EXPECT_EQ(encode(codec, make_order_id(42, 500)), "pc1-00002a-00000001f4");
  std::mt19937_64 random{1};
  for (int i = 0; i < 100'000; ++i) {
    const OrderId id{random()};
    const std::string text = encode(codec, id);
    ASSERT_LE(text.size(), ClOrdIdCodec::kTextMax);
    ASSERT_EQ(codec.decode(text), id) << text;
    ASSERT_EQ(make_order_id(epoch_of(id), sequence_of(id)), id);
  }
}

TEST(ClOrdId, LongestGatewayIdFitsTheVenue) {
  const ClOrdIdCodec codec{"abcdefg8"};
  EXPECT_LE(encode(codec, OrderId{~std::uint64_t{0}}).size(), ClOrdIdCodec::kTextMax);
}

TEST(ClOrdId, ForeignTextsAreNotOurs) {
  const ClOrdIdCodec codec{"pc1"};
  for (const char* text :
       {"", "pc1", "pc1-", "pc2-00002a-00000001f4", "pc1-00002a_00000001f4",
        "pc1-00002A-00000001f4", "pc1-00002g-00000001f4", "pc1-00002a-00000001f",
        "pc1-00002a-00000001f4x", "web_0123456789abcdef", "pc1 00002a-00000001f4"}) {
    EXPECT_FALSE(codec.decode(text)) << text;
  }
}

TEST(ClOrdId, GatewayIdHasItsAlphabet) {
  for (const char* good : {"a", "pc1", "abcdefgh", "00000000"}) {
    EXPECT_TRUE(ClOrdIdCodec::is_valid_gateway_id(good)) << good;
  }
  for (const char* bad : {"", "abcdefghi", "PC1", "a-b", "a b", "é"}) {
    EXPECT_FALSE(ClOrdIdCodec::is_valid_gateway_id(bad)) << bad;
  }
}

}  // namespace
}  // namespace portcullis
