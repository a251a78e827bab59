#pragma once

#include <optional>

#include "core/time.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/order_history.hpp"
#include "sim/exchange/price_statistics.hpp"

namespace portcullis::sim {

// The venue's filters with their code and texts (Binance: filters): nothing when the order passes.
class OrderFilters {
 public:
  using Verdict = std::optional<VenueError>;

  // `reference`: the symbol's reference price, when it has one now. `book_px` stands in for the
  // price of a market order where nothing has ever traded.
  OrderFilters(const SymbolSpec& spec, const PriceStatistics& prices,
               std::optional<Price> reference, Price book_px, WallTime now)
      : spec_{spec},
        filters_{spec.filters},
        prices_{prices},
        reference_{reference},
        book_px_{book_px},
        now_{now} {}

  // All that is about the order alone: prices, quantities, value, iceberg, trailing delta.
  [[nodiscard]] Verdict check(const NewOrder& order) const;
  // `px`: a limit price, the order's own or one a peg has put it at.
  [[nodiscard]] Verdict check_price(Side side, Price px) const;
  [[nodiscard]] Verdict check_quantity(const NewOrder& order) const;
  [[nodiscard]] Verdict check_value(const NewOrder& order, Price px) const;
  // A value without a price, of a market order by quote quantity.
  [[nodiscard]] Verdict check_quote_value(Notional value) const;

  // What the account would have open: on the symbol, on the venue.
  [[nodiscard]] Verdict check_counts(const ExchangeFilters& exchange, const OpenCounts& on_symbol,
                                     const OpenCounts& on_venue, const OpenCounts& added) const;
  // `position`: the base asset the account has and is buying already. Without the filter, too, an
  // amount that cannot be held is refused.
  [[nodiscard]] Verdict check_position(const NewOrder& order, Qty position) const;
  [[nodiscard]] Verdict check_asset_limits(const AccountSettings& settings,
                                           const NewOrder& order) const;

 private:
  [[nodiscard]] Price average(int minutes) const {
    return reference_ ? *reference_ : prices_.average(minutes, now_);
  }
  [[nodiscard]] Verdict check_percent_price(Side side, Price px) const;
  [[nodiscard]] Verdict check_trailing(const NewOrder& order) const;

  const SymbolSpec& spec_;
  const SymbolFilters& filters_;
  const PriceStatistics& prices_;
  std::optional<Price> reference_;
  Price book_px_;
  WallTime now_;
};

}  // namespace portcullis::sim
