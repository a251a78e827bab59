#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/server.hpp"

namespace CLI {
class App;
}

namespace portcullis::sim {

// What is traded and what it costs, as the command line says it.
struct SymbolOptions {
  std::vector<std::string> symbols;
  std::string exchange_info;         // a file; empty: plausible symbols by their names
  std::string exchange_info_json{};  // its content where it is no file; then it says where from
  std::vector<std::string> limits;
  std::int64_t maker_ppm{1'000};
  std::int64_t taker_ppm{1'000};
};

void declare_symbol_options(CLI::App& cli, SymbolOptions& options);

// Sets the server's symbols, the venue's rules and its limits. The problem, with the option's name,
// if there is one.
[[nodiscard]] std::optional<std::string> set_symbols(const SymbolOptions& options,
                                                     ServerConfig& config);

}  // namespace portcullis::sim
