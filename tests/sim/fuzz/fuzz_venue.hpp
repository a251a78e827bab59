#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace portcullis::sim::fuzz {

// The time of each venue: it stands still, so that a dictionary can name it.
inline constexpr std::int64_t kTimeMs = 1'700'000'000'000;

// A whole venue without a port: exchange, REST, streams and WebSocket API behind connections that
// are socket pairs, in the caller's thread. One account, with a resting order to meet.
class FuzzVenue {
 public:
  FuzzVenue();
  ~FuzzVenue();
  FuzzVenue(const FuzzVenue&) = delete;
  FuzzVenue& operator=(const FuzzVenue&) = delete;

  // One client. Only one at a time; the one before is gone for the server, too.
  void connect();
  // In pieces of `step` bytes and fewer, in a fixed pattern; 0: at once. What the venue says in
  // between is taken.
  void send(std::string_view bytes, std::size_t step = 0);
  // No more is said; what is still answered is taken.
  std::string finish();
  [[nodiscard]] const std::string& received() const noexcept { return received_; }

  // A request of a text frame that logs on to the account, for as long as the process runs.
  [[nodiscard]] static const std::string& logon_request();

  // Aborts unless the venue still answers, forgets connections, and nobody's balance is below zero.
  void check();

 private:
  struct Impl;
  void settle();
  bool receive();

  std::unique_ptr<Impl> impl_;
  std::string received_;
};

}  // namespace portcullis::sim::fuzz
