// The control socket by itself: who is let in, and what a client that does not behave can do.
#include "app/control_server.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/unique_fd.hpp"
#include "tests/system/process.hpp"

namespace portcullis::app {
namespace {

using std::chrono::milliseconds;

constexpr uid_t kStranger = 65'533;
constexpr uid_t kFriend = 65'532;

class ControlServerTest : public testing::Test {
 protected:
  void listen(std::vector<uid_t> users = {}) {
    auto server = ControlServer::listen(path(), std::move(users));
    ASSERT_TRUE(server) << server.error();
    server_.emplace(std::move(*server));
  }
  [[nodiscard]] std::string path() const { return folder_ / "control.sock"; }
  void turn() {
    server_->turn([](std::string_view line,
                     uid_t user) { return std::string{line} + " of " + std::to_string(user); },
                  now_);
  }
  UniqueFd connect() const {
    UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return fd;
  }
  // What another process, of this user, is answered.
  std::string answer_to(uid_t user) {
    const std::string file = folder_ / "answer";
    const pid_t child = ::fork();
    if (child == 0) {
      if (::setuid(user) != 0) ::_exit(2);
      const auto answer = ask_control(path(), "hello", milliseconds{5'000});
      ::_exit(answer && *answer == "hello of " + std::to_string(user) ? 0 : 1);
    }
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
      turn();
      std::this_thread::sleep_for(milliseconds{1});
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "let in" : "turned away";
  }

  portcullis::test::TemporaryFolder folder_;
  std::optional<ControlServer> server_;
  MonoTime now_{mono_time(1'000'000'000)};
};

TEST_F(ControlServerTest, LetsInWhoIsConfiguredByTheKernelsWordAndNobodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can be somebody else";
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  listen({kFriend});
  EXPECT_EQ(answer_to(::geteuid()), "let in");
  EXPECT_EQ(answer_to(kFriend), "let in");
  EXPECT_EQ(answer_to(kStranger), "turned away");
}

TEST_F(ControlServerTest, WithNobodyConfiguredOthersCannotEvenKnock) {
  listen();
  EXPECT_EQ(std::filesystem::status(path()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ControlServerTest, AClientThatSaysNothingOrTooMuchIsClosed) {
  listen();
  const UniqueFd silent = connect();
  const UniqueFd long_winded = connect();
  turn();
  const std::string much(2 * ControlServer::kLineMax, 'x');
  ASSERT_EQ(::send(long_winded.get(), much.data(), much.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(much.size()));
  for (int i = 0; i < 5; ++i) turn();
  std::string answer(256, '\0');
  answer.resize(static_cast<std::size_t>(
      std::max<ssize_t>(0, ::recv(long_winded.get(), answer.data(), answer.size(), 0))));
  EXPECT_NE(answer.find("too long"), std::string::npos);
  char byte = 0;
  EXPECT_EQ(::recv(silent.get(), &byte, 1, MSG_DONTWAIT), -1) << "still there";
  now_ += ControlServer::kPatience;
  turn();
  EXPECT_EQ(::recv(silent.get(), &byte, 1, MSG_DONTWAIT), 0) << "closed";
}

TEST_F(ControlServerTest, MoreClientsThanItServesAreClosedAndThoseServedGoOn) {
  listen();
  std::vector<UniqueFd> clients;
  for (std::size_t i = 0; i < ControlServer::kClientsMax + 3; ++i) clients.push_back(connect());
  for (int i = 0; i < 4; ++i) turn();
  char byte = 0;
  EXPECT_EQ(::recv(clients.back().get(), &byte, 1, MSG_DONTWAIT), 0);
  ASSERT_EQ(::send(clients.front().get(), "a\nb\n", 4, MSG_NOSIGNAL), 4);
  for (int i = 0; i < 3; ++i) turn();
  std::string answer(64, '\0');
  answer.resize(static_cast<std::size_t>(
      std::max<ssize_t>(0, ::recv(clients.front().get(), answer.data(), answer.size(), 0))));
  const std::string user = " of " + std::to_string(::geteuid()) + "\n";
  EXPECT_EQ(answer, "a" + user + "b" + user) << "line by line";
}

TEST_F(ControlServerTest, TheNextGatewayTakesOverWhatADeadOneHasLeft) {
  portcullis::test::write_file(path(), "");
  listen();
  EXPECT_EQ(answer_to(::geteuid()), "let in");
  const auto too_long = ControlServer::listen("/tmp/" + std::string(120, 'x'), {});
  EXPECT_FALSE(too_long);
}

}  // namespace
}  // namespace portcullis::app
