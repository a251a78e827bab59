#include "sim/api/symbol_params.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace portcullis::sim {

namespace {

VenueError wrong_status() {
  return {400, -1220, "The symbol's status does not match the requested symbolStatus."};
}

}  // namespace

// One named, several named, or nothing when neither is.
std::expected<std::optional<std::vector<std::size_t>>, VenueError> named_symbols(const Call& call) {
  if (call.params.has("symbol") && call.params.has("symbols")) {
    return std::unexpected{bad_combination()};
  }
  std::vector<std::size_t> symbols;
  if (call.params.has("symbol")) {
    const auto symbol = symbol_of(call);
    if (!symbol) return std::unexpected{symbol.error()};
    symbols.push_back(*symbol);
    return symbols;
  }
  const auto names = call.params.names("symbols");
  if (!names) return std::unexpected{names.error()};
  if (!*names) return std::nullopt;
  for (const std::string& name : **names) {
    const auto symbol = call.venue.exchange.find_symbol(name);
    if (!symbol) return std::unexpected{VenueError{400, -1121, "Invalid symbol."}};
    if (std::ranges::find(symbols, *symbol) != symbols.end()) {
      return std::unexpected{
          VenueError{400, -1151, "Symbol is present multiple times in the list."}};
    }
    symbols.push_back(*symbol);
  }
  return symbols;
}

std::expected<std::optional<SymbolStatus>, VenueError> wanted_status(const Params& params) {
  using Word = std::pair<std::string_view, SymbolStatus>;
  static constexpr std::array<Word, 5> kWords{{
      {"TRADING", SymbolStatus::kTrading},
      {"HALT", SymbolStatus::kHalt},
      {"BREAK", SymbolStatus::kBreak},
      {"END_OF_DAY", SymbolStatus::kEndOfDay},
      {"CANCEL_ONLY", SymbolStatus::kCancelOnly},
  }};
  return params.choice<SymbolStatus>("symbolStatus", kWords, -1122, "Invalid symbolStatus.");
}

std::expected<std::size_t, VenueError> symbol_with_status(const Call& call) {
  const auto symbol = symbol_of(call);
  if (!symbol) return std::unexpected{symbol.error()};
  const auto status = wanted_status(call.params);
  if (!status) return std::unexpected{status.error()};
  if (*status && call.spec(*symbol).status != **status) return std::unexpected{wrong_status()};
  return *symbol;
}

std::expected<std::vector<std::size_t>, VenueError> symbols_or_all(const Call& call) {
  auto named = named_symbols(call);
  if (!named) return std::unexpected{named.error()};
  const auto status = wanted_status(call.params);
  if (!status) return std::unexpected{status.error()};
  std::vector<std::size_t> symbols;
  if (*named) {
    symbols = **std::move(named);
  } else {
    symbols.resize(call.venue.exchange.symbols().size());
    for (std::size_t i = 0; i < symbols.size(); ++i) symbols[i] = i;
  }
  if (!*status) return symbols;
  const bool is_single = call.params.has("symbol");
  std::erase_if(symbols, [&call, &status](std::size_t symbol) {
    return call.spec(symbol).status != **status;
  });
  if (is_single && symbols.empty()) return std::unexpected{wrong_status()};
  return symbols;
}

std::optional<std::size_t> named_symbol_count(const Params& params) {
  if (params.has("symbol")) return 1;
  const auto names = params.names("symbols");
  if (!names || !*names) return std::nullopt;
  return (*names)->size();
}

}  // namespace portcullis::sim
