#include "core/service_notifier.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace portcullis {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value != nullptr ? value : "";
}

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

}  // namespace

ServiceNotifier ServiceNotifier::from_environment() {
  std::optional<Nanos> watchdog;
  const auto wanted = number(variable("WATCHDOG_USEC"));
  const std::string of_whom = variable("WATCHDOG_PID");
  const bool is_ours = of_whom.empty() || number(of_whom) == ::getpid();
  if (wanted && is_ours) watchdog = std::chrono::microseconds{*wanted};
  return {variable("NOTIFY_SOCKET"), watchdog};
}

ServiceNotifier::ServiceNotifier(std::string socket_path, std::optional<Nanos> watchdog)
    : path_{std::move(socket_path)},
      watchdog_{watchdog} {
  const bool is_possible = path_.size() > 1 && path_.size() < sizeof(sockaddr_un::sun_path) &&
                           (path_.front() == '/' || path_.front() == '@');
  if (!is_possible) path_.clear();
  if (path_.empty()) return;
  fd_ = UniqueFd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

bool ServiceNotifier::ready(std::string_view status) {
  return send("READY=1\nSTATUS=" + std::string{status});
}

bool ServiceNotifier::status(std::string_view status) {
  return send("STATUS=" + std::string{status});
}

bool ServiceNotifier::stopping() {
  return send("STOPPING=1");
}

bool ServiceNotifier::watchdog() {
  return send("WATCHDOG=1");
}

bool ServiceNotifier::send(std::string_view message) {
  if (!fd_) return false;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
  const ssize_t sent = ::sendto(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address), length);
  return sent == static_cast<ssize_t>(message.size());
}

}  // namespace portcullis
