#include "risk/limits.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "risk/checks/collar.hpp"

namespace portcullis::risk {

namespace {

// Collects the complaints about one symbol.
class SymbolReview {
 public:
  SymbolReview(std::vector<std::string>& complaints, const Instrument& instrument,
               const SymbolLimits& limits)
      : complaints_{complaints},
        instrument_{instrument},
        limits_{limits} {}

  void run() {
    check_signs();
    if (!limits_.is_allowed) return;
    check_unset();
    check_against_venue();
  }

 private:
  void complain(std::string_view text) {
    complaints_.push_back("limits of " + instrument_.symbol + ": " + std::string{text});
  }

  void check_signs() {
    const auto refuse_negative = [this](std::string_view name, bool is_negative) {
      if (is_negative) complain(std::string{name} + " is negative; give zero or more");
    };
    refuse_negative("max_order_qty", limits_.max_order_qty.is_negative());
    refuse_negative("max_order_notional", limits_.max_order_notional.is_negative());
    refuse_negative("book_age_max", limits_.book_age_max.count() < 0);
    refuse_negative("max_long_position", limits_.max_long_position.is_negative());
    refuse_negative("max_short_position", limits_.max_short_position.is_negative());
    if (limits_.collar_width_ppm >= kPartsPerMillion) {
      complain("collar_width is 100 % or more and holds back no low price; give less than 1000000");
    }
  }

  void check_unset() {
    const auto refuse_zero = [this](std::string_view name, bool is_zero) {
      if (is_zero) {
        complain("allowed, but " + std::string{name} +
                 " is zero or not set, which refuses every order; set it, or do not allow the "
                 "symbol");
      }
    };
    refuse_zero("max_order_qty", limits_.max_order_qty.is_zero());
    refuse_zero("max_order_notional", limits_.max_order_notional.is_zero());
    refuse_zero("collar_width", limits_.collar_width_ppm == 0);
    refuse_zero("book_age_max", limits_.book_age_max.count() == 0);
    refuse_zero("max_long_position and max_short_position",
                limits_.max_long_position.is_zero() && limits_.max_short_position.is_zero());
  }

  void check_against_venue() {
    if (limits_.max_order_qty.is_positive() && limits_.max_order_qty < instrument_.qty_min) {
      complain("max_order_qty " + limits_.max_order_qty.str() + " is below the venue's least " +
               instrument_.qty_min.str() + ", so no order can pass; raise it");
    }
    if (limits_.max_order_notional.is_positive() &&
        limits_.max_order_notional < instrument_.notional_min) {
      complain("max_order_notional " + limits_.max_order_notional.str() +
               " is below the venue's least " + instrument_.notional_min.str() +
               ", so no order can pass; raise it");
    }
  }

  std::vector<std::string>& complaints_;
  const Instrument& instrument_;
  const SymbolLimits& limits_;
};

bool is_any_allowed(const Limits& limits) {
  return std::ranges::any_of(limits.symbols, &SymbolLimits::is_allowed);
}

void review_account(std::vector<std::string>& complaints, const Limits& limits) {
  const AccountLimits& account = limits.account;
  const auto complain = [&complaints](std::string_view text) {
    complaints.push_back("limits of the account: " + std::string{text});
  };
  if (account.order_rate_window.count() < 0) {
    complain("order_rate_window is negative; give more than zero");
  }
  const bool is_rate_set = account.order_rate_max != 0 && account.order_rate_window.count() > 0 &&
                           account.order_burst_max != 0;
  if (!is_rate_set && is_any_allowed(limits)) {
    complain(
        "a symbol is allowed, but order_rate_max, order_rate_window or order_burst_max is zero or "
        "not set, which refuses every order; set all three");
  }
  if (account.order_burst_max > account.order_rate_max) {
    complain(
        "order_burst_max is above order_rate_max: more at once than in a whole window; lower it");
  }
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
    SymbolReview{complaints, instruments.at(symbol), limits.symbols[i]}.run();
  }
  review_account(complaints, limits);
  return complaints;
}

}  // namespace portcullis::risk
