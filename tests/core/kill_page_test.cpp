#include "core/kill_page.hpp"

#include <string>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/core/temp_directory.hpp"

namespace portcullis {
namespace {

TEST(KillPage, AnotherProcessAsksAndItStaysAsked) {
  const test::TempDirectory directory;
  auto page = KillPage::open(directory.path());
  ASSERT_TRUE(page) << page.error();
  EXPECT_FALSE(page->is_kill_asked());
  const pid_t child = ::fork();
  if (child == 0) {
    auto its = KillPage::open(directory.path());
    if (its) its->ask_kill();
    ::_exit(its ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(page->is_kill_asked());
  const KillPage moved = std::move(*page);
  EXPECT_TRUE(moved.is_kill_asked());
  EXPECT_TRUE(KillPage::open(directory.path())->is_kill_asked()) << "the next start sees it too";
}

TEST(KillPage, IsTakenBackByWhoeverHasLatchedIt) {
  const test::TempDirectory directory;
  auto page = KillPage::open(directory.path());
  ASSERT_TRUE(page);
  page->ask_kill();
  page->take_back();
  EXPECT_FALSE(KillPage::open(directory.path())->is_kill_asked());
}

TEST(KillPage, AnErrorNamesThePlace) {
  const auto page = KillPage::open("/nonexistent/state");
  ASSERT_FALSE(page);
  EXPECT_NE(page.error().find("/nonexistent/state/kill.page"), std::string::npos);
}

}  // namespace
}  // namespace portcullis
