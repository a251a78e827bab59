#include "oms/holdings.hpp"

#include <algorithm>

#include "oms/breakers/breakers.hpp"

namespace portcullis::oms {

Holdings::Holdings(const OmsSettings& settings, const InstrumentTable& instruments,
                   risk::Exposure& exposure, LogRing& log, OmsCounters& counters,
                   OrderJournal& journal, Breakers* breakers)
    : settings_{settings},
      instruments_{instruments},
      exposure_{exposure},
      log_{log},
      counters_{counters},
      journal_{journal},
      breakers_{breakers},
      has_shared_base_(instruments.size()),
      held_(instruments.asset_count()),
      adopted_(instruments.size()),
      change_counts_(instruments.asset_count()),
      asked_{instruments.size(), instruments.asset_count()},
      is_known_(instruments.size()) {
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    for (std::size_t j = 0; j < instruments.size(); ++j) {
      const auto a = SymbolId{static_cast<std::uint16_t>(i)};
      const auto b = SymbolId{static_cast<std::uint16_t>(j)};
      if (i != j && instruments.at(a).base_asset == instruments.at(b).base_asset) {
        has_shared_base_[i] = 1;
      }
    }
  }
}

Holdings::Questions::Questions(std::size_t symbols, std::size_t assets) : questions_(kMax) {
  for (Question& question : questions_) {
    question.fill_counts.resize(symbols);
    question.change_counts.resize(assets);
  }
}

Holdings::Question* Holdings::Questions::add() noexcept {
  if (count_ == kMax) return nullptr;
  return &questions_[(first_ + count_++) % kMax];
}

void Holdings::Questions::drop_asked_before(MonoTime moment) noexcept {
  while (count_ > 0 && questions_[first_].asked < moment) {
    first_ = (first_ + 1) % kMax;
    --count_;
  }
}

void Holdings::on_asked(const OrderAccounting& accounting, MonoTime now) noexcept {
  std::ranges::fill(held_, Qty{});
  answer_updated_ = WallTime{};
  asked_.drop_asked_before(now - answer_max());
  Question* question = asked_.add();
  if (question == nullptr) return;
  question->asked = now;
  for (std::size_t i = 0; i < question->fill_counts.size(); ++i) {
    question->fill_counts[i] = accounting.fill_count(SymbolId{static_cast<std::uint16_t>(i)});
  }
  std::ranges::copy(change_counts_, question->change_counts.begin());
}

// Which one is not known: the elder ones stay.
void Holdings::on_unused() noexcept {
  asked_.drop_newest();
}

void Holdings::on_balance(const VenueBalance& balance) noexcept {
  if (balance.asset.raw() < held_.size()) {
    held_[balance.asset.raw()] = balance.free + balance.locked;
    answer_updated_ = std::max(answer_updated_, balance.updated);
  }
}

void Holdings::on_change(const VenueBalanceChange& change, const Now& now) noexcept {
  if (change.asset.raw() >= change_counts_.size()) return;
  counters_.balance_changes.add();
  journal_.record_balance_change(change, now);
  log_.post_text(LogLevel::kInfo, now.mono,
                 change.is_lock ? "oms: {s}: {d} was locked (negative: unlocked) from outside"
                                : "oms: {s}: {d} came onto the account (negative: left it)",
                 instruments_.asset_name(change.asset), change.delta.raw());
  if (change.is_lock) return;
  ++change_counts_[change.asset.raw()];
  for (std::size_t i = 0; i < is_known_.size(); ++i) {
    const SymbolId symbol{static_cast<std::uint16_t>(i)};
    const bool is_counted = instruments_.at(symbol).base_asset == change.asset &&
                            is_known_[i] != 0 && change.venue_time > adopted_[i];
    if (!is_counted) continue;
    const Qty position = exposure_.at(symbol).position + change.delta;
    journal_.record_holding(symbol, position + baseline_of(symbol), now);
    exposure_.set_position(symbol, position);
  }
}

bool Holdings::adopt(const OrderAccounting& accounting, const Now& now) noexcept {
  asked_.drop_asked_before(now.mono - answer_max());
  if (const Question* question = asked_.oldest(); question != nullptr) {
    for (std::size_t i = 0; i < question->fill_counts.size(); ++i) {
      const SymbolId symbol{static_cast<SymbolId::rep>(i)};
      const AssetId base = instruments_.at(symbol).base_asset;
      const bool is_quiet = accounting.open_count(symbol) == 0 &&
                            accounting.fill_count(symbol) == question->fill_counts[i] &&
                            change_counts_[base.raw()] == question->change_counts[base.raw()];
      if (is_quiet) adopt_one(symbol, now);
    }
  }
  asked_.drop_newest();
  return std::ranges::all_of(is_known_, [](std::uint8_t is_known) { return is_known != 0; });
}

void Holdings::adopt_recovered(SymbolId symbol, Qty held) noexcept {
  exposure_.set_position(symbol, held - baseline_of(symbol));
  is_known_[symbol.raw()] = 1;
}

Qty Holdings::baseline_of(SymbolId symbol) const noexcept {
  return symbol.raw() < settings_.position_baseline.size()
             ? settings_.position_baseline[symbol.raw()]
             : Qty{};
}

void Holdings::adopt_one(SymbolId symbol, const Now& now) noexcept {
  const Qty held = held_[instruments_.at(symbol).base_asset.raw()];
  const Qty position = held - baseline_of(symbol);
  const Qty believed = exposure_.at(symbol).position;
  // Trades of the other symbol move a shared base without a fill here: no drift to speak of.
  const bool is_known = is_known_[symbol.raw()] != 0;
  if (is_known && believed != position && has_shared_base_[symbol.raw()] == 0) {
    counters_.position_drift.add();
    log_.post_text(LogLevel::kWarning, now.mono,
                   "oms: {s}: the account says position {d}, our fills say {d}: the account is "
                   "believed; look for deposits, transfers and other programs",
                   instruments_.at(symbol).symbol, position.raw(), believed.raw());
    if (breakers_ != nullptr) breakers_->on_position_mismatch(symbol, position, believed, now);
  }
  if (!is_known || believed != position) journal_.record_holding(symbol, held, now);
  exposure_.set_position(symbol, position);
  is_known_[symbol.raw()] = 1;
  adopted_[symbol.raw()] = answer_updated_;
}

}  // namespace portcullis::oms
