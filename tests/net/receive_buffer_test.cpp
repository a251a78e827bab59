#include "core/net/receive_buffer.hpp"

#include <string>

#include <gtest/gtest.h>

namespace portcullis::net {
namespace {

void put(ReceiveBuffer& buffer, std::string_view bytes) {
  const std::span<char> space = buffer.prepare(bytes.size());
  ASSERT_EQ(space.size(), bytes.size());
  std::copy(bytes.begin(), bytes.end(), space.begin());
  buffer.commit(bytes.size());
}

TEST(ReceiveBuffer, KeepsTheOrderAcrossConsumeAndMove) {
  ReceiveBuffer buffer{8};
  put(buffer, "abcdef");
  buffer.consume(4);
  put(buffer, "ghijk");  // only fits after a move to the front
  EXPECT_EQ(buffer.bytes(), "efghijk");
  EXPECT_EQ(buffer.prepare(4).size(), 1U);
}

TEST(ReceiveBuffer, StartsOverWhenEmpty) {
  ReceiveBuffer buffer{8};
  put(buffer, "abc");
  const char* front = buffer.bytes().data();
  buffer.consume(3);
  put(buffer, "defghijk");
  EXPECT_EQ(buffer.bytes().data(), front);
}

TEST(ReceiveBuffer, ErasesFromTheMiddle) {
  ReceiveBuffer buffer{16};
  put(buffer, "0123PING4567");
  buffer.erase(4, 4);
  EXPECT_EQ(buffer.bytes(), "01234567");
  buffer.erase(0, 4);
  EXPECT_EQ(buffer.bytes(), "4567");
  buffer.erase(2, 2);
  EXPECT_EQ(buffer.bytes(), "45");
}

}  // namespace
}  // namespace portcullis::net
