#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/api/limits_config.hpp"
#include "sim/api/truth_log.hpp"
#include "sim/api_keys.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/faults/fault_script.hpp"
#include "sim/latency/latency_model.hpp"
#include "sim/markets/market.hpp"
#include "sim/net/listener.hpp"

namespace portcullis::sim {

struct AccountConfig {
  std::string name;
  std::vector<Balance> balances;  // what is free at the start
};

struct ServerConfig {
  std::string address{"127.0.0.1"};
  std::uint16_t plain_port{0};  // 0: a free one, here and below
  std::uint16_t tls_port{0};
  std::uint16_t admin_port{0};
  // Whoever reaches the admin port may do everything: this machine, unless told otherwise.
  std::string admin_address{"127.0.0.1"};
  std::string truth_file;  // every record of the truth goes there, too; empty: none
  std::size_t truth_records_max{TruthLog::kRecordsMaxDefault};
  std::string state_dir;  // certificates and API keys; made when missing
  std::vector<SymbolSpec> symbols;
  std::vector<AccountConfig> accounts;
  ConnectionLimits limits;
  LimitsConfig venue_limits{};
  ExchangeRules rules{};
  LatencyConfig latency{};
  std::uint64_t latency_seed{1};
};

// The whole simulated venue: exchange, protocol, faults. One thread, the one in run().
class Server {
 public:
  enum class ErrorKind : std::uint8_t { kConfig, kUnavailable };
  struct Error {
    ErrorKind kind;
    std::string message;
  };

  // Listening when it returns; nothing is answered before run().
  static std::expected<std::unique_ptr<Server>, Error> open(const ServerConfig& config);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Before run(). The market is stepped every millisecond.
  [[nodiscard]] Exchange& exchange() noexcept;
  void add_market(std::unique_ptr<Market> market);
  // Its time starts now. The error says what is wrong with it; nothing is added then.
  std::expected<void, std::string> add_scenario(const FaultScenario& scenario);
  // How often each fault fired, one a line; empty without faults. Not while run() runs.
  [[nodiscard]] std::string fault_report() const;

  // Until stop() (any thread) or, when asked for, SIGINT or SIGTERM.
  void run();
  void stop();
  void stop_on_signals();
  // Runs `task` inside run(); any thread. For a test that wants to touch the exchange.
  void post(std::move_only_function<void()> task);

  [[nodiscard]] std::uint16_t plain_port() const noexcept;
  [[nodiscard]] std::uint16_t tls_port() const noexcept;
  [[nodiscard]] std::uint16_t admin_port() const noexcept;
  [[nodiscard]] const std::string& ca_file() const noexcept;
  // By account name. The first account's files are in the state directory itself, those of the
  // others in a folder of their name.
  [[nodiscard]] const std::map<std::string, ApiKeys>& keys() const noexcept;
  [[nodiscard]] SimAccountId account(const std::string& name) const;
  // {"plain":"127.0.0.1:PORT","tls":..,"admin":..,"ca":"..","accounts":{"NAME":{"keys":"DIR"}}}
  [[nodiscard]] std::string ready_json() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::sim
