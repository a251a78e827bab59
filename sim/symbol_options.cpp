#include "sim/symbol_options.hpp"

#include <algorithm>
#include <iostream>
#include <set>
#include <utility>

#include <CLI/CLI.hpp>

#include "sim/exchange_info_file.hpp"

namespace portcullis::sim {

namespace {

std::optional<std::string> add_named(const SymbolOptions& options, ServerConfig& config) {
  const std::vector<std::string> usual{"BTCUSDT", "ETHUSDT"};
  for (const std::string& name : options.symbols.empty() ? usual : options.symbols) {
    auto spec = symbol_spec_by_name(name);
    if (!spec) {
      return "--symbols: cannot tell base and quote asset of \"" + name +
             "\"; use upper-case pairs such as BTCUSDT, or --exchange-info";
    }
    config.symbols.push_back(*std::move(spec));
  }
  return std::nullopt;
}

// All of the file, or those that --symbols names, in its order.
std::optional<std::string> add_recorded(const SymbolOptions& options, ServerConfig& config) {
  auto info = options.exchange_info_json.empty() ? load_exchange_info(options.exchange_info)
                                                 : parse_exchange_info(options.exchange_info_json);
  if (!info) return "--exchange-info: " + info.error();
  for (const std::string& what : info->ignored) {
    std::cerr << "portcullis-sim: not simulated: " << what << '\n';
  }
  config.rules.filters = info->filters;
  config.venue_limits = info->limits;
  if (options.symbols.empty()) {
    config.symbols = std::move(info->symbols);
    return std::nullopt;
  }
  for (const std::string& name : options.symbols) {
    const auto found = std::ranges::find(info->symbols, name, &SymbolSpec::symbol);
    if (found == info->symbols.end()) {
      return "--symbols: " + options.exchange_info + " has no " + name;
    }
    config.symbols.push_back(*found);
  }
  return std::nullopt;
}

}  // namespace

void declare_symbol_options(CLI::App& cli, SymbolOptions& options) {
  cli.add_option("--symbols", options.symbols,
                 "Pairs to trade; default BTCUSDT,ETHUSDT, or all of --exchange-info")
      ->delimiter(',');
  cli.add_option("--exchange-info", options.exchange_info,
                 "A recorded exchangeInfo answer, plain or gzipped: its symbols as they are, its "
                 "filters and its limits");
  cli.add_option(
         "--limits", options.limits,
         "The venue's limits: \"off\", or NAME=NUMBER with weight, raw, connections, floods, "
         "orders10s, ordersday, banafter, banfirst, banmax; default Binance's")
      ->delimiter(',');
  cli.add_option("--maker-ppm", options.maker_ppm, "Maker fee, millionths")->capture_default_str();
  cli.add_option("--taker-ppm", options.taker_ppm, "Taker fee, millionths")->capture_default_str();
}

std::optional<std::string> set_symbols(const SymbolOptions& options, ServerConfig& config) {
  auto problem =
      options.exchange_info.empty() ? add_named(options, config) : add_recorded(options, config);
  if (problem) return problem;
  const auto limited = apply_limits(options.limits, config.venue_limits);
  if (!limited) return "--limits: " + limited.error();
  std::set<std::string> seen;
  constexpr std::int64_t kRawPerPpm = kDecimalScale / 1'000'000;
  for (SymbolSpec& spec : config.symbols) {
    if (!seen.insert(spec.symbol).second) return "--symbols: " + spec.symbol + " twice";
    spec.commission.standard = {.maker = Rate::from_raw(options.maker_ppm * kRawPerPpm),
                                .taker = Rate::from_raw(options.taker_ppm * kRawPerPpm)};
  }
  return std::nullopt;
}

}  // namespace portcullis::sim
