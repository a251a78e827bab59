#include "sim/exchange/venue_state.hpp"

#include <algorithm>

#include "sim/exchange/price_statistics.hpp"

namespace portcullis::sim {

Price VenueState::discount_px(Accounts::Asset asset) const {
  if (asset == discount_asset) return Price::from_units(1);
  const auto configured = std::ranges::find(rules.discount_prices, accounts.name(asset),
                                            &ExchangeRules::DiscountPrice::asset);
  if (configured != rules.discount_prices.end()) return configured->px;
  const auto market = std::ranges::find(discount_markets, asset, &DiscountMarket::asset);
  return market == discount_markets.end() ? Price{} : market->prices->last();
}

}  // namespace portcullis::sim
