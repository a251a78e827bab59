#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "sim/api/limits_config.hpp"
#include "sim/exchange/symbol_spec.hpp"

namespace portcullis::sim {

// A recorded exchangeInfo answer (Binance: GET /api/v3/exchangeInfo), as this venue trades by it.
// Fields that the file is too old for are off.
struct ExchangeInfo {
  std::vector<SymbolSpec> symbols;
  ExchangeFilters filters;
  LimitsConfig limits;  // those that the file states; the rest as they usually are
  // What is in the file and not simulated: filters of unknown types, by symbol.
  std::vector<std::string> ignored;
};

// The file may be gzipped. Says where and what is wrong with it.
[[nodiscard]] std::expected<ExchangeInfo, std::string> load_exchange_info(const std::string& file);
[[nodiscard]] std::expected<ExchangeInfo, std::string> parse_exchange_info(std::string_view json);

}  // namespace portcullis::sim
