#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/cpu_check.hpp"
#include "sim/faults/script_reader.hpp"
#include "sim/latency_options.hpp"
#include "sim/market_options.hpp"
#include "sim/server.hpp"
#include "sim/symbol_options.hpp"

namespace portcullis::sim {
namespace {

// sysexits.h numbers, as services expect them.
constexpr int kExitUsage = 64;
constexpr int kExitUnavailable = 69;
constexpr int kExitConfig = 78;

constexpr const char* kExamples = R"(
Examples:
  portcullis-sim --state-dir /tmp/sim
      BTCUSDT and ETHUSDT on free ports, one account "main", a generated market.
  portcullis-sim --state-dir /tmp/sim --symbols BTCUSDT --rate 500 --seed 7 --port 18080
  portcullis-sim --state-dir /tmp/sim --market capture --speed 10 \
      --capture BTCUSDT=btc1.gz,btc2.gz --capture ETHUSDT=eth1.gz
  portcullis-sim --state-dir /tmp/sim --market mirror --symbols BTCUSDT
      The live market data of Binance, our orders and our money.
  portcullis-sim --state-dir /tmp/sim --exchange-info exchangeInfo.json.gz --symbols BNBBTC,BTCUSDT
  portcullis-sim --state-dir /tmp/sim --latency-order-in lognormal:4ms/30ms \
      --latency-cancel-in lognormal:3ms/20ms --latency-report-out const:2ms
  portcullis-sim --state-dir /tmp/sim --account alice,bob --balance BTC=2.5 --balance USDT=50000

Clients: REST at http://ADDRESS/api/v3, streams at ws://ADDRESS/ws and /stream, the WebSocket API
at ws://ADDRESS/ws-api/v3; the same over TLS with the authority in STATE_DIR/ca.pem. API keys of the
first account are in STATE_DIR (api_key_hmac, secret_hmac, api_key_ed25519, ed25519_private.pem), of
others in STATE_DIR/NAME.

Faults: --scenario FILE (there are some in configs/scenarios), or by hand on the admin port:
  curl -d '{"action":"drop_reply","method":"order.place"}' ADMIN/faults
  curl ADMIN/faults            how often each fired; /fault_actions: what there is
  curl ADMIN/truth             what really happened
  curl ADMIN/api               everything else the admin port does; / is a page for a browser

Exit codes: 0 ended by SIGINT or SIGTERM, 64 usage, 69 a port is taken, 78 configuration.)";

struct Options {
  ServerConfig server;
  SymbolOptions symbols;
  std::vector<std::string> accounts{"main"};
  std::vector<std::string> balances;
  MarketOptions market;
  LatencyOptions latency;
  std::string ready_file;
  std::string scenario_file;
};

void declare(CLI::App& cli, Options& options) {
  cli.footer(kExamples);
  cli.add_option("--state-dir", options.server.state_dir,
                 "Where certificates and API keys are kept; made on the first start")
      ->required();
  declare_symbol_options(cli, options.symbols);
  cli.add_option("--address", options.server.address, "Address to listen on")
      ->capture_default_str();
  cli.add_option("--port", options.server.plain_port, "Plain port; 0: a free one");
  cli.add_option("--tls-port", options.server.tls_port, "TLS port; 0: a free one");
  cli.add_option("--admin-port", options.server.admin_port, "Admin port; 0: a free one");
  cli.add_option("--admin-address", options.server.admin_address,
                 "Address of the admin port; who reaches it may do everything")
      ->capture_default_str();
  cli.add_option("--truth-file", options.server.truth_file,
                 "Every record of the truth goes there, one JSON object a line");
  cli.add_option("--truth-max", options.server.truth_records_max,
                 "Records of a kind that are kept in memory; the oldest are forgotten")
      ->check(CLI::Range(1'000, 100'000'000))
      ->capture_default_str();
  cli.add_option("--ready-file", options.ready_file,
                 "Written with ports and paths, as JSON, when connections are accepted");
  cli.add_option("--account", options.accounts, "Account names; the first one's keys are on top")
      ->delimiter(',')
      ->capture_default_str();
  cli.add_option("--balance", options.balances,
                 "ASSET=AMOUNT, every account's start; default BTC=10, ETH=100, others 1000000");
  declare_market_options(cli, options.market);
  declare_latency_options(cli, options.latency);
  cli.add_option("--scenario", options.scenario_file, "What is to go wrong: a TOML file");
  cli.add_option("--ws-messages", options.server.limits.incoming_per_second_max,
                 "Messages a second taken from a client on a stream connection; 0: any number")
      ->capture_default_str();
  cli.add_option("--queue-max", options.server.limits.queue_max,
                 "Unsent messages of a connection before it is cut")
      ->capture_default_str();
}

std::optional<std::string> add_symbols(Options& options) {
  return set_symbols(options.symbols, options.server);
}

Qty default_balance(const std::string& asset) {
  if (asset == "BTC") return Qty::from_units(10);
  if (asset == "ETH") return Qty::from_units(100);
  return Qty::from_units(1'000'000);
}

std::optional<std::string> add_latency(Options& options) {
  return set_latency(options.latency, options.market.seed, options.server);
}

std::optional<std::string> add_accounts(Options& options) {
  std::map<std::string, Qty> amounts;
  for (const SymbolSpec& spec : options.server.symbols) {
    amounts[spec.base_asset] = default_balance(spec.base_asset);
    amounts[spec.quote_asset] = default_balance(spec.quote_asset);
  }
  for (const std::string& text : options.balances) {
    const std::size_t equals = text.find('=');
    const std::string asset = text.substr(0, equals);
    const auto amount =
        equals == std::string::npos ? Qty::parse("") : Qty::parse(text.substr(equals + 1));
    if (!amount || amount->is_negative()) {
      return "--balance: \"" + text + "\" is not ASSET=AMOUNT, such as USDT=50000";
    }
    if (!amounts.contains(asset)) return "--balance: no symbol has the asset " + asset;
    amounts[asset] = *amount;
  }
  std::set<std::string> seen;
  for (const std::string& name : options.accounts) {
    const bool is_plain = !name.empty() && name.find_first_of("/. ") == std::string::npos;
    if (!is_plain) return "--account: \"" + name + "\" cannot be a folder's name";
    if (!seen.insert(name).second) return "--account: " + name + " twice";
    AccountConfig account{.name = name, .balances = {}};
    for (const auto& [asset, amount] : amounts) account.balances.push_back({asset, amount, {}});
    options.server.accounts.push_back(std::move(account));
  }
  return std::nullopt;
}

std::optional<std::string> add_scenario(Server& server, const Options& options) {
  if (options.scenario_file.empty()) return std::nullopt;
  const auto scenario = load_scenario(options.scenario_file);
  if (!scenario) return scenario.error();
  const auto added = server.add_scenario(*scenario);
  if (!added) return options.scenario_file + ": " + added.error();
  return std::nullopt;
}

// Whole or not at all: a script waits for the file and reads it at once.
std::optional<std::string> write_ready_file(const std::string& path, const std::string& json) {
  const std::string temporary = path + ".new";
  std::ofstream out{temporary};
  out << json << '\n';
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(temporary, path, error);
  if (!out || error) return "cannot write --ready-file " + path;
  return std::nullopt;
}

int fail(int code, const std::string& why) {
  std::cerr << "portcullis-sim: " << why << '\n';
  return code;
}

void announce(const Server& server, const ServerConfig& config) {
  const auto at = [&config](std::uint16_t port) {
    return config.address + ":" + std::to_string(port);
  };
  std::cout << "listening plain=" << at(server.plain_port()) << " tls=" << at(server.tls_port())
            << " admin=" << at(server.admin_port()) << " ca=" << server.ca_file() << '\n'
            << std::flush;
}

int run(Options& options) {
  if (const auto problem = fetch_mirrored_symbols(options.market, options.symbols)) {
    return fail(kExitUnavailable, *problem);
  }
  for (const auto step : {add_symbols, add_latency, add_accounts}) {
    if (const auto problem = step(options)) return fail(kExitUsage, *problem);
  }
  auto server = Server::open(options.server);
  if (!server) {
    const bool is_config = server.error().kind == Server::ErrorKind::kConfig;
    return fail(is_config ? kExitConfig : kExitUnavailable, server.error().message);
  }
  if (const auto problem = add_market(**server, options.market)) return fail(kExitConfig, *problem);
  if (const auto problem = add_scenario(**server, options)) return fail(kExitConfig, *problem);
  (*server)->stop_on_signals();
  if (!options.ready_file.empty()) {
    const auto problem = write_ready_file(options.ready_file, (*server)->ready_json());
    if (problem) return fail(kExitConfig, *problem);
  }
  announce(**server, options.server);
  (*server)->run();
  const std::string faults = (*server)->fault_report();
  if (!faults.empty()) std::cout << "faults:\n" << faults;
  return 0;
}

}  // namespace
}  // namespace portcullis::sim

int main(int argc, char** argv) {
  CLI::App cli{
      "A simulated spot exchange with Binance's REST and WebSocket interfaces, for tests "
      "and demonstrations. Needs a CPU with " +
      std::string{portcullis::cpu_requirements()}};
  portcullis::sim::Options options;
  declare(cli, options);
  try {
    cli.parse(argc, argv);
    return portcullis::sim::run(options);
  } catch (const CLI::ParseError& error) {
    // A word that nobody knows is often the one that is missing, misspelt.
    const auto unknown = cli.remaining();
    const bool is_stranger = error.get_name() == "RequiredError" && !unknown.empty();
    const int code = is_stranger ? cli.exit(CLI::ExtrasError{unknown}) : cli.exit(error);
    return code == 0 ? 0 : portcullis::sim::kExitUsage;
  } catch (const std::exception& error) {
    return portcullis::sim::fail(portcullis::sim::kExitUnavailable, error.what());
  }
}
