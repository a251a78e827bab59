#include "risk/valuation.hpp"

#include <utility>

#include "risk/checks/book.hpp"

namespace portcullis::risk {

Valuation::Valuation(const MarketView& market, Exposure& exposure)
    : market_{market},
      exposure_{exposure},
      rates_(exposure.size()) {
}

void Valuation::set_limits(const Limits& limits) noexcept {
  const Limits* const before = std::exchange(limits_, &limits);
  for (std::size_t i = 0; i < rates_.size(); ++i) {
    const SymbolId symbol{static_cast<SymbolId::rep>(i)};
    // A rate that comes from the same symbol as before goes on, so that a change of limits refuses
    // nothing.
    const bool is_same = before != nullptr &&
                         before->conversion(symbol).symbol == limits.conversion(symbol).symbol &&
                         !before->conversion(symbol).is_reference;
    if (limits.conversion(symbol).is_reference) {
      rates_[i] = Rate::one();
    } else if (!is_same) {
      rates_[i] = Rate{};
    }
    exposure_.revalue(symbol, {.px = exposure_.mark(symbol).px, .rate = rates_[i]});
  }
}

int Valuation::step(const Now& now) noexcept {
  if (rates_.empty() || now.mono < step_next_) [[likely]]
    return 0;
  step_next_ = now.mono + kRound / static_cast<std::int64_t>(rates_.size());
  if (next_ == 0) round_started_ = now.mono;
  look_at(SymbolId{static_cast<SymbolId::rep>(next_)}, now);
  if (++next_ < rates_.size()) return 1;
  next_ = 0;
  round_began_ = round_started_;
  has_walked_ = true;
  return 1;
}

void Valuation::refresh(const Now& now) noexcept {
  for (std::size_t i = 0; i < rates_.size(); ++i) {
    look_at(SymbolId{static_cast<SymbolId::rep>(i)}, now);
  }
  round_began_ = now.mono;
  has_walked_ = true;
}

Price Valuation::mid_of(const MarketSnapshot& market, const Now& now) const noexcept {
  const bool is_usable = market.book_state == BookState::kSynced && market.top.is_complete() &&
                         !market.top.is_crossed();
  const bool is_young = book_age_ns(market.received, now.mono) <= limits_->mark_age_max.count();
  if (!is_usable || !is_young) return {};
  const Int128 sum = Int128{market.top.bid_px.raw()} + market.top.ask_px.raw();
  return Price::from_raw(static_cast<std::int64_t>((sum + 1) >> 1));
}

Rate Valuation::rate_of(SymbolId symbol, const Now& now) const noexcept {
  const Conversion conversion = limits_->conversion(symbol);
  if (conversion.is_reference) return Rate::one();
  MarketSnapshot market;
  if (!market_.read(conversion.symbol, market)) return {};
  return Rate::of(mid_of(market, now));
}

void Valuation::look_at(SymbolId symbol, const Now& now) noexcept {
  MarketSnapshot market;
  if (!market_.read(symbol, market)) market = MarketSnapshot{};
  rates_[symbol.raw()] = rate_of(symbol, now);
  exposure_.revalue(symbol, {.px = mid_of(market, now), .rate = rates_[symbol.raw()]});
}

}  // namespace portcullis::risk
