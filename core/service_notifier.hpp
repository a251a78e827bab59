#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "core/unique_fd.hpp"

namespace portcullis {

// Tells the service manager that started this process how it is (sd_notify(3): a datagram to the
// socket in NOTIFY_SOCKET). Without one, nothing is sent. Cold; never waits: a manager that does
// not read loses messages, and with them, in time, its patience.
class ServiceNotifier {
 public:
  // From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID of the environment.
  [[nodiscard]] static ServiceNotifier from_environment();
  // `socket_path`: absolute, or abstract with '@' in front; empty: nobody to tell.
  ServiceNotifier(std::string socket_path, std::optional<Nanos> watchdog);

  // False: there is nobody, or it could not be sent.
  bool ready(std::string_view status);
  bool status(std::string_view status);
  bool stopping();
  // "Still alive": only ever to be said by who has seen every thread move.
  bool watchdog();

  [[nodiscard]] bool has_manager() const noexcept { return !path_.empty(); }
  // How often the manager wants to hear watchdog(), at the latest; nothing: it does not.
  [[nodiscard]] std::optional<Nanos> watchdog_interval() const noexcept { return watchdog_; }

 private:
  [[nodiscard]] bool send(std::string_view message);

  std::string path_;
  std::optional<Nanos> watchdog_;
  UniqueFd fd_;
};

}  // namespace portcullis
