#include "core/net/frame_scanner.hpp"

#include <string>

#include <gtest/gtest.h>

namespace portcullis::net {
namespace {

using Kind = FrameBounds::Kind;
using namespace std::string_literals;

constexpr std::uint64_t kMax = 1000;

TEST(ScanFrame, KnowsEachKind) {
  EXPECT_EQ(scan_frame("\x81\x02hi"s, kMax).kind, Kind::kLast);
  EXPECT_EQ(scan_frame("\x82\x02hi"s, kMax).kind, Kind::kLast);
  EXPECT_EQ(scan_frame("\x80\x02hi"s, kMax).kind, Kind::kLast);
  EXPECT_EQ(scan_frame("\x01\x02hi"s, kMax).kind, Kind::kPart);
  EXPECT_EQ(scan_frame("\x00\x00"s, kMax).kind, Kind::kPart);
  EXPECT_EQ(scan_frame("\x89\x00"s, kMax).kind, Kind::kPing);
  EXPECT_EQ(scan_frame("\x8a\x00"s, kMax).kind, Kind::kControl);
  EXPECT_EQ(scan_frame("\x88\x00"s, kMax).kind, Kind::kControl);
}

TEST(ScanFrame, EveryPrefixIsIncomplete) {
  const std::string small = "\x81\x05hello"s;
  for (std::size_t size = 0; size < small.size(); ++size) {
    EXPECT_EQ(scan_frame(small.substr(0, size), kMax).kind, Kind::kIncomplete) << size;
  }
  const std::string wide = "\x81\x7e\x01\x00"s + std::string(256, 'x');
  for (std::size_t size = 0; size < wide.size(); ++size) {
    EXPECT_EQ(scan_frame(wide.substr(0, size), kMax).kind, Kind::kIncomplete) << size;
  }
  const FrameBounds whole = scan_frame(wide + "more", kMax);
  EXPECT_EQ(whole.kind, Kind::kLast);
  EXPECT_EQ(whole.header_bytes, 4U);
  EXPECT_EQ(whole.frame_bytes(), wide.size());
}

TEST(ScanFrame, ReadsA64BitLength) {
  const std::string frame = "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s + std::string(65'536, 'x');
  const FrameBounds bounds = scan_frame(frame, 1u << 20);
  EXPECT_EQ(bounds.kind, Kind::kLast);
  EXPECT_EQ(bounds.payload_bytes, 65'536U);
}

TEST(ScanFrame, WhatAServerMayNotSendIsUnusualAsSoonAsItsHeaderIsHere) {
  EXPECT_EQ(scan_frame("\x81\x82mask"s, kMax).kind, Kind::kUnusual);
  EXPECT_EQ(scan_frame("\xc1\x02"s, kMax).kind, Kind::kUnusual);  // RSV1 without an extension
  EXPECT_EQ(scan_frame("\xa1\x02"s, kMax).kind, Kind::kUnusual);
  EXPECT_EQ(scan_frame("\x91\x02"s, kMax).kind, Kind::kUnusual);
  EXPECT_EQ(scan_frame("\x83\x02"s, kMax).kind, Kind::kUnusual);          // opcode 3
  EXPECT_EQ(scan_frame("\x8b\x00"s, kMax).kind, Kind::kUnusual);          // opcode 11
  EXPECT_EQ(scan_frame("\x09\x00"s, kMax).kind, Kind::kUnusual);          // ping in fragments
  EXPECT_EQ(scan_frame("\x89\x7e\x00\x7e"s, kMax).kind, Kind::kUnusual);  // ping of 126
  EXPECT_EQ(scan_frame("\x81\x7e\x03\xe9"s, kMax).kind, Kind::kUnusual);  // 1001 of 1000
  EXPECT_EQ(scan_frame("\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00"s, kMax).kind, Kind::kUnusual);
  EXPECT_EQ(scan_frame("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s, kMax).header_bytes, 10U);
}

TEST(ScanFrame, TheLimitItselfIsAllowed) {
  EXPECT_EQ(scan_frame("\x81\x7e\x03\xe8"s, kMax).kind, Kind::kIncomplete);
  EXPECT_EQ(scan_frame("\x81\x01"s, 0).kind, Kind::kUnusual);
  EXPECT_EQ(scan_frame("\x81\x00"s, 0).kind, Kind::kLast);
}

}  // namespace
}  // namespace portcullis::net
