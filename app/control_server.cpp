#include "app/control_server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/errno_text.hpp"

namespace portcullis::app {

namespace {

constexpr int kBacklog = 16;

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return std::nullopt;
  std::ranges::copy(path, std::begin(address.sun_path));
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

std::string too_long(const std::string& path) {
  return path + ": longer than the " + std::to_string(sizeof sockaddr_un{}.sun_path - 1) +
         " bytes of a socket's name; use a shorter gateway.state_dir";
}

}  // namespace

std::expected<ControlServer, std::string> ControlServer::listen(std::string path,
                                                                std::vector<uid_t> users) {
  const auto address = address_of(path);
  if (!address) return std::unexpected{too_long(path)};
  const auto failure = [&path](const char* call) {
    return std::unexpected{path + ": " + call + ": " + errno_text(errno)};
  };
  UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd) return failure("socket");
  // Of a gateway that is gone: a second one on the same state directory has been refused already.
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failure("unlink");
  if (::bind(fd.get(), generic(*address), sizeof *address) != 0) return failure("bind");
  // Who is let in is decided by what the kernel says of the peer; this only lets him knock.
  const mode_t mode = users.empty() ? S_IRUSR | S_IWUSR : 0666;
  if (::chmod(path.c_str(), mode) != 0) return failure("chmod");
  if (::listen(fd.get(), kBacklog) != 0) return failure("listen");
  users.push_back(::geteuid());
  return ControlServer{std::move(path), std::move(fd), std::move(users)};
}

ControlServer::~ControlServer() {
  if (fd_) ::unlink(path_.c_str());
}

void ControlServer::turn(const Handler& handler, MonoTime now) {
  accept_clients(now);
  std::erase_if(clients_, [&](Client& client) { return !serve(client, handler, now); });
}

void ControlServer::wait(std::chrono::milliseconds at_most) const {
  std::array<pollfd, kClientsMax + 1> polled{};
  std::size_t count = 0;
  polled[count++] = {.fd = fd_.get(), .events = POLLIN, .revents = 0};
  for (const Client& client : clients_) {
    const auto events = static_cast<short>(client.out.empty() ? POLLIN : POLLOUT);
    polled[count++] = {.fd = client.fd.get(), .events = events, .revents = 0};
  }
  (void)::poll(polled.data(), count, static_cast<int>(at_most.count()));
}

void ControlServer::accept_clients(MonoTime now) {
  for (std::size_t i = 0; i < kClientsMax; ++i) {
    UniqueFd fd{::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!fd) return;
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool is_known = ::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    Client client{.fd = std::move(fd), .user = peer.uid, .in = {}, .out = {}, .heard = now};
    if (!is_known || std::ranges::find(users_, peer.uid) == users_.end()) {
      client.out = R"({"ok":false,"error":"this user may not: see gateway.control_users"})"
                   "\n";
      client.is_closing = true;
    }
    // One too many waits for nothing: he is told by the end of the connection.
    if (clients_.size() < kClientsMax) clients_.push_back(std::move(client));
  }
}

bool ControlServer::serve(Client& client, const Handler& handler, MonoTime now) {
  if (!client.is_closing && client.out.empty() && !read_some(client, now)) return false;
  const std::size_t end = client.in.find('\n');
  if (!client.is_closing && end != std::string::npos) {
    client.out = handler(std::string_view{client.in}.substr(0, end), client.user);
    client.in.erase(0, end + 1);
    if (client.out.size() > kAnswerMax) client.out = R"({"ok":false,"error":"answer too long"})";
    client.out += '\n';
    client.heard = now;
  } else if (!client.is_closing && client.in.size() > kLineMax) {
    client.out = R"({"ok":false,"error":"the line is too long"})"
                 "\n";
    client.is_closing = true;
  }
  if (!write_some(client)) return false;
  if (client.is_closing && client.out.empty()) return false;
  return now - client.heard < kPatience;
}

bool ControlServer::read_some(Client& client, MonoTime now) {
  std::array<char, kLineMax> buffer{};
  const ssize_t count = ::recv(client.fd.get(), buffer.data(), buffer.size(), 0);
  if (count == 0) return false;
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  client.in.append(buffer.data(), static_cast<std::size_t>(count));
  client.heard = now;
  return true;
}

bool ControlServer::write_some(Client& client) {
  if (client.out.empty()) return true;
  const ssize_t count = ::send(client.fd.get(), client.out.data(), client.out.size(), MSG_NOSIGNAL);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  client.out.erase(0, static_cast<std::size_t>(count));
  return true;
}

std::expected<std::string, ControlFailure> ask_control(const std::string& path,
                                                       std::string_view line,
                                                       std::chrono::milliseconds patience) {
  const auto address = address_of(path);
  if (!address) return std::unexpected{ControlFailure{true, too_long(path)}};
  const UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const timeval timeout{.tv_sec = patience.count() / 1000,
                        .tv_usec = patience.count() % 1000 * 1000};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    (void)::setsockopt(fd.get(), SOL_SOCKET, option, &timeout, sizeof timeout);
  }
  if (::connect(fd.get(), generic(*address), sizeof *address) != 0) {
    const bool is_nobody = errno == ECONNREFUSED || errno == ENOENT;
    return std::unexpected{ControlFailure{is_nobody, path + ": connect: " + errno_text(errno)}};
  }
  std::string rest = std::string{line} + "\n";
  const auto silence = [&path] {
    return std::unexpected{
        ControlFailure{false, path + ": the gateway does not answer: " + errno_text(errno)}};
  };
  while (!rest.empty()) {
    const ssize_t count = ::send(fd.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count <= 0) return silence();
    rest.erase(0, static_cast<std::size_t>(count));
  }
  std::string answer;
  std::array<char, 4096> buffer{};
  while (!answer.ends_with('\n') && answer.size() <= ControlServer::kAnswerMax) {
    const ssize_t count = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0) return silence();
    answer.append(buffer.data(), static_cast<std::size_t>(count));
  }
  answer.pop_back();
  return answer;
}

}  // namespace portcullis::app
