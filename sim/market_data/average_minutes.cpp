#include "sim/market_data/average_minutes.hpp"

namespace portcullis::sim {

int average_price_minutes(const SymbolSpec& spec) {
  constexpr int kUsual = 5;
  const SymbolFilters& filters = spec.filters;
  for (const int minutes :
       {filters.notional ? filters.notional->avg_price_mins : 0,
        filters.min_notional ? filters.min_notional->avg_price_mins : 0,
        filters.percent_price_by_side ? filters.percent_price_by_side->avg_price_mins : 0,
        filters.percent_price ? filters.percent_price->avg_price_mins : 0}) {
    if (minutes > 0) return minutes;
  }
  return kUsual;
}

}  // namespace portcullis::sim
