#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "core/counters.hpp"
#include "core/net/connection_source.hpp"
#include "oms/binance/api_connection.hpp"

namespace portcullis::oms::binance {

// "venue.binance.connection.<number>.*".
struct ConnectionCounters {
  ConnectionCounters() = default;
  ConnectionCounters(CounterFile& file, std::size_t number);

  Counter step;  // ApiConnection::Step as a number
  Counter round_trip_us;
  Counter requests;
  Counter connects;
  Counter losses;
  Counter replacements;  // made before the old one went
};

// One of the venue session's places for a connection: the one in use and, while one takes the
// other's place, a second: the next, or the old one that is being drained. Trading thread only, no
// allocation after construction.
class ConnectionSlot {
 public:
  ConnectionSlot(std::unique_ptr<net::ConnectionSource> source, std::size_t number,
                 CounterFile& counters);

  [[nodiscard]] ApiConnection& current() noexcept { return connections_[current_]; }
  [[nodiscard]] const ApiConnection& current() const noexcept { return connections_[current_]; }
  [[nodiscard]] ApiConnection& other() noexcept { return connections_[1 - current_]; }
  [[nodiscard]] const ApiConnection& other() const noexcept { return connections_[1 - current_]; }
  [[nodiscard]] std::array<ApiConnection*, 2> both() noexcept { return {&current(), &other()}; }
  void swap() noexcept { current_ = 1 - current_; }

  // None is there, or the one that is there must go: at its age, or by the server's word.
  [[nodiscard]] bool wants_connection(const BinanceVenueSettings& settings,
                                      MonoTime now) const noexcept;
  [[nodiscard]] bool is_requested() const noexcept { return is_requested_; }
  void request() noexcept;
  // Null while there is none yet.
  [[nodiscard]] net::WsConnection* take() noexcept;
  void retire(net::WsConnection* line) noexcept { source_->retire(line); }
  // A place for one that has been taken.
  [[nodiscard]] ApiConnection& free_place() noexcept {
    return current().is_open() ? other() : current();
  }

  // The pause before the next attempt; a connection that was stable clears it.
  [[nodiscard]] Nanos lengthen_backoff(const BinanceVenueSettings& settings) noexcept;
  void clear_backoff() noexcept { backoff_ = {}; }
  void not_before(MonoTime moment) noexcept { next_attempt_ = moment; }
  [[nodiscard]] MonoTime next_attempt() const noexcept { return next_attempt_; }

  [[nodiscard]] std::size_t number() const noexcept { return number_; }
  [[nodiscard]] std::string last_error() const { return source_->last_error(); }

  ConnectionCounters counters;

 private:
  const std::size_t number_;
  std::unique_ptr<net::ConnectionSource> source_;
  std::array<ApiConnection, 2> connections_{};
  std::size_t current_{0};
  bool is_requested_{false};
  Nanos backoff_{};
  MonoTime next_attempt_{};
};

}  // namespace portcullis::oms::binance
