#include "sim/net/send_queue.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/random.hpp"

namespace portcullis::sim::test {
namespace {

SharedText text_of(const std::string& text) {
  return std::make_shared<const std::string>(text);
}

std::vector<std::string> drain(SendQueue& queue) {
  std::vector<std::string> texts;
  while (!queue.empty()) texts.push_back(*queue.pop());
  return texts;
}

TEST(SendQueue, AMessageWithAKeyTakesThePlaceOfTheOneThatWaits) {
  SendQueue queue;
  queue.push(text_of("a1"), 1);
  queue.push(text_of("no key"), 0);
  queue.push(text_of("b1"), 2);
  queue.push(text_of("a2"), 1);
  queue.push(text_of("no key"), 0);
  queue.push(text_of("a three"), 1);
  EXPECT_EQ(queue.bytes(), 7U + 6 + 2 + 6);
  EXPECT_EQ(drain(queue), (std::vector<std::string>{"a three", "no key", "b1", "no key"}));
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST(SendQueue, WhatHasLeftIsNotReplaced) {
  SendQueue queue;
  queue.push(text_of("a1"), 1);
  EXPECT_EQ(*queue.pop(), "a1");
  queue.push(text_of("b1"), 2);
  queue.push(text_of("a2"), 1);
  EXPECT_EQ(drain(queue), (std::vector<std::string>{"b1", "a2"}));
  queue.push(text_of("a3"), 1);
  queue.clear();
  EXPECT_TRUE(queue.empty());
  queue.push(text_of("a4"), 1);
  EXPECT_EQ(drain(queue), (std::vector<std::string>{"a4"}));
}

TEST(SendQueue, AgreesWithASlowOneThatSearches) {
  constexpr std::uint64_t kSeed = 7;
  RecordProperty("seed", std::to_string(kSeed));
  Random random{kSeed};
  SendQueue queue;
  std::vector<std::pair<std::uint64_t, std::string>> model;
  for (int i = 0; i < 100'000; ++i) {
    if (random.below(3) == 0 && !model.empty()) {
      ASSERT_EQ(*queue.pop(), model.front().second);
      model.erase(model.begin());
      continue;
    }
    const auto key = static_cast<std::uint64_t>(random.below(6));
    const std::string text = std::to_string(i);
    queue.push(text_of(text), key);
    const auto place = std::ranges::find_if(
        model, [key](const auto& item) { return key != 0 && item.first == key; });
    if (place == model.end()) {
      model.emplace_back(key, text);
    } else {
      place->second = text;
    }
    ASSERT_EQ(queue.size(), model.size());
  }
}

}  // namespace
}  // namespace portcullis::sim::test
