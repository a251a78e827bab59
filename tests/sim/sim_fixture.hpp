#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "sim/server.hpp"
#include "tests/sim/sim_client.hpp"

namespace portcullis::sim::test {

// A directory that goes with the test.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

// A real server on free ports, in a thread of its own; no market but what the test places: accounts
// "main" (10 BTC, 100 ETH, 1,000,000 USDT) and "other" (the same), symbols BTCUSDT and ETHUSDT.
class SimFixture : public ::testing::Test {
 protected:
  SimFixture();
  ~SimFixture() override;
  // Takes as many messages a second from a client as the test sends, unless it says otherwise.
  void start(const ConnectionLimits& limits = {.incoming_per_second_max = 0});
  void start(ServerConfig config);
  // The two symbols and the two accounts, in the test's own directory.
  [[nodiscard]] ServerConfig usual_config() const;

  // Runs on the server's thread and waits for it.
  void on_server(std::move_only_function<void(Exchange&)> task);
  // Crowd orders of one level a side: bid 1 BTC at 60000, ask 1 BTC at 60001.
  void fill_book();
  void crowd_order(const std::string& symbol, Side side, const char* px, const char* qty);

  HttpAnswer get(const std::string& target);
  // A signed request by the HMAC key, everything in the query.
  HttpAnswer signed_call(const std::string& method, const std::string& path,
                         const std::string& query);
  HttpAnswer admin(const std::string& method, const std::string& target, const Json& body = {});
  void add_fault(const Json& fault) { EXPECT_EQ(admin("POST", "/faults", fault).status, 200); }

  // Connected to the WebSocket API and logged on with the Ed25519 key of an account.
  std::unique_ptr<WsClient> logged_on(const std::string& account = "main");
  Json logon_request(const std::string& account) const;
  [[nodiscard]] std::string key_dir(const std::string& account) const;
  // A request of a logged-on session: the timestamp is added.
  static Json request(const std::string& method, Json params, Json id = 1);
  static Json limit_order(const std::string& side, const std::string& px, const std::string& qty,
                          const std::string& client_id = "");

  TempDirectory directory_;
  std::unique_ptr<Server> server_;

 private:
  std::thread thread_;
};

}  // namespace portcullis::sim::test
