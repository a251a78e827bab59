#include "core/instrument.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace portcullis {

SymbolId InstrumentTable::add(Instrument instrument) {
  PORTCULLIS_CHECK(!find(instrument.symbol), "symbol added twice");
  PORTCULLIS_CHECK(instruments_.size() < kNoSymbol.raw(), "instrument table is full");
  instrument.base_asset = intern_asset(instrument.base_asset_name);
  instrument.quote_asset = intern_asset(instrument.quote_asset_name);
  instruments_.push_back(std::move(instrument));
  return SymbolId{static_cast<SymbolId::rep>(instruments_.size() - 1)};
}

std::optional<SymbolId> InstrumentTable::find(std::string_view symbol) const noexcept {
  const auto it = std::ranges::find(instruments_, symbol, &Instrument::symbol);
  if (it == instruments_.end()) return std::nullopt;
  return SymbolId{static_cast<SymbolId::rep>(it - instruments_.begin())};
}

std::optional<AssetId> InstrumentTable::find_asset(std::string_view name) const noexcept {
  const auto it = std::ranges::find(assets_, name);
  if (it == assets_.end()) return std::nullopt;
  return AssetId{static_cast<AssetId::rep>(it - assets_.begin())};
}

AssetId InstrumentTable::intern_asset(std::string_view name) {
  if (const auto found = find_asset(name)) return *found;
  assets_.emplace_back(name);
  return AssetId{static_cast<AssetId::rep>(assets_.size() - 1)};
}

}  // namespace portcullis
