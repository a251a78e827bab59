#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "sim/net/connections.hpp"
#include "sim/net/listener.hpp"
#include "tests/sim_net/echo_service.hpp"
#include "tests/sim_net/raw_client.hpp"

namespace portcullis::sim::test {

// A plain and a TLS port with the echo service behind them, in a thread of their own.
class NetFixture : public ::testing::Test {
 protected:
  NetFixture();
  ~NetFixture() override;
  void start(ConnectionLimits limits = {});

  // Runs on the loop's thread and waits for it.
  void on_loop(std::move_only_function<void()> task);
  // Until it holds, asked on the loop's thread again and again; false when patience ends.
  bool eventually(std::move_only_function<bool()> condition);
  [[nodiscard]] std::uint64_t fault_count(WireFaultKind kind);
  // To the one connection of that kind.
  void inject(const ConnectionFilter& filter, const WireFault& fault);

  // One request, the whole answer until the server closes.
  static std::string ask(std::uint16_t port, std::string_view request);

  std::string directory_;
  EventLoop loop_;
  EchoService service_{loop_};
  std::shared_ptr<Connections> connections_{std::make_shared<Connections>()};
  std::unique_ptr<Listener> plain_;
  std::unique_ptr<Listener> tls_;

 private:
  std::thread thread_;
};

}  // namespace portcullis::sim::test
