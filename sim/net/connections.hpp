#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/event_loop.hpp"
#include "sim/net/http_service.hpp"
#include "sim/net/wire_fault.hpp"

namespace portcullis::sim {

struct ConnectionInfo {
  std::uint64_t id{0};         // in the order of arrival; an upgrade is a new one
  std::optional<WsKind> kind;  // nothing: plain HTTP
  std::string remote;          // the peer's IP address
};

// What went through a connection so far, and what waits.
struct ConnectionTraffic {
  std::uint64_t messages_in{0};   // requests, or text messages of a WebSocket
  std::uint64_t messages_out{0};  // replies, or text messages
  std::size_t queued_messages{0};
  std::size_t queued_bytes{0};
};

// One open connection, as those see it who look after all of them.
class Connection {
 public:
  explicit Connection(ConnectionInfo info) : info_{std::move(info)} {}
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] const ConnectionInfo& info() const noexcept { return info_; }
  [[nodiscard]] std::chrono::steady_clock::time_point since() const noexcept { return since_; }
  [[nodiscard]] virtual ConnectionTraffic traffic() const { return {}; }
  // As those of TextSink.
  virtual void cut() = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  virtual void inject(const WireFault& fault) = 0;
  virtual void on_shutdown_notice() = 0;

 private:
  const ConnectionInfo info_;
  const std::chrono::steady_clock::time_point since_{std::chrono::steady_clock::now()};
};

// Which connections are meant: those that match all that is said.
struct ConnectionFilter {
  std::optional<std::uint64_t> id{};
  std::optional<WsKind> kind{};
  bool is_http{false};  // those that are not WebSockets
  std::optional<std::string> remote{};

  [[nodiscard]] bool matches(const ConnectionInfo& info) const;
};

// The open connections of one or several ports, which it keeps alive, and the faults that wait for
// the next ones. Each call answers how many connections it met. The loop's thread.
class Connections {
 public:
  Connections() = default;
  ~Connections() { cut({}); }
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  void add(std::shared_ptr<Connection> connection);
  void remove(std::uint64_t id);
  [[nodiscard]] std::uint64_t next_id() noexcept { return ++last_id_; }

  [[nodiscard]] std::size_t size() const noexcept { return open_.size(); }
  [[nodiscard]] std::size_t count(const ConnectionFilter& filter) const;
  [[nodiscard]] std::vector<ConnectionInfo> list() const;
  // `visit` is called with each, in the order of arrival; it opens and closes none.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [id, connection] : open_) visit(*connection);
  }
  std::size_t cut(const ConnectionFilter& filter);
  std::size_t close(const ConnectionFilter& filter, std::uint16_t code, std::string_view reason);
  std::size_t inject(const ConnectionFilter& filter, const WireFault& fault);
  // Says that the server goes (Binance: serverShutdown), and closes after `notice`.
  static std::size_t shut_down(const std::shared_ptr<Connections>& connections, EventLoop& loop,
                               const ConnectionFilter& filter, std::chrono::microseconds notice);

  // The next `count` accepted connections, after `skip` others, suffer `fault` from their start:
  // accept and stay silent, never read, reset at the first byte said. TLS suffers, too.
  void inject_on_accept(const WireFault& fault, int skip, int count);
  void forget_accept_faults() noexcept { accept_faults_.clear(); }
  // Asked for each accepted connection.
  [[nodiscard]] std::optional<WireFault> take_accept_fault();

  [[nodiscard]] const WireFaultCounts& fault_counts() const noexcept { return *fault_counts_; }
  [[nodiscard]] const std::shared_ptr<WireFaultCounts>& shared_fault_counts() const noexcept {
    return fault_counts_;
  }

 private:
  struct AcceptFault {
    WireFault fault;
    int skip;
    int count;
  };
  [[nodiscard]] std::vector<std::shared_ptr<Connection>> matching(
      const ConnectionFilter& filter) const;

  std::map<std::uint64_t, std::shared_ptr<Connection>> open_;
  std::vector<AcceptFault> accept_faults_;
  std::shared_ptr<WireFaultCounts> fault_counts_{std::make_shared<WireFaultCounts>()};
  std::uint64_t last_id_{0};
};

}  // namespace portcullis::sim
