#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace portcullis::test {

// A service manager's end of NOTIFY_SOCKET.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path)
      : fd_{socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error{"cannot listen at " + path};
    }
  }
  ~NotifySocket() { close(fd_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // Messages so far that begin with the word.
  [[nodiscard]] std::ptrdiff_t count(const std::string& word) const {
    std::array<char, 512> bytes{};
    for (ssize_t size = 0; (size = recv(fd_, bytes.data(), bytes.size(), 0)) > 0;) {
      messages_.emplace_back(bytes.data(), static_cast<std::size_t>(size));
    }
    return std::ranges::count_if(
        messages_, [&word](const std::string& message) { return message.starts_with(word); });
  }

 private:
  int fd_;
  mutable std::vector<std::string> messages_;
};

}  // namespace portcullis::test
