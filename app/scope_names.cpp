#include "app/scope_names.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace portcullis::app {

namespace {

std::optional<std::uint16_t> find(const std::vector<std::string>& names, std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<std::uint16_t>(i);
  }
  return std::nullopt;
}

std::optional<std::uint16_t> number_below(std::size_t count, std::string_view text) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number >= count) {
    return std::nullopt;
  }
  return number;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

ScopeNames::ScopeNames(const Settings& settings) {
  const LimitSettings& limits = settings.limits;
  for (const StrategyLimitSettings& strategy : limits.strategies) {
    strategies_.push_back(strategy.name);
  }
  if (strategies_.empty()) strategies_.emplace_back("0");  // the one that has a way in
  for (const auto& [name, symbol] : limits.symbols) symbols_.push_back(name);
}

std::string ScopeNames::text_of(Scope scope) const {
  const std::string kind = to_string(scope.kind);
  switch (scope.kind) {
    case ScopeKind::kGlobal:
    case ScopeKind::kAccount: return kind;
    case ScopeKind::kStrategy:
      if (scope.index < strategies_.size()) return kind + ":" + strategies_[scope.index];
      break;
    case ScopeKind::kSymbol:
      if (scope.index < symbols_.size()) return kind + ":" + symbols_[scope.index];
      break;
  }
  return kind + ":" + std::to_string(scope.index);
}

std::expected<Scope, std::string> ScopeNames::parse(std::string_view text) const {
  if (text == "global") return Scope::global();
  if (text == "account") return Scope::account();
  constexpr std::string_view kStrategy = "strategy:";
  constexpr std::string_view kSymbol = "symbol:";
  if (text.starts_with(kStrategy)) {
    const std::string_view name = text.substr(kStrategy.size());
    auto index = find(strategies_, name);
    if (!index) index = number_below(strategies_.size(), name);
    if (index) return Scope::of(StrategyId{*index});
  }
  if (text.starts_with(kSymbol)) {
    if (const auto index = find(symbols_, text.substr(kSymbol.size()))) {
      return Scope::of(SymbolId{*index});
    }
  }
  return std::unexpected{"there is no scope '" + std::string{text} +
                         "'; use global, account, strategy:NAME of " + list_of(strategies_) +
                         ", or symbol:NAME of " + list_of(symbols_)};
}

}  // namespace portcullis::app
