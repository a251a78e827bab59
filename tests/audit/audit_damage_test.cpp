#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/audit/audit_record.hpp"
#include "core/audit/audit_scan.hpp"
#include "tests/audit/audit_fixture.hpp"

namespace portcullis::audit {
namespace {

using ::testing::HasSubstr;

// The record that the verifier names, and what it says of it; 0 for a sound log.
std::pair<std::uint64_t, std::string> first_bad(const LogFile& file,
                                                const std::vector<Head>& anchors = {}) {
  const auto scan = verify(file.path, anchors);
  if (!scan) return {~0ULL, scan.error()};
  if (!scan->damage) return {0, ""};
  return {scan->damage->line, scan->damage->text};
}

TEST(AuditDamage, EveryBitOfEveryRecordCounts) {
  const LogFile file{3};
  const std::string sound = test::read_file(file.path);
  const std::vector<std::string> lines = file.lines();
  ASSERT_EQ(first_bad(file).first, 0U);
  std::size_t at = 0;
  for (std::size_t record = 1; record <= lines.size(); ++record) {
    // The last newline is what tells a whole record from one that is being written.
    const std::size_t end = lines[record - 1].size() - (record == lines.size() ? 1 : 0);
    for (std::size_t i = 0; i < end; ++i) {
      std::string changed = sound;
      changed[at + i] = static_cast<char>(changed[at + i] ^ (1 << (i % 8)));
      (void)file.directory.write("audit.log", changed);
      ASSERT_EQ(first_bad(file).first, record) << "byte " << i;
    }
    at += lines[record - 1].size();
  }
}

TEST(AuditDamage, ARecordTakenOutIsNamed) {
  const LogFile file{4};
  auto lines = file.lines();
  lines.erase(lines.begin() + 1);
  file.write(lines);
  const auto [record, text] = first_bad(file);
  EXPECT_EQ(record, 2U);
  EXPECT_THAT(text, HasSubstr("has the number 3 where 2 belongs"));
}

TEST(AuditDamage, ARecordPutInIsNamed) {
  const LogFile file{4};
  auto lines = file.lines();
  lines.insert(lines.begin() + 2, lines[1]);
  file.write(lines);
  EXPECT_EQ(first_bad(file).first, 3U);
}

TEST(AuditDamage, TwoThatChangedPlacesAreNamed) {
  const LogFile file{4};
  auto lines = file.lines();
  std::swap(lines[1], lines[2]);
  file.write(lines);
  EXPECT_EQ(first_bad(file).first, 2U);
}

TEST(AuditDamage, ARecordWrittenAnewWithItsOwnHashIsFoundAtTheNext) {
  const LogFile file{3};
  auto lines = file.lines();
  const auto first = parse_line(lines[0].substr(0, lines[0].size() - 1));
  ASSERT_TRUE(first);
  lines[1] = render_line(raised("9"), {.sequence = 1, .hash = first->hash}, kNoon).text;
  file.write(lines);
  const auto [record, text] = first_bad(file);
  EXPECT_EQ(record, 3U);
  EXPECT_THAT(text, HasSubstr("that one was replaced"));
}

TEST(AuditDamage, AnEndCutOffIsFoundByItsAnchor) {
  const LogFile file{4};
  const auto whole = verify(file.path, {});
  ASSERT_TRUE(whole);
  auto lines = file.lines();
  lines.resize(2);
  file.write(lines);
  EXPECT_EQ(first_bad(file).first, 0U);  // the log alone cannot tell
  const auto [record, text] = first_bad(file, {whole->head});
  EXPECT_EQ(record, 3U);
  EXPECT_THAT(text, HasSubstr("record 4 was anchored"));
}

TEST(AuditDamage, ALogWrittenAnewFromARecordOnIsFoundByItsAnchor) {
  const LogFile file{4};
  const auto whole = verify(file.path, {});
  ASSERT_TRUE(whole);
  auto lines = file.lines();
  const auto second = parse_line(lines[1].substr(0, lines[1].size() - 1));
  Head head{.sequence = 2, .hash = second->hash};
  for (std::size_t i = 2; i < lines.size(); ++i) {
    const Line line = render_line(raised("9"), head, kNoon);
    lines[i] = line.text;
    head = line.head;
  }
  file.write(lines);
  EXPECT_EQ(first_bad(file).first, 0U);
  const auto [record, text] = first_bad(file, {whole->head});
  EXPECT_EQ(record, 4U);
  EXPECT_THAT(text, HasSubstr("written anew"));
}

TEST(AuditDamage, AnchorsThatSayTwoThingsOrNothingAreErrors) {
  const LogFile file{1};
  const Head one{.sequence = 1, .hash = Hash(64, 'a')};
  const Head other{.sequence = 1, .hash = Hash(64, 'b')};
  EXPECT_THAT(first_bad(file, {one, other}).second, HasSubstr("two hashes for record 1"));
  const auto garbled = read_anchors(file.directory.write("anchors", "1 abc\n"));
  ASSERT_FALSE(garbled);
  EXPECT_THAT(garbled.error(), HasSubstr("line 1 is not"));
  EXPECT_FALSE(read_anchors(file.directory.file("none")));
}

}  // namespace
}  // namespace portcullis::audit
