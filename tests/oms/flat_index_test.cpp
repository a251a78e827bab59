#include "oms/flat_index.hpp"

#include <cstdint>
#include <random>
#include <unordered_map>

#include <gtest/gtest.h>

namespace portcullis::oms {
namespace {

// Few homes for many keys: long runs, wrapping round the end, holes in the middle.
struct CrowdedKey {
  std::uint32_t number{0};
  [[nodiscard]] std::uint64_t hash() const noexcept { return number % 5 * 31 + 29; }
  friend bool operator==(const CrowdedKey&, const CrowdedKey&) noexcept = default;
};

TEST(FlatIndex, AgreesWithAMapThroughCollisionsAndDeletions) {
  FlatIndex<CrowdedKey, std::uint32_t> index{24};
  std::unordered_map<std::uint32_t, std::uint32_t> model;
  std::mt19937 random{42};
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    const auto number = static_cast<std::uint32_t>(random() % 40);
    if (random() % 2 == 0 && model.size() < 24) {
      EXPECT_EQ(index.insert({number}, i), model.emplace(number, i).second);
    } else {
      EXPECT_EQ(index.erase({number}), model.erase(number) == 1);
    }
    ASSERT_EQ(index.size(), model.size());
    for (std::uint32_t n = 0; n < 40; ++n) {
      const std::uint32_t* found = index.find({n});
      const auto expected = model.find(n);
      ASSERT_EQ(found != nullptr, expected != model.end()) << "step " << i << " key " << n;
      if (found == nullptr) continue;
      ASSERT_EQ(*found, expected->second);
    }
  }
}

TEST(FlatIndexDeathTest, InsertingIntoAFullIndexIsABug) {
  FlatIndex<CrowdedKey, int> index{1};
  ASSERT_TRUE(index.insert({1}, 1));
  EXPECT_DEATH(index.insert({2}, 2), "evicts before it inserts");
}

}  // namespace
}  // namespace portcullis::oms
