#include "risk/limits.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "risk/checks/collar.hpp"
#include "risk/duplicate_filter.hpp"
#include "risk/sliding_window.hpp"

namespace portcullis::risk {

namespace {

// Complaints about one scope: "limits of strategy 2: ...".
class Review {
 public:
  Review(std::vector<std::string>& complaints, std::string where)
      : complaints_{complaints},
        where_{std::move(where)} {}

  void complain(std::string_view text) {
    complaints_.push_back("limits of " + where_ + ": " + std::string{text});
  }
  void refuse_negative(std::string_view name, bool is_negative) {
    if (is_negative) complain(std::string{name} + " is negative; give zero or more");
  }
  void refuse_zero(std::string_view name, bool is_zero) {
    if (is_zero) {
      complain("allowed, but " + std::string{name} +
               " is zero or not set, which refuses every order; set it, switch it off, or do not "
               "allow it");
    }
  }

  void rate(std::string_view name, const RateLimits& rate) {
    const std::string key{name};
    const bool is_bucket_set =
        rate.rate_max == kOffCount ||
        (rate.rate_max != 0 && rate.rate_window.count() > 0 && rate.burst_max != 0);
    if (!is_bucket_set) {
      complain(key + "_max, " + key + "_window or its burst is zero or not set, which refuses " +
               "every order; set all three");
    }
    if (rate.rate_max != kOffCount && rate.burst_max > rate.rate_max) {
      complain(key +
               ": the burst is above the rate: more at once than in a whole window; lower it");
    }
    const bool is_window_set =
        rate.window_max == kOffCount ||
        (rate.window_max != 0 && rate.window_max <= kWindowEventsMax && rate.window.count() > 0);
    if (!is_window_set) {
      complain(key + ": the sliding window is zero, not set, or of more than " +
               std::to_string(kWindowEventsMax) + ", which refuses every order; set it or switch " +
               "it off");
    }
  }

  void scope(const ScopeLimits& limits) {
    refuse_negative("max_order_value", limits.max_order_value.is_negative());
    refuse_negative("max_open_value", limits.max_open_value.is_negative());
    refuse_negative("max_daily_value", limits.max_daily_value.is_negative());
    refuse_zero("max_order_value", limits.max_order_value.is_zero());
    refuse_zero("max_open_orders", limits.max_open_orders == 0);
    refuse_zero("max_open_value", limits.max_open_value.is_zero());
    refuse_zero("max_daily_value", limits.max_daily_value.is_zero());
    rate("order_rate", limits.order_rate);
    rate("amend_rate", limits.amend_rate);
  }
  void exposure(const ExposureLimits& limits) {
    refuse_negative("max_gross_exposure", limits.max_gross.is_negative());
    refuse_negative("max_net_exposure", limits.max_net.is_negative());
    refuse_zero("max_gross_exposure", limits.max_gross.is_zero());
    refuse_zero("max_net_exposure", limits.max_net.is_zero());
  }

 private:
  std::vector<std::string>& complaints_;
  std::string where_;
};

void review_signs(Review& review, const SymbolLimits& limits) {
  review.refuse_negative("max_order_qty", limits.max_order_qty.is_negative());
  review.refuse_negative("max_order_notional", limits.max_order_notional.is_negative());
  review.refuse_negative("book_age_max", limits.book_age_max.count() < 0);
  review.refuse_negative("max_long_position", limits.max_long_position.is_negative());
  review.refuse_negative("max_short_position", limits.max_short_position.is_negative());
  if (limits.collar_width_ppm >= kPartsPerMillion && limits.collar_width_ppm != kOffPpm) {
    review.complain(
        "collar_width is 100 % or more and holds back no low price; give less than 1000000");
  }
}

void review_unset(Review& review, const SymbolLimits& limits) {
  review.refuse_zero("max_order_qty", limits.max_order_qty.is_zero());
  review.refuse_zero("max_order_notional", limits.max_order_notional.is_zero());
  review.refuse_zero("collar_width", limits.collar_width_ppm == 0);
  review.refuse_zero("book_age_max", limits.book_age_max.count() == 0);
  review.refuse_zero("spread_max", limits.spread_max_ppm == 0);
  review.refuse_zero("last_collar_width", limits.last_collar_ppm == 0);
  review.refuse_zero("last_trade_age_max",
                     limits.last_collar_ppm != kOffPpm && limits.last_trade_age_max.count() <= 0);
  review.refuse_zero("venue_collar_width", limits.venue_collar_ppm == 0);
  review.refuse_zero("venue_reference_age_max", limits.venue_collar_ppm != kOffPpm &&
                                                    limits.venue_reference_age_max.count() <= 0);
  review.refuse_zero("max_long_position and max_short_position",
                     limits.max_long_position.is_zero() && limits.max_short_position.is_zero());
  review.refuse_zero("max_daily_qty", limits.max_daily_qty.is_zero());
  review.scope(limits.scope);
}

void review_against_venue(Review& review, const SymbolLimits& limits,
                          const Instrument& instrument) {
  if (limits.max_order_qty.is_positive() && limits.max_order_qty < instrument.qty_min) {
    review.complain("max_order_qty " + limits.max_order_qty.str() + " is below the venue's least " +
                    instrument.qty_min.str() + ", so no order can pass; raise it");
  }
  if (limits.max_order_notional.is_positive() &&
      limits.max_order_notional < instrument.notional_min) {
    review.complain("max_order_notional " + limits.max_order_notional.str() +
                    " is below the venue's least " + instrument.notional_min.str() +
                    ", so no order can pass; raise it");
  }
}

void review_symbol(Review review, const Limits& limits, SymbolId symbol,
                   const InstrumentTable& instruments) {
  const SymbolLimits& of_symbol = limits.of(symbol);
  review_signs(review, of_symbol);
  if (!of_symbol.is_allowed) return;
  review_unset(review, of_symbol);
  review_against_venue(review, of_symbol, instruments.at(symbol));
  const Conversion conversion = limits.conversion(symbol);
  if (!conversion.is_reference && !instruments.contains(conversion.symbol)) {
    review.complain("its quote asset " + instruments.at(symbol).quote_asset_name +
                    " has no price in the reference currency, which refuses every order; name a "
                    "symbol under limits.conversion");
  }
}

void review_strategy(Review review, const StrategyLimits& limits) {
  if (!limits.is_allowed) return;
  review.refuse_zero("signal_age_max", limits.signal_age_max.count() <= 0);
  if (limits.confidence_min_ppm > kPartsPerMillion && !limits.allows_untold_confidence) {
    review.complain(
        "no confidence is enough, and none is not either, which refuses every order; set "
        "min_confidence and untold_confidence");
  }
  const DuplicateLimits& duplicates = limits.duplicates;
  const bool is_set = duplicates.count_max == kOffCount ||
                      (duplicates.count_max != 0 && duplicates.count_max <= kDuplicatesMax &&
                       duplicates.window.count() > 0);
  if (!is_set) {
    review.complain("duplicates_max is not 1 to " + std::to_string(kDuplicatesMax) +
                    ", or duplicates_window is not set, which refuses every order; set both or "
                    "switch them off");
  }
  review.scope(limits.scope);
}

bool is_any_allowed(const Limits& limits) {
  return std::ranges::any_of(limits.symbols, &SymbolLimits::is_allowed);
}

}  // namespace

std::vector<std::string> validate(const Limits& limits, const InstrumentTable& instruments) {
  std::vector<std::string> complaints;
  if (limits.symbols.size() > instruments.size()) {
    complaints.emplace_back(
        "limits: more symbols than instruments; name only symbols of the instrument table");
  }
  for (std::size_t i = 0; i < limits.symbols.size() && i < instruments.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    review_symbol({complaints, instruments.at(symbol).symbol}, limits, symbol, instruments);
  }
  if (!is_any_allowed(limits)) return complaints;
  if (limits.strategies.empty()) {
    complaints.emplace_back(
        "limits: no strategy has any, which refuses every order; add [limits.strategy.NAME]");
  }
  for (std::size_t i = 0; i < limits.strategies.size(); ++i) {
    review_strategy({complaints, "strategy " + std::to_string(i)}, limits.strategies[i]);
  }
  for (std::size_t i = 0; i < limits.groups.size(); ++i) {
    Review review{complaints, "group " + std::to_string(i)};
    review.refuse_zero("max_open_value", limits.groups[i].max_open_value.is_zero());
    review.exposure(limits.groups[i].exposure);
  }
  Review account{complaints, "the account"};
  account.scope(limits.account.scope);
  account.exposure(limits.account.exposure);
  Review global{complaints, "the gateway"};
  global.refuse_zero("max_order_value", limits.global.max_order_value.is_zero());
  global.exposure(limits.global.exposure);
  global.refuse_zero("mark_age_max", limits.mark_age_max.count() <= 0);
  return complaints;
}

}  // namespace portcullis::risk
