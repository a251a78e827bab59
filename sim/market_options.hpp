#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/server.hpp"
#include "sim/symbol_options.hpp"

namespace CLI {
class App;
}

namespace portcullis::sim {

// Who trades against the accounts, as the command line says it.
struct MarketOptions {
  std::string market{"generator"};
  std::uint64_t seed{1};
  std::int64_t rate{50};
  std::string regimes{"off"};
  std::int64_t wild_factor{8};
  std::int64_t trend_percent{30};
  std::string bursts{"off"};
  std::int64_t burst_factor{10};
  std::vector<std::string> captures;
  std::int64_t speed{1};
  std::string mirror_ws{"wss://data-stream.binance.vision"};
  std::string mirror_rest{"https://data-api.binance.vision"};
  std::string mirror_ca;
  std::string queue_cancel_share{"50"};
  std::string own_impact{"update"};
  std::string passed_orders{"all"};
};

void declare_market_options(CLI::App& cli, MarketOptions& options);

// A mirror trades the symbols of the venue that it mirrors, by that venue's rules: asks it for
// them, unless a file says them. The problem, if there is one.
[[nodiscard]] std::optional<std::string> fetch_mirrored_symbols(const MarketOptions& options,
                                                                SymbolOptions& symbols);

// Makes the market and hands it to the server. The problem, with the option's name, if there is
// one.
[[nodiscard]] std::optional<std::string> add_market(Server& server, const MarketOptions& options);

}  // namespace portcullis::sim
