// The CPU's instruction against Boost's table.
#include "core/journal/crc32c.hpp"

#include <random>
#include <vector>

#include <boost/crc.hpp>
#include <gtest/gtest.h>

namespace portcullis::journal {
namespace {

using BoostCrc32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

TEST(Crc32c, EqualsBoostsForEveryLengthAndCut) {
  std::mt19937 random{7};
  std::vector<std::byte> bytes(300);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    BoostCrc32c expected;
    expected.process_bytes(bytes.data(), length);
    const auto whole = std::span{bytes}.first(length);
    ASSERT_EQ(crc32c(0, whole), expected.checksum()) << length;
    const std::size_t cut = length / 3;
    ASSERT_EQ(crc32c(crc32c(0, whole.first(cut)), whole.subspan(cut)), expected.checksum());
  }
}

}  // namespace
}  // namespace portcullis::journal
