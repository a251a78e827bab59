#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/time.hpp"
#include "core/unique_fd.hpp"

namespace portcullis::app {

// The gateway's control socket (state_dir/control.sock): a line in, a line out, for processes of
// this user and of the users configured, by the credentials that the kernel vouches for. Served by
// the control thread between its other duties: nothing blocks, everything is bounded (clients,
// bytes of a line and of an answer, time without a word), and a client that does not behave is
// closed.
class ControlServer {
 public:
  static constexpr std::size_t kClientsMax = 8;
  static constexpr std::size_t kLineMax = 4096;
  static constexpr std::size_t kAnswerMax = 256u << 10;
  static constexpr Nanos kPatience = std::chrono::seconds{5};

  // Answers a line, without its newline, with one.
  using Handler = std::move_only_function<std::string(std::string_view line, uid_t user) const>;

  // Takes the path over from whatever was there. `users` may connect beside our own. An error says
  // where and what to do.
  [[nodiscard]] static std::expected<ControlServer, std::string> listen(std::string path,
                                                                        std::vector<uid_t> users);
  ControlServer(ControlServer&&) noexcept = default;
  ControlServer& operator=(ControlServer&&) = delete;
  ~ControlServer();

  void turn(const Handler& handler, MonoTime now);
  // Until a client says something, or for so long; a signal ends it too.
  void wait(std::chrono::milliseconds at_most) const;

 private:
  struct Client {
    UniqueFd fd;
    uid_t user{};
    std::string in;
    std::string out;
    MonoTime heard{};
    bool is_closing{false};  // once `out` has left
  };

  ControlServer(std::string path, UniqueFd fd, std::vector<uid_t> users)
      : path_{std::move(path)},
        fd_{std::move(fd)},
        users_{std::move(users)} {}

  void accept_clients(MonoTime now);
  [[nodiscard]] bool serve(Client& client, const Handler& handler, MonoTime now);
  [[nodiscard]] static bool read_some(Client& client, MonoTime now);
  [[nodiscard]] static bool write_some(Client& client);

  std::string path_;
  UniqueFd fd_;
  std::vector<uid_t> users_;
  std::vector<Client> clients_;
};

// The other end: says a line, and answers with the gateway's. `patience` is for all of it. The
// error tells that nobody listens apart from one that does not answer.
struct ControlFailure {
  bool is_nobody{false};
  std::string text;
};
[[nodiscard]] std::expected<std::string, ControlFailure> ask_control(
    const std::string& path, std::string_view line, std::chrono::milliseconds patience);

}  // namespace portcullis::app
