#include "sim/exchange/client_id_index.hpp"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "sim/random.hpp"

namespace portcullis::sim {
namespace {

// Against a map, with so few names that all of them are taken, moved and given up often.
TEST(ClientIdIndex, AgreesWithAMap) {
  ClientIdIndex index;
  std::map<std::string, std::uint64_t> expected;
  std::map<std::uint64_t, std::string> name_of;
  Random random{7};
  for (std::uint64_t id = 1; id <= 200'000; ++id) {
    const std::string name = "name" + std::to_string(random.below(2'000));
    const auto has_name = [&](std::uint64_t order_id) { return name_of[order_id] == name; };
    if (random.chance(60)) {
      name_of[id] = name;
      index.put(name, id, has_name);
      expected[name] = id;
    } else if (const auto found = expected.find(name); found != expected.end()) {
      const bool is_outdated = random.chance(20);
      index.erase(name, is_outdated ? id + 1 : found->second);
      if (!is_outdated) expected.erase(found);
    }
    const auto found = expected.find(name);
    ASSERT_EQ(index.find(name, has_name), found == expected.end() ? 0 : found->second);
    ASSERT_EQ(index.count(), expected.size());
  }
}

TEST(ClientIdIndex, AnEmptyOneKnowsNobody) {
  ClientIdIndex index;
  index.erase("a", 1);
  EXPECT_EQ(index.find("a", [](std::uint64_t) { return true; }), 0U);
}

}  // namespace
}  // namespace portcullis::sim
