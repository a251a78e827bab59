#include "core/audit/audit_log.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/audit/audit_fixture.hpp"

namespace portcullis::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string output_of(const std::string& command) {
  std::string output;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::array<char, 256> piece{};
  while (std::fgets(piece.data(), piece.size(), pipe) != nullptr) output += piece.data();
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return output;
}

TEST(AuditLog, KeepsEveryFieldOfEveryActOverAReopening) {
  const LogFile file{2};
  {
    auto log = Log::open(file.path, kNoon);
    ASSERT_TRUE(log) << log.error();
    EXPECT_EQ(log->head().sequence, 2U);
    ASSERT_TRUE(log->append({.act = Act::kRearmed,
                             .actor = "bob",
                             .scope = "strategy 3",
                             .reason = "looked at it",
                             .before = "HALTED",
                             .after = "RUNNING"},
                            kNoon));
  }
  std::vector<Record> records;
  const auto scan =
      audit::scan(file.path, {}, 0, [&](const Record& record) { records.push_back(record); });
  ASSERT_TRUE(scan && scan->is_sound());
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_EQ(records[0].entry.after, "1");
  EXPECT_EQ(records[1].entry.reason, "launch \"day\"\n");
  const Record& last = records[2];
  EXPECT_EQ(last.sequence, 3U);
  EXPECT_EQ(last.time, "2025-11-27T12:00:00.000000Z");
  EXPECT_EQ(last.entry.act, Act::kRearmed);
  EXPECT_EQ(last.entry.actor, "bob");
  EXPECT_EQ(last.entry.scope, "strategy 3");
  EXPECT_EQ(last.entry.before, "HALTED");
  EXPECT_EQ(last.entry.after, "RUNNING");
  EXPECT_EQ(last.hash, scan->head.hash);
}

TEST(AuditLog, EachHashIsWhatSha256sumMakesOfTheLineBeforeIt) {
  const LogFile file{3};
  std::string previous(64, '0');
  for (const std::string& line : file.lines()) {
    const std::size_t end = line.find(R"(,"hash":")");
    (void)file.directory.write("covered", line.substr(0, end));
    const std::string sum = output_of("sha256sum " + file.directory.file("covered")).substr(0, 64);
    const auto body = nlohmann::json::parse(line);
    EXPECT_EQ(body["hash"], sum);
    EXPECT_EQ(body["previous"], previous);
    previous = sum;
  }
}

TEST(AuditLog, TakesAnyBytesAsText) {
  const LogFile file{0};
  auto log = Log::open(file.path, kNoon);
  ASSERT_TRUE(log);
  ASSERT_TRUE(log->append({.act = Act::kKilled,
                           .actor = "a\xFF\x01\"",
                           .scope = "gateway",
                           .reason = std::string(100'000, 'x'),
                           .before = {},
                           .after = {}},
                          kNoon));
  const auto scan = verify(file.path, {});
  ASSERT_TRUE(scan);
  EXPECT_TRUE(scan->is_sound()) << scan->damage->text;
  EXPECT_EQ(scan->head, log->head());
}

TEST(AuditLog, TwoProcessesWriteOneChain) {
  const LogFile file{0};
  constexpr int kEach = 100;
  const auto write_many = [&file] {
    auto log = Log::open(file.path, kNoon);
    for (int i = 0; i < kEach; ++i) {
      if (!log || !log->append(raised("1"), kNoon)) return false;
    }
    return true;
  };
  const pid_t child = ::fork();
  if (child == 0) ::_exit(write_many() ? 0 : 1);
  EXPECT_TRUE(write_many());
  int status = 1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  const auto scan = verify(file.path, {});
  ASSERT_TRUE(scan);
  EXPECT_TRUE(scan->is_sound()) << scan->damage->text;
  EXPECT_EQ(scan->head.sequence, 2U * kEach);
}

TEST(AuditLog, ALineThatACrashCutAtAnyByteIsTakenOffAndRecorded) {
  const LogFile whole{2};
  const std::vector<std::string> lines = whole.lines();
  for (std::size_t cut = 1; cut < lines[1].size(); ++cut) {
    const LogFile file{0};
    file.write({lines[0], lines[1].substr(0, cut)});
    auto log = Log::open(file.path, kNoon);
    ASSERT_TRUE(log) << cut << ": " << log.error();
    ASSERT_EQ(log->head().sequence, 2U) << cut;
    std::vector<Record> records;
    const auto scan =
        audit::scan(file.path, {}, 0, [&](const Record& record) { records.push_back(record); });
    ASSERT_TRUE(scan && scan->is_sound()) << cut;
    ASSERT_EQ(records[1].entry.act, Act::kTailCut) << cut;
    ASSERT_EQ(records[1].entry.before, lines[1].substr(0, cut)) << cut;
  }
}

TEST(AuditLog, DoesNotAddToAChainThatIsBroken) {
  const LogFile file{3};
  std::vector<std::string> lines = file.lines();
  lines[1][lines[1].find("launch")] = 'L';
  file.write(lines);
  const auto log = Log::open(file.path, kNoon);
  ASSERT_FALSE(log);
  EXPECT_THAT(log.error(), HasSubstr("record 2 "));
  EXPECT_THAT(log.error(), HasSubstr("move it away"));
}

// No file of this process may grow beyond so many bytes, while it lives.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(AuditLog, AnActThatFindsNoRoomIsRefusedAndLeavesNothing) {
  const LogFile file{1};
  const std::string before = test::read_file(file.path);
  auto log = Log::open(file.path, kNoon);
  ASSERT_TRUE(log) << log.error();
  {
    const SizeLimit limit{before.size() + 10};
    const auto appended = log->append(raised("2"), kNoon);
    ASSERT_FALSE(appended);
    EXPECT_THAT(appended.error(), HasSubstr("audit.log: write: File too large"));
  }
  EXPECT_EQ(test::read_file(file.path), before);
  EXPECT_TRUE(log->append(raised("2"), kNoon));
  EXPECT_EQ(log->head().sequence, 2U);
}

TEST(AuditLog, WhatIsNoFileIsNotReadToItsEnd) {
  const auto scan = verify("/dev/zero", {});
  ASSERT_FALSE(scan);
  EXPECT_THAT(scan.error(), HasSubstr("/dev/zero"));
}

TEST(AuditLog, AFolderThatIsNotThereIsNamed) {
  const test::TempDirectory directory;
  const auto log = Log::open(directory.file("missing/audit.log"), kNoon);
  ASSERT_FALSE(log);
  EXPECT_THAT(log.error(), HasSubstr("missing/audit.log"));
}

TEST(AuditLog, AnchorsItsHeadOnceForEach) {
  const LogFile file{2};
  const std::string anchors = file.directory.file("anchors");
  auto log = Log::open(file.path, kNoon);
  ASSERT_TRUE(log);
  ASSERT_TRUE(log->anchor_to(anchors));
  ASSERT_TRUE(log->anchor_to(anchors));
  const Head second = log->head();
  ASSERT_TRUE(log->append(raised("3"), kNoon));
  ASSERT_TRUE(log->anchor_to(anchors));
  const auto read = read_anchors(anchors);
  ASSERT_TRUE(read) << read.error();
  EXPECT_THAT(*read, ::testing::ElementsAre(second, log->head()));
  const auto scan = verify(file.path, *read);
  ASSERT_TRUE(scan);
  EXPECT_TRUE(scan->is_sound());
}

}  // namespace
}  // namespace portcullis::audit
