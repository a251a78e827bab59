#pragma once

#include <memory>
#include <string>
#include <thread>

#include "sim/server.hpp"

namespace portcullis::bench {

// The simulator on free ports, in a thread of its own; its folder goes with it.
class LiveVenue {
 public:
  // `market`: who trades there besides the clients; none, if it gives null.
  using MakeMarket = std::unique_ptr<sim::Market> (*)(sim::Exchange& exchange);

  // One symbol, BTCUSDT, and one account, "main", with ten billion USDT. No limit is enforced.
  explicit LiveVenue(MakeMarket make_market = nullptr);
  ~LiveVenue();
  LiveVenue(const LiveVenue&) = delete;
  LiveVenue& operator=(const LiveVenue&) = delete;

  [[nodiscard]] const sim::Server& server() const { return *server_; }
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  std::unique_ptr<sim::Server> server_;
  std::thread thread_;
};

}  // namespace portcullis::bench
