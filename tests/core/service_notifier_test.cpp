#include "core/service_notifier.hpp"

#include <array>
#include <cstring>
#include <stdlib.h>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/unique_fd.hpp"
#include "tests/core/temp_directory.hpp"

namespace portcullis {
namespace {

// A service manager's end of the socket.
class NotifyListener {
 public:
  explicit NotifyListener(const std::string& path)
      : fd_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address),
                     static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size())),
              0);
  }
  // The next message; empty when there is none.
  [[nodiscard]] std::string take() const {
    std::array<char, 512> bytes{};
    const ssize_t count = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
    return count > 0 ? std::string{bytes.data(), static_cast<std::size_t>(count)} : "";
  }

 private:
  UniqueFd fd_;
};

TEST(ServiceNotifier, TellsTheManagerByTheProtocol) {
  const test::TempDirectory directory;
  const std::string names[] = {directory.file("notify"),
                               "@portcullis-test-" + std::to_string(::getpid())};
  for (const std::string& path : names) {
    const NotifyListener manager{path};
    ServiceNotifier notifier{path, std::nullopt};
    EXPECT_TRUE(notifier.has_manager());
    EXPECT_TRUE(notifier.ready("trading"));
    EXPECT_EQ(manager.take(), "READY=1\nSTATUS=trading");
    EXPECT_TRUE(notifier.status("halted"));
    EXPECT_EQ(manager.take(), "STATUS=halted");
    EXPECT_TRUE(notifier.watchdog());
    EXPECT_EQ(manager.take(), "WATCHDOG=1");
    EXPECT_TRUE(notifier.stopping());
    EXPECT_EQ(manager.take(), "STOPPING=1");
    EXPECT_EQ(manager.take(), "");
  }
}

TEST(ServiceNotifier, NobodyThereIsNoError) {
  const std::string paths[] = {"", "relative", "/nonexistent/socket", std::string(200, '/')};
  for (const std::string& path : paths) {
    ServiceNotifier notifier{path, std::nullopt};
    EXPECT_FALSE(notifier.watchdog()) << path;
  }
}

TEST(ServiceNotifier, TakesTheIntervalThatIsForThisProcess) {
  const auto interval = [](const char* usec, const std::string& pid) {
    ::setenv("WATCHDOG_USEC", usec, 1);
    if (pid.empty()) {
      ::unsetenv("WATCHDOG_PID");
    } else {
      ::setenv("WATCHDOG_PID", pid.c_str(), 1);
    }
    const auto notifier = ServiceNotifier::from_environment();
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
    return notifier.watchdog_interval();
  };
  EXPECT_EQ(interval("5000000", ""), Nanos{std::chrono::seconds{5}});
  EXPECT_EQ(interval("5000000", std::to_string(::getpid())), Nanos{std::chrono::seconds{5}});
  EXPECT_EQ(interval("5000000", std::to_string(::getpid() + 1)), std::nullopt);
  EXPECT_EQ(interval("", ""), std::nullopt);
  EXPECT_EQ(interval("0", ""), std::nullopt);
  EXPECT_EQ(interval("5s", ""), std::nullopt);
}

}  // namespace
}  // namespace portcullis
